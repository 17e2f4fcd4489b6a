"""Declared limits become bounds of each weight, linear and bent rows that keep the user's labels, costs and a cap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Vector
from trackerr_xl.core.mandates.costs import CostRow
from trackerr_xl.core.problem import BentRows, LinearRows
from trackerr_xl.core.table.bent_limits import BentLimit, bent_limits
from trackerr_xl.core.table.bounds import Bounds, bounds
from trackerr_xl.core.table.cost_limits import cost_limits
from trackerr_xl.core.table.limits import Limit, Universe
from trackerr_xl.core.table.linear_limits import LINEAR, LinearLimit, linear_limits
from trackerr_xl.core.table.whole_limits import whole_limits
from trackerr_xl.core.whole.holdings import Holdings
from trackerr_xl.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Origins:
    """Which declared limit each part of a problem comes from, by its position among them; −1 for what is assumed.

    Parameters
    ----------
    lower, upper : ndarray of shape (n,)
        Of the bounds; −1 is the default 0 ≤ weight ≤ 1.
    rows : ndarray of shape (m,)
        Of the linear rows; −1 is the budget that is assumed.
    bent : ndarray of shape (b,)
        Of the bent rows.
    costs : ndarray of shape (c,)
        Of the cost rows.
    te : int
        Of the cap on tracking error; −1 where there is none.
    counts : ndarray of shape (g,)
        Of the counts of names.
    lower_factor, upper_factor, row_factor, bent_factor : ndarray
        Change of the limit per unit of its cell; below zero where the reference is, and Min is the upper limit.
    denominators : dict of int to ndarray of shape (n,)
        Of the rows that are ratios: the sum whose weight multiplies the cell.
    """

    lower: Indices
    upper: Indices
    rows: Indices
    bent: Indices
    costs: Indices
    te: int
    counts: Indices
    lower_factor: Vector
    upper_factor: Vector
    row_factor: Vector
    bent_factor: Vector
    denominators: dict[int, Vector]


@dataclass(frozen=True, slots=True, eq=False)
class Cap:
    """A limit on the tracking error a year, with the price of a unit above it."""

    upper: float
    penalty: float
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What the limits come to. Penalties are those of the table, in the unit of the objective.

    Parameters
    ----------
    lower, upper : ndarray of shape (n,)
        Bounds of each weight.
    rows : LinearRows
        The budget first, then groups, then the others in the order of the table.
    lower_labels, upper_labels : tuple of str
        Which row each bound comes from.
    bent : BentRows
        Gross exposure, turnover, active share, and the rows of names with a penalty.
    costs : tuple of CostRow
        Limits on the cost of trading.
    cap : Cap or None
        Limit on the tracking error.
    holdings : Holdings
        How many names may be held and how small a holding may be.
    origins : Origins
        Where everything comes from.
    """

    lower: Vector
    upper: Vector
    rows: LinearRows
    lower_labels: tuple[str, ...]
    upper_labels: tuple[str, ...]
    bent: BentRows
    costs: tuple[CostRow, ...]
    cap: Cap | None
    holdings: Holdings
    origins: Origins


def resolve(
    limits: Sequence[Limit],
    universe: Universe,
    budget: float = 1.0,
    *,
    two_way: bool = False,
    crossing: bool = False,
) -> Limits:
    """Bounds and rows of declared limits.

    Parameters
    ----------
    limits : sequence of Limit
        Rows of the constraints table.
    universe : Universe
        The assets they speak of.
    budget : float, default 1
        Sum of the weights where no Budget row says otherwise.
    two_way : bool, default False
        Whether turnover counts purchases and sales or, one-way, half of both.
    crossing : bool, default False
        Whether to let a lower bound above its upper one pass, for whoever asks why there are no weights.

    Raises
    ------
    LabelError
        If a name, column or group is unknown.
    InputError
        If a row asks for what is not convex, needs attributes or current weights that are not given, or an attribute
        is not a number.
    NoAnswerError
        If two rows leave no weight for a name.
    """
    for limit in limits:
        _check_basis(limit)
    names = bounds(limits, universe, crossing=crossing)
    linear, rows = _linear(limits, universe, budget)
    bent = bent_limits(limits, universe, two_way=two_way)
    costs = list(cost_limits(limits, universe))
    cap, te = _cap(limits)
    whole = whole_limits(limits, universe, names.lower.value)
    cost_rows = np.array([at for at, _ in costs], dtype=np.intp)
    origins = _origins(names, linear, bent, cost_rows, te, whole.counts)
    return Limits(
        names.lower.value,
        names.upper.value,
        rows,
        names.lower_labels,
        names.upper_labels,
        _bent_rows(bent, len(universe.names)),
        tuple(row for _, row in costs),
        cap,
        whole.holdings,
        origins,
    )


_WITH_A_BASIS = ("Weight", "Group", "Exposure", "Budget", "Gross", "Return", "Beta")


def _check_basis(limit: Limit) -> None:
    if limit.basis != "Absolute" and limit.kind not in _WITH_A_BASIS:
        raise InputError(
            f"has the Basis {limit.basis}, must be Absolute or blank: {limit.kind} has no other",
            argument="constraints",
            at=limit.place,
        )


_KEPT = 8
"""Sets of linear rows kept for a universe: accounts that share a table share its rows."""


def _linear(
    limits: Sequence[Limit], universe: Universe, budget: float
) -> tuple[list[LinearLimit], LinearRows]:
    """The linear rows and what they come to, from memory where the same limits were asked for."""
    asked = (budget, *((at, limit) for at, limit in enumerate(limits) if limit.kind in LINEAR))
    known = universe.known_rows.get(asked)
    if known is None:
        parts = linear_limits(limits, universe, budget)
        known = parts, _linear_rows(parts, len(universe.names))
        if len(universe.known_rows) < _KEPT:
            universe.known_rows[asked] = known
    return known


def _linear_rows(parts: Sequence[LinearLimit], n: int) -> LinearRows:
    penalty = np.array([part.penalty for part in parts], dtype=np.float64)
    return LinearRows(
        np.array([part.coefficients for part in parts], dtype=np.float64).reshape(len(parts), n),
        np.array([part.lower for part in parts], dtype=np.float64),
        np.array([part.upper for part in parts], dtype=np.float64),
        tuple(part.label for part in parts),
        None if np.isinf(penalty).all() else penalty,
    )


def _bent_rows(parts: Sequence[BentLimit], n: int) -> BentRows:
    if not parts:
        return BentRows.none(n)
    return BentRows(
        np.array([part.slope for part in parts]),
        np.array([part.bend for part in parts]),
        np.array([part.at for part in parts]),
        np.array([part.upper for part in parts]),
        np.array([part.penalty for part in parts]),
        tuple(part.label for part in parts),
    )


def _origins(
    names: Bounds,
    linear: Sequence[LinearLimit],
    bent: Sequence[BentLimit],
    costs: Indices,
    te: int,
    counts: Indices,
) -> Origins:
    return Origins(
        names.lower.origin,
        names.upper.origin,
        np.array([part.origin for part in linear], dtype=np.intp),
        np.array([part.origin for part in bent], dtype=np.intp),
        costs,
        te,
        counts,
        names.lower.factor,
        names.upper.factor,
        np.array([part.factor for part in linear], dtype=np.float64),
        np.array([part.factor for part in bent], dtype=np.float64),
        {at: part.denominator for at, part in enumerate(linear) if part.denominator is not None},
    )


def _cap(limits: Sequence[Limit]) -> tuple[Cap | None, int]:
    found: tuple[Cap | None, int] = (None, -1)
    for at, limit in enumerate(limits):
        if limit.kind != "TE":
            continue
        if limit.lower > 0.0:
            raise InputError(
                f"has the Min {limit.lower:.6g}, which no convex problem can hold: TE takes a Max only",
                argument="constraints",
                at=limit.place,
            )
        if limit.upper == np.inf:
            continue
        if found[0] is not None:
            raise InputError(
                f"is a second limit on the tracking error beside {found[0].label}, must be the only one",
                argument="constraints",
                at=limit.place,
            )
        if limit.upper < 0.0:
            raise InputError(
                f"has the Max {limit.upper:.6g}, must be zero or more", argument="constraints", at=limit.place
            )
        found = Cap(limit.upper, limit.penalty, limit.label), at
    return found
