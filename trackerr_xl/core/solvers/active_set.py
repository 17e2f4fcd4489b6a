"""Primal-dual active set: guess which limits hold, solve the equalities exactly, mend the guess, repeat.

It ends at machine precision or not at all, and needs one or two steps from a good guess.

References
----------
.. [1] Hintermüller, Ito and Kunisch, "The primal-dual active set strategy as a semismooth Newton method",
   SIAM J. Optim. 13 (2002).
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Sides, Vector
from trackerr_xl.core.solvers.free_block import Equalities, FreeBlock, equalities
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, Program

PRECISION = 1e-12
SIGN_TOLERANCE = 1e-10
SMALLEST_SLOPE = 1e-3
"""Signs of multipliers are judged relative to the largest slope or this: near a tracking error of 0 all is rounding."""
PATIENCE = 3
"""Steps without a tenth fewer wrong limits before the road is taken with care."""
PATIENCE_WITH_MANY = 2
"""The same while many limits are wrong, before the road is given up: care would not help."""
FEW = 0.05
"""Share of wrong names that is worth a careful end."""
REFINED = 1e-13
UNTRUSTED = 1e-9
"""Relative residual above which an updated block is factorised anew."""


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """The exact answer for one guess, the mended guess, and how wrong each name was (0 where right)."""

    x: Vector
    duals: Vector
    names: Sides
    rows: Sides
    name_errors: Vector
    block: FreeBlock | None


def minimise(program: Program, guess: ActiveSet, near: Vector, most_steps: int = 30) -> Candidate | None:
    """Follow the guess to the optimal active set, or return None when it leads nowhere.

    Parameters
    ----------
    program : Program
        What to solve.
    guess : ActiveSet
        Which limits may hold.
    near : ndarray of shape (n,)
        Where the answer is expected: of all optimal points of a singular program the nearest is taken.
    most_steps : int
        When to give up.
    """
    names, rows, block = guess.names, guess.rows, None
    fewest, stalled, seen = float(program.size + rows.size + 1), 0, set[bytes]()
    for step in range(1, most_steps + 1):
        trial = _try(program, names, rows, near, block)
        if trial is None:
            return None
        block = trial.block
        wrong = int((trial.names != names).sum() + (trial.rows != rows).sum())
        if wrong == 0:
            return Candidate(trial.x, trial.duals, step)
        stalled = 0 if wrong < 0.9 * fewest else stalled + 1
        fewest = min(fewest, wrong)
        many = wrong > FEW * program.size + 5
        if stalled < (PATIENCE_WITH_MANY if many else PATIENCE):
            names, rows = trial.names, trial.rows
            continue
        if many:
            return None
        names, rows = _careful_change(trial, names, rows)
        key = names.tobytes() + rows.tobytes()
        if key in seen:
            return None
        seen.add(key)
    return None


def _careful_change(trial: _Trial, names: Sides, rows: Sides) -> tuple[Sides, Sides]:
    """Rows alone while any is wrong, then the worst half of the names: this breaks most cycles."""
    if (trial.rows != rows).any():
        return names, trial.rows
    wrong = np.flatnonzero(trial.names != names)
    worst = wrong[np.argsort(-trial.name_errors[wrong])][: max(1, wrong.size // 2)]
    changed = names.copy()
    changed[worst] = trial.names[worst]
    return changed, rows


def _try(program: Program, names: Sides, rows: Sides, near: Vector, block: FreeBlock | None) -> _Trial | None:
    free, used = np.flatnonzero(names == 0), np.flatnonzero(rows)
    if not free.size:
        return None
    matrix = program.rows[used]
    limits = np.where(rows[used] > 0, program.row_upper[used], program.row_lower[used])
    start = np.where(names < 0, program.lower, np.where(names > 0, program.upper, near))
    system = equalities(program.hessian, free, matrix[:, free], block)
    exact = None if system is None else _exact(program, system, start, free, matrix, limits)
    if system is not None and not system.fresh and (exact is None or exact.error > UNTRUSTED):
        system = equalities(program.hessian, free, matrix[:, free], None)
        exact = None if system is None else _exact(program, system, start, free, matrix, limits)
    if system is None or exact is None:
        return None
    duals = np.zeros(rows.size)
    duals[used] = exact.duals
    size = max(float(np.abs(program.linear).max() + np.abs(exact.slope).max()), SMALLEST_SLOPE)
    gradient = exact.slope + matrix.T @ exact.duals
    new_names, errors = _mended_names(program, names, exact.x, gradient, SIGN_TOLERANCE * size)
    new_rows = _mended_rows(program, rows, exact.x, duals, SIGN_TOLERANCE * size)
    return _Trial(exact.x, duals, new_names, new_rows, errors, system.block)


@dataclass(frozen=True, slots=True, eq=False)
class _Exact:
    x: Vector
    duals: Vector
    slope: Vector
    error: float


def _exact(
    program: Program, system: Equalities, start: Vector, free: Indices, rows: Matrix, limits: Vector
) -> _Exact | None:
    """Stationary point over the free names with the rows at their limits, refined to rounding."""
    x, duals = start, np.zeros(limits.size)
    slope = program.hessian.product(x) + program.linear
    missing, row_missing = -slope[free], limits - rows @ x
    size = float(np.abs(slope).max()) + 1e-300
    row_size = float(np.abs(row_missing).max(initial=0.0) + np.abs(limits).max(initial=0.0)) + 1e-300
    error = np.inf
    for _ in range(4 if system.exact else 9):
        dx, dy = system.factors.solve(missing, row_missing)
        x, duals = x.copy(), duals + dy
        x[free] += dx
        slope = program.hessian.product(x) + program.linear
        missing, row_missing = -(slope + duals @ rows)[free], limits - rows @ x
        last = error
        error = float(np.abs(missing).max()) / size
        error = max(error, float(np.abs(row_missing).max(initial=0.0)) / row_size)
        if not error < 0.5 * last or error < REFINED:
            break
    return _Exact(x, duals, slope, error) if np.isfinite(error) else None


def _mended_names(
    program: Program, names: Sides, x: Vector, gradient: Vector, tolerance: float
) -> tuple[Sides, Vector]:
    slack = PRECISION * max(1.0, float(np.abs(x).max()))
    below = (names == 0) & (x < program.lower - slack)
    above = (names == 0) & (x > program.upper + slack)
    held = (names != 0) & ~program.fixed
    freed = held & (np.where(names > 0, gradient, -gradient) > tolerance)
    errors = np.zeros(x.size)
    errors[below], errors[above] = (program.lower - x)[below], (x - program.upper)[above]
    errors[freed] = np.abs(gradient[freed])
    mended = names.copy()
    mended[below], mended[above], mended[freed] = -1, 1, 0
    return mended, errors


def _mended_rows(program: Program, rows: Sides, x: Vector, duals: Vector, tolerance: float) -> Sides:
    first = program.equalities
    if first == rows.size:
        return rows
    reached = program.rows[first:] @ x
    slack = PRECISION * np.maximum(1.0, np.abs(reached))
    state = rows[first:]
    mended = rows.copy()
    new = mended[first:]
    new[(state == 0) & (reached > program.row_upper[first:] + slack)] = 1
    new[(state == 0) & (reached < program.row_lower[first:] - slack)] = -1
    # A row's multiplier is compared after the row's own scale: n times its largest coefficient is near 1.
    new[(state != 0) & (state * duals[first:] < -tolerance * program.size)] = 0
    return mended
