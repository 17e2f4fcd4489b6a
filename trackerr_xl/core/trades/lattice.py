"""The best whole lots of all, proved: a depth-first search that never enters a branch already worse."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Vector
from trackerr_xl.core.trades.rounding import Choices

STEPS = 20_000
"""Branches entered before the search gives up: about a third of a second."""

_CLOSER = 1.0 - 1e-12
"""What is not closer than this share of the best is not better, but rounding."""


@dataclass(slots=True, eq=False)
class _Search:
    factor: Matrix
    deviations: Matrix
    spent: Matrix
    reachable: Vector
    """Least cash that the names up to each can still take."""
    cash: float
    best: float
    places: Indices
    found: Indices | None = None
    left: int = STEPS


def best_lots(choices: Choices, covariance: Matrix, start: Indices) -> tuple[Indices, bool]:
    r"""The allowed holdings nearest to the target in tracking error, after Schnorr and Euchner.

    With :math:`\Sigma = R'R`, R upper triangular, the variance is a sum of squares of which each depends on one name and
    those decided before it: a branch whose part of the sum exceeds the best whole sum is left.

    Parameters
    ----------
    choices : Choices
        Every holding that could be part of a better choice than `start`.
    covariance : ndarray of shape (n, n)
        Positive definite.
    start : ndarray of shape (n,)
        A choice to beat, cash zero or more.

    Returns
    -------
    ndarray of shape (n,)
        The best choice found.
    bool
        Whether the search was finished, so that none is better.

    References
    ----------
    .. [1] C. P. Schnorr and M. Euchner, "Lattice Basis Reduction: Improved Practical Algorithms and Solving Subset Sum
       Problems", *Mathematical Programming* 66, 1994, 181–199.
    """
    apart = np.abs(np.diff(choices.weights, axis=1))
    steps: Vector = np.where(np.isnan(apart), 0.0, apart).max(axis=1, initial=0.0)
    # Names with the coarsest lots are decided first, which is last in the order of R.
    order = np.argsort(steps * np.sqrt(covariance.diagonal()), kind="stable")
    factor = np.asarray(np.linalg.cholesky(covariance[np.ix_(order, order)]).T, dtype=float)
    away = choices.away(start)[order]
    least = np.nanmin(choices.spent[order], axis=1)
    search = _Search(
        factor,
        (choices.weights - choices.target[:, None])[order],
        choices.spent[order],
        np.concatenate([np.zeros(1), np.cumsum(least)]),
        choices.cash,
        float(np.sum((factor @ away) ** 2)) * _CLOSER,
        np.zeros(order.size, dtype=int),
    )
    _descend(search, order.size - 1, np.zeros(order.size), 0.0, 0.0)
    places = start.copy()
    if search.found is not None:
        places[order] = search.found
    return places, search.left > 0


def _descend(search: _Search, at: int, away: Vector, so_far: float, spent: float) -> None:
    row = search.factor[at]
    centre = float(row[at + 1 :] @ away[at + 1 :])
    parts = (row[at] * search.deviations[at] + centre) ** 2 + so_far
    paid = spent + search.spent[at] + search.reachable[at] <= search.cash
    open_places = np.flatnonzero((parts < search.best) & paid)
    search.left -= 1
    if at == 0:
        if open_places.size:
            last = int(open_places[parts[open_places].argmin()])
            search.places[0] = last
            search.best, search.found = float(parts[last]) * _CLOSER, search.places.copy()
        return
    for place in open_places[np.argsort(parts[open_places], kind="stable")].tolist():
        if not parts[place] < search.best or search.left <= 0:
            return
        search.places[at], away[at] = place, search.deviations[at, place]
        _descend(search, at - 1, away, float(parts[place]), spent + float(search.spent[at, place]))
