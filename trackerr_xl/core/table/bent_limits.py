"""Limits on sums of distances: Gross, Turnover and ActiveShare rows, and the rows of names that have a penalty."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.bounds import name_sides
from trackerr_xl.core.table.limits import Limit, Universe, held, members_mask
from trackerr_xl.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class BentLimit:
    """One bent row, Σ (slope w + bend abs(w − at)) ≤ upper, and where it comes from.

    Parameters
    ----------
    slope, bend, at : ndarray of shape (n,)
        As in `core.rows.BentRows`.
    upper : float
        Its limit.
    label : str
        The row as the user would recognise it.
    origin : int
        Position among the declared limits.
    factor : float
        Change of the limit per unit of the cell in the table; with many names the sum over them.
    penalty : float
        Price of a unit of breach.
    """

    slope: Vector
    bend: Vector
    at: Vector
    upper: float
    label: str
    origin: int
    factor: float
    penalty: float = np.inf


def bent_limits(limits: Sequence[Limit], universe: Universe, *, two_way: bool) -> list[BentLimit]:
    """Every bent row but those of costs, in the order of the table, then the soft rows of names.

    Parameters
    ----------
    limits : sequence of Limit
        All limits declared.
    universe : Universe
        The assets.
    two_way : bool
        Whether turnover counts purchases and sales or, one-way, half of both.

    Raises
    ------
    InputError
        If a row has a Min, which is not convex, or needs what is not given.
    """
    rows: list[BentLimit] = []
    for at, limit in enumerate(limits):
        rows += _sums(at, limit, universe, two_way=two_way)
    return [*rows, *_soft_names(limits, universe)]


def _sums(at: int, limit: Limit, universe: Universe, *, two_way: bool) -> Iterator[BentLimit]:
    benchmark = universe.benchmark
    if limit.kind == "Gross":
        reference = benchmark if limit.basis == "Active" else np.zeros_like(benchmark)
        members = members_mask(limit, universe)
        whole = float(np.abs(benchmark[members]).sum())
        upper, factor = (limit.upper * whole, whole) if limit.basis == "Relative" else (limit.upper, 1.0)
        yield from _distance(at, limit, members.astype(np.float64), reference, upper, factor)
    elif limit.kind == "Turnover":
        share = np.where(members_mask(limit, universe), 1.0 if two_way else 0.5, 0.0)
        yield from _distance(at, limit, share, held(limit, universe), limit.upper, 1.0)
    elif limit.kind == "ActiveShare":
        share = np.where(members_mask(limit, universe), 0.5, 0.0)
        yield from _distance(at, limit, share, benchmark, limit.upper, 1.0)
    elif limit.kind in ("Exclude", "Hold") and not limit.hard:
        members = members_mask(limit, universe)
        reference = held(limit, universe) if limit.kind == "Hold" else np.zeros_like(benchmark)
        yield from _distance(at, limit, members.astype(np.float64), reference, 0.0, 0.0)


def _distance(
    at: int, limit: Limit, bend: Vector, reference: Vector, upper: float, factor: float
) -> Iterator[BentLimit]:
    if limit.lower > 0.0:
        raise InputError(
            f"has the Min {limit.lower:.6g}, which no convex problem can hold: {limit.kind} takes a Max only",
            argument="constraints",
            at=limit.place,
        )
    if upper < np.inf:
        slope = np.zeros_like(bend)
        yield BentLimit(slope, bend, reference, upper, limit.label, at, factor, limit.penalty)


def _soft_names(limits: Sequence[Limit], universe: Universe) -> Iterator[BentLimit]:
    """Of each soft Weight or Trade row one bent row a side, over the names where it wins: (w − u)⁺ = ½(w − u) + ½abs(w − u)."""
    if all(limit.hard for limit in limits):
        return
    for side, floor in name_sides(limits, universe, hard=False):
        for origin in np.unique(side.origin[side.origin >= 0]).tolist():
            here = side.origin == origin
            half = np.where(here, 0.5, 0.0)
            slope = -half if floor else half
            reference = np.where(here, side.value, 0.0)
            factor = float(side.factor[here].sum())
            limit = limits[origin]
            yield BentLimit(
                slope, half, reference, float(slope @ reference), limit.label, origin, factor, limit.penalty
            )
