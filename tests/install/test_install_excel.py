"""Excel's add-in: put where Excel loads it, set to its Python, and taken away; on a Windows laid out in a folder."""

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from fake_windows import NEEDED, as_workbook, parts, windows, with_packages, xlwings_add_in

from trackerr_xl.cli.doctor import run as doctor
from trackerr_xl.cli.install import install, uninstall
from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.errors import FileRefusedError, SetupError
from trackerr_xl.install.configuration import configured, configured_python
from trackerr_xl.install.excel import put_add_in, remove_add_in, shipped_add_in

OURS = Path("AppData/Roaming/Microsoft/Excel/XLSTART/trackerr.xlam")
NOTE = Path("AppData/Roaming/trackerr_xl/python.txt")
PYTHON = Path(r"C:\Users\Zoë & Co\venv\Scripts\python.exe")


def files_below(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def settings(add_in: bytes) -> dict[object, object]:
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(add_in)))["xlwings.conf"]
    return {name: value for name, value in sheet.iter_rows(max_col=2, values_only=True) if name is not None}


def test_the_add_in_lies_where_excel_starts_and_nothing_else_is_new(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    before = files_below(tmp_path)
    assert put_add_in(machine, xlwings_add_in()) == tmp_path / OURS
    assert files_below(tmp_path) - before == {OURS, NOTE}


def test_the_python_is_noted_for_workbooks_that_carry_their_own_macros(tmp_path: Path) -> None:
    machine = windows(tmp_path / "Zoë Ω")
    put_add_in(machine, xlwings_add_in())
    noted = (tmp_path / "Zoë Ω" / NOTE).read_bytes()
    # What VBA's OpenTextFile takes as Unicode: UTF-16, the low byte first, with its mark.
    assert noted.startswith(b"\xff\xfe")
    assert noted.decode("utf-16") == f"{machine.python.program}\r\n"


def test_the_python_is_filled_in_and_every_other_setting_stays() -> None:
    before = settings(xlwings_add_in())
    assert before["Interpreter_Win"] != str(PYTHON)
    assert len(before) > 5
    assert settings(configured(xlwings_add_in(), PYTHON)) == before | {"Interpreter_Win": str(PYTHON)}
    assert configured_python(configured(xlwings_add_in(), PYTHON)) == str(PYTHON)


def test_macros_and_every_other_part_stay_byte_for_byte() -> None:
    before, after = parts(xlwings_add_in()), parts(configured(xlwings_add_in(), PYTHON))
    assert list(after) == list(before)
    assert [part for part in before if before[part] != after[part]] == ["xl/worksheets/sheet1.xml"]
    assert len(after["xl/vbaProject.bin"]) > 10_000


def test_a_second_installation_replaces_the_first(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    path = put_add_in(machine, xlwings_add_in())
    first = path.read_bytes()
    put_add_in(machine, xlwings_add_in())
    assert path.read_bytes() == first


def test_the_add_in_put_there_can_be_configured_again(tmp_path: Path) -> None:
    once = configured(xlwings_add_in(), Path(r"C:\old\python.exe"))
    assert settings(configured(once, PYTHON)) == settings(configured(xlwings_add_in(), PYTHON))


def test_uninstalling_takes_the_add_in_and_nothing_else(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    other = tmp_path / OURS.with_name("PERSONAL.XLSB")
    other.parent.mkdir(parents=True)
    other.write_bytes(b"another's")
    before = files_below(tmp_path)
    put_add_in(machine, xlwings_add_in())
    assert remove_add_in(machine) == tmp_path / OURS
    assert files_below(tmp_path) == before


def test_uninstalling_where_nothing_is_says_so(tmp_path: Path) -> None:
    assert remove_add_in(windows(tmp_path)) is None


@pytest.mark.parametrize("act", [lambda machine: put_add_in(machine, xlwings_add_in()), remove_add_in])
def test_a_file_that_cannot_be_replaced_is_a_sentence_about_excel(tmp_path: Path, act) -> None:
    machine = windows(tmp_path)
    # A folder in its place stands for a file that Windows holds: neither can be replaced or removed.
    (tmp_path / OURS).mkdir(parents=True)
    with pytest.raises(SetupError) as said:
        act(machine)
    assert said.value.sentence.startswith(f"TE-400 {tmp_path / OURS}"[:100])
    assert said.value.message.endswith("; close Excel and try again")


@pytest.mark.parametrize("system", ["darwin", "linux"])
def test_elsewhere_excel_is_refused_and_libreoffice_named(tmp_path: Path, system: str) -> None:
    machine = replace(windows(tmp_path), system=system)
    for act in (lambda: put_add_in(machine, b""), lambda: remove_add_in(machine)):
        with pytest.raises(SetupError) as said:
            act()
        assert said.value.sentence == (
            "TE-400 Excel calls Python functions on Windows only; "
            "for LibreOffice, on every system: trackerr-xl install --libreoffice."
        )


def test_an_add_in_without_the_sheet_is_refused() -> None:
    with pytest.raises(FileRefusedError) as said:
        configured(xlwings_add_in("_other.conf"), PYTHON)
    assert said.value.sentence == "TE-160 trackerr.xlam has no sheet xlwings.conf."


def test_the_command_says_where_and_with_which_python_and_takes_it_away_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = windows(tmp_path)
    assert install(machine, libreoffice=False) == Outcome.DONE
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"Add-in\t{tmp_path / OURS}",
        f"Calculates with\t{machine.python.program}",
        "From when\tExcel is started anew",
    ]
    assert said.err == ""
    shipped = parts(shipped_add_in())
    there = parts((tmp_path / OURS).read_bytes())
    (changed,) = [part for part in shipped if shipped[part] != there[part]]
    assert changed.startswith("xl/worksheets/")
    assert configured_python((tmp_path / OURS).read_bytes()) == str(machine.python.program)

    assert doctor(machine) == Outcome.DONE
    assert capsys.readouterr().err == ""

    assert uninstall(machine, libreoffice=False) == Outcome.DONE
    assert capsys.readouterr().out == f"Removed\t{tmp_path / OURS}\n"
    assert uninstall(machine, libreoffice=False) == Outcome.DONE
    assert capsys.readouterr().out == "Removed\tnothing was there\n"
    assert doctor(machine) == Outcome.DIFFERENT
    assert capsys.readouterr().err == (
        f"Add-in: {tmp_path / OURS} does not exist. Close Excel and run trackerr-xl install.\n"
    )


def test_what_keeps_the_functions_from_working_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = with_packages(windows(tmp_path), {"xlwings": NEEDED})
    assert install(machine, libreoffice=False) == Outcome.DONE
    assert capsys.readouterr().err == (
        "pywin32: not installed; Excel and Python talk through it. "
        f"Run {machine.python.program} -m pip install pywin32.\n"
    )
