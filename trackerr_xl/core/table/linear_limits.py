"""Limits on sums over the names that are linear: Budget, Group, Exposure, Ratio, Return and Beta rows.

A row for every value of a column (``Sector=*``) gives way, side by side and basis by basis, to rows that name a value.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.limits import (
    Basis,
    Limit,
    Universe,
    groups_of,
    members_of,
    numbers_of,
    split_item,
)
from trackerr_xl.core.words import key, shorten
from trackerr_xl.errors import InputError

ALPHA = "Alpha"
"""Column of the attributes with expected returns per period."""


_IN_ORDER = (("Budget",), ("Group",), ("Exposure", "Ratio", "Return", "Beta"))
LINEAR = tuple(kind for kinds in _IN_ORDER for kind in kinds)
"""Types of row that are linear."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearLimit:
    """One linear row and where it comes from.

    Parameters
    ----------
    coefficients : ndarray of shape (n,)
        Its coefficients.
    lower, upper : float
        Its limits.
    label : str
        The row as the user would recognise it.
    origin : int
        Position among the declared limits; −1 for the budget that is assumed.
    factor : float
        Change of a limit per unit of its cell; negative where a negative reference made Min the upper limit.
    penalty : float
        Price of a unit of breach.
    denominator : ndarray of shape (n,), optional
        Of a ratio, whose limit multiplies the weight of this sum.
    """

    coefficients: Vector
    lower: float
    upper: float
    label: str
    origin: int
    factor: float
    penalty: float = np.inf
    denominator: Vector | None = None


def linear_limits(limits: Sequence[Limit], universe: Universe, budget: float) -> list[LinearLimit]:
    """Every linear row: the budget first, then in the order of the table.

    Parameters
    ----------
    limits : sequence of Limit
        All limits declared.
    universe : Universe
        The assets.
    budget : float
        Sum of the weights where no Budget row says otherwise.
    """
    ones = np.ones(len(universe.names))
    rows: list[LinearLimit] = []
    if not any(limit.kind == "Budget" for limit in limits):
        rows.append(LinearLimit(ones, budget, budget, "Budget", -1, 0.0))
    spoken = _named_groups(limits)
    for wanted in _IN_ORDER:
        for at, limit in enumerate(limits):
            if limit.kind in wanted:
                rows += _rows(at, limit, universe, spoken)
    return rows


def _rows(at: int, limit: Limit, universe: Universe, spoken: "_Spoken") -> Iterator[LinearLimit]:
    if limit.kind == "Group":
        yield from _groups(at, limit, universe, spoken)
    elif limit.kind == "Ratio":
        yield from _ratio(at, limit, universe)
    else:
        yield from _row(at, limit, limit.label, _coefficients(limit, universe), universe)


def _coefficients(limit: Limit, universe: Universe) -> Vector:
    if limit.kind == "Budget":
        return np.ones(len(universe.names))
    if limit.kind == "Beta":
        if universe.beta is None:
            raise InputError(
                f"has no variance, {limit.label} needs a benchmark that moves", argument="weights"
            )
        return universe.beta
    return numbers_of(limit, ALPHA if limit.kind == "Return" else limit.item, universe)


def _row(
    at: int, limit: Limit, label: str, coefficients: Vector, universe: Universe
) -> Iterator[LinearLimit]:
    if np.isinf(limit.lower) and np.isinf(limit.upper):
        return
    reference = float(coefficients @ universe.benchmark)
    lower, upper, factor = shifted(limit.basis, limit.lower, limit.upper, reference)
    yield LinearLimit(coefficients, lower, upper, label, at, factor, limit.penalty)


def shifted(basis: Basis, lower: float, upper: float, reference: float) -> tuple[float, float, float]:
    """Limits in the Absolute basis, and their change per unit of the cell."""
    if basis == "Active":
        return reference + lower, reference + upper, 1.0
    if basis == "Absolute":
        return lower, upper, 1.0
    # An absent limit stays absent, whatever it is multiplied by.
    low, high = (limit * reference if np.isfinite(limit) else limit for limit in (lower, upper))
    if reference < 0.0:
        low, high = (
            (high if np.isfinite(upper) else -np.inf),
            (low if np.isfinite(lower) else np.inf),
        )
    return low, high, reference


_Spoken = dict[tuple[str, str], set[tuple[str, str, bool]]]
"""For every group named outright, the bases and sides that its rows speak of, and whether they must hold."""


def _named_groups(limits: Sequence[Limit]) -> _Spoken:
    spoken: _Spoken = {}
    for limit in limits:
        if limit.kind != "Group":
            continue
        header, value = split_item(limit)
        sides = spoken.setdefault((key(header), key(value)), set())
        sides |= {(limit.basis, "Min", limit.hard)} if limit.lower > -np.inf else set()
        sides |= {(limit.basis, "Max", limit.hard)} if limit.upper < np.inf else set()
    return spoken


def _groups(at: int, limit: Limit, universe: Universe, spoken: _Spoken) -> Iterator[LinearLimit]:
    header, value = split_item(limit)
    if value != "*":
        yield from _row(at, limit, limit.label, _sum_over(members_of(limit, universe), universe), universe)
        return
    for group, members in groups_of(limit, header, universe).items():
        said = spoken.get((key(header), key(group)), set())
        part = replace(
            limit,
            lower=-np.inf if (limit.basis, "Min", limit.hard) in said else limit.lower,
            upper=np.inf if (limit.basis, "Max", limit.hard) in said else limit.upper,
        )
        label = f"Group {shorten(header)}={shorten(group)} (row {limit.row})"
        yield from _row(at, part, label, _sum_over(members, universe), universe)


def _ratio(at: int, limit: Limit, universe: Universe) -> Iterator[LinearLimit]:
    """A ratio of two sums is linear where the lower one is not negative: above − limit × below."""
    parts = [part.strip() for part in limit.item.split("/")]
    if len(parts) != 2 or not all(parts):
        raise InputError(
            f'has the Item "{shorten(limit.item)}", must be like Sector=Banks / Sector=Insurance',
            argument="constraints",
            at=limit.place,
        )
    above, below = (_sum_over(members_of(replace(limit, item=part), universe), universe) for part in parts)
    if limit.lower > -np.inf:
        rest = above - limit.lower * below
        yield LinearLimit(rest, 0.0, np.inf, limit.label, at, 1.0, limit.penalty, below)
    if limit.upper < np.inf:
        rest = above - limit.upper * below
        yield LinearLimit(rest, -np.inf, 0.0, limit.label, at, 1.0, limit.penalty, below)


def _sum_over(members: Sequence[int], universe: Universe) -> Vector:
    coefficients = np.zeros(len(universe.names))
    coefficients[list(members)] = 1.0
    return coefficients
