"""Whether any weights hold whole names within all limits: a mixed-integer program that HiGHS decides."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.whole.holdings import Holdings

Decided = Literal["feasible", "infeasible", "open"]
_SECONDS = 2.0
"""After which the question is left open."""
_LARGEST = 1e3
"""Stands for a weight without a limit."""
_IN_TIME, _INFEASIBLE = 0, 2
"""What HiGHS says through SciPy."""


@dataclass(frozen=True, slots=True, eq=False)
class Feasible:
    """The answer.

    Parameters
    ----------
    decided : str
        ``"open"`` where time ran out.
    held : ndarray of shape (n,) or None
        Names of some weights within the limits.
    """

    decided: Decided
    held: Mask | None = None


def feasible(problem: TrackingProblem, holdings: Holdings, seconds: float = _SECONDS) -> Feasible:
    """Whether weights exist that the hard rows, the counts and the smallest holdings allow."""
    return _solved(problem, holdings, np.zeros(problem.benchmark.size), seconds)


def extreme_count(
    problem: TrackingProblem, holdings: Holdings, row: int, *, most: bool, seconds: float = _SECONDS
) -> int | None:
    """The fewest or most names of one count that all other limits allow, None where that is not known.

    Parameters
    ----------
    problem : TrackingProblem
        Its hard rows.
    holdings : Holdings
        Of which the limits of one count are left out.
    row : int
        That count.
    most : bool
        Whether to hold as many as possible, else as few.
    seconds : float
        After which it is given up.
    """
    others = np.arange(len(holdings.labels)) != row
    free = Holdings(
        holdings.least,
        holdings.members[others],
        holdings.lower[others],
        holdings.upper[others],
        tuple(label for at, label in enumerate(holdings.labels) if at != row),
    )
    found = _solved(problem, free, holdings.members[row] * (-1.0 if most else 1.0), seconds)
    return None if found.held is None else round(float(holdings.members[row] @ found.held))


def _solved(problem: TrackingProblem, holdings: Holdings, price: Vector, seconds: float) -> Feasible:
    """Least price of the names that are held. Variables: weights, names, distances of every bent row."""
    n, bent = problem.benchmark.size, problem.bent
    hard = np.flatnonzero(bent.hard)
    distances = n * hard.size
    low = np.maximum(problem.lower, -_LARGEST)
    high = np.minimum(problem.upper, _LARGEST)
    forced = ((problem.lower > 0.0) | (problem.upper < 0.0)).astype(float)
    constraints = [*_links(low, np.maximum(low, holdings.least), high, n, distances)]
    rows = problem.rows
    if rows.hard.any():
        matrix = hstack([csr_array(rows.matrix[rows.hard]), csr_array((int(rows.hard.sum()), n + distances))])
        constraints.append(LinearConstraint(matrix, rows.lower[rows.hard], rows.upper[rows.hard]))
    if holdings.labels:
        counts = len(holdings.labels)
        matrix = hstack([csr_array((counts, n)), csr_array(holdings.members), csr_array((counts, distances))])
        constraints.append(LinearConstraint(matrix, holdings.lower, holdings.upper))
    constraints += [
        part for at, row in enumerate(hard.tolist()) for part in _bent(problem, row, at, hard.size)
    ]
    found = milp(
        np.concatenate([np.zeros(n), price, np.zeros(distances)]),
        integrality=np.concatenate([np.zeros(n), np.ones(n), np.zeros(distances)]),
        bounds=Bounds(
            np.concatenate([np.minimum(low, 0.0), forced, np.zeros(distances)]),
            np.concatenate([np.maximum(high, 0.0), np.ones(n), np.full(distances, np.inf)]),
        ),
        constraints=constraints,
        options={"time_limit": seconds, "presolve": True},
    )
    if found.x is not None and (found.status == _IN_TIME or not price.any()):
        return Feasible("feasible", np.asarray(found.x[n : 2 * n] > 0.5))
    return Feasible("infeasible" if found.status == _INFEASIBLE else "open")


def _links(lower: Vector, least: Vector, upper: Vector, n: int, distances: int) -> list[LinearConstraint]:
    """A weight is zero unless its name is held, and then within its limits: least z ≤ w ≤ upper z."""
    unit = csr_array(np.eye(n))
    rest = csr_array((n, distances))
    above = hstack([unit, csr_array(np.diag(-upper)), rest])
    below = hstack([unit, csr_array(np.diag(-np.where(lower < 0.0, lower, least))), rest])
    return [LinearConstraint(above, -np.inf, 0.0), LinearConstraint(below, 0.0, np.inf)]


def _bent(problem: TrackingProblem, row: int, at: int, count: int) -> list[LinearConstraint]:
    """One bent row with a variable for each distance: d ≥ w − at, d ≥ at − w, Σ slope w + bend d ≤ upper."""
    n, bent = problem.benchmark.size, problem.bent
    place = coo_array((np.ones(n), (np.arange(n), at * n + np.arange(n))), shape=(n, n * count))
    weights, names = csr_array(np.eye(n)), csr_array((n, n))
    apart = vstack([hstack([weights, names, -place]), hstack([-weights, names, -place])])
    limits = np.concatenate([bent.at[row], -bent.at[row]])
    total = np.zeros((1, 2 * n + n * count))
    total[0, :n], total[0, (2 + at) * n : (3 + at) * n] = bent.slope[row], bent.bend[row]
    return [
        LinearConstraint(apart, -np.inf, limits),
        LinearConstraint(csr_array(total), -np.inf, bent.upper[row]),
    ]
