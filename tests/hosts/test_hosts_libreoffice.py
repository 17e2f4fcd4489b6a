"""The extension inside LibreOffice: every function in a cell gives what `evaluate` gives."""

from pathlib import Path

import libreoffice
import pytest
import xlsxwriter
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from tests.example_sheet import NAMED, parsed
from trackerr_xl import evaluate
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.hosts.libreoffice.inside.child import PYTHON
from trackerr_xl.publish.libreoffice import extension
from trackerr_xl.sheet.cells import Cell, CellError

NONSENSE = "no such thing"
"""What no function takes for its first argument."""

ADD_IN_CATEGORY = 11
"""Number of LibreOffice's category Add-in (`ID_FUNCTION_GRP_ADDINS`)."""


def test_two_builds_are_equal_byte_for_byte() -> None:
    assert extension(CATALOGUE) == extension(CATALOGUE)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], libreoffice.Value]:
    """A workbook with the example of every function on a sheet of its own, calculated by LibreOffice."""
    path = tmp_path_factory.mktemp("examples") / "examples.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, grid in NAMED.items():
            sheet = book.add_worksheet(f"in {name}")
            for at, row in enumerate(grid):
                sheet.write_row(at, 0, ["" if cell is None else cell for cell in row])
            area = xl_range_abs(0, 0, len(grid) - 1, len(grid[0]) - 1)
            book.define_name(name, f"='in {name}'!{area}")
        for name, function in CATALOGUE.items():
            rows = _answer(name)
            book.add_worksheet(name).write_array_formula(
                0, 0, len(rows) - 1, len(rows[0]) - 1, f"{{{function.example}}}", None, -999
            )
        bad = book.add_worksheet("bad")
        for row, name in enumerate(CATALOGUE):
            bad.write_array_formula(row, 0, row, 0, f'{{={name}("{NONSENSE}")}}', None, -999)
    return libreoffice.values_with_our_extension(path)


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", [name for name, function in CATALOGUE.items() if function.arguments])
def test_nonsense_gives_the_error_value_that_python_gives(
    examples: dict[tuple[str, str], libreoffice.Value], name: str
) -> None:
    answer = evaluate(name, NONSENSE)
    expected = answer[0][0] if isinstance(answer, list) else answer
    assert isinstance(expected, CellError), answer
    assert examples["bad", xl_rowcol_to_cell(list(CATALOGUE).index(name), 0)] == str(expected)


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", CATALOGUE)
def test_the_example_of_every_function_is_answered_as_in_python(
    examples: dict[tuple[str, str], libreoffice.Value], name: str
) -> None:
    for at, row in enumerate(_answer(name)):
        for across, cell in enumerate(row):
            seen = examples.get((name, xl_rowcol_to_cell(at, across)))
            assert seen == _as_read(cell), (name, at, across)


@pytest.mark.libreoffice
def test_a_bad_input_shows_its_error_value_and_the_words_are_one_formula_away(tmp_path: Path) -> None:
    path = tmp_path / "bad.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_column("A1", [0.4, 0.6])
        sheet.write_column("B1", [0.04, 0.01])
        sheet.write_column("C1", [0.01, 0.04])
        sheet.write_row("E1", ["Type", "Item", "Min", "Max"])
        sheet.write_row("E2", ["Weight", "*", 0, 0.3])
        sheet.write_formula("G5", "=TRACKING_ERROR(A1:A2,A1:A1,B1:C2)", None, -999)
        sheet.write_array_formula("H5:H6", "{=TE_OPTIMIZE(A1:A2,B1:C2,E1:H2)}", None, -999)
        sheet.write_formula("G6", "=TRACKING_ERROR(A1:A2,A1:A2,B1:C2,,)", None, -999)
        sheet.write_array_formula("A10:B14", '{=TE_EXPLAIN("TE_OPTIMIZE",A1:A2,B1:C2,E1:H2)}', None, -999)
    values = libreoffice.values_with_our_extension(path)
    # Two names of at most 0.3 cannot sum to 1.
    assert values["Sheet1", "H5"] == "#N/A"
    assert values["Sheet1", "G5"] == "#VALUE!"
    assert values["Sheet1", "G6"] == 0
    words = [values.get(("Sheet1", f"B{row}")) for row in range(10, 15)]
    assert words[:2] == ["TE_OPTIMIZE", "The cell shows #N/A."]


@pytest.mark.libreoffice
def test_formulas_of_excel_that_libreoffice_did_not_understand_are_entered_again(tmp_path: Path) -> None:
    path = tmp_path / "tables.xlsx"
    with xlsxwriter.Workbook(path) as book:
        limits = book.add_worksheet("Limits")
        limits.write_row("A1", ["Type", "Item", "Min", "Max"])
        limits.write_row("A2", ["Weight", "*", 0, 0.55])
        headers = [{"header": title} for title in ("Type", "Item", "Min", "Max")]
        limits.add_table("A1:D2", {"name": "Caps", "autofilter": False, "columns": headers})
        sheet = book.add_worksheet("Sheet1")
        call = "TE_OPTIMIZE({0.4;0.6},{0.04,0;0,0.01},Caps[#All])"
        sheet.write_dynamic_array_formula("A1:A2", f"={call}", None, -999)
        sheet.write_formula("B1", f'=IF(SUM({call})>0.5,"te_optimize(x) & [#All]","")', None, "?")
        # Nobody's function: it stays lost, and what follows it shows so.
        sheet.write_formula("C1", "=NO_SUCH_FUNCTION(1)", None, -999)
        locked = book.add_worksheet("Locked")
        locked.write_formula("A1", "=ACTIVE_SHARE({0.5;0.5},{0.4;0.6})", None, -999)
        locked.write_dynamic_array_formula("B1:B2", f"={call}", None, -999)
        locked.protect("secret")
    values = libreoffice.values_with_our_extension(path)
    # By hand: the benchmark holds 0.6 of the second name, of which 0.55 are allowed.
    assert [values["Sheet1", cell] for cell in ("A1", "A2")] == pytest.approx([0.45, 0.55], abs=1e-12)
    assert values["Sheet1", "B1"] == "te_optimize(x) & [#All]"
    assert values["Sheet1", "C1"] == "#NAME?"
    assert values["Locked", "A1"] == pytest.approx(0.1, rel=1e-12)
    # An array under protection cannot be entered again.
    assert values["Locked", "B2"] == "#NAME?"


@pytest.mark.libreoffice
def test_in_a_file_of_its_own_libreoffice_finds_the_functions_again(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_array_formula("A1:A2", "{=TE_OPTIMIZE({0.4;0.6},{0.04,0.01;0.01,0.04})}", None, -999)
        sheet.write_formula("B1", '=TRACKING_ERROR({0.5;0.5},{0.6;0.4},{0.04,0;0,0.01},,"")', None, -999)
        sheet.write_formula("B2", "=TRACKING_ERROR({0.5;0.5},{0.6;0.4},{0.04,0;0,0.01},4)", None, -999)
    values = libreoffice.values_of_its_own_file(path)
    # By hand: without limits the benchmark is tracked exactly; active weights ±0.1, active variance 0.01 · 0.05.
    assert [values["Sheet1", cell] for cell in ("A1", "A2")] == pytest.approx([0.4, 0.6], abs=1e-12)
    assert values["Sheet1", "B1"] == pytest.approx(0.0005**0.5, rel=1e-12)
    assert values["Sheet1", "B2"] == pytest.approx(2 * 0.0005**0.5, rel=1e-12)


@pytest.mark.libreoffice
def test_the_function_wizard_says_of_every_function_what_the_catalogue_says(tmp_path: Path) -> None:
    script = Path(__file__).with_name("describe_functions.py")
    told = {one["name"]: one for one in libreoffice.functions_of_the_wizard(script, tmp_path)}
    for name, function in CATALOGUE.items():
        assert told[name]["description"] == function.summary, name
        assert told[name]["category"] == ADD_IN_CATEGORY, name
        own = told[name]["arguments"][: len(function.arguments)]
        assert own == [[argument.name, argument.help] for argument in function.arguments], name


@pytest.mark.libreoffice
def test_without_its_python_the_cell_shows_name_and_the_words_say_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PYTHON, "/nowhere/python")
    path = tmp_path / "alone.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_formula("A1", "=ACTIVE_SHARE({0.5;0.5},{0.4;0.6})", None, -999)
        sheet.write_array_formula("A3:B3", "{=TE_VERSION()}", None, -999)
        sheet.write_array_formula("A5:A6", "{=TE_OPTIMIZE({0.5;0.5},{1,0;0,1})}", None, -999)
    values = libreoffice.values_with_our_extension(path)
    assert values["Sheet1", "A1"] == values["Sheet1", "A5"] == "#NAME?"
    assert values["Sheet1", "A3"] == "Status"
    assert values["Sheet1", "B3"] == (
        "The Python that calculates, /nowhere/python, cannot be started (No such file or directory): "
        "run trackerr-xl install --libreoffice again"
    )


def _answer(name: str) -> list[list[Cell]]:
    function, given = parsed(CATALOGUE[name].example)
    rows = evaluate(function, *given)
    return rows if isinstance(rows, list) else [[rows]]


def _as_read(cell: Cell) -> object:
    """A cell as LibreOffice's file shows it: an empty text is no cell, a truth value a number."""
    if isinstance(cell, CellError):
        return str(cell)
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, float | int):
        return pytest.approx(cell, rel=1e-9, abs=1e-15)
    return cell or None
