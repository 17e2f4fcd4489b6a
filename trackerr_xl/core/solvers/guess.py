"""A guess at the active set and what it makes of a program: equalities and a quadratic, nothing else.

On its segment a free variable has one slope in every bent row, so a bent row at its limit is an equality like any
other, and a soft row that is broken is a part of the slope.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Sides, Vector
from trackerr_xl.core.solvers.program import ActiveSet, Program


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """The program where a guess says it stands.

    Parameters
    ----------
    active : ActiveSet
        The guess.
    free : ndarray of shape (n,)
        Which variables are free.
    held : ndarray of shape (n,)
        Where the others stand; meaningless for the free.
    used, used_bends : ndarray of int
        The r rows and bent rows taken for equalities.
    matrix : ndarray of shape (r, n)
        Their coefficients, rows first.
    limits : ndarray of shape (r,)
        Their right sides.
    linear : ndarray of shape (n,)
        The program's, with the slopes of broken rows.
    sides : ndarray of shape (b, n)
        Side of each bend on which a variable stands; of one that it stands on, any.
    """

    active: ActiveSet
    free: Mask
    held: Vector
    used: Indices
    used_bends: Indices
    matrix: Matrix
    limits: Vector
    linear: Vector
    sides: Matrix


def taken(program: Program, active: ActiveSet) -> Guess:
    """What a guess makes of a program."""
    places, rows = active.places, active.rows
    free = (places & 1).astype(np.bool_)
    held = program.bends.points[np.arange(places.size), places >> 1]
    linear = program.linear
    used = np.flatnonzero(np.abs(rows) == 1)
    if used.size < np.count_nonzero(rows):
        broken = np.flatnonzero(np.abs(rows) == 2)
        linear = linear + (np.sign(rows[broken]) * program.row_ceiling[broken]) @ program.rows[broken]
    matrix = program.rows[used]
    limits = np.where(rows > 0, program.row_upper, program.row_lower)[used]
    if not program.bends.count:
        nothing = np.empty(0, dtype=np.intp)
        return Guess(active, free, held, used, nothing, matrix, limits, linear, program.bends.bend)
    return _with_bends(program, Guess(active, free, held, used, used[:0], matrix, limits, linear, matrix))


def _with_bends(program: Program, guess: Guess) -> Guess:
    bends, states = program.bends, guess.active.bends
    sides = bends.sides(_segments(guess.active.places))
    used, broken = np.flatnonzero(states == 1), np.flatnonzero(states == 2)
    turned = bends.bend * sides
    columns = bends.slope + turned
    constants = np.einsum("ij,ij->i", turned[used], bends.at[used])
    return Guess(
        guess.active,
        guess.free,
        guess.held,
        guess.used,
        used,
        np.vstack([guess.matrix, columns[used]]),
        np.concatenate([guess.limits, bends.upper[used] + constants]),
        guess.linear + bends.ceiling[broken] @ columns[broken] if broken.size else guess.linear,
        sides,
    )


def _segments(places: Sides) -> Sides:
    return np.asarray(places >> 1, dtype=np.int8)


def duals_of(program: Program, guess: Guess, solved: Vector) -> tuple[Vector, Vector]:
    """Multipliers of all rows and of all bent rows, given those of the equalities; of a broken row its ceiling."""
    r = guess.used.size
    rows, bends = np.zeros(guess.active.rows.size), np.zeros(guess.active.bends.size)
    rows[guess.used], bends[guess.used_bends] = solved[:r], solved[r:]
    broken = np.flatnonzero(np.abs(guess.active.rows) == 2)
    if broken.size:
        rows[broken] = np.sign(guess.active.rows[broken]) * program.row_ceiling[broken]
    if bends.size:
        bends = np.where(guess.active.bends == 2, program.bends.ceiling, bends)
    return rows, bends
