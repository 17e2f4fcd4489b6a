"""Why no weights satisfy the limits, in the user's labels: row by row first, then the smallest clashing set."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solvers.presolve import reach
from trackerr_xl.errors import NoAnswerError

ROUNDING = 1e-10
"""Relative to a row's largest coefficient: limits closer than this are not told apart."""
LONGEST = 230
"""Characters of a message beyond which the limits are counted instead of listed; they stay in `rows`."""
LONG_LIST = 12
"""Clashing limits beyond which the list is not shortened further."""
CLASH = 1e-9
"""Total relaxation, in units of the rows' largest coefficients, above which the rows clash."""


def check_each_row(problem: TrackingProblem) -> None:
    """Refuse a row that the names' limits alone make impossible.

    Raises
    ------
    NoAnswerError
        Naming the row, what it needs and what the limits allow.
    """
    rows = problem.rows
    least, most = reach(rows.matrix, problem.lower, problem.upper)
    slack = ROUNDING * np.maximum(np.abs(rows.matrix).max(axis=1, initial=0.0), 1e-300)
    for row in np.flatnonzero((rows.lower > most + slack) | (rows.upper < least - slack)):
        label = rows.labels[row]
        if rows.lower[row] > most[row]:
            needs, allow = f"needs at least {rows.lower[row]:.6g}", f"allow at most {most[row]:.6g}"
        else:
            needs, allow = f"allows at most {rows.upper[row]:.6g}", f"force at least {least[row]:.6g}"
        raise NoAnswerError(
            f"{label} {needs} but the names' limits {allow}",
            rows=(f"{label} {needs}", f"The names' limits {allow}"),
        )


def explain(problem: TrackingProblem) -> None:
    """Return if some weights satisfy all limits; otherwise name a smallest set of rows that clash.

    Raises
    ------
    NoAnswerError
        Naming the rows and the smallest change of one of them that would make room.
    """
    check_each_row(problem)
    demands = _demands(problem)
    clash = _relaxed(problem, demands, "each")
    if clash.least <= CLASH:
        return
    smallest = _smallest_clash(problem, demands[clash.pulling])
    parts = [_in_words(problem, row, side) for row, side in smallest]
    repair = _repair(problem, demands, clash.shares)
    whole = f"these limits cannot hold together: {'; '.join(parts)}"
    short = f"{len(parts)} limits cannot hold together. {repair}"
    raise NoAnswerError(whole if len(whole) <= LONGEST else short, rows=parts, repair=repair)


@dataclass(frozen=True, slots=True, eq=False)
class _Relaxation:
    """The least relaxation that makes room for some demands.

    Parameters
    ----------
    least : float
        Its size; none is needed when it is zero.
    shares : ndarray
        Relaxation of each demand, or the one common to all.
    pulling : ndarray of shape (d,)
        Which demands press on it.
    """

    least: float
    shares: Vector
    pulling: Mask


def _demands(problem: TrackingProblem) -> Vector:
    """Array of shape (d, 2): row and side (1 for its upper limit, −1 for its lower one)."""
    rows = problem.rows
    above, below = np.flatnonzero(np.isfinite(rows.upper)), np.flatnonzero(np.isfinite(rows.lower))
    return np.concatenate(
        [np.column_stack([above, np.ones_like(above)]), np.column_stack([below, -np.ones_like(below)])]
    )


def _relaxed(problem: TrackingProblem, demands: Vector, how: Literal["each", "alike"]) -> _Relaxation:
    """Least relaxation by HiGHS, in total over each demand or the same for all alike; the names' limits are kept.

    Alike is the way to few clashing demands: its multipliers are a corner of all proofs that the demands clash, and a
    corner uses no demand in vain.
    """
    from scipy.optimize import linprog  # 200 ms to import, and only an impossible problem pays

    n, d = problem.benchmark.size, len(demands)
    rows, side = demands[:, 0], demands[:, 1]
    size = np.abs(problem.rows.matrix).max(axis=1, initial=0.0)[rows]
    unit = side / np.where(size > 0, size, 1.0)
    limits = np.where(side > 0, problem.rows.upper[rows], problem.rows.lower[rows])
    easing = np.eye(d) if how == "each" else np.ones((d, 1))
    shares = easing.shape[1]
    lower = np.concatenate([problem.lower, np.zeros(shares)])
    upper = np.concatenate([problem.upper, np.full(shares, np.inf)])
    answer = linprog(
        np.concatenate([np.zeros(n), np.ones(shares)]),
        A_ub=np.hstack([unit[:, None] * problem.rows.matrix[rows], -easing]),
        b_ub=unit * limits,
        bounds=np.column_stack([lower, upper]),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if answer.status != 0:
        return _Relaxation(0.0, np.zeros(shares), np.zeros(d, dtype=bool))
    return _Relaxation(float(answer.fun), answer.x[n:], np.abs(answer.ineqlin.marginals) > 1e-9)


def _smallest_clash(problem: TrackingProblem, demands: Vector) -> Vector:
    """Drop demands one by one while the rest still clash; what is left clashes and no part of it does.

    A long list is left as the corner gives it, a true clash with perhaps a few too many: each drop costs a linear
    program.
    """
    demands = demands[_relaxed(problem, demands, "alike").pulling]
    if len(demands) > LONG_LIST:
        return demands
    position = 0
    while position < len(demands) and len(demands) > 1:
        fewer = np.delete(demands, position, axis=0)
        relaxation = _relaxed(problem, fewer, "alike")
        if relaxation.least <= CLASH / len(fewer):
            position += 1
            continue
        # Only demands that press on the relaxation can belong to a clash: the others go in the same step.
        kept = relaxation.pulling.copy()
        kept[:position] = True
        demands = fewer[kept]
    return demands


def _repair(problem: TrackingProblem, demands: Vector, shares: Vector) -> str:
    """The least change of limits, each measured in its row's largest coefficient, that makes room."""
    eased = np.flatnonzero(shares > CLASH)
    size = np.abs(problem.rows.matrix).max(axis=1)
    changes = [
        _in_words(problem, row, side, side * share * size[row])
        for (row, side), share in zip(demands[eased], shares[eased], strict=True)
    ]
    return f"Room would be made by {' and '.join(changes)}"


def _in_words(problem: TrackingProblem, row: int, side: int, change: float = 0.0) -> str:
    limit = (problem.rows.upper[row] if side > 0 else problem.rows.lower[row]) + change
    return f"{problem.rows.labels[row]} at {'most' if side > 0 else 'least'} {limit:.6g}"
