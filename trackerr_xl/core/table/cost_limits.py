"""Cost rows: what the trades may cost, from the columns of the attributes."""

from collections.abc import Iterator, Sequence

import numpy as np

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.mandates.costs import CostRow
from trackerr_xl.core.table.limits import Limit, Universe, held, members_mask, numbers_of
from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError

RATE, QUADRATIC, IMPACT, VOLUME = "Cost", "Quadratic cost", "Impact", "ADV"
"""Columns: cost per unit traded; per squared unit; per unit to the power 3/2; daily volume as a fraction of capital.

With a volume the impact is per unit traded times the square root of the trade over the volume.
"""


def cost_limits(limits: Sequence[Limit], universe: Universe) -> Iterator[tuple[int, CostRow]]:
    """Every Cost row with its position among the declared limits.

    Raises
    ------
    InputError
        If it has a Min, the attributes have no column of costs or a cost below zero, or `current` is not given.
    """
    for at, limit in enumerate(limits):
        if limit.kind == "Cost" and (limit.upper < np.inf or limit.lower > 0.0):
            yield at, _cost_row(limit, universe)


def cost_of_trading(universe: Universe) -> CostRow | None:
    """What trades of all names cost by the columns of the attributes, without a limit; None where there is no such column.

    Raises
    ------
    InputError
        As `cost_limits`.
    """
    if universe.attributes is None or not any(_has(header, universe) for header in (RATE, QUADRATIC, IMPACT)):
        return None
    return _row_of_costs(Limit("Cost"), universe)


def _cost_row(limit: Limit, universe: Universe) -> CostRow:
    if limit.lower > 0.0:
        raise InputError(
            f"has the Min {limit.lower:.6g}, which no convex problem can hold: Cost takes a Max only",
            argument="constraints",
            at=limit.place,
        )
    if universe.attributes is None:
        raise InputError(f"is missing, {limit.label} needs its column {RATE}", argument="attributes")
    row = _row_of_costs(limit, universe)
    if not (row.rate.any() or row.quadratic.any() or row.impact.any()):
        raise InputError(
            f"has no cost in the columns {RATE}, {QUADRATIC} or {IMPACT}, {limit.label} needs one of them",
            argument="attributes",
        )
    return row


def _row_of_costs(limit: Limit, universe: Universe) -> CostRow:
    members = members_mask(limit, universe)
    rate, quadratic, impact = (
        _column(limit, header, universe, members) for header in (RATE, QUADRATIC, IMPACT)
    )
    if impact.any() and _has(VOLUME, universe):
        volume = _column(limit, VOLUME, universe, members)
        if (volume[members] <= 0.0).any():
            raise InputError("must be above 0", argument="attributes", at=f"column {VOLUME}")
        impact = np.where(members, impact / np.sqrt(np.where(members, volume, 1.0)), 0.0)
    return CostRow(rate, quadratic, impact, held(limit, universe), limit.upper, limit.penalty, limit.label)


def _has(header: str, universe: Universe) -> bool:
    assert universe.attributes is not None
    return key(header) in map(key, universe.attributes.columns)


def _column(limit: Limit, header: str, universe: Universe, members: Mask) -> Vector:
    if not _has(header, universe):
        return np.zeros(len(universe.names))
    values = numbers_of(limit, header, universe)
    if (values < 0.0).any():
        name = universe.names[int(values.argmin())]
        raise InputError(
            f"has {values.min():.6g} for {name}, must be zero or more",
            argument="attributes",
            at=f"column {header}",
        )
    return np.where(members, values, 0.0)
