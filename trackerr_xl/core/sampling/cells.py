"""An index cut into cells by columns of the attributes: sectors, ratings, buckets of duration."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from trackerr_xl.core.arrays import Indices, Vector
from trackerr_xl.core.words import shorten
from trackerr_xl.errors import InputError

QUARTERS = 4
"""Buckets of a column of numbers where no cut points are given, of equal weight in the index."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One way in which the index is cut.

    Parameters
    ----------
    header : str
        Column of the attributes.
    points : tuple of float
        Where a column of numbers is cut; empty for words, or for quarters of the index.
    """

    header: str
    points: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Every name in its cell.

    Parameters
    ----------
    labels : tuple of str
        The cells that hold a name, in the order of their words and numbers.
    of : ndarray of shape (n,)
        Cell of each name.
    """

    labels: tuple[str, ...]
    of: Indices

    def sums(self, values: Vector) -> Vector:
        """What the names of each cell come to, shape (c,)."""
        return np.asarray(np.bincount(self.of, values, len(self.labels)), dtype=np.float64)


def cells_by(
    cuts: Sequence[Cut],
    columns: Sequence[Sequence[str | float | None]],
    weights: Vector,
    names: Sequence[str],
) -> Cells:
    """Cut an index.

    Parameters
    ----------
    cuts : sequence of Cut
        How.
    columns : sequence of sequence
        Entries of each cut's column, one a name.
    weights : ndarray of shape (n,)
        Index weights; quarters are of these.
    names : sequence of str
        For messages.

    Raises
    ------
    InputError
        If a name has no entry, or a column has words where numbers are cut.
    """
    of = np.zeros(len(names), dtype=np.intp)
    labels = [""]
    for cut, column in zip(cuts, columns, strict=True):
        words, places = _buckets(cut, column, weights, names)
        labels = [" · ".join(filter(None, (known, word))) for known in labels for word in words]
        of = of * len(words) + places
    used, inverse = np.unique(of, return_inverse=True)
    return Cells(tuple(labels[at] for at in used), np.asarray(inverse, dtype=np.intp))


def _buckets(
    cut: Cut, column: Sequence[str | float | None], weights: Vector, names: Sequence[str]
) -> tuple[list[str], Indices]:
    """Words of the buckets of a column, and the bucket of each name."""
    for name, entry in zip(names, column, strict=True):
        if entry is None or (cut.points and not isinstance(entry, float)):
            found = "no value" if entry is None else f'the text "{shorten(str(entry))}"'
            needed = f"a number for {cut.header}" if cut.points else f"a value for {cut.header}"
            raise InputError(
                f"has {found} for {shorten(name)}, must have {needed}",
                argument="attributes",
                at=f"column {shorten(cut.header)}",
            )
    if not all(isinstance(entry, float) for entry in column):
        words = sorted({str(entry) for entry in column})
        places = {word: at for at, word in enumerate(words)}
        return words, np.array([places[str(entry)] for entry in column], dtype=np.intp)
    numbers = np.array(column, dtype=np.float64)
    points = np.array(cut.points) if cut.points else _quarters(numbers, weights)
    ends = [f"{cut.header} below {points[0]:g}"] if points.size else [cut.header]
    between = [f"{cut.header} {low:g}–{high:g}" for low, high in pairwise(points.tolist())]
    beyond = [f"{cut.header} from {points[-1]:g}"] if points.size else []
    return [*ends, *between, *beyond], np.searchsorted(points, numbers, side="right")


def _quarters(numbers: Vector, weights: Vector) -> Vector:
    order = np.argsort(numbers, kind="stable")
    share = np.cumsum(np.maximum(weights[order], 0.0))
    if not share[-1] > 0.0:
        return np.empty(0)
    at = [np.searchsorted(share, share[-1] * part / QUARTERS) for part in range(1, QUARTERS)]
    return np.unique(numbers[order][np.minimum(at, numbers.size - 1)])
