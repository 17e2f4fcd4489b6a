"""The templates with macros: what the plain ones show, buttons that start what they say, and formulas of their own."""

import re
import zipfile
from pathlib import Path

import openpyxl
import poison
import pytest
from macro_book import asked, bridge
from pyopenvba import ExcelFile

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.macros.agreed import RIBBON
from trackerr_xl.macros.modules import workbook_modules
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.file.addresses import address
from trackerr_xl.workbook.recalculate import recalculate

PROJECT = Path(__file__).parents[2]
TEMPLATES = sorted((PROJECT / "workbook_templates").glob("*.xlsm"))
MACROS = {button.macro: button.label for button in RIBBON}

every_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)


def test_every_template_is_there_with_macros_too() -> None:
    plain = (PROJECT / "workbook_templates").glob("*.xlsx")
    assert [path.stem for path in TEMPLATES] == sorted(path.stem for path in plain)
    assert TEMPLATES


@every_template
def test_it_shows_what_the_plain_one_shows(path: Path) -> None:
    shown, plain = (
        openpyxl.load_workbook(path.with_suffix(suffix), data_only=True) for suffix in (".xlsm", ".xlsx")
    )
    assert shown.sheetnames == plain.sheetnames
    for sheet in plain.worksheets:
        assert list(shown[sheet.title].values) == list(sheet.values)


@every_template
def test_its_macros_are_those_that_are_generated_and_each_sheet_has_its_module(path: Path) -> None:
    sheets = openpyxl.load_workbook(path).sheetnames
    with ExcelFile(path) as file:
        assert file.validate() == []
        names = file.module_names()
        assert {f"Sheet{number}" for number in range(1, len(sheets) + 1)} <= set(names)
        for module in workbook_modules(CATALOGUE):
            assert module.body.strip() in file.get_module(module.name).replace("\r\n", "\n")
    with zipfile.ZipFile(path) as archive:
        code_names = [
            re.search(rb'codeName="(\w+)"', archive.read(f"xl/worksheets/sheet{number}.xml"))
            for number in range(1, len(sheets) + 1)
        ]
    assert [found and found[1].decode() for found in code_names] == [
        f"Sheet{number}" for number in range(1, len(sheets) + 1)
    ]


@every_template
def test_every_button_starts_the_macro_of_its_name(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        drawn = "".join(archive.read(part).decode() for part in archive.namelist() if part.endswith(".vml"))
    labels = re.findall(r"<font[^>]*>([^<]*)</font>", drawn)
    started = re.findall(r"<x:FmlaMacro>\[0\]!(\w+)</x:FmlaMacro>", drawn)
    assert len(started) >= 4
    assert [MACROS[macro] for macro in started] == labels


# Not those whose formulas look for error values: what VBA's CVErr makes is a text in LibreOffice.
@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["bond_index_tracker", "bond_risk"])
def test_its_own_macros_calculate_every_cell_as_recalc_does(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.xlsm"
    poison.poison(PROJECT / "workbook_templates" / path.name, path)
    ours = recalculate(path)
    assert ours.not_evaluated == ()
    bridge(path)
    places = list(ours.values)
    questions = [[place.sheet, address(place.row, place.column)] for place in places]
    shown = asked(path, tmp_path, [], questions)["cells"]
    assert len(places) > 1000
    for place, ((seen,),) in zip(places, shown, strict=True):
        assert seen == _as_shown(ours.values[place]), place


def _as_shown(cell: object) -> object:
    if isinstance(cell, CellError):
        return str(cell)
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, float):
        return pytest.approx(cell, rel=1e-9, abs=1e-12)
    return cell or ""
