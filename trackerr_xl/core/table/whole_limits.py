"""Names and Position rows: how many names are held, and how small a holding may be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Vector
from trackerr_xl.core.table.limits import Limit, Universe, groups_of, members_mask, members_of, split_item
from trackerr_xl.core.whole.holdings import Holdings
from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError

HELD = 1e-4
"""Smallest holding that counts as one where a Names row has a Min and no Position row says otherwise: a basis point."""


@dataclass(frozen=True, slots=True, eq=False)
class WholeLimits:
    """What the rows come to.

    Parameters
    ----------
    holdings : Holdings
        Counts and smallest holdings.
    counts : ndarray of shape (g,)
        Position of the declared limit of each count.
    """

    holdings: Holdings
    counts: Indices


def whole_limits(limits: Sequence[Limit], universe: Universe, lower: Vector) -> WholeLimits:
    """Counts and smallest holdings of declared limits.

    Parameters
    ----------
    limits : sequence of Limit
        Rows of the constraints table.
    universe : Universe
        The assets they speak of.
    lower : ndarray of shape (n,)
        Lower bounds of the weights: a name that may be short has no smallest holding.

    Raises
    ------
    LabelError
        If a name, column or group is unknown.
    InputError
        If a row has a penalty, a Position row a Max, or a name that it speaks of may be short.
    """
    least = _least(limits, universe, lower)
    rows = [
        (at, label, members)
        for at, limit in enumerate(limits)
        if limit.kind == "Names"
        for label, members in _counted(limit, universe)
    ]
    n = len(universe.names)
    members = np.array([mask for _, _, mask in rows], dtype=np.float64).reshape(len(rows), n)
    low = np.array([np.ceil(limits[at].lower - 1e-9) for at, _, _ in rows])
    high = np.array([np.floor(limits[at].upper + 1e-9) for at, _, _ in rows])
    wanted = (members[low > 0.0] > 0.0).any(axis=0) & (least == 0.0) & (lower >= 0.0)
    least[wanted] = HELD
    holdings = Holdings(least, members, low, high, tuple(label for _, label, _ in rows))
    return WholeLimits(holdings, np.array([at for at, _, _ in rows], dtype=np.intp))


def _least(limits: Sequence[Limit], universe: Universe, lower: Vector) -> Vector:
    """The smallest holding of each name; a row that names it takes the place of its group's, and that of all names'."""
    least = np.zeros(len(universe.names))
    rows = [limit for limit in limits if limit.kind == "Position"]
    for limit in sorted(rows, key=lambda limit: _rank(limit, universe)):
        _check_hard(limit)
        if limit.upper < np.inf or limit.lower < 0.0:
            raise InputError(
                "is Position with a Max or a Min below 0, must have a Min of zero or more: zero, or at least this",
                argument="constraints",
                at=limit.place,
            )
        members = members_of(limit, universe)
        short = [at for at in members if lower[at] < 0.0]
        if short:
            raise InputError(
                f"is Position for {universe.names[short[0]]}, which may be short: its weight must have a Min of 0",
                argument="constraints",
                at=limit.place,
            )
        least[members] = limit.lower
    return least


def _rank(limit: Limit, universe: Universe) -> int:
    if limit.item == "*":
        return 0
    return 2 if key(limit.item) in universe.places else 1


def _counted(limit: Limit, universe: Universe) -> Iterator[tuple[str, Vector]]:
    """The labels and members of the counts that a row stands for: one, or with ``Sector=*`` one a sector."""
    _check_hard(limit)
    if "=" in limit.item and key(limit.item) not in universe.places:
        header, value = split_item(limit)
        if value == "*":
            for group, members in groups_of(limit, header, universe).items():
                mask = np.zeros(len(universe.names))
                mask[members] = 1.0
                yield f"Names {header}={group} (row {limit.row})", mask
            return
    yield limit.label, members_mask(limit, universe).astype(np.float64)


def _check_hard(limit: Limit) -> None:
    if not limit.hard:
        raise InputError(
            f"is {limit.kind} with a Penalty, must have none: it holds or it does not",
            argument="constraints",
            at=limit.place,
        )
