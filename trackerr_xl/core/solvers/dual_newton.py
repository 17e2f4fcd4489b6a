"""Semismooth Newton on the dual of a factor-model program: each step costs one small Cholesky factorisation.

With H = LL' + D the variables separate once the factor exposures v = L'x and the row multipliers are fixed, so
the dual has k + m variables whatever n. It is concave with a continuous, piecewise linear slope; Newton's method
with an exact line search ends in 4 to 9 steps. Range rows enter through the support function of their limits and
are solved exactly inside each step (`row_subproblem`). A bent row is one more of them, whose coefficient on a free
variable depends on the side of the bend; the multiplier of a soft row stays below its price.

References
----------
.. [1] Li, Sun and Toh, "A highly efficient semismooth Newton augmented Lagrangian method for solving Lasso
   problems", SIAM J. Optim. 28 (2018): the idea of paying only for the free variables.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg.blas import dsyrk

from trackerr_xl.core.arrays import Indices, Matrix, Sides, Vector
from trackerr_xl.core.solvers.line_search import exact_step
from trackerr_xl.core.solvers.magnitude import largest
from trackerr_xl.core.solvers.newton_direction import direction
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, FactorHessian, Program
from trackerr_xl.core.solvers.separable import Separable, separable

EXACT = 1e-11
GUESS = 1e-4
"""Enough to see which limits hold: one step less, and the active set that follows is exact whatever it starts from."""
LOOSE = 1e-8
DIVERGED = 1e30
"""Largest step of a multiplier, scaled to one, that may still lead somewhere: rows that clash have no end of them."""
MOST_STEPS = 30
DAMPING = 2e-2
"""Levenberg-Marquardt share of the row block far from the answer: 7 steps instead of more than 40."""
UNDAMPED_AFTER = 6
"""Steps after which damping fades fourfold a step: with few free variables and many rows it would hold for ever."""
REFRESH = 12
"""Rank updates of the Newton matrix before it is built anew."""

Status = Literal["solved", "inaccurate", "stopped", "infeasible"]


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """Where the iteration ended, to start the next one from."""

    candidate: Candidate
    active: ActiveSet
    status: Status


def minimise(hessian: FactorHessian, program: Program, start: Candidate, tolerance: float = EXACT) -> Ended:
    """Solve the program with `hessian` in place of its own.

    Parameters
    ----------
    hessian : FactorHessian
        The factor model.
    program : Program
        Everything else.
    start : Candidate
        Point and multipliers to start from; all zero where nothing is known.
    tolerance : float
        Largest error of factor exposures, relative, and of rows; `EXACT`, or `GUESS` for an active set alone.
    """
    data = separable(hessian, program)
    exposures = hessian.loadings.T @ start.x if start.x.any() else np.zeros(data.factors)
    y = np.concatenate([exposures, start.row_duals, start.bent_duals])
    warm = bool(y[data.factors :].any())
    slope = data.linear + data.columns @ y if y.any() else data.linear
    block, straight, error, x = None, None, np.inf, data.primal(slope, y)
    status: Status = "stopped"
    step = 0
    for step in range(1, MOST_STEPS + 1):
        moved = data.primal(slope, y)
        straight = _straight(data, moved, x, straight, anew=step % 10 == 1)
        x = moved
        reached = _with_distances(data, straight, x)
        residual = _residual(data, y, reached)
        error = max(residual)
        if error < tolerance:
            status = "solved"
            break
        block = _free_block(data, x, block)
        change = _direction(data, block.matrix, y, reached, _damping(residual[1], step, warm))
        if change is None or np.abs(change).max(initial=0.0) > DIVERGED:
            break
        slope_change = data.columns @ change
        length = exact_step(data, y, change, slope, slope_change)
        if length is None:
            status = "infeasible"
            break
        y = _without_wrong_sides(data, y + length * change)
        slope = slope + length * slope_change if step % 6 else data.linear + data.columns @ y
        if step >= 5 and step % 3 == 2 and _proves_infeasible(data, y, slope):
            status = "infeasible"
            break
    if status == "stopped" and error < LOOSE:
        status = "inaccurate"
    end = data.factors + program.rows.shape[0]
    candidate = Candidate(x, y[data.factors : end], step, y[end:])
    return Ended(candidate, data.active(program, x, y[data.factors :]), status)


def _straight(data: Separable, x: Vector, last: Vector, straight: Vector | None, *, anew: bool) -> Vector:
    """Columns' products with x, updated from the variables that moved when those are few."""
    if straight is not None and not anew:
        moved = (x != last).nonzero()[0]
        if moved.size < 0.6 * x.size:
            return np.asarray(straight + data.columns[moved].T @ (x[moved] - last[moved]))
    return np.asarray(data.columns.T @ x)


def _with_distances(data: Separable, straight: Vector, x: Vector) -> Vector:
    """Factor exposures and left sides of all rows."""
    if not data.bends:
        return straight
    reached = straight.copy()
    reached[-data.bends :] += data.bent.distances(x)
    return reached


def _residual(data: Separable, y: Vector, reached: Vector) -> tuple[float, float]:
    """Relative error of the factor exposures and absolute error of the rows."""
    k, u = data.factors, data.smooth
    exposures = largest(reached[:k] - y[:k])
    exposures /= max(1.0, largest(reached[:k]))
    above, below = reached[u:] - data.row_upper, data.row_lower - reached[u:]
    duals = y[u:]
    ranges = np.where(duals > 0, np.abs(above), np.where(duals < 0, np.abs(below), np.maximum(above, below)))
    if data.soft:
        broken = np.abs(duals) >= data.ceiling
        ranges[broken] = np.where(duals > 0, -above, -below)[broken]
    return exposures, max(largest(reached[k:u] - data.targets), float(ranges.max(initial=0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class _FreeBlock:
    """Σ over free variables of column·column'/specific, kept by rank updates while few places change."""

    matrix: Matrix
    places: Sides
    age: int


def _free_block(data: Separable, x: Vector, last: _FreeBlock | None) -> _FreeBlock:
    places = data.places(x)
    free = (places & 1).astype(np.bool_)
    if last is not None and last.age < REFRESH:
        changed = places != last.places
        entered = (changed & free).nonzero()[0]
        left = (changed & (last.places & 1).astype(np.bool_)).nonzero()[0]
        if entered.size + left.size < 0.7 * np.count_nonzero(free):
            matrix = last.matrix
            if entered.size:
                matrix = matrix + _outer(data, entered, places)
            if left.size:
                matrix = matrix - _outer(data, left, last.places)
            return _FreeBlock(matrix, places, last.age + 1)
    return _FreeBlock(_outer(data, free.nonzero()[0], places), places, 0)


def _outer(data: Separable, names: Indices, places: Sides) -> Matrix:
    weighted = data.columns[names]
    if data.bends:
        weighted[:, -data.bends :] += data.bent.sides(names, places)
    weighted *= np.sqrt(data.inverse[names])[:, None]
    return np.asarray(dsyrk(1.0, weighted.T, lower=1))


def _damping(row_error: float, step: int, warm: bool) -> float:
    if warm and step == 1:
        return 0.0
    fading = 0.25 ** max(0, step - UNDAMPED_AFTER)
    return float(DAMPING * fading * min(1.0, 100.0 * row_error) ** 1.5)


def _direction(data: Separable, block: Matrix, y: Vector, reached: Vector, damping: float) -> Vector | None:
    """Newton direction; the range rows are eliminated last and solved with their kinks."""
    k, u = data.factors, data.smooth
    matrix = np.array(block, order="F")
    diagonal = np.full(y.size, 1.0)
    diagonal[:k] += 1e-13 * data.curvature[:k]
    diagonal[k:u] = (1e-10 + 0.01 * damping) * data.curvature[k:u] + 1e-300
    diagonal[u:] = (1e-10 + damping) * data.curvature[u:] + 1e-300
    if data.bends:
        diagonal[-data.bends :] = 1e-10 * data.curvature[-data.bends :] + 1e-300
    matrix.flat[:: y.size + 1] += diagonal
    rise = reached[:u].copy()
    rise[:k] -= y[:k]
    rise[k:] -= data.targets
    return direction(matrix, rise, reached[u:], y[u:], data.row_lower, data.row_upper, data.ceiling)


def _without_wrong_sides(data: Separable, y: Vector) -> Vector:
    """Rounding may leave a multiplier a hair on the side where its row has no limit, or above its ceiling."""
    duals = y[data.smooth :]
    duals[np.isinf(np.where(duals > 0, data.row_upper, data.row_lower)) & (duals != 0)] = 0.0
    if data.soft:
        np.clip(duals, -data.ceiling, data.ceiling, out=duals)
    return y


def _proves_infeasible(data: Separable, y: Vector, slope: Vector) -> bool:
    """A dual value above the largest primal value in the box: rigorous, since a feasible x would forbid it."""
    reach = np.maximum(np.abs(data.lower), np.abs(data.upper))
    if not np.isfinite(reach).all():
        return False
    k, u = data.factors, data.smooth
    exposures = np.abs(data.columns[:, :k]).T @ reach
    largest = (
        0.5 * (data.specific * reach) @ reach + np.abs(data.linear) @ reach + 0.5 * exposures @ exposures
    )
    largest += _largest_price(data, reach)
    x, duals = data.primal(slope, y), y[u:]
    limits = np.where(duals > 0, data.row_upper, np.where(duals < 0, data.row_lower, 0.0))
    value = 0.5 * (data.specific * x) @ x + slope @ x - 0.5 * y[:k] @ y[:k]
    if data.bends:
        value += data.bent.distances(x) @ y[-data.bends :]
    return bool(value - data.targets @ y[k:u] - limits @ duals > largest * (1 + 1e-9))


def _largest_price(data: Separable, reach: Vector) -> float:
    """No less than what the breaches of soft rows cost anywhere in the box."""
    if not data.soft:
        return 0.0
    furthest = np.abs(data.columns[:, data.smooth :]).T @ reach
    if data.bends:
        furthest[-data.bends :] += np.einsum("ij,ij->i", data.bent.bend, reach + np.abs(data.bent.at))
    breach = np.maximum(furthest - data.row_upper, furthest + data.row_lower)
    soft = np.isfinite(data.ceiling)
    return float(data.ceiling[soft] @ np.maximum(breach[soft], 0.0))
