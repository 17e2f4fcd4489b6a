"""`pytest --workbooks`: what it collects, what it leaves alone, and what a failure shows."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tested_book import run, run_alone, write_book

pytest_plugins = ["pytester"]

OWN = "def test_of_the_user():\n    import sys\n    assert 'numpy' not in sys.modules\n"


def test_the_plugin_imports_nothing_heavy() -> None:
    code = "import json, sys, trackerr_xl.testing.plugin; sys.stdout.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(json.loads(done.stdout))
    assert loaded.isdisjoint({"numpy", "scipy", "ironcalc", "openpyxl", "typer", "rich", "tomllib"})
    assert {name for name in loaded if name.startswith("trackerr_xl")} == {
        "trackerr_xl",
        "trackerr_xl.version",
        "trackerr_xl.testing",
        "trackerr_xl.testing.plugin",
    }


def test_a_run_that_does_not_ask_for_workbooks_is_left_alone(tmp_path: Path) -> None:
    write_book(tmp_path / "book.xlsx", total=1)
    (tmp_path / "test_own.py").write_text(OWN, "utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'of the user'\n", "utf-8")
    said = run_alone(tmp_path, "-W", "error", code=0)
    assert "1 passed" in said
    assert "workbooks" not in said


def test_each_sheet_with_formulas_is_a_test(pytester: pytest.Pytester) -> None:
    write_book(pytester.path / "book.xlsx")
    write_book(pytester.path / "~$book.xlsx", total=1)
    (pytester.path / "test_own.py").write_text("def test_of_the_user(): pass\n", "utf-8")
    said = run(pytester, "--workbooks", "-W", "error", "-v", code=0)
    assert "book.xlsx::Totals PASSED" in said
    assert "test_own.py::test_of_the_user PASSED" in said
    assert "2 passed" in said


def test_a_cell_that_differs_is_a_row_of_a_table(pytester: pytest.Pytester) -> None:
    write_book(pytester.path / "book.xlsx", total=301)
    said = run(pytester, "--workbooks", code=1).splitlines()
    at = next(number for number, line in enumerate(said) if line.startswith("Totals!A1 differs"))
    assert said[at - 1].strip("_ ") == "book.xlsx Totals"
    assert said[at : at + 3] == [
        "Totals!A1 differs from what the file stores:",
        "Cell       Formula               Stored  Now  Difference  Tolerance",
        "Totals!A1  =Inputs!B1*Inputs!B2  301     300  -1          1e-09",
    ]
    # Where CI is set pytest does not cut the summary, and the table follows.
    summary = "FAILED book.xlsx::Totals - Totals!A1 differs from what the file stores:"
    assert any(line.startswith(summary) for line in said)


def test_what_cannot_be_calculated_is_no_pass_and_is_told(pytester: pytest.Pytester) -> None:
    write_book(pytester.path / "book.xlsx", extra=True)
    said = run(pytester, "--workbooks", code=0)
    assert (
        "book.xlsx Totals: 1 of 3 formulas cannot be calculated, the first is Totals!A3 =NOSUCHFUNCTION(A1), "
        "because the engine has no NOSUCHFUNCTION"
    ) in said.splitlines()


def test_a_workbook_that_cannot_be_read_fails_in_one_sentence(pytester: pytest.Pytester) -> None:
    whole = write_book(pytester.path / "book.xlsx").read_bytes()
    (pytester.path / "book.xlsx").write_bytes(whole[: len(whole) // 2])
    said = run(pytester, "--workbooks", code=1)
    assert "FAILED book.xlsx::workbook - TE-1" in said
    assert "Traceback" not in said


def test_a_project_lists_its_workbooks(tmp_path: Path) -> None:
    for place in ("models/a.xlsx", "models/b.xlsx", "other/c.xlsx"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        write_book(tmp_path / place)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text("def test_of_the_user(): pass\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.trackerr_xl]\nworkbooks = ['models/*.xlsx']\n[tool.pytest.ini_options]\ntestpaths = ['tests']\n",
        "utf-8",
    )
    collected = run_alone(tmp_path, "--collect-only", "-q", code=0).splitlines()[:3]
    assert collected == [
        "tests/test_own.py::test_of_the_user",
        "models/a.xlsx::Totals",
        "models/b.xlsx::Totals",
    ]
    # Who names files gets these.
    assert "1 passed" in run_alone(tmp_path, "tests/test_own.py", code=0)
    assert "1 passed" in run_alone(tmp_path, "models/b.xlsx", code=0)
    # Workers of pytest-xdist see each of them once.
    assert "3 passed" in run_alone(tmp_path, "-n", "2", "-W", "error", code=0)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("workbooks = ['models/*.xlsx']", "lists 'models/*.xlsx', which matches no workbook"),
        ("workbook = ['models/*.xlsx']", "has the key workbook, known is workbooks"),
        ("workbooks = 'a.xlsx'", "workbooks of [tool.trackerr_xl] must be a list of texts"),
    ],
)
def test_a_list_that_tests_nothing_is_refused(pytester: pytest.Pytester, table: str, words: str) -> None:
    (pytester.path / "pyproject.toml").write_text(f"[tool.trackerr_xl]\n{table}\n", "utf-8")
    said = run(pytester, code=4)
    assert words in said
    assert "Traceback" not in said
