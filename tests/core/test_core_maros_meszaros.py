"""Convex quadratic programs of the Maros–Mészáros collection against their published optima.

A program with H, c and limits is a tracking problem with the covariance H, the benchmark 0 and the linear term c. Those of
more than 1,100 variables are sparse, far from covariances, and left out; so are the ones listed as too hard.
"""

from pathlib import Path

import numpy as np
import pytest
import scipy.io
import scipy.sparse as sp

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.solve import solve

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "qp_maros_meszaros"
LARGEST = 1100
ENDLESS = 1e19
TOO_HARD = ("QCAPRI", "QSEBA", "QSHARE2B")
"""Refused with a sentence: almost linear programs whose coefficients differ by powers of ten."""
OF_HS51 = 0.0
"""Printed as 8.9e-16 in the collection, the rounding of whoever computed it."""


def _published() -> dict[str, float]:
    lines = (FOLDER / "OPT_00README.tsv").read_text().splitlines()
    return {words[0].upper(): float(words[-1]) for words in map(str.split, lines) if len(words) >= 2}


def _names() -> list[str]:
    files = sorted(FOLDER.glob("*.mat"))
    small = [
        file.stem for file in files if scipy.io.loadmat(file, variable_names=["P"])["P"].shape[0] <= LARGEST
    ]
    return [name for name in small if name not in TOO_HARD]


def _problem(name: str) -> tuple[TrackingProblem, float]:
    """The program with rows of one coefficient as limits of the variable, and its constant."""
    held = scipy.io.loadmat(FOLDER / f"{name}.mat")
    hessian, matrix = _dense(held["P"]), _dense(held["A"])
    low, high = held["l"].ravel(), held["u"].ravel()
    low, high = np.where(low < -ENDLESS, -np.inf, low), np.where(high > ENDLESS, np.inf, high)
    n = len(hessian)
    lower, upper = np.full(n, -np.inf), np.full(n, np.inf)
    entries = (matrix != 0.0).sum(axis=1)
    for row in np.flatnonzero(entries == 1):
        at = int(np.flatnonzero(matrix[row])[0])
        ends = np.sort([low[row] / matrix[row, at], high[row] / matrix[row, at]])
        lower[at], upper[at] = max(lower[at], ends[0]), min(upper[at], ends[1])
    rows = LinearRows(
        matrix[entries > 1],
        low[entries > 1],
        high[entries > 1],
        tuple(f"row {i}" for i in np.flatnonzero(entries > 1)),
    )
    problem = TrackingProblem.build(
        np.zeros(n), hessian, upper, lower, budget=None, rows=rows, linear=held["q"].ravel()
    )
    return problem, float(np.ravel(held["r"])[0])


def _dense(matrix: object) -> Matrix:
    return np.asarray(matrix.toarray() if sp.issparse(matrix) else matrix, dtype=float)


def _value(problem: TrackingProblem, constant: float, weights: Vector) -> float:
    return 0.5 * problem.risk.variance(weights) + float(problem.linear @ weights) + constant


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the Maros–Mészáros collection is not beside the project")
@pytest.mark.parametrize("name", _names() if FOLDER.is_dir() else [])
def test_published_optimum_is_reached(name: str) -> None:
    # The list writes CVXQP1S where the file is called CVXQP1_S.
    published = OF_HS51 if name == "HS51" else _published()[name.replace("_", "")]
    problem, constant = _problem(name)
    reached = _value(problem, constant, solve(problem).weights)
    assert reached == pytest.approx(published, rel=1e-6, abs=1e-9)
