"""Many programs at once that share a dense covariance and rows: the guess of all on a factor model near it, settled by stacked active sets.

As `active_set`, but without its care: who does not settle in a few steps is left to be solved alone.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix
from trackerr_xl.core.solvers import batch_newton, dual_newton
from trackerr_xl.core.solvers.active_set import SIGN_TOLERANCE, SMALLEST_SLOPE
from trackerr_xl.core.solvers.batch_newton import Accounts, Ended, Newton, Shared
from trackerr_xl.core.solvers.program import DenseHessian, Program
from trackerr_xl.core.solvers.surrogate import surrogate

MOST_STEPS = 10
MOST_CORRECTIONS = 2
ROUGH = 1e-11
"""Slope and breach left over, in units where variables and slopes are near one, that are not worth a correction."""
RIDGE = 1e-13
"""Keeps systems of rows that repeat each other solvable; what it changes is below the tolerance of the proofs."""
WELL_INVERTED = 1e-7
"""Largest entry of HH⁻¹ − I with which a second solve still reaches the last digits."""
UNMET = 1e-12
"""Breach of a limit, relative to the largest variable or row, that is rounding."""


def minimise(program: Program, accounts: Accounts) -> Ended:
    """Solve every account's program as far as it settles.

    Parameters
    ----------
    program : Program
        Of one of the accounts: its dense covariance and its rows, the equalities first, are those of all.
    accounts : Accounts
        What each has for itself; no bent rows.

    Returns
    -------
    Ended
        The multipliers are those of the rows alone.

    Raises
    ------
    LinAlgError
        If the covariance has no inverse worth the name.
    """
    hessian = program.hessian
    assert isinstance(hessian, DenseHessian)
    inverse = _Inverse.of(hessian, program.rows)
    if inverse is None:
        raise np.linalg.LinAlgError
    model = surrogate(hessian).model
    columns = np.concatenate([model.loadings, program.rows.T], axis=1)
    factors = model.loadings.shape[1]
    newton = Newton.of(Shared(columns, model.specific, factors, program.equalities))
    guess = batch_newton.minimise(newton, accounts, dual_newton.GUESS)
    return _settled(inverse, accounts, guess.x, guess.duals[:, factors:])


@dataclass(slots=True, eq=False)
class _Sets:
    """Which limits are taken to hold: −1 the lower, 1 the upper, 0 none."""

    names: Matrix
    rows: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """Limits of the names and of all rows, the equalities among them, an account a row."""

    linear: Matrix
    lower: Matrix
    upper: Matrix
    row_lower: Matrix
    row_upper: Matrix

    def part(self, which: Mask) -> "_Limits":
        return _Limits(
            self.linear[which],
            self.lower[which],
            self.upper[which],
            self.row_lower[which],
            self.row_upper[which],
        )


def _settled(shared: "_Inverse", accounts: Accounts, x: Matrix, duals: Matrix) -> Ended:
    limits = _Limits(
        accounts.linear,
        accounts.lower,
        accounts.upper,
        np.concatenate([accounts.targets, accounts.row_lower], axis=1),
        np.concatenate([accounts.targets, accounts.row_upper], axis=1),
    )
    names = np.where(x <= limits.lower, -1.0, np.where(x >= limits.upper, 1.0, 0.0))
    sets = _Sets(names, np.where(limits.row_lower == limits.row_upper, 1.0, np.sign(duals)))
    ended = Ended(x.copy(), duals.copy(), np.zeros(len(x), dtype=np.bool_))
    going = np.arange(len(x))
    for _ in range(MOST_STEPS):
        points, prices = _points(shared, limits, sets)
        wrong = _mend(shared, limits, sets, points, prices)
        ended.x[going], ended.duals[going], ended.solved[going] = points, prices, ~wrong
        if not wrong.any():
            break
        going, limits = going[wrong], limits.part(wrong)
        sets = _Sets(sets.names[wrong], sets.rows[wrong])
    return ended


@dataclass(frozen=True, slots=True, eq=False)
class _Inverse:
    """What the accounts share, inverted: the answer without limits needs no solve, and a limit that holds one row more.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        The covariance H.
    rows : ndarray of shape (m, n)
        R.
    moves : ndarray of shape (n + m, n)
        CH⁻¹, with C the unit rows of the names above R: where the pull of each limit moves the variables.
    meets : ndarray of shape (n + m, n + m)
        CH⁻¹C': what that does to each limit.
    """

    matrix: Matrix
    rows: Matrix
    moves: Matrix
    meets: Matrix

    @classmethod
    def of(cls, hessian: DenseHessian, rows: Matrix) -> "_Inverse | None":
        """The inverse, or None where rounding would leave too little of it."""
        matrix = hessian.unit * hessian.matrix
        try:
            inverse = np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            return None
        if not np.abs(matrix @ inverse - np.eye(len(matrix))).max() < WELL_INVERTED:
            return None
        moves = np.concatenate([inverse, rows @ inverse])
        return cls(matrix, rows, moves, np.concatenate([moves, moves @ rows.T], axis=1))

    def reached(self, x: Matrix) -> Matrix:
        """What all limits limit, (a, n + m)."""
        return np.concatenate([x, x @ self.rows.T], axis=1)


def _points(shared: _Inverse, limits: _Limits, sets: _Sets) -> tuple[Matrix, Matrix]:
    """Stationary points and row multipliers with the limits of the sets held."""
    n = shared.matrix.shape[0]
    held = np.where(sets.names < 0, limits.lower, limits.upper)
    wanted = np.concatenate([held, np.where(sets.rows > 0, limits.row_upper, limits.row_lower)], axis=1)
    holds = np.concatenate([sets.names, sets.rows], axis=1) != 0
    places, inside = _gathered(holds)
    system = shared.meets[places[:, :, None], places[:, None, :]]
    system *= inside[:, :, None] & inside[:, None, :]
    diagonal = np.arange(places.shape[1])
    system[:, diagonal, diagonal] += np.where(inside, RIDGE, 1.0)
    pulls, x = np.zeros(holds.shape), np.zeros((len(held), n))
    for _ in range(MOST_CORRECTIONS):
        left = x @ shared.matrix + limits.linear + pulls[:, :n] + pulls[:, n:] @ shared.rows
        x = x - left @ shared.moves[:n]
        over = np.where(holds, shared.reached(x) - np.where(holds, wanted, 0.0), 0.0)
        # What the inverse and the ridge have wrong is little after the first time, and nothing after the second.
        if np.abs(left).max() < ROUGH and np.abs(over).max(initial=0.0) < ROUGH:
            break
        right = np.take_along_axis(over, places, axis=1) * inside
        more = np.zeros(holds.shape)
        np.put_along_axis(more, places, np.linalg.solve(system, right[:, :, None])[:, :, 0], axis=1)
        pulls, x = pulls + more, x - more @ shared.moves
    return np.where(sets.names != 0, held, x), pulls[:, n:]


def _gathered(chosen: Mask) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.intp]], Mask]:
    """Places of what is chosen in each row, filled up to the longest, and which of them are no filling."""
    width = int(chosen.sum(axis=1).max(initial=0))
    places = np.argsort(~chosen, axis=1, kind="stable")[:, :width]
    return places, np.take_along_axis(chosen, places, axis=1)


def _mend(shared: _Inverse, limits: _Limits, sets: _Sets, points: Matrix, prices: Matrix) -> Mask:
    """Change the sets, in place, where points or multipliers speak against them; which accounts had any such place."""
    slope = points @ shared.matrix
    size = np.abs(limits.linear).max(axis=1) + np.abs(slope).max(axis=1)
    sign = SIGN_TOLERANCE * np.maximum(size, SMALLEST_SLOPE)[:, None]
    gradient = slope + limits.linear + prices @ shared.rows
    far = UNMET * np.abs(points).max(axis=1, keepdims=True)
    free, fixed = sets.names == 0, limits.lower == limits.upper
    names = np.where(free & (points < limits.lower - far), -1.0, sets.names)
    names[free & (points > limits.upper + far)] = 1.0
    names[~free & ~fixed & (sets.names * gradient > sign)] = 0.0
    reached = points @ shared.rows.T
    room = UNMET * (1.0 + np.abs(reached).max(axis=1, keepdims=True, initial=0.0))
    used, equal = sets.rows != 0, limits.row_lower == limits.row_upper
    held = np.where(used & ~equal & (sets.rows * prices < -sign), 0.0, sets.rows)
    held[~used & (reached > limits.row_upper + room)] = 1.0
    held[~used & (reached < limits.row_lower - room)] = -1.0
    wrong = (names != sets.names).any(axis=1) | (held != sets.rows).any(axis=1)
    sets.names, sets.rows = names, held
    return np.asarray(wrong)
