"""Declared limits become bounds of each weight and linear rows that keep the user's labels.

The most specific row wins for each side (Min, Max) and basis: a name over ``*``, ``Sector=Banks`` over
``Sector=*``; rows equally specific hold together. Below every Weight row lies the default 0 ≤ w ≤ 1 in the
Absolute basis, so that a side no Absolute row speaks of keeps it: short selling needs an Absolute Min below 0.
Exclude and Hold fix a weight whatever the Weight rows say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.limits import (
    Basis,
    Limit,
    Universe,
    cells_of,
    groups_of,
    members_of,
    split_item,
    unknown_name,
)
from trackerr_xl.core.problem import LinearRows
from trackerr_xl.core.words import key, shorten
from trackerr_xl.errors import InputError, LabelError, NoAnswerError

_SLACK = 1e-12
"""Bounds of one weight may cross by this much: decimal fractions such as 0.1 + 0.2 are not exact."""


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What the limits come to.

    Parameters
    ----------
    lower, upper : ndarray of shape (n,)
        Bounds of each weight.
    rows : LinearRows
        The budget first, then groups and exposures in the order of the table.
    lower_labels, upper_labels : tuple of str
        Which row each bound comes from.
    """

    lower: Vector
    upper: Vector
    rows: LinearRows
    lower_labels: tuple[str, ...]
    upper_labels: tuple[str, ...]


def resolve(limits: Sequence[Limit], universe: Universe, budget: float = 1.0) -> Limits:
    """Bounds and rows of declared limits.

    Parameters
    ----------
    limits : sequence of Limit
        Rows of the constraints table.
    universe : Universe
        The assets they speak of.
    budget : float, default 1
        Sum of the weights where no Budget row says otherwise.

    Raises
    ------
    LabelError
        If a name, column or group is unknown.
    InputError
        If a row needs attributes or current weights that are not given, or an attribute is not a number.
    NoAnswerError
        If two rows leave no weight for a name.
    """
    bounds = _bounds(limits, universe)
    parts = list(_budget_rows(limits, universe, budget))
    parts += _group_rows(limits, universe)
    parts += _exposure_rows(limits, universe)
    matrix = np.array([part.coefficients for part in parts], dtype=np.float64)
    rows = LinearRows(
        matrix.reshape(len(parts), len(universe.names)),
        np.array([part.lower for part in parts], dtype=np.float64),
        np.array([part.upper for part in parts], dtype=np.float64),
        tuple(part.label for part in parts),
    )
    return Limits(bounds.lower, bounds.upper, rows, tuple(bounds.lower_labels), tuple(bounds.upper_labels))


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    coefficients: Vector
    lower: float
    upper: float
    label: str


@dataclass(slots=True, eq=False)
class _Bounds:
    """Bounds while they are narrowed, each with the label of the row it comes from."""

    lower: Vector
    upper: Vector
    lower_labels: list[str] = field(default_factory=list)
    upper_labels: list[str] = field(default_factory=list)

    def narrow(self, at: int, lower: float, upper: float, label: str) -> None:
        if lower > self.lower[at]:
            self.lower[at], self.lower_labels[at] = lower, label
        if upper < self.upper[at]:
            self.upper[at], self.upper_labels[at] = upper, label

    def fix(self, at: int, value: float, label: str) -> None:
        self.lower[at] = self.upper[at] = value
        self.lower_labels[at] = self.upper_labels[at] = label


def _bounds(limits: Sequence[Limit], universe: Universe) -> _Bounds:
    size = len(universe.names)
    bounds = _Bounds(np.full(size, -np.inf), np.full(size, np.inf), [""] * size, [""] * size)
    default = Limit("Weight", "*", 0.0, 1.0)
    weights = [limit for limit in limits if limit.kind == "Weight"]
    by_name = _by_name(weights, universe.names)
    everywhere = [limit for limit in weights if limit.item == "*"]
    for at, name in enumerate(universe.names):
        ranked = (by_name.get(key(name), []), everywhere, [default])
        for limit, lower, upper in _winners(ranked):
            label = limit.label if limit.row else "the default 0 ≤ weight ≤ 1"
            bounds.narrow(at, *_shift(limit.basis, lower, upper, float(universe.benchmark[at])), label)
    _fix(bounds, limits, universe)
    _check_crossing(bounds, universe.names)
    return bounds


def _by_name(limits: Sequence[Limit], names: Sequence[str]) -> dict[str, list[Limit]]:
    known = {key(name) for name in names}
    found: dict[str, list[Limit]] = {}
    for limit in limits:
        if limit.item == "*":
            continue
        if key(limit.item) not in known:
            raise LabelError(unknown_name(limit.item, names), argument="constraints", at=f"row {limit.row}")
        found.setdefault(key(limit.item), []).append(limit)
    return found


def _winners(ranked: Sequence[Sequence[Limit]]) -> Iterator[tuple[Limit, float, float]]:
    """Rows in force with their two sides, from lists that go from the most to the least specific."""
    taken: set[tuple[str, str]] = set()
    for rank in ranked:
        spoken = set()
        for limit in rank:
            low = limit.lower > -np.inf and (limit.basis, "Min") not in taken
            high = limit.upper < np.inf and (limit.basis, "Max") not in taken
            spoken |= {(limit.basis, "Min")} if low else set()
            spoken |= {(limit.basis, "Max")} if high else set()
            if low or high:
                yield limit, limit.lower if low else -np.inf, limit.upper if high else np.inf
        taken |= spoken


def _shift(basis: Basis, lower: float, upper: float, reference: float) -> tuple[float, float]:
    """Limits in the Absolute basis."""
    if basis == "Active":
        return reference + lower, reference + upper
    if basis == "Relative":
        # Twice a short position is further from zero: the sides change places. An absent limit stays absent.
        ends = [limit * reference if np.isfinite(limit) else limit for limit in (lower, upper)]
        if reference < 0.0:
            return (ends[1] if np.isfinite(upper) else -np.inf), (ends[0] if np.isfinite(lower) else np.inf)
        return ends[0], ends[1]
    return lower, upper


def _fix(bounds: _Bounds, limits: Sequence[Limit], universe: Universe) -> None:
    fixed: dict[int, tuple[float, str]] = {}
    for limit in limits:
        if limit.kind not in ("Exclude", "Hold"):
            continue
        for at in members_of(limit, universe):
            value = 0.0 if limit.kind == "Exclude" else _held(limit, universe, at)
            before = fixed.setdefault(at, (value, limit.label))
            if before[0] != value:
                raise NoAnswerError(
                    f"cannot satisfy both {before[1]} and {limit.label}: take one of them out",
                    at=shorten(universe.names[at]),
                    rows=(before[1], limit.label),
                )
            bounds.fix(at, value, limit.label)


def _held(limit: Limit, universe: Universe, at: int) -> float:
    if universe.current is None:
        raise InputError(f"is missing, {limit.label} needs it", argument="current")
    return float(universe.current[at])


def _check_crossing(bounds: _Bounds, names: Sequence[str]) -> None:
    crossing = bounds.lower - bounds.upper
    if not crossing.size or crossing.max() <= 0.0:
        return
    at = int(np.argmax(crossing))
    if crossing[at] > _SLACK:
        low = f"at least {bounds.lower[at]:.6g} by {bounds.lower_labels[at]}"
        high = f"at most {bounds.upper[at]:.6g} by {bounds.upper_labels[at]}"
        raise NoAnswerError(
            f"must hold {low} and {high}: relax one of them",
            at=shorten(names[at]),
            rows=(f"{names[at]} {low}", f"{names[at]} {high}"),
        )
    bounds.lower[:] = np.minimum(bounds.lower, bounds.upper)


def _budget_rows(limits: Sequence[Limit], universe: Universe, budget: float) -> Iterator[_Row]:
    ones = np.ones(len(universe.names))
    rows = [limit for limit in limits if limit.kind == "Budget"]
    for limit in rows:
        lower, upper = _shift(limit.basis, limit.lower, limit.upper, float(universe.benchmark.sum()))
        yield _Row(ones, lower, upper, limit.label)
    if not rows:
        yield _Row(ones, budget, budget, "Budget")


def _exposure_rows(limits: Sequence[Limit], universe: Universe) -> Iterator[_Row]:
    for limit in limits:
        if limit.kind != "Exposure":
            continue
        exposures = _numbers(limit, universe)
        lower, upper = _shift(limit.basis, limit.lower, limit.upper, float(exposures @ universe.benchmark))
        yield _Row(exposures, lower, upper, limit.label)


def _numbers(limit: Limit, universe: Universe) -> Vector:
    cells = cells_of(limit, limit.item, universe)
    for name, cell in zip(universe.names, cells, strict=True):
        if not isinstance(cell, float):
            found = "no value" if cell is None else f'the text "{shorten(cell)}"'
            raise InputError(
                f"has {found} for {shorten(name)}, must have a number for {limit.label}",
                argument="attributes",
                at=f"column {shorten(limit.item)}",
            )
    return np.array(cells, dtype=np.float64)


def _group_rows(limits: Sequence[Limit], universe: Universe) -> Iterator[_Row]:
    groups = [limit for limit in limits if limit.kind == "Group"]
    specific = _specific_groups(groups)
    for limit in groups:
        header, value = split_item(limit)
        if value != "*":
            yield from _group_row(limit, limit.label, members_of(limit, universe), universe)
            continue
        for group, members in groups_of(limit, header, universe).items():
            part = _without_overruled(limit, specific.get((key(header), key(group)), set()))
            label = f"Group {shorten(header)}={shorten(group)} (row {limit.row})"
            yield from _group_row(part, label, members, universe)


def _specific_groups(groups: Sequence[Limit]) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """For every group named outright, the bases and sides its rows speak of."""
    spoken: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for limit in groups:
        header, value = split_item(limit)
        sides = spoken.setdefault((key(header), key(value)), set())
        sides |= {(limit.basis, "Min")} if limit.lower > -np.inf else set()
        sides |= {(limit.basis, "Max")} if limit.upper < np.inf else set()
    return spoken


def _without_overruled(limit: Limit, spoken: set[tuple[str, str]]) -> Limit:
    lower = -np.inf if (limit.basis, "Min") in spoken else limit.lower
    upper = np.inf if (limit.basis, "Max") in spoken else limit.upper
    return Limit(limit.kind, limit.item, lower, upper, limit.basis, limit.row)


def _group_row(limit: Limit, label: str, members: Sequence[int], universe: Universe) -> Iterator[_Row]:
    if np.isinf(limit.lower) and np.isinf(limit.upper):
        return
    coefficients = np.zeros(len(universe.names))
    coefficients[list(members)] = 1.0
    lower, upper = _shift(limit.basis, limit.lower, limit.upper, float(coefficients @ universe.benchmark))
    yield _Row(coefficients, lower, upper, label)
