"""Many programs at once that share a factor model and rows: the dual Newton of `dual_newton` with an axis of accounts.

The Newton matrices of all accounts are one product of their free variables with the pairwise products of the shared
columns; what is small is solved in stacks, and who has finished drops out. One bent row an account, its turnover, is
carried along as one more multiplier with a column of its own.
"""

from dataclasses import dataclass, fields

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.solvers import batch_rows
from trackerr_xl.core.solvers.separable import LEAST_SPECIFIC

EXACT = 1e-11
MOST_STEPS = 24
FINEST = 1e-15
MOST_REFINEMENTS = 3
DAMPING = 2e-2
UNDAMPED_AFTER = 6
"""As in `dual_newton`."""
REFRESH = 6
"""Steps after which slopes are computed anew: updating them lets rounding in."""
FLAT = 0.2
"""As in `line_search`."""
MOST_DOUBLINGS, MOST_CUTS = 20, 12
_FULL = 1.0 - 1e-12

Stack = np.ndarray[tuple[int, int, int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What all accounts have in common, scaled as in `Program`.

    Parameters
    ----------
    columns : ndarray of shape (n, k + m)
        Loadings and rows side by side, the equalities first.
    specific : ndarray of shape (n,)
        Specific curvature.
    factors, equalities : int
        k, and how many of the rows have equal limits.
    """

    columns: Matrix
    specific: Vector
    factors: int
    equalities: int

    @property
    def smooth(self) -> int:
        """Number of multipliers that enter smoothly: factors and equalities."""
        return self.factors + self.equalities


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """What each account has for itself, one a row.

    Parameters
    ----------
    linear, lower, upper : ndarray of shape (a, n)
        Slope and box.
    targets : ndarray of shape (a, e)
        Right sides of the equalities.
    row_lower, row_upper : ndarray of shape (a, r)
        Limits of the other rows; those of the bent row are last if there is one.
    bend, at : ndarray of shape (a, n), or (a, 0) without bent rows
        Distances that the bent row counts, and where from.
    """

    linear: Matrix
    lower: Matrix
    upper: Matrix
    targets: Matrix
    row_lower: Matrix
    row_upper: Matrix
    bend: Matrix
    at: Matrix

    @property
    def bent(self) -> bool:
        """Whether there is a bent row."""
        return bool(self.bend.shape[1])

    def part(self, which: Mask | Indices) -> "Accounts":
        """Some of the accounts."""
        return Accounts(*(getattr(self, field.name)[which] for field in fields(self)))

    def middle(self) -> "Accounts":
        """One account in the middle of all: the mean of their numbers."""
        return Accounts(*(getattr(self, field.name).mean(axis=0, keepdims=True) for field in fields(self)))

    def primal(self, inverse: Vector, slope: Matrix, duals: Matrix) -> Matrix:
        """The x that minimises each separate piece for given slopes and multipliers."""
        if self.bent:
            push = duals[:, -1:] * self.bend
            above, below = (slope + push) * -inverse, (slope - push) * -inverse
            x = np.where(above > self.at, above, np.minimum(below, self.at))
        else:
            x = slope * -inverse
        np.maximum(x, self.lower, out=x)
        return np.minimum(x, self.upper, out=x)

    def reached(self, columns: Matrix, x: Matrix) -> Matrix:
        """Factor exposures and left sides of all rows."""
        straight = x @ columns
        if not self.bent:
            return straight
        distance = np.einsum("ij,ij->i", self.bend, np.abs(x - self.at))
        return np.concatenate([straight, distance[:, None]], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """Where the accounts ended.

    Parameters
    ----------
    x : ndarray of shape (a, n)
        Points inside the boxes.
    duals : ndarray of shape (a, k + m), one column more with bent rows
        Factor exposures and multipliers.
    solved : ndarray of shape (a,)
        Which reached the tolerance.
    """

    x: Matrix
    duals: Matrix
    solved: Mask


@dataclass(slots=True, eq=False)
class _State:
    """The accounts still under way."""

    accounts: Accounts
    y: Matrix
    slope: Matrix
    places: Indices


def minimise(newton: "Newton", accounts: Accounts, tolerance: float = EXACT) -> Ended:
    """Solve every account's program, from the answer to the account in their middle.

    Parameters
    ----------
    newton : Newton
        The factor model and rows.
    accounts : Accounts
        Everything else.
    tolerance : float
        Largest error of factor exposures, relative, and of rows.
    """
    middle = accounts.middle()
    begin = _multipliers_near_nothing(newton.shared, middle)
    start = _minimise(newton, middle, begin, tolerance, MOST_STEPS).duals
    return _minimise(newton, accounts, start, tolerance, MOST_STEPS)


def refine(newton: "Newton", accounts: Accounts, duals: Matrix) -> Ended:
    """A few more steps from the multipliers of an answer, shape (a, k + m), as far as rounding lets them come."""
    return _minimise(newton, accounts, duals, FINEST, MOST_REFINEMENTS)


def _multipliers_near_nothing(shared: Shared, accounts: Accounts) -> Matrix:
    """Factor exposures where every variable is as near to zero as its box allows, no pull of any row."""
    k = shared.factors
    y = np.zeros((accounts.linear.shape[0], shared.columns.shape[1] + accounts.bent))
    y[:, :k] = np.clip(0.0, accounts.lower, accounts.upper) @ shared.columns[:, :k]
    return y


def _minimise(newton: "Newton", accounts: Accounts, start: Matrix, tolerance: float, most: int) -> Ended:
    shared = newton.shared
    count, n = accounts.linear.shape
    y = np.repeat(start, count // start.shape[0], axis=0)
    ended = Ended(np.empty((count, n)), np.zeros(y.shape), np.zeros(count, dtype=np.bool_))
    slope = accounts.linear + y[:, : newton.straight] @ shared.columns.T
    state = _State(accounts, y, slope, np.arange(count))
    for step in range(1, most + 1):
        x = state.accounts.primal(newton.inverse, state.slope, state.y)
        reached = state.accounts.reached(shared.columns, x)
        error, row_error = _errors(shared, state, reached)
        done = np.maximum(error, row_error) < tolerance
        last = step == most
        leaving = done | last
        if leaving.any():
            gone = state.places[leaving]
            ended.x[gone], ended.duals[gone], ended.solved[gone] = x[leaving], state.y[leaving], done[leaving]
            stay = ~leaving
            if not stay.any():
                break
            state = _State(state.accounts.part(stay), state.y[stay], state.slope[stay], state.places[stay])
            x, reached, row_error = x[stay], reached[stay], row_error[stay]
        _advance(newton, state, x, reached, _damping(row_error, step), anew=step % REFRESH == 0)
    return ended


@dataclass(frozen=True, slots=True, eq=False)
class Newton:
    """The shared columns prepared for building Newton matrices."""

    shared: Shared
    inverse: Vector
    pairs: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    square: Indices
    curvature: Vector

    @classmethod
    def of(cls, shared: Shared) -> "Newton":
        """Work out what the accounts' Newton matrices are sums of."""
        columns = shared.columns
        width = columns.shape[1]
        inverse = 1.0 / np.maximum(shared.specific, LEAST_SPECIFIC)
        one, other = np.tril_indices(width)
        square = np.empty((width, width), dtype=np.intp)
        square[one, other] = square[other, one] = np.arange(one.size)
        # Seven digits of the matrix cost a step or none, and its product is half the work.
        pairs = (columns[:, one] * columns[:, other] * inverse[:, None]).astype(np.float32)
        curvature = np.einsum("ij,ij,i->j", columns, columns, inverse)
        return cls(shared, inverse, pairs, square.ravel(), curvature)

    @property
    def straight(self) -> int:
        """Number of shared columns: multipliers but that of the bent row."""
        return int(self.shared.columns.shape[1])

    def matrices(self, accounts: Accounts, x: Matrix, free: Mask) -> Stack:
        """Σ over free variables of column·column'/specific, shape (a, width, width)."""
        count, width = x.shape[0], self.straight
        block = (free.astype(np.float32) @ self.pairs).astype(np.float64)
        stack = block[:, self.square].reshape(count, width, width)
        if not accounts.bent:
            return stack
        wide = np.empty((count, width + 1, width + 1))
        wide[:, :width, :width] = stack
        side = np.where(x > accounts.at, accounts.bend, -accounts.bend) * free
        wide[:, :width, width] = wide[:, width, :width] = (side * self.inverse) @ self.shared.columns
        wide[:, width, width] = np.einsum("ij,ij,j->i", side, side, self.inverse)
        return wide


def _damping(row_error: Vector, step: int) -> Vector:
    fading = 0.25 ** max(0, step - UNDAMPED_AFTER)
    return np.asarray(DAMPING * fading * np.minimum(1.0, 100.0 * row_error) ** 1.5)


def _errors(shared: Shared, state: _State, reached: Matrix) -> tuple[Vector, Vector]:
    """Relative error of the factor exposures and absolute error of the rows, one an account."""
    k, u = shared.factors, shared.smooth
    exposures = np.abs(reached[:, :k] - state.y[:, :k]).max(axis=1, initial=0.0)
    exposures /= np.maximum(1.0, np.abs(reached[:, :k]).max(axis=1, initial=0.0))
    accounts, duals = state.accounts, state.y[:, u:]
    above, below = reached[:, u:] - accounts.row_upper, accounts.row_lower - reached[:, u:]
    with np.errstate(invalid="ignore"):
        ranges = np.where(
            duals > 0, np.abs(above), np.where(duals < 0, np.abs(below), np.maximum(above, below))
        )
    rows = np.abs(reached[:, k:u] - accounts.targets).max(axis=1, initial=0.0)
    return exposures, np.maximum(rows, ranges.max(axis=1, initial=0.0))


def _advance(
    newton: Newton, state: _State, x: Matrix, reached: Matrix, damping: Vector, *, anew: bool
) -> None:
    """One step of every account, in place."""
    accounts, columns = state.accounts, newton.shared.columns
    free = (x > accounts.lower) & (x < accounts.upper)
    if accounts.bent:
        free &= (x != accounts.at) | (accounts.bend == 0.0)
    direction, duals = _direction(newton, state, newton.matrices(accounts, x, free), reached, damping)
    slope_change = direction[:, : newton.straight] @ columns.T
    length = _lengths(newton, state, direction, slope_change)
    u = newton.shared.smooth
    state.y = state.y + length[:, None] * direction
    full = length == 1.0
    state.y[full, u:] = duals[full]
    nowhere = np.isinf(np.where(state.y[:, u:] > 0, accounts.row_upper, accounts.row_lower))
    state.y[:, u:][nowhere] = 0.0
    state.slope = (
        accounts.linear + state.y[:, : newton.straight] @ columns.T
        if anew
        else state.slope + length[:, None] * slope_change
    )


def _direction(
    newton: Newton, state: _State, matrices: Stack, reached: Matrix, damping: Vector
) -> tuple[Matrix, Matrix]:
    """Newton directions, and the multipliers of the limited rows that they lead to."""
    k, u = newton.shared.factors, newton.shared.smooth
    accounts, y = state.accounts, state.y
    place, m = np.arange(y.shape[1]), newton.straight
    curvature = newton.curvature
    matrices[:, place[:k], place[:k]] += 1.0 + 1e-13 * curvature[:k]
    matrices[:, place[k:u], place[k:u]] += (1e-10 + 0.01 * damping[:, None]) * curvature[k:u] + 1e-300
    matrices[:, place[u:m], place[u:m]] += (1e-10 + damping[:, None]) * curvature[u:] + 1e-300
    if accounts.bent:
        bent = np.einsum("ij,ij,j->i", accounts.bend, accounts.bend, newton.inverse)
        matrices[:, m, m] += 1e-10 * bent + 1e-300
    rise = reached[:, :u].copy()
    rise[:, :k] -= y[:, :k]
    rise[:, k:] -= accounts.targets
    corner, coupling = matrices[:, :u, :u], matrices[:, :u, u:]
    solved = np.linalg.solve(corner, np.concatenate([rise[:, :, None], coupling], axis=2))
    alone, spread = solved[:, :, 0], solved[:, :, 1:]
    schur = matrices[:, u:, u:] - matrices[:, u:, :u] @ spread
    duals = y[:, u:]
    if not duals.shape[1]:
        return alone, duals
    right = (
        np.einsum("aij,aj->ai", schur, duals)
        + reached[:, u:]
        - np.einsum("aij,aj->ai", matrices[:, u:, :u], alone)
    )
    best = batch_rows.minimise(schur, right, accounts.row_lower, accounts.row_upper, duals)
    change = best - duals
    smooth = alone - np.einsum("aij,aj->ai", spread, change)
    return np.concatenate([smooth, change], axis=1), best


def _lengths(newton: Newton, state: _State, direction: Matrix, slope_change: Matrix) -> Vector:
    """Lengths of the steps that maximise each dual, near enough; one where the full step will do."""
    search = _Search(newton, state, direction, slope_change)
    every = np.arange(state.places.size)
    start = search.rise(np.zeros(every.size), every)
    start = np.where(start > 0.0, start, np.abs(start) + 1e-300)
    full = search.rise(np.full(every.size, _FULL), every)
    low, high = np.zeros(every.size), np.ones(every.size)
    low_rise, high_rise = start.copy(), full.copy()
    under = np.flatnonzero((full > 0.5 * start) & (full > 1e-9))
    for _ in range(MOST_DOUBLINGS):
        if not under.size:
            break
        low[under], low_rise[under] = high[under], high_rise[under]
        high[under] *= 2.5
        high_rise[under] = search.rise(high[under], under)
        under = under[high_rise[under] > 0.3 * start[under]]
    over = np.flatnonzero(high_rise < -FLAT * start)
    lengths = high.copy()
    for _ in range(MOST_CUTS):
        if not over.size:
            break
        share = np.clip(low_rise[over] / (low_rise[over] - high_rise[over]), 0.1, 0.9)
        middle = low[over] + (high[over] - low[over]) * share
        here = search.rise(middle, over)
        lengths[over] = middle
        rising = here > 0.0
        low[over[rising]], low_rise[over[rising]] = middle[rising], here[rising]
        high[over[~rising]], high_rise[over[~rising]] = middle[~rising], here[~rising]
        over = over[np.abs(here) > 0.1 * start[over]]
    return lengths


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """The accounts' duals along their directions."""

    newton: Newton
    state: _State
    direction: Matrix
    slope_change: Matrix

    def rise(self, lengths: Vector, which: Indices) -> Vector:
        """Slopes of some accounts' duals at some lengths."""
        shared, accounts = self.newton.shared, self.state.accounts
        y, slope, change, slopes = self.state.y, self.state.slope, self.direction, self.slope_change
        if which.size < self.state.places.size:
            accounts = accounts.part(which)
            y, slope, change, slopes = y[which], slope[which], change[which], slopes[which]
        k, u = shared.factors, shared.smooth
        moved = y + lengths[:, None] * change
        x = accounts.primal(self.newton.inverse, slope + lengths[:, None] * slopes, moved)
        rise = np.einsum("ij,ij->i", slopes, x) - np.einsum("ij,ij->i", moved[:, :k], change[:, :k])
        rise -= np.einsum("ij,ij->i", accounts.targets, change[:, k:u])
        if accounts.bent:
            rise += change[:, -1] * np.einsum("ij,ij->i", accounts.bend, np.abs(x - accounts.at))
        duals, falls = moved[:, u:], change[:, u:]
        side = np.where(duals != 0, duals, falls)
        limits = np.where(side > 0, accounts.row_upper, np.where(side < 0, accounts.row_lower, 0.0))
        # On the side where a row has no limit the dual falls without end.
        return np.asarray(rise - np.where(falls != 0, falls * limits, 0.0).sum(axis=1))
