"""Primal-dual active set: guess which limits hold, solve the equalities exactly, mend the guess, repeat.

It ends at machine precision or not at all, and needs one or two steps from a good guess.

References
----------
.. [1] Hintermüller, Ito and Kunisch, "The primal-dual active set strategy as a semismooth Newton method",
   SIAM J. Optim. 13 (2002).
"""

from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.solvers.conjugate_gradients import Gathered
from trackerr_xl.core.solvers.free_block import Equalities, FreeBlock, equalities
from trackerr_xl.core.solvers.guess import Guess, duals_of, taken
from trackerr_xl.core.solvers.magnitude import largest
from trackerr_xl.core.solvers.mending import UNMET, Mended, loosened, mended
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, Program

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
ROUGHER = 1e-4
"""The same where every digit is iterated for."""
UNTRUSTED = 1e-9
"""Relative residual above which an updated block is factorised anew."""


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """The exact answer for one guess, and the guess mended by it."""

    candidate: Candidate
    mended: Mended
    block: FreeBlock | None


def minimise(
    program: Program, guess: ActiveSet, near: Vector, most_steps: int = 30, block: FreeBlock | None = None
) -> Candidate | None:
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
    block : FreeBlock, optional
        From an earlier solve with the same covariance.
    """
    active = guess
    fewest, stalled, seen = float(program.size + active.rows.size + active.bends.size + 1), 0, set[bytes]()
    for step in range(1, most_steps + 1):
        trial = _try(program, active, near, block)
        if trial is None:
            return None
        block, wrong = trial.block, trial.mended.wrong
        if isinstance(block, Gathered):
            # What is iterated is quicker from the last point; there is no ridge that would draw it astray.
            near = trial.candidate.x
        if wrong == 0:
            return replace(trial.candidate, iterations=step)
        stalled = 0 if wrong < 0.9 * fewest else stalled + 1
        fewest = min(fewest, wrong)
        many = wrong > FEW * program.size + 5
        if stalled < (PATIENCE_WITH_MANY if many else PATIENCE):
            active = trial.mended.active
            continue
        if many:
            return None
        active = _careful_change(trial.mended, active)
        key = active.places.tobytes() + active.rows.tobytes() + active.bends.tobytes()
        if key in seen:
            return None
        seen.add(key)
    return None


def _careful_change(mended: Mended, active: ActiveSet) -> ActiveSet:
    """Rows alone while any is wrong, then the worst half of the names: this breaks most cycles."""
    new = mended.active
    if (new.rows != active.rows).any() or (new.bends != active.bends).any():
        return replace(new, places=active.places)
    wrong = np.flatnonzero(new.places != active.places)
    worst = wrong[np.argsort(-mended.name_errors[wrong])][: max(1, wrong.size // 2)]
    places = active.places.copy()
    places[worst] = new.places[worst]
    return replace(active, places=places)


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """A point with what it still lacks to be stationary over the free names with the rows at their limits."""

    x: Vector
    duals: Vector
    slope: Vector
    missing: Vector
    row_missing: Vector
    error: float


def _try(program: Program, active: ActiveSet, near: Vector, block: FreeBlock | None) -> _Trial | None:
    guess = taken(program, active)
    start = np.where(guess.free, near, guess.held)
    if not guess.free.any():
        # Nothing moves; what rows would have to bear is not determined.
        if guess.limits.size:
            return None
        return _judged(program, guess, _point(program, guess, start, guess.limits), None)
    trial = _solved(program, guess, start, block)
    if trial is None and block is not None:
        trial = _solved(program, guess, start, None)
    return trial


def _solved(program: Program, guess: Guess, start: Vector, block: FreeBlock | None) -> _Trial | None:
    """The trial on a block, or None if the block does not carry it."""
    system = equalities(program.hessian, guess.free, guess.matrix, block)
    if system is None:
        return None
    point = _point(program, guess, start, np.zeros(guess.limits.size))
    rough = ROUGHER if isinstance(system.block, Gathered) else ROUGH
    point = _corrected(program, guess, system, point, rough)
    trial = _judged(program, guess, point, system.block)
    # Signs need few digits; only what may be the answer is worth refining.
    if trial.mended.wrong and point.error <= rough:
        return trial
    for _ in range(MOST_REFINEMENTS):
        if point.error < REFINED:
            break
        better = _corrected(program, guess, system, point, REFINED)
        if not better.error < 0.5 * point.error:
            break
        point = better
    if not point.error < (np.inf if system.fresh else UNTRUSTED):
        return None
    trial = _judged(program, guess, point, system.block)
    if trial.mended.wrong or point.error < UNMET:
        return trial
    return replace(trial, mended=loosened(program, trial.mended, point.x))


def _point(program: Program, guess: Guess, x: Vector, duals: Vector) -> _Point:
    slope = program.hessian.product(x) + guess.linear
    missing = -(slope + duals @ guess.matrix)
    row_missing = guess.limits - guess.matrix @ x
    error = largest(missing[guess.free]) / (largest(slope) + 1e-300)
    if guess.limits.size:
        size = largest(guess.limits) + largest(x) / x.size
        error = max(error, largest(row_missing) / (size + 1e-300))
    return _Point(x, duals, slope, missing, row_missing, error)


def _corrected(program: Program, guess: Guess, system: Equalities, point: _Point, wanted: float) -> _Point:
    dx, dy = system.solve(point.missing, point.row_missing, 0.1 * wanted / (point.error + 1e-300))
    return _point(program, guess, point.x + dx, point.duals + dy)


def _judged(program: Program, guess: Guess, point: _Point, block: FreeBlock | None) -> _Trial:
    size = largest(guess.linear) + largest(point.slope)
    tolerance = SIGN_TOLERANCE * max(size, SMALLEST_SLOPE)
    rows, bends = duals_of(program, guess, point.duals)
    better = mended(program, guess, point.x, (rows, bends), -point.missing, tolerance)
    return _Trial(Candidate(point.x, rows, 0, bends), better, block)
