"""Rows that decide their own names, or nothing at all, are taken out before a solver sees them.

A row whose limit is just what the names' limits can reach leaves the names in it no freedom: they are fixed. Solvers
need room around the answer, and this is how a single feasible point usually comes about (caps that sum to the budget,
no turnover at all).
"""

from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Vector
from trackerr_xl.core.solvers import bends
from trackerr_xl.core.solvers.program import Candidate, Program

ROUNDING = 1e-13
"""Slack of a row, whose own scale is near one, that counts as none."""


@dataclass(frozen=True, slots=True, eq=False)
class Forcing:
    """A row that fixed some names: side 1 if its upper limit did, −1 if its lower one did."""

    row: int
    side: int
    names: Indices


@dataclass(frozen=True, slots=True, eq=False)
class BentForcing:
    """A bent row that left some names only the places where it is least."""

    row: int
    names: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Presolved:
    """The smaller program and what it takes to give the removed rows their multipliers.

    Parameters
    ----------
    program : Program
        Same variables, some of them fixed; only the rows that still matter.
    original : Program
        Before the presolve.
    kept : ndarray of shape (rows of `program`,)
        Index of each row in `original`.
    kept_bends : ndarray of shape (bent rows of `program`,)
        Index of each bent row in `original`.
    forcing : tuple of Forcing and BentForcing
        In the order they were found.
    """

    program: Program
    original: Program
    kept: Indices
    kept_bends: Indices
    forcing: tuple[Forcing | BentForcing, ...]


def presolve(program: Program) -> Presolved:
    """Fix what is forced and drop what cannot bind; loses no feasible point but rounding."""
    lower, upper = program.lower.copy(), program.upper.copy()
    forcing: list[Forcing | BentForcing] = []
    while True:
        least, most = reach(program.rows, lower, upper)
        found: list[Forcing | BentForcing] = [
            *_forced_by_rows(program, lower, upper, least, most),
            *_forced_by_bends(program, lower, upper),
        ]
        if not found:
            break
        forcing += found
    matters = (np.abs(program.rows) * (lower < upper)).max(axis=1, initial=0.0) > 0
    matters &= (least < program.row_lower) | (most > program.row_upper)
    kept = np.flatnonzero(matters)
    inner, kept_bends = _narrowed(program.bends, lower, upper)
    smaller = replace(
        program,
        lower=lower,
        upper=upper,
        rows=program.rows[kept],
        row_lower=program.row_lower[kept],
        row_upper=program.row_upper[kept],
        equalities=int(np.count_nonzero(kept < program.equalities)),
        row_ceiling=program.row_ceiling[kept],
        bends=inner,
    )
    return Presolved(smaller, program, kept, kept_bends, tuple(forcing))


def start_within(presolved: Presolved, start: Candidate) -> Candidate:
    """A candidate for the original program as one for the smaller one."""
    x = np.clip(start.x, presolved.program.lower, presolved.program.upper)
    return Candidate(x, start.row_duals[presolved.kept], 0, start.bent_duals[presolved.kept_bends])


def restored(presolved: Presolved, candidate: Candidate) -> Candidate:
    """The candidate with multipliers for all rows of the original program.

    The last row to fix its names is the first to get its multiplier: names fixed later have no weight in rows that
    fixed their names earlier.
    """
    original = presolved.original
    row_duals, bent_duals = np.zeros(original.rows.shape[0]), np.zeros(original.bends.count)
    if np.isfinite(original.row_ceiling).any():
        row_duals = _prices_of_breaches(original, candidate.x)
    row_duals[presolved.kept], bent_duals[presolved.kept_bends] = candidate.row_duals, candidate.bent_duals
    _price_dropped(presolved, candidate.x, row_duals, bent_duals)
    if presolved.forcing:
        slopes = _slopes(original, candidate.x, row_duals, bent_duals)
        for forced in reversed(presolved.forcing):
            if isinstance(forced, Forcing):
                row_duals[forced.row] += _row_dual(original, forced, slopes)
            else:
                bent_duals[forced.row] += _bent_dual(original, forced, candidate.x, slopes)
    return replace(candidate, row_duals=row_duals, bent_duals=bent_duals)


def _prices_of_breaches(program: Program, x: Vector) -> Vector:
    """Multipliers of the soft rows that x breaks, zero for all others."""
    reached = program.rows @ x
    above = np.where(reached > program.row_upper + ROUNDING, program.row_ceiling, 0.0)
    below = np.where(reached < program.row_lower - ROUNDING, program.row_ceiling, 0.0)
    return np.where(np.isfinite(program.row_ceiling), above - below, 0.0)


def _price_dropped(presolved: Presolved, x: Vector, row_duals: Vector, bent_duals: Vector) -> None:
    """Give soft rows that were dropped broken, because all their names are fixed, their prices, in place."""
    original = presolved.original
    dropped = np.isfinite(original.row_ceiling)
    dropped[presolved.kept] = False
    if dropped.any():
        reached, ceiling = original.rows @ x, original.row_ceiling
        above = dropped & (reached > original.row_upper + ROUNDING)
        row_duals[above] = ceiling[above]
        below = dropped & (reached < original.row_lower - ROUNDING)
        row_duals[below] = -ceiling[below]
    bends = original.bends
    dropped = np.isfinite(bends.ceiling)
    dropped[presolved.kept_bends] = False
    if dropped.any():
        broken = dropped & (bends.reached(x) > bends.upper + ROUNDING)
        bent_duals[broken] = bends.ceiling[broken]


@dataclass(frozen=True, slots=True, eq=False)
class _Slopes:
    """Slope of the Lagrangian along each variable to its left and to its right; they differ at bends."""

    left: Vector
    right: Vector


def _slopes(program: Program, x: Vector, row_duals: Vector, bent_duals: Vector) -> _Slopes:
    slope = program.hessian.product(x) + program.linear + program.rows.T @ row_duals
    left, right = slope.copy(), slope
    for row in np.flatnonzero(bent_duals).tolist():
        turned = program.bends.turned(row, x)
        left += bent_duals[row] * turned[0]
        right += bent_duals[row] * turned[1]
    return _Slopes(left, right)


def _row_dual(program: Program, forced: Forcing, slopes: _Slopes) -> float:
    """The least multiplier that holds every name at the limit where the row put it; moves the slopes, in place."""
    row, names = program.rows[forced.row], forced.names
    inward = np.where(forced.side * row[names] > 0, slopes.right[names], slopes.left[names])
    change = forced.side * max(0.0, float((forced.side * -inward / row[names]).max()))
    slopes.left[:] += change * row
    slopes.right[:] += change * row
    return change


def _bent_dual(program: Program, forced: BentForcing, x: Vector, slopes: _Slopes) -> float:
    """The least multiplier that keeps every name where the row is least; moves the slopes, in place."""
    left, right = program.bends.turned(forced.row, x)
    names = forced.names
    pushed = np.where((left < 0) & (x > program.lower), slopes.left, 0.0)[names]
    pulled = np.where((right > 0) & (x < program.upper), -slopes.right, 0.0)[names]
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.maximum(
            np.where(pushed > 0, pushed / -left[names], 0.0), np.where(pulled > 0, pulled / right[names], 0.0)
        )
    change = float(needed.max(initial=0.0))
    slopes.left[:] += change * left
    slopes.right[:] += change * right
    return change


def _narrowed(bent: bends.Bends, lower: Vector, upper: Vector) -> tuple[bends.Bends, Indices]:
    """The bent rows that can bind within a smaller box, and which they are."""
    if not bent.count:
        return bends.none(lower, upper), np.empty(0, dtype=np.intp)
    inner = bent.over(lower, upper)
    least, most = inner.reach(lower, upper)
    kept = np.flatnonzero((most > inner.upper + ROUNDING) & (most > least))
    return (inner if kept.size == bent.count else inner.rows(kept)), kept


def _forced_by_bends(program: Program, lower: Vector, upper: Vector) -> list[BentForcing]:
    """Leave the names of every bent row without slack, in place, only where that row is least."""
    found: list[BentForcing] = []
    if not program.bends.count:
        return found
    inner = program.bends.over(lower, upper)
    least, _ = inner.reach(lower, upper)
    for row in np.flatnonzero(np.isinf(inner.ceiling) & (inner.upper - least <= ROUNDING)).tolist():
        low, high = inner.least_at(row, lower, upper)
        low, high = np.clip(low, lower, upper), np.clip(high, lower, upper)
        names = np.flatnonzero((low > lower) | (high < upper))
        if names.size:
            lower[:], upper[:] = low, high
            found.append(BentForcing(row, names))
    return found


def reach(rows: Matrix, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
    """Least and largest value of each row over the box."""
    rising, falling = np.maximum(rows, 0.0), np.minimum(rows, 0.0)
    if np.isfinite(lower).all() and np.isfinite(upper).all():
        return rising @ lower + falling @ upper, rising @ upper + falling @ lower
    with np.errstate(invalid="ignore"):
        # 0 × ∞ is a name outside the row.
        least = np.where(rows > 0, rows * lower, np.where(rows < 0, rows * upper, 0.0))
        most = np.where(rows > 0, rows * upper, np.where(rows < 0, rows * lower, 0.0))
    return least.sum(axis=1), most.sum(axis=1)


def _forced_by_rows(
    program: Program, lower: Vector, upper: Vector, least: Vector, most: Vector
) -> list[Forcing]:
    """Fix, in place, the names of every row that has no slack."""
    found = []
    hard = np.isinf(program.row_ceiling)
    at_least = hard & (program.row_upper - least <= ROUNDING)
    at_most = hard & (most - program.row_lower <= ROUNDING)
    for row in np.flatnonzero(at_least | at_most):
        coefficients = program.rows[row]
        names = np.flatnonzero((coefficients != 0) & (lower < upper))
        if not names.size:
            continue
        side = 1 if at_least[row] else -1
        held = np.where(side * coefficients[names] > 0, lower[names], upper[names])
        lower[names] = upper[names] = held
        found.append(Forcing(int(row), side, names))
    return found
