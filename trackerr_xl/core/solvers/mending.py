"""What the exact answer to a guess says of it: which limits were taken wrongly, and what to take instead."""

from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Sides, Vector
from trackerr_xl.core.solvers.guess import Guess
from trackerr_xl.core.solvers.magnitude import largest
from trackerr_xl.core.solvers.program import ActiveSet, Program

PRECISION = 1e-12
"""Relative distance beyond a limit that counts as none."""
UNMET = 1e-11
"""Relative distance from a limit at which it was not met although it was taken for an equality."""


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """A mended guess, how wrong each name was (0 where right), and how many names and rows were wrong."""

    active: ActiveSet
    name_errors: Vector
    wrong: int


def mended(
    program: Program,
    guess: Guess,
    x: Vector,
    duals: tuple[Vector, Vector],
    gradient: Vector,
    tolerance: float,
) -> Mended:
    """Mend a guess by its own answer.

    Parameters
    ----------
    program : Program
        The program.
    guess : Guess
        What it took.
    x : ndarray of shape (n,)
        Its answer.
    duals : (ndarray of shape (m,), ndarray of shape (b,))
        Multipliers of rows and of bent rows.
    gradient : ndarray of shape (n,)
        Slope of the Lagrangian, bends on the sides of the guess.
    tolerance : float
        Slopes below this count as zero.
    """
    old, pull = guess.active, tolerance * program.size
    places, errors = _places(program, guess, x, duals[1], gradient, tolerance)
    # A row's multiplier is compared after the row's own scale: n times its largest coefficient is near 1.
    rows = _rows(program, old.rows, x, duals[0], pull)
    bends = _bends(program, old.bends, x, duals[1], pull)
    wrong = np.count_nonzero(places != old.places) + np.count_nonzero(rows != old.rows)
    wrong += np.count_nonzero(bends != old.bends)
    return Mended(ActiveSet(places, rows, bends), errors, int(wrong))


def loosened(program: Program, mended: Mended, x: Vector) -> Mended:
    """Let go of the rows that a right guess holds at limits it cannot meet: of two that say almost the same, the laxer.

    Parameters
    ----------
    program : Program
        The program.
    mended : Mended
        A guess in which nothing was wrong.
    x : ndarray of shape (n,)
        Its answer, to the last digit.
    """
    rows, bends = mended.active.rows.copy(), mended.active.bends.copy()
    first = program.equalities
    reached = program.rows[first:] @ x
    room = UNMET * np.maximum(1.0, np.abs(reached))
    missed = (rows[first:] == 1) & (reached < program.row_upper[first:] - room)
    missed |= (rows[first:] == -1) & (reached > program.row_lower[first:] + room)
    rows[first:][missed] = 0
    missed_bends = np.zeros(bends.size, dtype=np.bool_)
    if bends.size:
        over = program.bends.reached(x)
        missed_bends = (bends == 1) & (over < program.bends.upper - UNMET * np.maximum(1.0, np.abs(over)))
        bends[missed_bends] = 0
    wrong = int(np.count_nonzero(missed) + np.count_nonzero(missed_bends))
    return (
        replace(mended, active=replace(mended.active, rows=rows, bends=bends), wrong=wrong)
        if wrong
        else mended
    )


def _places(
    program: Program, guess: Guess, x: Vector, bent_duals: Vector, gradient: Vector, tolerance: float
) -> tuple[Sides, Vector]:
    places, free, bends = guess.active.places, guess.free, program.bends
    slack = PRECISION * max(1.0, largest(x))
    low, high, left, right = program.lower, program.upper, gradient, gradient
    if bends.count:
        segments = places >> 1
        names = np.arange(x.size)
        low, high = (
            bends.points[names, segments],
            bends.points[names, np.minimum(segments + 1, bends.count + 1)],
        )
        turn = 2.0 * bent_duals[:, None] * np.where(bends.at == guess.held, bends.bend, 0.0)
        left = gradient - (turn * (guess.sides > 0)).sum(axis=0)
        right = gradient + (turn * (guess.sides < 0)).sum(axis=0)
    below, above = free & (x < low - slack), free & (x > high + slack)
    stands = ~free & ~program.fixed
    rises = stands & (right < -tolerance) & (x < program.upper)
    falls = stands & (left > tolerance) & (x > program.lower)
    errors = np.zeros(x.size)
    errors[below], errors[above] = (low - x)[below], (x - high)[above]
    errors[rises], errors[falls] = -right[rises], left[falls]
    mended = places.copy()
    mended[below] -= 1
    mended[above] += 1
    if bends.count:
        # Where bends coincide the next segment is the one behind them all.
        mended[rises] = 2 * (bends.points[rises] <= x[rises, None]).sum(axis=1) - 1
        mended[falls] = 2 * (bends.points[falls] < x[falls, None]).sum(axis=1) - 1
    else:
        mended[rises | falls] = 1
    return mended, errors


def _rows(program: Program, states: Sides, x: Vector, duals: Vector, pull: float) -> Sides:
    soft = np.isfinite(program.row_ceiling)
    first = int(np.count_nonzero(~soft[: program.equalities]))
    if first == states.size:
        return states
    reached = program.rows[first:] @ x
    slack = PRECISION * np.maximum(1.0, np.abs(reached))
    lower, upper = program.row_lower[first:], program.row_upper[first:]
    state, y = states[first:], duals[first:]
    mended = states.copy()
    new = mended[first:]
    new[(state == 0) & (reached > upper + slack)] = 1
    new[(state == 0) & (reached < lower - slack)] = -1
    let_go = (np.abs(state) == 1) & (state * y < -pull)
    let_go[: program.equalities - first] = False
    new[let_go] = 0
    if soft.any():
        ceiling = program.row_ceiling[first:] + pull
        holds = (np.abs(state) == 1) & ~let_go
        new[holds & (y > ceiling)] = 2
        new[holds & (y < -ceiling)] = -2
        new[(state == 2) & (reached < upper - slack)] = 1
        new[(state == -2) & (reached > lower + slack)] = -1
        equal = mended[: program.equalities]
        equal[equal == -1] = 1
    return mended


def _bends(program: Program, states: Sides, x: Vector, duals: Vector, pull: float) -> Sides:
    if not states.size:
        return states
    reached, upper = program.bends.reached(x), program.bends.upper
    slack = PRECISION * np.maximum(1.0, np.abs(reached))
    mended = states.copy()
    mended[(states == 0) & (reached > upper + slack)] = 1
    mended[(states == 1) & (duals < -pull)] = 0
    mended[(states == 1) & (duals > program.bends.ceiling + pull)] = 2
    mended[(states == 2) & (reached < upper - slack)] = 1
    return mended
