"""Workbooks of analysts, saved by Excel: poisoned, recalculated, and every cell compared with what Excel stored."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from poison import POISON, poison

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.check import agree, check
from trackerr_xl.workbook.read_book import read_book
from trackerr_xl.workbook.recalculate import Recalculation, recalculate

BOOKS = Path(__file__).parents[3] / "shared" / "data" / "workbooks"
TOLERANCE = 1e-9


def book(name: str) -> Path:
    path = BOOKS / name
    if not path.exists():
        pytest.skip(
            f"the workbook {name} is not on this machine: it belongs to its author and is not shipped"
        )
    return path


def differing(path: Path, folder: Path) -> tuple[Recalculation, dict[Address, tuple[Cell, Cell]]]:
    """Cells of a poisoned copy whose recalculated value is not the one Excel stored in the original."""
    assert poison(path, folder / path.name) > 0
    done = recalculate(folder / path.name)
    assert POISON not in done.values.values()
    sheets = read_book(path).sheets
    pairs = {at: (sheets[at.sheet.lower()].stored(at.row, at.column), now) for at, now in done.values.items()}
    return done, {at: pair for at, pair in pairs.items() if not agree(*pair, TOLERANCE)}


def test_solver_workbook_with_macros_agrees_with_excel(tmp_path: Path) -> None:
    done, differences = differing(book("solver_portfolio_optimization.xlsm"), tmp_path)
    assert differences == {}
    assert (len(done.formulas), len(done.values)) == (9570, 9563)
    # Its covariance matrix is a function written in VBA, which is never run; what reads it waits with it.
    first, *others = done.not_evaluated
    assert (first.formula, first.reason) == ("=Var_Covar(AL2:AQ73)", "the engine has no VAR_COVAR")
    assert {kept.reason.startswith("it reads 'Portfolio Optimization'!AD") for kept in others} == {True}
    assert len(others) == 6


def test_solver_workbook_of_the_nifty_agrees_with_excel(tmp_path: Path) -> None:
    # Old-style arrays of 20 x 20 cells, with functions of one value carried over 61 x 20 returns inside MMULT.
    done, differences = differing(book("solver_portfolio_optimization_nifty.xlsx"), tmp_path)
    assert (differences, done.not_evaluated) == ({}, ())
    assert (len(done.formulas), len(done.values)) == (1547, 2345)


def test_benchmark_workbook_agrees_with_excel(tmp_path: Path) -> None:
    done, differences = differing(book("nifty50_benchmark.xlsx"), tmp_path)
    assert (differences, done.not_evaluated) == ({}, ())
    assert len(done.values) == 5184


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("min_te_13_stocks_result.xlsx", 68),
        ("multi_asset_te_vs_fi_benchmark.xlsx", 78),
        ("pyxll_optimizer.xlsx", 3),
    ],
)
def test_small_workbooks_agree_with_excel(tmp_path: Path, name: str, cells: int) -> None:
    done, differences = differing(book(name), tmp_path)
    assert (differences, done.not_evaluated) == ({}, ())
    assert len(done.values) == cells


def test_functions_in_another_python_add_in_are_not_evaluated() -> None:
    report = check(book("xlwings_udf.xlsm"))
    assert (report.differences, report.equal) == ((), 0)
    assert sorted(kept.reason for kept in report.not_evaluated) == [
        "the engine has no ADD_ONE",
        "the engine has no CORREL2",
        "the engine has no DOUBLE_SUM",
        "the engine has no MATRIX_MULT",
    ]


def test_dates_spelt_as_in_portugal_are_not_evaluated() -> None:
    # "15-10-2022"*1 is a date under the Portuguese settings of this book's author, and none under American ones.
    report = check(book("portuguese_bond_portfolio.xlsx"), now=datetime(2022, 7, 15))
    assert (report.differences, report.equal) == ((), 0)
    reason = "it makes a number of a joined text, which depends on regional settings"
    assert Counter(kept.reason for kept in report.not_evaluated) == {reason: 12}
