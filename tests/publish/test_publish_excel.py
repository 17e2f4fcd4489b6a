"""The add-in's file, read back by programs of others: olevba, pyOpenVBA, openpyxl and an XML parser."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from pyopenvba import ExcelFile

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.install.configuration import configured, configured_python
from trackerr_xl.install.excel import shipped_add_in
from trackerr_xl.macros.agreed import RIBBON, SETTINGS_SHEET
from trackerr_xl.macros.modules import add_in_modules
from trackerr_xl.publish.excel import add_in

MODULES = {module.name: module.body for module in add_in_modules(CATALOGUE)}


@pytest.fixture(scope="module")
def built() -> bytes:
    return add_in(CATALOGUE)


@pytest.fixture
def path(built: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "trackerr.xlam"
    path.write_bytes(built)
    return path


def test_two_builds_are_equal_byte_for_byte(built: bytes) -> None:
    assert add_in(CATALOGUE) == built


def test_committed_add_in_is_the_one_that_is_built(built: bytes) -> None:
    assert shipped_add_in() == built


def test_olevba_reads_every_module_as_it_was_written(path: Path) -> None:
    # In a process of its own: its imports warn of what its libraries will drop.
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "oletools.olevba", "--json", path],
        capture_output=True,
        check=True,
        text=True,
    )
    (file,) = [part for part in json.loads(said.stdout) if part.get("macros")]
    read = {Path(macro["vba_filename"]).stem: macro["code"] for macro in file["macros"]}
    assert set(read) == {*MODULES, "Sheet1"}
    for name, body in MODULES.items():
        assert _without_attributes(read[name]) == _without_attributes(body)


def test_pyopenvba_finds_the_modules_in_their_order_and_nothing_inconsistent(path: Path) -> None:
    with ExcelFile(path) as file:
        assert set(file.module_names()) == {*MODULES, "Sheet1"}
        assert file.validate() == []
        assert {reference.name for reference in file.references()} == {"stdole", "Office"}
        assert _without_attributes(file.get_module("TrackerrFunctions")) == _without_attributes(
            MODULES["TrackerrFunctions"]
        )


def test_the_file_is_an_add_in_with_a_ribbon(built: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(built)) as archive:
        types = archive.read("[Content_Types].xml").decode()
        relations = ElementTree.fromstring(archive.read("_rels/.rels"))
        ribbon = ElementTree.fromstring(archive.read("customUI/customUI.xml"))
    assert "application/vnd.ms-excel.addin.macroEnabled.main+xml" in types
    kinds = {each.get("Target"): each.get("Type", "") for each in relations}
    assert kinds["customUI/customUI.xml"].endswith("/2006/relationships/ui/extensibility")
    buttons = [each for each in ribbon.iter() if each.tag.endswith("}button")]
    assert [each.get("label") for each in buttons] == [button.label for button in RIBBON]
    for button in buttons:
        module, _, procedure = button.get("onAction", "").partition(".")
        assert f"Public Sub {procedure}(Control As IRibbonControl)" in MODULES[module]


def test_the_settings_are_on_a_sheet_that_the_installer_fills(built: bytes) -> None:
    assert configured_python(built) is None
    python = Path(r"C:\Python\python.exe")
    set_up = configured(built, python)
    assert configured_python(set_up) == str(python)
    with zipfile.ZipFile(io.BytesIO(set_up)) as archive:
        as_workbook = io.BytesIO()
        with zipfile.ZipFile(as_workbook, "w") as copy:
            for name in archive.namelist():
                copy.writestr(name, archive.read(name).replace(b"addin.macroEnabled", b"sheet.macroEnabled"))
    sheet = openpyxl.load_workbook(as_workbook)[SETTINGS_SHEET]
    assert [cell.value for cell in sheet["1"]] == ["Interpreter_Win", str(python)]


def _without_attributes(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").strip("\n").splitlines()
    return [line for line in lines if not line.startswith("Attribute ")]
