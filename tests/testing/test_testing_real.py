"""The plugin on the templates and on workbooks of analysts; an error planted in one cell is found and named."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from tested_book import run

from trackerr_xl.workbook.file.cell_xml import NewFormula
from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook

pytest_plugins = ["pytester"]

TEMPLATES = Path(__file__).parents[2] / "workbook_templates"
BOOKS = Path(__file__).parents[3] / "shared" / "data" / "workbooks"


@pytest.mark.parametrize("name", sorted(path.name for path in TEMPLATES.glob("*.xlsx")))
def test_a_template_passes(pytester: pytest.Pytester, name: str) -> None:
    shutil.copy(TEMPLATES / name, pytester.path)
    said = run(pytester, "--workbooks", "-v", code=0)
    assert f"{name}::Checks PASSED" in said
    assert "SKIPPED" not in said


def test_a_stale_value_in_a_template_is_named(pytester: pytest.Pytester) -> None:
    plant(TEMPLATES / "bond_risk.xlsx", pytester.path, "Checks", SheetEdits(results={(6, 3): 0.98}))
    said = run(pytester, "--workbooks", code=1)
    assert "Checks!C6 differs from what the file stores:" in said.splitlines()
    assert "Checks!C6  =SUM(Portfolio_Weights)  0.98    1    0.02        1e-09" in said.splitlines()
    assert "1 failed, 5 passed" in said


def test_a_wrong_formula_in_a_locked_template_is_named(pytester: pytest.Pytester) -> None:
    shutil.copy(TEMPLATES / "bond_risk.xlsx", pytester.path)
    run(pytester, "--workbooks-update", code=0)
    wrong = NewFormula("=SUM(Portfolio_Weights)+0.01", 1.0)
    plant(TEMPLATES / "bond_risk.xlsx", pytester.path, "Checks", SheetEdits(contents={(6, 3): wrong}))
    said = run(pytester, "--workbooks", "-k", "Checks", code=1).splitlines()
    assert "Checks!C6 and 2 more cells differ from what is locked:" in said
    assert "FAILED bond_risk.xlsx::Checks - Checks!C6 and 2 more cells differ from" in "\n".join(said)
    assert any(line.startswith("Checks!C6  =SUM(Portfolio_Weights)+0.01 ") for line in said)
    assert any(line.startswith("Checks!F6") and " OK " in line and " CHECK" in line for line in said)


@pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning:openpyxl")
@pytest.mark.parametrize(
    ("name", "untested"),
    [
        ("min_te_13_stocks_result.xlsx", []),
        ("multi_asset_te_vs_fi_benchmark.xlsx", []),
        ("nifty50_benchmark.xlsx", []),
        ("pyxll_optimizer.xlsx", []),
        ("solver_portfolio_optimization_nifty.xlsx", []),
        ("xlwings_simulation.xlsm", []),
        # Functions of its own in VBA, which is never run.
        ("xlwings_udf.xlsm", ["Sheet1"]),
        # Dates made of texts, which each country reads its way.
        ("portuguese_bond_portfolio.xlsx", ["bondport"]),
    ],
)
def test_every_sheet_of_an_analyst_is_a_test(
    pytester: pytest.Pytester, name: str, untested: list[str]
) -> None:
    path = analysts_book(name)
    (pytester.path / name).write_bytes(path.read_bytes())
    said = run(pytester, "--workbooks", "-v", code=0).splitlines()
    for sheet in sheets_with_formulas(path):
        outcome = "SKIPPED" if sheet in untested else "PASSED"
        assert [line for line in said if line.startswith(f"{name}::{sheet} {outcome}")], sheet


def test_a_stale_value_in_a_workbook_of_an_analyst_is_named(pytester: pytest.Pytester) -> None:
    source = analysts_book("nifty50_benchmark.xlsx")
    plant(source, pytester.path, "Covariance Matrix", SheetEdits(results={(9, 9): 0.0009}))
    said = run(pytester, "--workbooks", code=1)
    assert "'Covariance Matrix'!I9 differs from what the file stores:" in said.splitlines()
    assert "1 failed, 6 passed" in said


def test_a_wrong_formula_in_a_locked_workbook_of_an_analyst_is_named(pytester: pytest.Pytester) -> None:
    source = analysts_book("multi_asset_te_vs_fi_benchmark.xlsx")
    plant(source, pytester.path, "Sheet1", SheetEdits())
    run(pytester, "--workbooks-update", code=0)
    # It was =J25/2, 0.5.
    plant(source, pytester.path, "Sheet1", SheetEdits(contents={(25, 11): NewFormula("=J25/4", 0.5)}))
    said = run(pytester, "--workbooks", code=1)
    assert "Sheet1!K25 differs from what is locked:" in said.splitlines()
    assert "Sheet1!K25  =J25/4   0.5     0.25  -0.25       1e-09" in said.splitlines()
    assert "1 failed, 2 passed" in said


def analysts_book(name: str) -> Path:
    path = BOOKS / name
    if not path.exists():
        pytest.skip(
            f"the workbook {name} is not on this machine: it belongs to its author and is not shipped"
        )
    return path


def plant(source: Path, folder: Path, sheet: str, edits: SheetEdits) -> None:
    """Copy a workbook into a folder with something changed on one sheet."""
    (folder / source.name).write_bytes(patch_workbook(open_package(source), {sheet: edits}))


def sheets_with_formulas(path: Path) -> list[str]:
    """As openpyxl sees them."""
    book = openpyxl.load_workbook(path, read_only=True)
    return [
        sheet.title
        for sheet in book.worksheets
        if any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    ]
