"""The template *active_fund.xlsx*: its answers made again from the cells a user types into, as shipped and when they move."""

from pathlib import Path

import clarabel
import numpy as np
import openpyxl
import pytest
import scipy.sparse as sp
from numpy.typing import NDArray
from openpyxl.workbook.workbook import Workbook

from trackerr_xl.workbook.book import parse_location
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.templates.active_fund import write_active_fund
from trackerr_xl.workbook.templates.build import built

N, FIRST = 30, 6
Vector = NDArray[np.float64]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fund") / "active_fund.xlsx"
    path.write_bytes(built(write_active_fund))
    return path


def typed(path: Path, changes: dict[str, float]) -> Workbook:
    """The workbook's cells with some of them changed; what it calculates is not looked at."""
    book = openpyxl.load_workbook(path)
    for cell, value in changes.items():
        sheet, _, place = cell.partition("!")
        book[sheet][place].value = value
    return book


def column(book: Workbook, sheet: str, letter: str) -> Vector:
    return np.array([book[sheet][f"{letter}{FIRST + row}"].value for row in range(N)], dtype=float)


def covariance(book: Workbook, sheet: str) -> Vector:
    rows = book[sheet].iter_rows(min_row=FIRST, max_row=FIRST + N - 1, min_col=3, max_col=2 + N)
    return np.array([[cell.value for cell in row] for row in rows], dtype=float)


def number(now: Recalculation, cell: str) -> float:
    return float(now.values[parse_location(cell)])  # type: ignore[arg-type]  # a number


def recalculated(path: Path, changes: dict[str, float]) -> Recalculation:
    now = recalculate(path, inputs={parse_location(cell): value for cell, value in changes.items()})
    assert now.not_evaluated == ()
    return now


CHANGES: tuple[dict[str, float], ...] = (
    {},
    {"Holdings!D6": 0.128, "Holdings!D13": 0.044},
    {"Holdings!E6": 0.02, "Fund!K19": 0.025, "Limits!E7": 0.03},
)
"""As shipped; weight moved from one company to another; a view, the budget and a limit moved."""


@pytest.mark.parametrize("changes", CHANGES)
def test_risk_and_its_parts_are_those_of_its_cells(shipped: Path, changes: dict[str, float]) -> None:
    now, book = recalculated(shipped, changes), typed(shipped, changes)
    active = column(book, "Holdings", "D") - column(book, "Holdings", "C")
    slope = covariance(book, "Covariance") @ active
    error = float(np.sqrt(active @ slope))
    budget = float(book["Fund"]["K19"].value)  # type: ignore[arg-type]  # a number
    assert number(now, "Fund!B5") == pytest.approx(error, rel=1e-12)
    assert number(now, "Fund!D5") == pytest.approx(error / budget, rel=1e-12)
    assert number(now, "Fund!F5") == pytest.approx(active @ column(book, "Holdings", "E"), rel=1e-12)
    sectors = [book["Holdings"][f"F{FIRST + row}"].value for row in range(N)]
    for row, sector in enumerate(dict.fromkeys(sectors), start=10):
        own = sum(a * s for a, s, of in zip(active, slope, sectors, strict=True) if of == sector) / error
        assert number(now, f"Fund!D{row}") == pytest.approx(1e4 * own, rel=1e-9, abs=1e-9)
        share = float(book["Fund"][f"E{row}"].value)  # type: ignore[arg-type]  # a number
        assert number(now, f"Fund!F{row}") == pytest.approx(own / budget / share, rel=1e-9, abs=1e-9)
        word = now.values[parse_location(f"Fund!G{row}")]
        assert word == ("OK" if own <= budget * share else "OVER")


@pytest.mark.parametrize("changes", CHANGES)
def test_every_purchase_within_the_room_ends_at_the_budget(shipped: Path, changes: dict[str, float]) -> None:
    now, book = recalculated(shipped, changes), typed(shipped, changes)
    active = column(book, "Holdings", "D") - column(book, "Holdings", "C")
    cov = covariance(book, "Covariance")
    budget = float(book["Fund"]["K19"].value)  # type: ignore[arg-type]  # a number
    for place in range(N):
        for letter, sign in (("E", 1.0), ("F", -1.0)):
            room = now.values[parse_location(f"Headroom!{letter}{FIRST + place}")]
            if str(room) == "#N/A":
                # The fund is above the budget, and no trade of this company alone brings it below.
                assert changes
                continue
            after = active + sign * float(room) * np.eye(N)[place]  # type: ignore[arg-type]  # a number
            assert np.sqrt(after @ cov @ after) == pytest.approx(budget, rel=1e-9)


@pytest.mark.parametrize("changes", CHANGES)
def test_the_best_fund_is_that_of_an_independent_solver(shipped: Path, changes: dict[str, float]) -> None:
    now, book = recalculated(shipped, changes), typed(shipped, changes)
    expected = _best(book)
    alpha, index = column(book, "Holdings", "E"), column(book, "Holdings", "C")
    found = np.array([number(now, f"'Best fund'!E{FIRST + row}") for row in range(N)])
    assert found == pytest.approx(expected, abs=2e-5)
    gain = float(alpha @ (found - index))
    assert gain == pytest.approx(float(alpha @ (expected - index)), rel=1e-6)
    assert number(now, "Frontier!D30") == pytest.approx(gain, rel=1e-12)


def test_the_budget_moves_the_best_fund_along_the_frontier(shipped: Path) -> None:
    tight, loose = (recalculated(shipped, {"Fund!K19": budget}) for budget in (0.02, 0.035))
    for now, budget in ((tight, 0.02), (loose, 0.035)):
        assert number(now, "Frontier!C30") == pytest.approx(budget, rel=1e-6)
    assert number(tight, "Frontier!D30") < number(loose, "Frontier!D30")
    curve = [(number(tight, f"Frontier!B{row}"), number(tight, f"Frontier!C{row}")) for row in range(6, 26)]
    assert curve == [
        (number(loose, f"Frontier!B{row}"), number(loose, f"Frontier!C{row}")) for row in range(6, 26)
    ]
    # Concave: between two of its portfolios the best is at least their mixture.
    assert number(tight, "Frontier!D30") >= np.interp(0.02, *np.transpose(curve)) - 1e-9


def test_the_bridge_leads_from_then_to_now(shipped: Path) -> None:
    now, book = recalculated(shipped, {}), typed(shipped, {})
    then = column(book, "Holdings", "I") - column(book, "Holdings", "J")
    old = float(np.sqrt(then @ covariance(book, "Covariance then") @ then))
    assert number(now, "Fund!K10") == pytest.approx(1e4 * old, rel=1e-12)
    assert sum(number(now, f"Fund!J{row}") for row in range(11, 16)) == pytest.approx(
        number(now, "Fund!K16") - number(now, "Fund!K10"), rel=1e-9
    )
    # Bars rise and fall from where the one before ended.
    for row in range(7, 12):
        base, rise, fall = (number(now, f"Bridge!{letter}{row}") for letter in "FGH")
        levels = sorted(1e4 * number(now, f"Bridge!D{at}") for at in (row - 1, row))
        assert [base, base + rise + fall] == pytest.approx(levels, rel=1e-9)


def test_every_check_holds_as_shipped_and_the_headline_says_what_matters(shipped: Path) -> None:
    book = openpyxl.load_workbook(shipped, data_only=True)
    assert [book["Checks"][f"F{row}"].value for row in range(6, 21)] == ["OK"] * 15
    assert book["Fund"]["N5"].value == "OK"
    assert book["Fund"]["B3"].value == (
        "The fund uses 93% of its tracking error budget of 3.00%. Consumer uses 155% of its share. "
        "The best fund at this budget expects +1.04% a year, this one +0.86%."
    )


def test_weights_that_do_not_sum_are_found_and_limits_added_below_are_read(shipped: Path) -> None:
    now = recalculated(shipped, {"Holdings!D6": 0.2})
    assert now.values[parse_location("Checks!F6")] == "CHECK"
    assert now.values[parse_location("Fund!N5")] == "CHECK"
    more: dict[str, float | str] = {"Limits!B11": "Weight", "Limits!C11": "Epping Cloud", "Limits!E11": 0.05}
    added = recalculate(shipped, inputs={parse_location(cell): value for cell, value in more.items()})
    assert number(recalculated(shipped, {}), "'Best fund'!E8") > 0.06
    assert number(added, "'Best fund'!E8") == pytest.approx(0.05, abs=1e-8)


def _best(book: Workbook) -> Vector:
    """Clarabel's answer to: most alpha, within the budget and the limits of the template, read from its cells."""
    alpha, index, beta = (column(book, "Holdings", letter) for letter in "ECH")
    red = np.array([book["Holdings"][f"G{FIRST + row}"].value == "Red" for row in range(N)])
    sectors = [book["Holdings"][f"F{FIRST + row}"].value for row in range(N)]
    limits = {row: (book["Limits"][f"D{row}"].value, book["Limits"][f"E{row}"].value) for row in range(6, 10)}
    low = np.maximum(limits[6][0], index + limits[7][0])
    high = np.where(red, 0.0, np.minimum(limits[6][1], index + limits[7][1]))
    # A company that may not be held is below its least distance from the index; the exclusion goes first.
    low = np.where(red, 0.0, low)
    member = np.array([[float(of == sector) for of in sectors] for sector in dict.fromkeys(sectors)])
    rows = np.vstack([member, beta[None, :]])
    centre = rows @ index
    least = centre + np.array([limits[8][0]] * len(member) + [limits[9][0]])
    most = centre + np.array([limits[8][1]] * len(member) + [limits[9][1]])
    root = np.linalg.cholesky(covariance(book, "Covariance")).T
    budget = float(book["Fund"]["K19"].value)  # type: ignore[arg-type]  # a number
    matrix = np.vstack([np.ones((1, N)), rows, -rows, np.eye(N), -np.eye(N), np.zeros((1, N)), -root])
    right = np.concatenate([[1.0], most, -least, high, -low, [budget], -root @ index])
    inequalities = 2 * len(rows) + 2 * N
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(inequalities), clarabel.SecondOrderConeT(N + 1)]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
    nothing = sp.csc_matrix((N, N))
    answer = clarabel.DefaultSolver(nothing, -alpha, sp.csc_matrix(matrix), right, cones, settings).solve()
    assert str(answer.status) == "Solved"
    return np.array(answer.x)
