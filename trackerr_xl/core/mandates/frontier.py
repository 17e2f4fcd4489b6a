"""The best return for every tracking error: all corner portfolios where the limits are linear, a grid otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.mandates.above_cap import above_cap
from trackerr_xl.core.mandates.critical_line import Piece, critical_line
from trackerr_xl.core.mandates.crossing import Target, crossing
from trackerr_xl.core.mandates.mandate import Mandate
from trackerr_xl.core.mandates.tradeoff import MOST_SOLVES, Point, Tradeoff, largest
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solve import solve
from trackerr_xl.errors import InputError, NotYetError

EVENLY = 0.1
"""A grid point may be off its place by this share of the distance to the next."""
ONE_POINT = 1e-9
"""Tracking errors this near, relative, are one."""
ONE_CORNER = 1e-12
"""Weights that differ by no more than this, beside the largest, are one corner."""
LEAST = 1e-8
"""The t of the first grid point, beside one at which return matters as much as risk."""


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Portfolios from least tracking error to most return.

    Parameters
    ----------
    weights : ndarray of shape (p, n)
        One portfolio a row; between two exact corners the frontier is the straight line between their weights.
    exact : bool
        Whether these are all corners.
    """

    weights: Matrix
    exact: bool


def frontier(mandate: Mandate, points: int | None = None) -> Frontier:
    """The portfolios of most return within the limits and the cap on tracking error.

    Parameters
    ----------
    mandate : Mandate
        With returns; its objective is not looked at.
    points : int, optional
        How many portfolios, evenly spaced in tracking error within a tenth of the distance, each proved; left out, all
        corners where the limits are linear.

    Raises
    ------
    NoAnswerError
        If no weights satisfy the limits, or none within the cap.
    NumericalError
        If a portfolio was not proved, or return has no end.
    """
    if mandate.alpha is None:
        raise InputError("is missing, a frontier needs it", argument="alpha")
    if np.isfinite(mandate.te_cap) and np.isfinite(mandate.te_penalty):
        raise NotYetError(
            f"has a Penalty in {mandate.te_label}, which a frontier cannot carry out: leave it blank",
            argument="constraints",
        )
    if points is None and is_straight(mandate):
        return Frontier(_corners(mandate, mandate.alpha), exact=True)
    return Frontier(_grid(mandate, mandate.alpha, points or 30), exact=False)


def is_straight(mandate: Mandate) -> bool:
    """Whether all limits but the cap are linear and must hold."""
    problem = mandate.problem
    return not mandate.costs and not problem.bent.upper.size and bool(problem.rows.hard.all())


def _corners(mandate: Mandate, alpha: Vector) -> Matrix:
    problem, cap, corners = mandate.problem, mandate.te_cap, list[Vector]()
    for piece in critical_line(problem, alpha):
        weights = piece.weights(piece.begin)
        if corners and _error(problem, weights) > cap:
            break
        # Limits that bind together give pieces of no length.
        if not corners or np.abs(weights - corners[-1]).max() > ONE_CORNER * np.abs(weights).max():
            corners.append(weights)
        last = piece
    if _error(problem, corners[0]) > cap * (1.0 + ONE_POINT):
        raise above_cap(mandate, solve(problem))
    if np.isfinite(cap) and np.isfinite(last.end) and _error(problem, last.weights(last.end)) > cap:
        corners.append(_at_cap(problem, last, cap))
    return np.array(corners)


def _at_cap(problem: TrackingProblem, piece: Piece, cap: float) -> Vector:
    """Where on a piece the tracking error, a parabola's root, is the cap."""
    active, pull = piece.base - problem.benchmark, problem.risk.product(piece.direction)
    square, half = float(piece.direction @ pull), float(active @ pull)
    rest = problem.risk.variance(active) - cap**2
    return piece.weights((-half + float(np.sqrt(max(half**2 - square * rest, 0.0)))) / square)


def _grid(mandate: Mandate, alpha: Vector, points: int) -> Matrix:
    problem = mandate.problem
    tradeoff = Tradeoff(replace(problem, linear=-alpha), mandate.seconds, mandate.costs, MOST_SOLVES * points)
    risk = float(np.sqrt(problem.risk.diagonal().mean()))
    unit = tradeoff.first(risk)
    first = tradeoff.at(LEAST * unit)
    if first.error > mandate.te_cap * (1.0 + ONE_POINT):
        raise above_cap(mandate, first.solution)
    last = _last(tradeoff, mandate.te_cap, unit)
    width = (last.error - first.error) / (points - 1)
    if width <= ONE_POINT * risk:
        return np.array([first.solution.weights])
    found = [first]
    for wanted in (first.error + width * np.arange(1, points - 1)).tolist():
        target = Target(_always(wanted), fixed=True)
        point = crossing(tradeoff, _guess(found, wanted, unit), target, EVENLY * width / wanted)
        if point is not None:
            found.append(point)
    return np.array([point.solution.weights for point in (*found, last)])


def _last(tradeoff: Tradeoff, cap: float, unit: float) -> Point:
    point = crossing(tradeoff, unit, Target(_always(cap), fixed=True)) if np.isfinite(cap) else None
    return point or largest(tradeoff, max(unit, tradeoff.largest))


def _always(wanted: float) -> Callable[[float], float]:
    return lambda _: wanted


def _guess(found: list[Point], wanted: float, unit: float) -> float:
    """The t of the next point, by the line through the last two in logarithms."""
    if len(found) < 3:
        return unit * LEAST**0.5 if len(found) < 2 else 2.0 * found[-1].t
    before, last = found[-2:]
    rise = np.log(last.t / before.t) / np.log(last.error / before.error)
    return float(last.t * (wanted / last.error) ** rise)


def _error(problem: TrackingProblem, weights: Vector) -> float:
    return float(np.sqrt(problem.risk.variance(weights - problem.benchmark)))
