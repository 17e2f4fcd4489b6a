"""Primal-dual active set: guess which limits hold, solve the equalities exactly, mend the guess, repeat.

It ends at machine precision or not at all, and needs one or two steps from a good guess.

References
----------
.. [1] Hintermüller, Ito and Kunisch, "The primal-dual active set strategy as a semismooth Newton method",
   SIAM J. Optim. 13 (2002).
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Sides, Vector
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
REFINED = 1e-15
MOST_REFINEMENTS = 30
"""One is enough for a well conditioned block; a ridge or repeated rows come out by a factor a time."""
ROUGH = 1e-6
"""Relative residual at which signs are judged; the answer is refined to `REFINED`."""
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
    wrong: int
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
    names, rows, block = guess.places - np.int8(1), guess.rows, None
    fewest, stalled, seen = float(program.size + rows.size + 1), 0, set[bytes]()
    for step in range(1, most_steps + 1):
        trial = _try(program, names, rows, near, block)
        if trial is None:
            return None
        block = trial.block
        if trial.wrong == 0:
            return Candidate(trial.x, trial.duals, step, np.zeros(program.bends.count))
        stalled = 0 if trial.wrong < 0.9 * fewest else stalled + 1
        fewest = min(fewest, trial.wrong)
        many = trial.wrong > FEW * program.size + 5
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


@dataclass(frozen=True, slots=True, eq=False)
class _Guess:
    """A guess with the rows it takes for equalities."""

    names: Sides
    rows: Sides
    free: Mask
    used: Indices
    matrix: Matrix
    limits: Vector


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """A point with what it still lacks to be stationary over the free names with the rows at their limits."""

    x: Vector
    duals: Vector
    slope: Vector
    missing: Vector
    row_missing: Vector
    error: float


def _try(program: Program, names: Sides, rows: Sides, near: Vector, block: FreeBlock | None) -> _Trial | None:
    used = np.flatnonzero(rows)
    limits = np.where(rows > 0, program.row_upper, program.row_lower)[used]
    guess = _Guess(names, rows, names == 0, used, program.rows[used], limits)
    if not guess.free.any():
        return None
    start = np.where(names < 0, program.lower, np.where(names > 0, program.upper, near))
    trial = _solved(program, guess, start, block)
    if trial is None and block is not None:
        trial = _solved(program, guess, start, None)
    return trial


def _solved(program: Program, guess: _Guess, start: Vector, block: FreeBlock | None) -> _Trial | None:
    """The trial on a block, or None if the block does not carry it."""
    system = equalities(program.hessian, guess.free, guess.matrix, block)
    if system is None:
        return None
    point = _point(program, guess, start, np.zeros(guess.used.size))
    point = _corrected(program, guess, system, point)
    trial = _judged(program, guess, point, system.block)
    # Signs need few digits; only what may be the answer is worth refining.
    if trial.wrong and point.error <= ROUGH:
        return trial
    for _ in range(MOST_REFINEMENTS):
        if point.error < REFINED:
            break
        better = _corrected(program, guess, system, point)
        if not better.error < 0.5 * point.error:
            break
        point = better
    if not point.error < (np.inf if system.fresh else UNTRUSTED):
        return None
    return _judged(program, guess, point, system.block)


def _point(program: Program, guess: _Guess, x: Vector, duals: Vector) -> _Point:
    slope = program.hessian.product(x) + program.linear
    missing = -(slope + duals @ guess.matrix)
    row_missing = guess.limits - guess.matrix @ x
    error = float(np.abs(missing[guess.free]).max()) / (float(np.abs(slope).max()) + 1e-300)
    if guess.used.size:
        size = float(np.abs(guess.limits).max() + np.abs(x).max() / x.size)
        error = max(error, float(np.abs(row_missing).max()) / (size + 1e-300))
    return _Point(x, duals, slope, missing, row_missing, error)


def _corrected(program: Program, guess: _Guess, system: Equalities, point: _Point) -> _Point:
    dx, dy = system.solve(point.missing, point.row_missing)
    return _point(program, guess, point.x + dx, point.duals + dy)


def _judged(program: Program, guess: _Guess, point: _Point, block: FreeBlock | None) -> _Trial:
    duals = np.zeros(guess.rows.size)
    duals[guess.used] = point.duals
    size = float(np.abs(program.linear).max() + np.abs(point.slope).max())
    tolerance = SIGN_TOLERANCE * max(size, SMALLEST_SLOPE)
    names, errors = _mended_names(program, guess.names, point.x, -point.missing, tolerance)
    rows = _mended_rows(program, guess.rows, point.x, duals, tolerance)
    wrong = np.count_nonzero(names != guess.names) + np.count_nonzero(rows != guess.rows)
    return _Trial(point.x, duals, names, rows, errors, int(wrong), block)


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
