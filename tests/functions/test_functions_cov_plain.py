"""Sample and weighted covariances written once more as plain formulas of a sheet, calculated by two spreadsheet programs."""

from collections.abc import Mapping

import numpy as np
import pytest
from plain_sheet import EXACT, PROGRAMS, calculated

from trackerr_xl import evaluate

RETURNS = [
    [0.021, 0.034, -0.013],
    [-0.008, 0.012, 0.046],
    [0.013, -0.027, 0.031],
    [-0.024, 0.005, -0.052],
    [0.017, 0.038, 0.009],
    [0.002, -0.031, 0.017],
    [-0.011, 0.016, 0.027],
    [0.006, 0.009, -0.022],
]
T, N, PERIODS, HALFLIFE = len(RETURNS), 3, 12, 2.5


def formulas() -> dict[str, str]:
    """Cell by cell; the returns lie in columns A to C of rows 1 to 8, oldest first."""
    cells = {f"E{row}": f"=0.5^(({T}-{row})/{HALFLIFE})" for row in range(1, T + 1)}
    cells |= {f"F{row}": f"=E{row}/SUM($E$1:$E${T})" for row in range(1, T + 1)}
    column = {at: f"${name}$1:${name}${T}" for at, name in enumerate("ABC")}
    weights = f"$F$1:$F${T}"
    for i in range(N):
        cells[f"{'ABC'[i]}10"] = f"=SUMPRODUCT({weights},{column[i]})"
        for j in range(N):
            cells[f"{'ABC'[j]}{20 + i}"] = f"=COVAR({column[i]},{column[j]})*{T}/{T - 1}*{PERIODS}"
            products = f"{weights},{column[i]}-{'ABC'[i]}$10,{column[j]}-{'ABC'[j]}$10"
            freedom = f"(1-SUMPRODUCT({weights},{weights}))"
            cells[f"{'ABC'[j]}{30 + i}"] = f"=SUMPRODUCT({products})/{freedom}*{PERIODS}"
            # What two names have in common where the last of one and the first of the other are missing.
            part = {at: f"${name}$2:${name}${T - 1}" for at, name in enumerate("ABC")}
            cells[f"{'ABC'[j]}{40 + i}"] = f"=COVAR({part[i]},{part[j]})*{T - 2}/{T - 3}"
    return cells


@pytest.fixture(scope="module", params=PROGRAMS)
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, float]:
    return calculated(request.param, tmp_path_factory.mktemp("plain"), {"A1": RETURNS}, formulas())


def square(plain: Mapping[str, float], first: int) -> np.ndarray:
    return np.array([[plain[f"{column}{first + row}"] for column in "ABC"] for row in range(N)])


def test_the_sample_covariance_is_that_of_the_sheet(plain: Mapping[str, float]) -> None:
    found = np.array(evaluate("COV_ESTIMATE", RETURNS, "Sample", PERIODS))
    assert found == pytest.approx(square(plain, 20), rel=EXACT)


def test_the_weighted_covariance_is_that_of_the_sheet(plain: Mapping[str, float]) -> None:
    found = np.array(evaluate("COV_ESTIMATE", RETURNS, "EWMA", PERIODS, HALFLIFE))
    assert found == pytest.approx(square(plain, 30), rel=EXACT)


def test_dates_with_gaps_are_left_out_as_on_the_sheet(plain: Mapping[str, float]) -> None:
    gaps: list[list[float | None]] = [list(row) for row in RETURNS]
    gaps[0][1] = gaps[-1][0] = None
    found = np.array(evaluate("COV_ESTIMATE", gaps))
    assert found == pytest.approx(square(plain, 40), rel=EXACT)
    # The two names with a gap have no other dates in common.
    pairwise = evaluate("COV_ESTIMATE", gaps, "Sample", 1, None, "Pairwise")
    assert pairwise[0][1] == pytest.approx(plain["B40"], rel=EXACT)
