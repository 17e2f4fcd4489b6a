"""What every row of the table comes to for given weights: its value, the room it leaves, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.table.bounds import bounds, name_sides
from trackerr_xl.core.table.constraints import Limits
from trackerr_xl.core.table.limits import Limit, Universe, held, members_of
from trackerr_xl.core.table.relaxation import Limited, Move, relaxation_prices

NOTHING = 1e-9
"""A weight no larger than this is no holding: what a spreadsheet rounded."""
_STEP = 2.0**-20
"""By how much a cell is moved to see which bounds follow it: a power of two, so that no digits are lost."""
BINDING = 1e-9
"""A row with no more room than this is binding, and one that is beyond its limit by more is broken."""


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """One row of the table, in the units of its cells.

    Parameters
    ----------
    value : float or None
        What it limits comes to; of a row that speaks of many names or groups, where it is tightest. None where
        nothing is limited by it, since more specific rows take its place.
    slack : float or None
        Room to the nearer limit, below zero where it is broken.
    where : str
        The name or group where it is tightest, empty where it speaks of one thing.
    """

    value: float | None
    slack: float | None
    where: str = ""


def row_answers(
    declared: Sequence[Limit], limits: Limits, universe: Universe, weights: Vector, error: float
) -> list[RowAnswer]:
    """Every row for given weights.

    Parameters
    ----------
    declared : sequence of Limit
        The rows.
    limits : Limits
        What they come to.
    universe : Universe
        The assets.
    weights : ndarray of shape (n,)
        The portfolio.
    error : float
        Its tracking error a year.
    """
    return [_answer(at, declared, limits, universe, weights, error) for at in range(len(declared))]


def _answer(
    at: int, declared: Sequence[Limit], limits: Limits, universe: Universe, weights: Vector, error: float
) -> RowAnswer:
    limit = declared[at]
    if limit.kind in ("Exclude", "Hold"):
        return _fixed(limit, universe, weights)
    if limit.kind in ("Weight", "Trade"):
        return _names(at, limit, declared, universe, weights)
    if limit.kind == "TE":
        return RowAnswer(error, limit.upper - error)
    if limit.kind == "Cost":
        row = limits.costs[int(np.flatnonzero(limits.origins.costs == at)[0])]
        cost = row.cost(weights)
        return RowAnswer(cost, limit.upper - cost)
    if limit.kind in ("Gross", "Turnover", "ActiveShare"):
        return _bent(at, limits, weights)
    if limit.kind == "Names":
        return _count(at, limit, limits, weights)
    if limit.kind == "Position":
        return _smallest(limit, universe, limits, weights)
    return _linear(at, limit, limits, universe, weights)


def _count(at: int, limit: Limit, limits: Limits, weights: Vector) -> RowAnswer:
    """How many names are held, of the group with the least room."""
    rows, whole = np.flatnonzero(limits.origins.counts == at), limits.holdings
    counts = whole.counts(np.abs(weights) > NOTHING)[rows]
    room = np.minimum(counts - whole.lower[rows], whole.upper[rows] - counts)
    tightest = int(room.argmin())
    label = whole.labels[int(rows[tightest])]
    where = "" if label == limit.label else label.removeprefix("Names ").rpartition(" (row ")[0]
    return RowAnswer(float(counts[tightest]), float(room[tightest]), where)


def _smallest(limit: Limit, universe: Universe, limits: Limits, weights: Vector) -> RowAnswer:
    """The smallest holding among those that the row speaks of."""
    members = np.array(members_of(limit, universe), dtype=np.intp)
    members = members[(weights[members] > NOTHING) & (limits.holdings.least[members] == limit.lower)]
    if not members.size:
        return RowAnswer(None, None)
    name = int(members[weights[members].argmin()])
    return RowAnswer(float(weights[name]), float(weights[name]) - limit.lower, universe.names[name])


def _fixed(limit: Limit, universe: Universe, weights: Vector) -> RowAnswer:
    """The largest holding, or trade, where there should be none."""
    members = members_of(limit, universe)
    if not members:
        return RowAnswer(None, None)
    away = weights[members] - (held(limit, universe)[members] if limit.kind == "Hold" else 0.0)
    worst = int(np.abs(away).argmax())
    return RowAnswer(float(away[worst]), -abs(float(away[worst])), universe.names[members[worst]])


def _names(
    at: int, limit: Limit, declared: Sequence[Limit], universe: Universe, weights: Vector
) -> RowAnswer:
    """The name with the least room among those where no more specific row takes the place of this one."""
    room, scale = np.full(weights.size, np.inf), np.ones(weights.size)
    for side, floor in name_sides(declared, universe, hard=limit.hard):
        here = side.origin == at
        left = weights - side.value if floor else side.value - weights
        room = np.where(here, np.minimum(room, left), room)
        scale = np.where(here & (side.factor != 0.0), np.abs(side.factor), scale)
    if np.isinf(room).all():
        return RowAnswer(None, None)
    name = int(room.argmin())
    value = float(weights[name] - _reference(limit, universe)[name])
    if limit.basis == "Relative" and universe.benchmark[name]:
        value /= float(universe.benchmark[name])
    where = universe.names[name] if limit.item == "*" else ""
    return RowAnswer(value, float(room[name]) / float(scale[name]), where)


def _reference(limit: Limit, universe: Universe) -> Vector:
    """What is taken off a weight before it is compared with the cells."""
    if limit.kind == "Trade":
        return held(limit, universe)
    return universe.benchmark if limit.basis == "Active" else np.zeros_like(universe.benchmark)


def _bent(at: int, limits: Limits, weights: Vector) -> RowAnswer:
    rows = np.flatnonzero(limits.origins.bent == at)
    if not rows.size:
        return RowAnswer(None, None)
    row = int(rows[0])
    reached, scale = float(limits.bent.reached(weights)[row]), float(limits.origins.bent_factor[row]) or 1.0
    return RowAnswer(reached / scale, float(limits.bent.upper[row] - reached) / scale)


def _linear(at: int, limit: Limit, limits: Limits, universe: Universe, weights: Vector) -> RowAnswer:
    rows = np.flatnonzero(limits.origins.rows == at)
    if not rows.size:
        return RowAnswer(None, None)
    part = limits.rows.matrix[rows]
    reached = part @ weights
    room = np.minimum(reached - limits.rows.lower[rows], limits.rows.upper[rows] - reached)
    tightest = int(room.argmin())
    row = int(rows[tightest])
    where = "" if limits.rows.labels[row] == limit.label else _group_of(limits.rows.labels[row])
    if limit.kind == "Ratio":
        return _ratio(row, limit, limits, weights)
    reference = float(part[tightest] @ universe.benchmark)
    if limit.basis == "Relative" and reference:
        return RowAnswer(float(reached[tightest]) / reference, float(room[tightest]) / abs(reference), where)
    shift = reference if limit.basis == "Active" else 0.0
    return RowAnswer(float(reached[tightest]) - shift, float(room[tightest]), where)


def _ratio(row: int, limit: Limit, limits: Limits, weights: Vector) -> RowAnswer:
    below = float(limits.origins.denominators[row] @ weights)
    if below == 0.0:
        return RowAnswer(None, None)
    multiple = limit.lower if limits.rows.upper[row] == np.inf else limit.upper
    value = float(limits.rows.matrix[row] @ weights) / below + multiple
    return RowAnswer(value, min(value - limit.lower, limit.upper - value))


def _group_of(label: str) -> str:
    """``Sector=Banks`` of the label ``Group Sector=Banks (row 4)``."""
    return label.removeprefix("Group ").rpartition(" (row ")[0]


def takes_part(at: int, limits: Limits, solution: Solution) -> bool:
    """Whether a row's multipliers have a part in the proof: if not, the answer without the row is the same.

    A row of groups that are held exactly may have one and still no cell worth moving alone.
    """
    origins, gradient = limits.origins, solution.reduced_gradient
    parts = (
        solution.row_duals[origins.rows == at],
        solution.bent_duals[origins.bent == at],
        np.maximum(gradient[origins.lower == at], 0.0),
        np.minimum(gradient[origins.upper == at], 0.0),
    )
    return bool((origins.counts == at).any()) or any(bool(part.any()) for part in parts)


def cell_prices(
    declared: Sequence[Limit], limits: Limits, universe: Universe, solution: Solution, slope: Vector | None
) -> list[tuple[float, float]]:
    """What a unit more room in the Min and in the Max of each row is worth, in the unit of the multipliers.

    Of a row that limits many names or groups, with all of them moved together. The costs and the cap on tracking error
    are not among the solution's multipliers: theirs are zero here.

    Parameters
    ----------
    declared : sequence of Limit
        The rows.
    limits : Limits
        What they come to.
    universe : Universe
        The assets.
    solution : Solution
        The answer with its multipliers.
    slope : ndarray of shape (n,) or None
        Slope of the objective there in the unit of the multipliers, without any row; where it is not known, names that
        stand right at a soft limit count as if they were not held by it.
    """
    totals = np.zeros((len(declared), 2))
    origins, gradient = limits.origins, solution.reduced_gradient
    names = np.ones(gradient.size, dtype=np.bool_)
    _add(totals, origins.lower, origins.lower_factor, np.maximum(gradient, 0.0), names, 0)
    _add(totals, origins.upper, origins.upper_factor, np.maximum(-gradient, 0.0), names, 1)
    row_factor = origins.row_factor.copy()
    for row, below in origins.denominators.items():
        row_factor[row] = float(below @ solution.weights)
    every = np.ones(origins.rows.size, dtype=np.bool_)
    _add(totals, origins.rows, row_factor, np.maximum(-solution.row_duals, 0.0), every, 0)
    _add(totals, origins.rows, row_factor, np.maximum(solution.row_duals, 0.0), every, 1)
    bent = limits.bent
    of_names: Mask = np.asarray(np.abs(bent.slope).max(axis=1, initial=0.0) > 0.0)
    sums = np.where(of_names, 0.0, solution.bent_duals)
    _add(totals, origins.bent, origins.bent_factor, sums, ~of_names, 1)
    for row in np.flatnonzero(of_names).tolist():
        limit = declared[int(origins.bent[row])]
        per_name = universe.benchmark if limit.basis == "Relative" else np.ones_like(universe.benchmark)
        held = _soft_multipliers(row, limits, solution, slope)
        floor = bool((bent.slope[row] < 0.0).any())
        totals[int(origins.bent[row]), 0 if floor else 1] += float(np.abs(per_name) @ held)
    _settle(totals, declared, limits, universe, solution, row_factor)
    return [(float(low), float(high)) for low, high in totals]


def _settle(
    totals: Matrix,
    declared: Sequence[Limit],
    limits: Limits,
    universe: Universe,
    solution: Solution,
    row_factor: Vector,
) -> None:
    """Take, in place, the least that any multipliers say: where limits overlap, many prove the same answer."""
    cells = [(at, side) for at, side in np.argwhere(totals > 0.0).tolist() if declared[at].hard]
    if not cells:
        return
    origins, none = limits.origins, np.zeros_like(limits.lower)
    moves = []
    for at, side in cells:
        of_names = declared[at].kind in ("Weight", "Trade")
        lower, upper = _name_moves(at, side, declared, limits, universe) if of_names else (none, none)
        moves.append(
            Move(
                lower,
                upper,
                _share(origins.rows, row_factor, at, own=side == 0),
                _share(origins.rows, row_factor, at, own=side == 1),
                _share(origins.bent, origins.bent_factor, at, own=side == 1),
            )
        )
    limited = Limited(limits.lower, limits.upper, limits.rows, limits.bent)
    found = relaxation_prices(limited, solution, moves)
    for (at, side), price in zip(cells, found.tolist(), strict=True):
        totals[at, side] = price


def _name_moves(
    at: int, side: int, declared: Sequence[Limit], limits: Limits, universe: Universe
) -> tuple[Vector, Vector]:
    """How far the bounds of the names move with a cell: not where another row says the same."""
    limit = declared[at]
    if side == 0:
        moved = replace(limit, lower=limit.lower - _STEP)
    else:
        moved = replace(limit, upper=limit.upper + _STEP)
    there = bounds([*declared[:at], moved, *declared[at + 1 :]], universe, crossing=True)
    outward = limits.lower - there.lower.value, there.upper.value - limits.upper
    return outward[0] / _STEP, outward[1] / _STEP


def _share(origin: Indices, factor: Vector, at: int, *, own: bool) -> Vector:
    """How far each limit moves with its own cell; a factor below zero makes it the other cell's."""
    mine = (origin == at) & (factor > 0.0 if own else factor < 0.0)
    return np.where(mine, np.abs(factor), 0.0)


def _soft_multipliers(row: int, limits: Limits, solution: Solution, slope: Vector | None) -> Vector:
    """How much a soft row of names holds each of them: its whole price beyond the limit, what is needed right at it."""
    bent, weights, price = limits.bent, solution.weights, float(solution.bent_duals[row])
    side = np.sign(bent.slope[row])
    beyond = side * (weights - bent.at[row])
    held = np.where(beyond > BINDING, price, 0.0)
    if slope is not None:
        others = solution.bent_duals.copy()
        others[row] = 0.0
        signs = np.sign(weights - bent.at)
        pull = slope + limits.rows.matrix.T @ solution.row_duals
        pull += others @ (bent.slope + bent.bend * signs)
        held = np.where(np.abs(beyond) <= BINDING, np.clip(-side * pull, 0.0, price), held)
    return np.where(side != 0.0, held, 0.0)


def _add(totals: Matrix, origin: Indices, factor: Vector, multiplier: Vector, mask: Mask, side: int) -> None:
    """Multiplier times factor to the row it comes from; a factor below zero belongs to the other cell."""
    use = mask & (origin >= 0)
    np.add.at(
        totals,
        (origin[use], np.where(factor[use] < 0.0, 1 - side, side)),
        np.abs(factor[use]) * multiplier[use],
    )
