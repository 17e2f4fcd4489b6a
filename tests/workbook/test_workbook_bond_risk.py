"""The template *bond_risk.xlsx*: its answers against a full covariance made of its own cells, as shipped and when moved."""

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from numpy.typing import NDArray

from trackerr_xl.functions import models
from trackerr_xl.sheet import memo
from trackerr_xl.workbook.book import parse_location
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.templates.bond_risk import write_bond_risk
from trackerr_xl.workbook.templates.build import built

BONDS, FACTORS = 40, 10
Vector = NDArray[np.float64]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bonds") / "bond_risk.xlsx"
    path.write_bytes(built(write_bond_risk))
    return path


@pytest.fixture(autouse=True)
def _a_program_just_started() -> None:
    models.forget()
    memo.forget()


def parts_by_full_covariance(path: Path, changes: dict[str, float]) -> tuple[float, Vector, float]:
    """Tracking error, contributions of curve, spreads and specific risk, and the contribution of the first bond, all in bp.

    Straight from the cells a user types into, with n × n formed.
    """
    book = openpyxl.load_workbook(path)
    for cell, value in changes.items():
        sheet, _, place = cell.partition("!")
        book[sheet][place].value = value

    def column(sheet: str, letter: str, count: int) -> Vector:
        return np.array([book[sheet][f"{letter}{6 + row}"].value for row in range(count)], dtype=float)

    active = column("Bonds", "C", BONDS) - column("Bonds", "D", BONDS)
    sectors = [book["Bonds"][f"F{6 + row}"].value for row in range(BONDS)]
    dts = column("Bonds", "H", BONDS) * column("Bonds", "I", BONDS)
    krd = np.column_stack([column("Bonds", letter, BONDS) for letter in "JKLMN"])
    named = ("Agency", "Financials", "Industrials", "Utilities", "Energy")
    by_sector = np.column_stack([np.where([s == name for s in sectors], dts, 0.0) for name in named])
    correlation = np.eye(FACTORS)
    for k in range(FACTORS):
        for j in range(k + 1, FACTORS):
            correlation[k, j] = correlation[j, k] = book["Moves"].cell(6 + k, 6 + j).value
    volatility = column("Moves", "D", FACTORS)
    exposures = np.hstack([krd, by_sector])
    common = exposures @ (np.outer(volatility, volatility) * correlation) @ exposures.T
    own = np.diag(column("Bonds", "O", BONDS) ** 2)
    slope = (common + own) @ active
    error = float(np.sqrt(active @ slope))
    through = (np.outer(volatility, volatility) * correlation) @ (exposures.T @ active)
    each = (exposures.T @ active) * through
    parts = np.array([each[:5].sum(), each[5:].sum(), active @ own @ active]) / error
    return 1e4 * error, 1e4 * parts, 1e4 * float(active[0] * slope[0]) / error


def seen(now: Recalculation) -> tuple[float, list[float], float]:
    values = now.values
    return (
        float(values[parse_location("Risk!B5")]),  # type: ignore[arg-type]  # a number
        [float(values[parse_location(f"Risk!J{row}")]) for row in (10, 11, 12)],  # type: ignore[arg-type]
        1e4 * float(values[parse_location("Contributions!E23")]),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Bonds!C6": 0.0791, "Bonds!C10": -0.0043},
        {"Moves!D6": 0.02, "Moves!D13": 0.6, "Moves!G6": 0.75},
        {"Bonds!H38": 0.08, "Bonds!J6": 4.0, "Bonds!O6": 0.05},
    ],
)
def test_answers_are_those_of_the_full_covariance_of_its_cells(
    shipped: Path, changes: dict[str, float]
) -> None:
    now = recalculate(shipped, inputs={parse_location(cell): value for cell, value in changes.items()})
    assert now.not_evaluated == ()
    error, parts, first = parts_by_full_covariance(shipped, changes)
    found, found_parts, found_first = seen(now)
    assert found == pytest.approx(error, rel=1e-12)
    assert found_parts == pytest.approx(parts, rel=1e-10)
    assert found_first == pytest.approx(first, rel=1e-10)


def test_the_first_bond_is_where_it_is_looked_for(shipped: Path) -> None:
    book = openpyxl.load_workbook(shipped, data_only=True)
    assert book["Contributions"]["B23"].value == book["Bonds"]["B6"].value


def test_every_check_holds_as_shipped_and_one_fails_when_durations_do_not_sum(shipped: Path) -> None:
    book = openpyxl.load_workbook(shipped, data_only=True)
    assert [book["Checks"][f"F{row}"].value for row in range(6, 18)] == ["OK"] * 12
    now = recalculate(shipped, inputs={parse_location("Bonds!J6"): 4.0})
    words = [now.values[parse_location(f"Checks!F{row}")] for row in range(6, 18)]
    assert [row for row, word in enumerate(words) if word != "OK"] == [9]
    assert now.values[parse_location("Risk!M5")] == "CHECK"


def test_a_spread_in_a_sector_without_a_factor_is_found(shipped: Path) -> None:
    # Governments have no spread factor; one with a spread would go uncounted.
    now = recalculate(shipped, inputs={parse_location("Bonds!H6"): 0.02})
    assert now.values[parse_location("Checks!F17")] == "CHECK"


def test_the_file_stores_the_name_of_the_model_and_needs_no_model_to_be_shown(shipped: Path) -> None:
    book = openpyxl.load_workbook(shipped, data_only=True)
    assert str(book["Exposures"]["H3"].value).startswith("RISK:")
    assert models.known(str(book["Exposures"]["H3"].value)) is None
    assert book["Risk"]["B5"].value == pytest.approx(27.833115, abs=1e-5)


def test_correlations_that_cannot_hold_together_are_refused_in_words(shipped: Path) -> None:
    # The two-year rate goes with the ten-year one and that with the five-year one, but not the first with the last.
    now = recalculate(shipped, inputs={parse_location("Moves!G6"): 0.2})
    sentences = {fault.sentence for fault in now.faults if fault.function == "RISK_MODEL"}
    assert len(sentences) == 1
    assert sentences.pop().startswith("TE-130 factor_cov has a negative eigenvalue, -")
