"""The template *performance.xlsx*: its figures made again from the cells a user types into, as shipped and when they move."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from numpy.typing import NDArray

from trackerr_xl.workbook.book import parse_location
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.templates.build import built
from trackerr_xl.workbook.templates.performance import write_performance

MONTHS, SECTORS = 60, 10
Matrix = NDArray[np.float64]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("performance") / "performance.xlsx"
    path.write_bytes(built(write_performance))
    return path


CHANGES: tuple[dict[str, float], ...] = (
    {},
    {"Returns!C20": -0.06, "Returns!D30": 0.08},
    {"Performance!P19": 6.0, "Performance!P20": 24.0, "Returns!C66": 0.09},
)
"""As shipped; two returns moved; the windows and the last return moved."""

every_change = pytest.mark.parametrize("changes", CHANGES)


def series(path: Path, changes: dict[str, float]) -> pd.DataFrame:
    """Fund and index by month, as typed."""
    sheet = openpyxl.load_workbook(path)["Returns"]
    for cell, value in changes.items():
        if cell.startswith("Returns!"):
            sheet[cell.removeprefix("Returns!")].value = value
    rows = [[sheet[f"{letter}{row}"].value for letter in "CD"] for row in range(7, 7 + MONTHS)]
    return pd.DataFrame(rows, columns=["fund", "index"], dtype=float)


def recalculated(path: Path, changes: dict[str, float]) -> Recalculation:
    now = recalculate(path, inputs={parse_location(cell): value for cell, value in changes.items()})
    assert now.not_evaluated == ()
    return now


def number(now: Recalculation, cell: str) -> float:
    return float(now.values[parse_location(cell)])  # type: ignore[arg-type]  # a number


@every_change
def test_cards_are_those_of_pandas(shipped: Path, changes: dict[str, float]) -> None:
    now, frame = recalculated(shipped, changes), series(shipped, changes)
    active = frame["fund"] - frame["index"]
    growth = (1.0 + frame).prod() ** (12 / MONTHS) - 1.0
    wealth = (1.0 + frame).cumprod()
    ratio = wealth["fund"] / wealth["index"]
    fall = ratio / ratio.cummax().clip(lower=1.0) - 1.0
    error = active.std() * np.sqrt(12)
    expected = {
        "B5": error,
        "C5": growth["fund"] - growth["index"],
        "F5": 12 * active.mean() / error,
        "I5": (active > 0.0).mean(),
        "K5": fall.min(),
        "O5": frame.cov().loc["fund", "index"] / frame["index"].var(),
    }
    for cell, value in expected.items():
        assert number(now, f"Performance!{cell}") == pytest.approx(float(value), rel=1e-10), cell


@every_change
def test_every_period_is_that_of_its_months(shipped: Path, changes: dict[str, float]) -> None:
    now, frame = recalculated(shipped, changes), series(shipped, changes)
    spans = [(0, 60), (24, 60), *((first, first + 12) for first in (48, 36, 24, 12, 0))]
    for row, (first, last) in enumerate(spans, start=10):
        part = frame.iloc[first:last]
        active = part["fund"] - part["index"]
        growth = (1.0 + part).prod() ** (12 / len(part)) - 1.0
        error = active.std() * np.sqrt(12)
        expected = [
            growth["fund"],
            growth["index"],
            growth["fund"] - growth["index"],
            error,
            12 * active.mean() / error,
        ]
        found = [number(now, f"Performance!{letter}{row}") for letter in "CDEFG"]
        assert found == pytest.approx([float(value) for value in expected], rel=1e-9, abs=1e-12)


@every_change
def test_moving_windows_are_those_of_pandas(shipped: Path, changes: dict[str, float]) -> None:
    now, frame = recalculated(shipped, changes), series(shipped, changes)
    active = frame["fund"] - frame["index"]
    for letter, window in (
        ("C", int(changes.get("Performance!P19", 12))),
        ("D", int(changes.get("Performance!P20", 36))),
    ):
        expected = active.rolling(window).std() * np.sqrt(12)
        for month, value in enumerate(expected.tolist()):
            found = now.values[parse_location(f"Rolling!{letter}{6 + month}")]
            if np.isnan(value):
                assert str(found) == "#N/A"
            else:
                assert found == pytest.approx(value, rel=1e-9)


def test_attribution_sums_to_what_the_twelve_months_were_above_the_index(shipped: Path) -> None:
    now, frame = recalculated(shipped, {}), series(shipped, {})
    year = (1.0 + frame.iloc[-12:]).prod() - 1.0
    total = 1e4 * float(year["fund"] - year["index"])
    assert number(now, "Performance!M20") == pytest.approx(total, rel=1e-9)
    parts = [number(now, f"Performance!{letter}{row}") for letter in "JKL" for row in range(10, 20)]
    assert sum(parts) == pytest.approx(total, rel=1e-9)


def test_a_sectors_selection_is_its_weight_times_what_it_was_better(shipped: Path) -> None:
    # Only Technology differs, in the last month alone: that month's selection, times Cariño's factor of that month.
    book = openpyxl.load_workbook(shipped)["Sectors"]
    index = _panel(book, 54)
    weights = _panel(book, 22)
    same = {
        f"Sectors!{'CDEFGHIJKL'[at]}{top + month}": float(panel[month, at])
        for top, panel in ((6, weights), (38, index))
        for month in range(12)
        for at in range(SECTORS)
    }
    better = dict(same) | {"Sectors!C49": float(index[11, 0]) + 0.02}
    now = recalculated(shipped, better)
    theirs = (weights * index).sum(axis=1)
    ours = theirs.copy()
    ours[11] += weights[11, 0] * 0.02
    whole = np.prod(1.0 + ours) - np.prod(1.0 + theirs)
    assert number(now, "Performance!K10") == pytest.approx(1e4 * float(whole), rel=1e-9)
    assert [number(now, f"Performance!M{row}") for row in range(11, 20)] == pytest.approx([0.0] * 9, abs=1e-9)


def test_every_check_holds_as_shipped_and_the_headline_says_what_matters(shipped: Path) -> None:
    book = openpyxl.load_workbook(shipped, data_only=True)
    assert [book["Checks"][f"F{row}"].value for row in range(6, 24)] == ["OK"] * 18
    assert book["Performance"]["P5"].value == "OK"
    assert book["Performance"]["B3"].value == (
        "Five years: fund 11.4% a year, index 10.3%. Tracking error now 1.6%, within its limit of 3.0%. "
        "Last twelve months +1.23%: Technology +126 bp, Staples -61 bp."
    )


def test_a_return_that_the_sectors_do_not_give_is_found(shipped: Path) -> None:
    now = recalculated(shipped, {"Returns!C60": 0.05})
    words = {row: now.values[parse_location(f"Checks!F{row}")] for row in range(6, 24)}
    assert [row for row, word in words.items() if word != "OK"] == [20, 22, 23]
    assert now.values[parse_location("Performance!P5")] == "CHECK"


def test_a_limit_below_the_tracking_error_is_said_to_be_passed(shipped: Path) -> None:
    now = recalculated(shipped, {"Performance!P18": 0.01})
    assert "Tracking error now 1.6%, over its limit of 1.0%." in str(
        now.values[parse_location("Performance!B3")]
    )


def _panel(sheet: openpyxl.worksheet.worksheet.Worksheet, top: int) -> Matrix:
    rows = sheet.iter_rows(min_row=top, max_row=top + 11, min_col=3, max_col=2 + SECTORS)
    return np.array([[cell.value for cell in row] for row in rows], dtype=float)
