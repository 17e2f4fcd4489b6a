"""Which names stand for a cell: as many as its weight is worth, of its larger names those nearest to it together."""

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.sampling.cells import Cells


def allotted(weight: Vector, available: Indices, forced: Indices, count: int) -> Indices:
    """Names of each cell by largest remainders (Hamilton's method), no cell above what it has.

    Parameters
    ----------
    weight : ndarray of shape (c,)
        Index weight of each cell, at least 0.
    available, forced : ndarray of shape (c,)
        Names of each cell that may be held, and that must be.
    count : int
        Names of all cells, at least the forced ones.

    Returns
    -------
    ndarray of shape (c,)
        Their sum is `count`, or all that are available.
    """
    given = forced.copy()
    open_cells = given < available
    while (left := count - int(given.sum())) > 0 and open_cells.any():
        # A cell that is full leaves its share to the others, so the shares are worked out anew.
        share = np.where(open_cells, weight, 0.0)
        total = float(share.sum())
        quota = (share / total if total > 0.0 else open_cells / open_cells.sum()) * count
        wanted = np.maximum(quota - given, 0.0) * open_cells
        whole = np.minimum(np.floor(wanted).astype(np.intp), available - given)
        if int(whole.sum()) == 0 or int(whole.sum()) > left:
            first = np.argsort(-np.where(open_cells, wanted, -1.0), kind="stable")[0]
            whole = np.zeros_like(given)
            whole[first] = 1
        given = given + whole
        open_cells = given < available
    return given


def chosen(cells: Cells, traits: Matrix, weights: Vector, count: int | None, may: Mask, must: Mask) -> Mask:
    """The names of a stratified sample.

    Parameters
    ----------
    cells : Cells
        The cells.
    traits : ndarray of shape (n, q)
        What the sample is to match beside the weight, such as duration, in comparable units.
    weights : ndarray of shape (n,)
        Index weights.
    count : int or None
        How many names; None is one a cell.
    may, must : ndarray of shape (n,)
        Names that can be held, and among them those that have to be.
    """
    c = len(cells.labels)
    available = np.bincount(cells.of[may], minlength=c)
    forced = np.bincount(cells.of[must], minlength=c)
    if count is None:
        many = np.maximum(forced, np.minimum(available, 1))
    else:
        many = allotted(np.maximum(cells.sums(weights), 0.0), available, forced, count)
    held = must.copy()
    for cell in np.flatnonzero(many > forced).tolist():
        members = np.flatnonzero((cells.of == cell) & may)
        inside = np.flatnonzero(cells.of == cell)
        heavy = np.maximum(weights[inside], 0.0)
        centre = np.average(traits[inside], axis=0, weights=heavy if heavy.sum() > 0.0 else None)
        held[_nearest(members, traits - centre, weights, int(many[cell]), must)] = True
    return held


def _nearest(members: Indices, off: Matrix, weights: Vector, count: int, must: Mask) -> Indices:
    """Names of a cell whose plain average is as near to its centre as single exchanges bring it.

    Only the larger half is looked at, or twice as many names as are wanted: what an index hardly holds is hardly traded.
    """
    order = members[np.lexsort((members, -weights[members], ~must[members]))]
    candidates = order[: max(2 * count, (order.size + 1) // 2)]
    inside = np.arange(candidates.size) < count
    fixed = must[candidates]
    total = off[candidates[inside]].sum(axis=0)
    for _ in range(4 * count):
        out, into = np.flatnonzero(inside & ~fixed), np.flatnonzero(~inside)
        if out.size == 0 or into.size == 0:
            break
        moved = total - off[candidates[out]][:, None] + off[candidates[into]][None]
        distance = (moved**2).sum(axis=2)
        best = np.unravel_index(int(distance.argmin()), distance.shape)
        if not distance[best] < float(total @ total) * (1.0 - 1e-9) - 1e-15:
            break
        total = moved[best]
        inside[out[best[0]]], inside[into[best[1]]] = False, True
    return candidates[inside]
