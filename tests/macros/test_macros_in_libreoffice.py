"""The generated macros in a program that compiles and runs them: LibreOffice, which has a VBA of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from macro_book import asked, macro_book
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range, xl_range_abs

from tests.example_sheet import NAMED, parsed
from trackerr_xl import evaluate
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.parameters import parameters
from trackerr_xl.hosts.com_values import ERROR_NUMBERS
from trackerr_xl.macros.modules import add_in_modules, workbook_modules
from trackerr_xl.publish.excel import add_in
from trackerr_xl.sheet.cells import Cell, CellError

NONSENSE = "no such thing"
NO_PYTHON = "#TRACKERR No Python is set: run trackerr-xl install and start Excel anew."


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The answer of one procedure of every module of the add-in that shows something without Excel."""
    folder = tmp_path_factory.mktemp("add-in")
    (folder / "trackerr.xlam").write_bytes(add_in(CATALOGUE))
    questions = [
        ["TrackerrFunctions.TE_VERSION", []],
        ["TrackerrFunctions.ACTIVE_SHARE", [0.5, 0.5]],
        ["TrackerrFunctions.TE_EXPLAIN", ["TE_OPTIMIZE", 0.5]],
        ["TrackerrAnswers.Answered", ["#XL: 2042"]],
        ["TrackerrAnswers.Answered", [0.25]],
        ["TrackerrAnswers.Failed", ["Two\r\nlines " + 300 * "x"]],
        ["TrackerrHelp.DescribeFunctions", []],
        ["TrackerrStart.TrackerrStart", []],
    ]
    answers = asked(folder / "trackerr.xlam", folder, questions, [])
    assert set(answers["modules"]) == {module.name for module in add_in_modules(CATALOGUE)} | {"Sheet1"}
    return {name: answer for (name, _), answer in zip(questions, answers["calls"], strict=True)} | {
        f"{name} {given[0]}": answer
        for (name, given), answer in zip(questions, answers["calls"], strict=True)
        if given
    }


@pytest.mark.libreoffice
@pytest.mark.parametrize("function", ["TE_VERSION", "ACTIVE_SHARE", "TE_EXPLAIN"])
def test_a_function_of_the_add_in_says_that_no_python_is_set(
    calls: dict[str, list[Any]], function: str
) -> None:
    # Through the wrapper, the start of Python, the settings sheet and the noted file: no such thing is here.
    assert calls[f"TrackerrFunctions.{function}"] == ["answer", NO_PYTHON]


@pytest.mark.libreoffice
def test_an_answer_passes_and_a_failure_is_one_line_that_a_cell_takes(calls: dict[str, list[Any]]) -> None:
    assert calls["TrackerrAnswers.Answered #XL: 2042"] == ["answer", "#XL: 2042"]
    assert calls["TrackerrAnswers.Answered 0.25"] == ["answer", 0.25]
    outcome, words = calls["TrackerrAnswers.Failed"]
    assert (outcome, len(words)) == ("answer", 255)
    assert words.startswith("#TRACKERR Two  lines xxx")


@pytest.mark.libreoffice
@pytest.mark.parametrize("procedure", ["TrackerrHelp.DescribeFunctions", "TrackerrStart.TrackerrStart"])
def test_what_happens_at_the_start_runs_to_its_end(calls: dict[str, list[Any]], procedure: str) -> None:
    assert calls[procedure][0] == "answer"


@pytest.mark.libreoffice
@pytest.mark.parametrize("spoilt", [module.name for module in workbook_modules(CATALOGUE)])
def test_the_gate_shuts_for_a_module_with_one_wrong_line(tmp_path: Path, spoilt: str) -> None:
    modules = [
        replace(module, body=f"{module.body}\nPublic Sub Wrong()\n    If Then\nEnd Sub\n")
        if module.name == spoilt
        else module
        for module in workbook_modules(CATALOGUE)
    ]
    path = macro_book(tmp_path / "wrong.xlsm", modules, lambda book: book.add_worksheet(), bridged=False)
    (answer,) = asked(path, tmp_path, [["TrackerrFunctions.TE_VERSION", []]], [])["calls"]
    assert answer != ["answer", NO_PYTHON]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[Any]]]:
    """The example of every function, and the same function given nonsense, in cells that call our VBA."""
    folder = tmp_path_factory.mktemp("examples")
    path = macro_book(folder / "examples.xlsm", workbook_modules(CATALOGUE), _write, bridged=True)
    areas = [[name, xl_range(0, 0, *_last(_answer(name)))] for name in CATALOGUE]
    answers = asked(path, folder, [], [*areas, ["bad", f"A1:A{len(CATALOGUE)}"]])
    return dict(zip([*CATALOGUE, "bad"], answers["cells"], strict=True))


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", CATALOGUE)
def test_the_example_of_every_function_is_answered_as_in_python(
    examples: dict[str, list[list[Any]]], name: str
) -> None:
    assert examples[name] == [[_as_shown(cell) for cell in row] for row in _answer(name)]


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", [name for name, function in CATALOGUE.items() if function.arguments])
def test_nonsense_gives_the_error_value_that_python_gives(
    examples: dict[str, list[list[Any]]], name: str
) -> None:
    answer = evaluate(name, *_nonsense(name))
    expected = answer[0][0] if isinstance(answer, list) else answer
    assert isinstance(expected, CellError), answer
    # LibreOffice shows the error value that VBA makes by its number.
    assert examples["bad"][list(CATALOGUE).index(name)] == [f"Error {ERROR_NUMBERS[str(expected)]}"]


def _write(book: Workbook) -> None:
    for name, grid in NAMED.items():
        sheet = book.add_worksheet(f"in {name}")
        for at, row in enumerate(grid):
            sheet.write_row(at, 0, ["" if cell is None else cell for cell in row])
        book.define_name(name, f"='in {name}'!{xl_range_abs(0, 0, len(grid) - 1, len(grid[0]) - 1)}")
    for name, function in CATALOGUE.items():
        last = _last(_answer(name))
        book.add_worksheet(name).write_array_formula(0, 0, *last, f"{{{function.example}}}", None, -999)
    bad = book.add_worksheet("bad")
    for row, name in enumerate(CATALOGUE):
        words = ",".join(f'"{word}"' for word in _nonsense(name))
        bad.write_array_formula(row, 0, row, 0, f"{{={name}({words})}}", None, -999)


def _nonsense(name: str) -> list[str]:
    # Excel itself refuses a formula with too few arguments.
    return [NONSENSE] * max(sum(not each.optional for each in parameters(CATALOGUE[name])), 1)


def _last(rows: list[list[Cell]]) -> tuple[int, int]:
    return len(rows) - 1, len(rows[0]) - 1


def _answer(name: str) -> list[list[Cell]]:
    function, arguments = parsed(CATALOGUE[name].example)
    answer = evaluate(function, *arguments)
    return answer if isinstance(answer, list) else [[answer]]


def _as_shown(cell: Cell) -> object:
    if isinstance(cell, CellError):
        return f"Error {ERROR_NUMBERS[str(cell)]}"
    if isinstance(cell, float | int):
        return pytest.approx(float(cell), rel=1e-9, abs=1e-15)
    return cell or ""
