"""Least risk under costs that grow faster than the trades: Newton's method on the optimality conditions.

A cost row is replaced by its tangent, its rate staying a bend, and its curvature times the row's multiplier joins the
covariance's diagonal. Tangents lie below a convex cost, so the multipliers of the last tangents prove the answer by the
certificate that proves every other.

Market impact has no curvature to speak of far from `at` and no end of it there. The parabola that touches the power 3/2
and is symmetric about `at` lies above it and is twice as steep: with it no step goes too far, but each only halves the
error's logarithm. So names whose trade turned round, and all names where Newton's method does not get on, take that.
"""

from dataclasses import replace
from time import perf_counter

import numpy as np

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.mandates.costs import CostRow
from trackerr_xl.core.problem import BentRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import solve
from trackerr_xl.core.solvers.certificate import measure
from trackerr_xl.errors import NoAnswerError, NumericalError

TOLERANCE = 1e-9
"""Largest violation, relative gap and stationarity of an answer that leaves this module."""
REACHED = 1e-12
"""Where nothing more is to be gained."""
MOST_STEPS = 60
MOST_TANGENTS = 60
"""Tangents of a cost row beyond which nothing is said about whether it can be kept."""
TIGHTER = 0.99
"""Share of the limits of cost that is tried first."""
NEARLY = 1e-7
"""Accuracy of a cost that is only told."""
SMALLEST_TRADE = 1e-10
"""Trades below this share of the largest have the curvature of this share."""
PATIENCE = 5
"""Steps without progress after which no name takes Newton's step any more; after five times as many the end has come."""


def solve_with_costs(
    problem: TrackingProblem, costs: tuple[CostRow, ...], start: Solution | None, seconds: float
) -> Solution:
    """Weights of least tracking error within the limits and costs, proved.

    Parameters
    ----------
    problem : TrackingProblem
        Everything but the costs.
    costs : tuple of CostRow
        Their penalties are in the unit of half the active variance.
    start : Solution, optional
        The answer to a problem much like this one.
    seconds : float
        After which no further solve is begun.

    Returns
    -------
    Solution
        `bent_duals` holds the multipliers of the problem's bent rows and then of the cost rows.

    Raises
    ------
    NoAnswerError
        If no weights satisfy the limits.
    NumericalError
        If the answer was not proved.
    """
    if not costs:
        return solve(problem, start, seconds)
    if not any(_is_curved(row) for row in costs):
        return solve(with_tangents(problem, costs, problem.benchmark), start, seconds)
    try:
        return _by_tangents(problem, costs, start, seconds)
    except (NoAnswerError, NumericalError):
        if all(np.isfinite(row.penalty) for row in costs):
            raise
        # Tangents that clash speak of limits nobody gave.
        require_affordable(problem, costs, seconds)
        raise


def require_affordable(problem: TrackingProblem, costs: tuple[CostRow, ...], seconds: float) -> None:
    """Refuse cost rows that no weights within the other limits can keep.

    Tangents lie below a cost: once those gathered at ever dearer weights clash, so do the costs. Limits a little tighter
    are tried first, since weights that keep those end the search at once.
    """
    hard = tuple(row for row in costs if np.isinf(row.penalty))
    for share in (TIGHTER, 1.0):
        try:
            _gather(problem, hard, share, seconds)
        except NoAnswerError:
            if share < 1.0:
                continue
            solve(problem, None, seconds)
            words = " and ".join(f"{row.label} allows a cost of at most {row.upper:.6g}" for row in hard)
            raise NoAnswerError(
                f"{words}, all weights within the other limits cost more",
                rows=tuple(row.label for row in hard),
            ) from None
        return


def _gather(problem: TrackingProblem, costs: tuple[CostRow, ...], share: float, seconds: float) -> None:
    """Tangents of the costs at a share of their limits, one after the other until the whole limits are kept.

    Raises
    ------
    NoAnswerError
        If they clash.
    """
    end = perf_counter() + seconds
    near, gathered = costs[0].at, problem
    asked = tuple(replace(row, upper=share * row.upper) for row in costs)
    for _ in range(MOST_TANGENTS):
        gathered = with_tangents(gathered, asked, near)
        near = solve(gathered, None, max(end - perf_counter(), 1e-3)).weights
        if all(row.cost(near) <= row.upper * (1.0 + NEARLY) for row in costs) or perf_counter() > end:
            return


def _by_tangents(
    problem: TrackingProblem,
    costs: tuple[CostRow, ...],
    start: Solution | None,
    seconds: float,
    accepted: float = TOLERANCE,
) -> Solution:
    end = perf_counter() + seconds
    last = start or solve(with_tangents(problem, costs, problem.benchmark), None, seconds)
    best: Solution | None = None
    safe, idle = np.ones(problem.benchmark.size, dtype=np.bool_), 0
    for _ in range(MOST_STEPS):
        tangents = with_tangents(problem, costs, last.weights)
        curved = _with_curvature(tangents, costs, last, safe | (idle > PATIENCE))
        following = solve(curved, last, max(end - perf_counter(), 1e-3))
        safe = _turned(costs, last.weights, following.weights)
        last = _measured(with_tangents(problem, costs, following.weights), following)
        better = best is None or _worst(last) < 0.5 * _worst(best)
        idle = 0 if better else idle + 1
        best = last if best is None or _worst(last) < _worst(best) else best
        if _worst(best) <= REACHED or idle > 5 * PATIENCE or perf_counter() > end:
            break
    assert best is not None
    if _worst(best) > accepted:
        raise NumericalError(
            f"no weights under costs proved optimal to {TOLERANCE:g}, the best are within {_worst(best):.1e}"
        )
    return best


def with_tangents(problem: TrackingProblem, costs: tuple[CostRow, ...], near: Vector) -> TrackingProblem:
    """The problem with each cost row as a bent row that touches it at some weights, after the bent rows it has.

    Parameters
    ----------
    problem : TrackingProblem
        Everything but the costs.
    costs : tuple of CostRow
        With penalties in the unit of the problem's.
    near : ndarray of shape (n,)
        Weights.
    """
    bent = problem.bent
    slopes = [_tangent(row, near) for row in costs]
    upper = [
        row.upper - row.cost(near) + float(row.rate @ np.abs(near - row.at) + slope @ near)
        for row, slope in zip(costs, slopes, strict=True)
    ]
    rows = BentRows(
        np.vstack([bent.slope, *slopes]),
        np.vstack([bent.bend, *(row.rate for row in costs)]),
        np.vstack([bent.at, *(row.at for row in costs)]),
        np.concatenate([bent.upper, upper]),
        np.concatenate([bent.penalty, [row.penalty for row in costs]]),
        (*bent.labels, *(row.label for row in costs)),
    )
    return replace(problem, bent=rows)


def _is_curved(row: CostRow) -> bool:
    return bool(row.quadratic.any() or row.impact.any())


def _tangent(row: CostRow, near: Vector) -> Vector:
    """Slope of the cost without its rate."""
    traded = near - row.at
    return np.asarray(
        2.0 * row.quadratic * traded + 1.5 * row.impact * np.sign(traded) * np.sqrt(abs(traded))
    )


def _with_curvature(
    tangents: TrackingProblem, costs: tuple[CostRow, ...], last: Solution, safe: Mask
) -> TrackingProblem:
    """The tangents with the curvature of the costs on the diagonal, its gradient at the last weights unchanged."""
    extra = np.zeros(last.weights.size)
    for row, dual in zip(costs, last.bent_duals[-len(costs) :], strict=True):
        traded = np.abs(last.weights - row.at)
        floor = SMALLEST_TRADE * max(float(traded.max()), 1e-12)
        steep = 0.75 * row.impact / np.sqrt(np.maximum(traded, floor))
        extra += dual * (2.0 * row.quadratic + np.where(safe, 2.0, 1.0) * steep)
    return replace(
        tangents,
        risk=_with_diagonal(tangents.risk, extra),
        linear=tangents.linear - extra * (last.weights - tangents.benchmark),
    )


def _with_diagonal(risk: RiskModel, extra: Vector) -> RiskModel:
    if isinstance(risk, FactorModel):
        return FactorModel(risk.loadings, risk.specific + extra)
    assert isinstance(risk, DenseCovariance)
    matrix = risk.matrix.copy()
    matrix.flat[:: extra.size + 1] += extra
    return DenseCovariance(matrix)


def _turned(costs: tuple[CostRow, ...], before: Vector, after: Vector) -> Mask:
    """Which names are bought that were sold, or sold that were bought."""
    turned: Mask = np.any([(before - row.at) * (after - row.at) < 0.0 for row in costs], axis=0)
    return turned


def _measured(tangents: TrackingProblem, solution: Solution) -> Solution:
    """The solution with the proof of the tangents at its own weights."""
    measured = measure(tangents, solution.weights, solution.row_duals, solution.bent_duals)
    return replace(
        solution,
        active_variance=measured.active_variance,
        row_duals=measured.row_duals,
        bent_duals=measured.bent_duals,
        reduced_gradient=measured.reduced_gradient,
        certificate=measured.certificate,
    )


def _worst(solution: Solution) -> float:
    proof = solution.certificate
    return max(proof.violation, proof.relative_gap, proof.stationarity)
