"""Limits of single names: Weight, Trade, Exclude and Hold rows become a lower and an upper bound of each weight.

The most specific row wins for each side (Min, Max) and basis: a name over ``*``; rows equally specific hold together.
Below every Weight row lies the default 0 ≤ w ≤ 1 in the Absolute basis, so that a side no Absolute row speaks of keeps
it: short selling needs an Absolute Min below 0. Exclude and Hold fix a weight whatever the Weight rows say. Rows with
a penalty contend among themselves only: they are no bounds, and leave the default in force.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Vector
from trackerr_xl.core.table.limits import Basis, Limit, Universe, held, members_of, unknown_name
from trackerr_xl.core.words import key, shorten
from trackerr_xl.errors import LabelError, NoAnswerError

DEFAULT = -1
"""Stands for the default 0 ≤ weight ≤ 1 where a bound says which limit it comes from."""

_DEFAULT_LABEL = "the default 0 ≤ weight ≤ 1"

_SLACK = 1e-12
"""Bounds of one weight may cross by this much: decimal fractions such as 0.1 + 0.2 are not exact."""

_BASES: tuple[Basis, ...] = ("Absolute", "Active", "Relative")


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of the names' bounds.

    Parameters
    ----------
    value : ndarray of shape (n,)
        The bounds, infinite where there is none.
    origin : ndarray of shape (n,)
        Position of the limit each comes from among those declared, `DEFAULT` for the default.
    factor : ndarray of shape (n,)
        Change of the bound per unit of its cell in the table; negative where twice a short position turned Min into
        an upper bound, zero where no cell moves it.
    """

    value: Vector
    origin: Indices
    factor: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Both sides, and the labels of the rows they come from."""

    lower: Side
    upper: Side
    lower_labels: tuple[str, ...]
    upper_labels: tuple[str, ...]


def bounds(limits: Sequence[Limit], universe: Universe, *, crossing: bool = False) -> Bounds:
    """Bounds of each weight; with `crossing` a lower bound above its upper one is let pass, for whoever asks why.

    Raises
    ------
    LabelError
        If a name is unknown.
    InputError
        If a row needs attributes or current weights that are not given.
    NoAnswerError
        If two rows leave no weight for a name.
    """
    n = len(universe.names)
    lower = Side(np.full(n, -np.inf), np.full(n, DEFAULT), np.zeros(n))
    upper = Side(np.full(n, np.inf), np.full(n, DEFAULT), np.zeros(n))
    for side, floor in name_sides(limits, universe, hard=True, default=True):
        _narrow(lower if floor else upper, side, np.greater if floor else np.less)
    _fix(lower, upper, limits, universe)
    labels = [limit.label for limit in limits] + [_DEFAULT_LABEL]
    low_labels, high_labels = (tuple([labels[at] for at in side.origin.tolist()]) for side in (lower, upper))
    if not crossing:
        _check_crossing(lower.value, upper.value, low_labels, high_labels, universe.names)
    return Bounds(lower, upper, low_labels, high_labels)


def name_sides(
    limits: Sequence[Limit], universe: Universe, *, hard: bool, default: bool = False
) -> Iterator[tuple[Side, bool]]:
    """What Weight and Trade rows ask of each name, side by side and basis by basis, and whether it is a floor.

    Parameters
    ----------
    limits : sequence of Limit
        All limits declared.
    universe : Universe
        The assets.
    hard : bool
        Whether to take the rows that must hold or those with a penalty.
    default : bool
        Whether the default lies below the Absolute rows.
    """
    ones, benchmark = np.ones(len(universe.names)), universe.benchmark
    # Most tables speak in one basis: the others need no look at every name.
    spoken = {(limit.kind, limit.basis) for limit in limits if limit.hard == hard}
    for basis in _BASES:
        if ("Weight", basis) not in spoken and not (default and basis == "Absolute"):
            continue
        for floor in (True, False):
            side = _winners(limits, universe, "Weight", basis, floor=floor, hard=hard)
            if default and basis == "Absolute":
                silent = np.isinf(side.value)
                side.value[silent] = 0.0 if floor else 1.0
            if basis == "Relative":
                yield from _relative(side, benchmark, floor=floor)
                continue
            shift = benchmark if basis == "Active" else 0.0
            yield Side(side.value + shift, side.origin, np.where(side.origin >= 0, ones, 0.0)), floor
    for floor in (True, False) if ("Trade", "Absolute") in spoken else ():
        side = _winners(limits, universe, "Trade", "Absolute", floor=floor, hard=hard)
        if (side.origin >= 0).any():
            current = held(limits[int(side.origin.max())], universe)
            yield Side(side.value + current, side.origin, ones), floor


def _winners(
    limits: Sequence[Limit], universe: Universe, kind: str, basis: Basis, *, floor: bool, hard: bool
) -> Side:
    """The tightest of the most specific rows of one kind, basis and side, for every name."""
    n = len(universe.names)
    none = -np.inf if floor else np.inf
    tighter = np.greater if floor else np.less
    side = Side(np.full(n, none), np.full(n, DEFAULT), np.zeros(n))
    named = np.zeros(n, dtype=np.bool_)
    rows = [
        (at, limit)
        for at, limit in enumerate(limits)
        if limit.kind == kind and limit.basis == basis and limit.hard == hard
    ]
    for at, limit in sorted(rows, key=lambda pair: pair[1].item != "*"):
        where = _where(limit, universe)
        cell = limit.lower if floor else limit.upper
        if cell == none:
            continue
        places = np.arange(n) if where is None else np.array([where])
        # The first row that names an asset takes the place of those that speak of all.
        wins = tighter(cell, side.value[places])
        if where is not None:
            wins |= ~named[places]
            named[places] = True
        side.value[places[wins]], side.origin[places[wins]] = cell, at
    return side


def _where(limit: Limit, universe: Universe) -> int | None:
    """Position of the asset that a row names, None where it speaks of all."""
    if limit.item == "*":
        return None
    at = universe.places.get(key(limit.item))
    if at is None:
        raise LabelError(unknown_name(limit.item, universe.names), argument="constraints", at=limit.place)
    return at


def _relative(side: Side, benchmark: Vector, *, floor: bool) -> Iterator[tuple[Side, bool]]:
    """Multiples of the benchmark; twice a short position is further from zero, so there the sides change places."""
    given = side.origin >= 0
    if not given.any():
        return
    product = np.where(given, side.value, 0.0) * benchmark
    for short in (False, True):
        here = given & ((benchmark < 0.0) == short)
        if here.any():
            to_floor = floor != short
            value = np.where(here, product, -np.inf if to_floor else np.inf)
            yield Side(value, np.where(here, side.origin, DEFAULT), np.where(here, benchmark, 0.0)), to_floor


def _narrow(bound: Side, side: Side, tighter: np.ufunc) -> None:
    """Take over, in place, what is tighter."""
    wins = tighter(side.value, bound.value)
    bound.value[wins], bound.origin[wins], bound.factor[wins] = (
        side.value[wins],
        side.origin[wins],
        side.factor[wins],
    )


def _fix(lower: Side, upper: Side, limits: Sequence[Limit], universe: Universe) -> None:
    fixed: dict[int, tuple[float, int]] = {}
    for at, limit in enumerate(limits):
        if limit.kind not in ("Exclude", "Hold") or not limit.hard:
            continue
        for place in members_of(limit, universe):
            value = 0.0 if limit.kind == "Exclude" else float(held(limit, universe)[place])
            before, first = fixed.get(place, (value, at))
            if before != value:
                labels = (limits[first].label, limit.label)
                raise NoAnswerError(
                    f"cannot satisfy both {labels[0]} and {labels[1]}: take one of them out",
                    at=shorten(universe.names[place]),
                    rows=labels,
                )
            fixed[place] = (value, at)
    places = list(fixed)
    for side in (lower, upper):
        side.value[places] = [value for value, _ in fixed.values()]
        side.origin[places] = [at for _, at in fixed.values()]
        side.factor[places] = 0.0


def _check_crossing(
    lower: Vector,
    upper: Vector,
    lower_labels: Sequence[str],
    upper_labels: Sequence[str],
    names: Sequence[str],
) -> None:
    crossing = lower - upper
    if not crossing.size or crossing.max() <= 0.0:
        return
    at = int(np.argmax(crossing))
    if crossing[at] > _SLACK:
        low = f"at least {lower[at]:.6g} by {lower_labels[at]}"
        high = f"at most {upper[at]:.6g} by {upper_labels[at]}"
        raise NoAnswerError(
            f"must hold {low} and {high}: relax one of them",
            at=shorten(names[at]),
            rows=(f"{names[at]} {low}", f"{names[at]} {high}"),
        )
    lower[:] = np.minimum(lower, upper)
