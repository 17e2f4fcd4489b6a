"""The cheapest changes of a constraints table that make room for weights, as sentences with numbers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.solvers.feasibility import change_in_words
from trackerr_xl.core.solvers.region import least_move, region_of
from trackerr_xl.core.table.constraints import Limits
from trackerr_xl.core.table.limits import Limit
from trackerr_xl.core.table.proof_slope import breach_by, rate_of
from trackerr_xl.core.table.refutation import (
    ASSUMED,
    Asked,
    Cell,
    Refutation,
    conflict,
    least_error,
    problem_of,
    refuted,
)
from trackerr_xl.core.table.whole_repairs import whole_repairs
from trackerr_xl.core.words import outward

TOLD = 3
"""Repairs of one row that are told."""
STEPS = 60
HALVINGS = 10
MOST_CHANGES = 8
SMALL = 1e-6
"""Step, relative to a limit or to one, over which a proof's dependence on it is measured."""
ROUNDING = (0.0, 1e-6, 1e-5, 1e-4)
"""Shares of a limit by which it is moved further where rounding leaves it a little short."""

Unit = Callable[[Limit], float]


@dataclass(frozen=True, slots=True)
class Change:
    """One cell moved outwards, a row taken out or a row added.

    Parameters
    ----------
    at : int
        Position of the limit.
    changed : Limit or None
        What it becomes; None where it is taken out.
    sentence : str
        The change in words.
    cost : float
        How far the limit moves, in units of its row's largest coefficient.
    """

    at: int
    changed: Limit | None
    sentence: str
    cost: float


def repairs(asked: Asked, limits: Sequence[Limit], clash: Refutation, unit: Unit) -> list[str]:
    """Changes of one row that make room, the cheapest first; where none is enough, several together.

    Parameters
    ----------
    asked : Asked
        What the limits are asked about.
    limits : sequence of Limit
        The whole table.
    clash : Refutation
        An irreducible set of its rows.
    unit : callable
        What one unit in the cells of a limit stands for.
    """
    if clash.whole:
        return whole_repairs(asked, limits, clash)
    alone = list(_of_one_row(asked, limits, clash, unit)) or list(_of_the_budget(asked, limits, clash))
    if alone:
        return [change.sentence for change in sorted(alone, key=lambda change: change.cost)[:TOLD]]
    sentences = list(_differences(limits, _mended(asked, limits, unit), unit))
    return [" and ".join(sentences[:1] + [part[0].lower() + part[1:] for part in sentences[1:]])]


def _of_one_row(asked: Asked, limits: Sequence[Limit], clash: Refutation, unit: Unit) -> Iterator[Change]:
    """Changes of one row of the clash after which the limits leave weights; of a long clash the first few."""
    found = 0
    for at, cells in clash.cells.items():
        enough = TOLD if len(clash.cells) > 2 * TOLD else len(clash.cells) + 1
        if at == ASSUMED or found >= (1 if asked.late else enough):
            continue
        useful = []
        if clash.is_linear or limits[at].kind in ("TE", "Cost"):
            changes = (_least_change(asked, limits, at, cell, unit) for cell in sorted(cells))
            useful = [change for change in changes if change is not None]
        if not useful and (taken := _taken_out(asked, limits, at)) is not None:
            useful = [taken]
        found += len(useful)
        yield from useful


def _taken_out(asked: Asked, limits: Sequence[Limit], at: int) -> Change | None:
    rest = [limit for other, limit in enumerate(limits) if other != at]
    if refuted(asked, rest) is not None:
        return None
    return Change(at, None, f"Take out {limits[at].label}", np.inf)


def _of_the_budget(asked: Asked, limits: Sequence[Limit], clash: Refutation) -> Iterator[Change]:
    """The budget that is assumed can give way too, to a row that says so."""
    if ASSUMED not in clash.cells or any(limit.kind == "Budget" for limit in limits):
        return
    meant = asked.meaning(limits)
    budget = float(meant.rows.upper[meant.origins.rows == ASSUMED][0])
    added = [*limits, Limit("Budget", lower=budget, upper=budget)]
    for cell in sorted(clash.cells[ASSUMED]):
        change = _least_change(asked, added, len(limits), cell, lambda _: 1.0)
        if change is not None and change.changed is not None:
            ends = f"Min {change.changed.lower:.6g} and Max {change.changed.upper:.6g}"
            yield replace(change, sentence=f"Add a Budget row with {ends}")


_Table = list[Limit | None]
"""Limits, None where one was taken out."""


def _mended(asked: Asked, limits: Sequence[Limit], unit: Unit) -> _Table:
    """The table after one change for each clash in turn, less the changes that later ones made needless."""
    table: _Table = list(limits)
    for number in range(MOST_CHANGES + len(limits)):
        kept = [at for at, limit in enumerate(table) if limit is not None]
        clash = conflict(asked, _left(table))
        if clash is None:
            break
        places = [kept[at] for at in clash.cells if at != ASSUMED]
        change = _cheapest(asked, _left([table[at] for at in places]), clash, unit)
        if number < MOST_CHANGES and change is not None:
            table[places[change.at]] = change.changed
        else:
            # Limits that chase each other over many steps: one of them goes.
            table[places[0]] = None
    return _needed(asked, limits, table)


def _cheapest(asked: Asked, rows: Sequence[Limit], clash: Refutation, unit: Unit) -> Change | None:
    """The cheapest change that mends a clash of rows by itself."""
    cells = (pressed for at, pressed in clash.cells.items() if at != ASSUMED)
    alone = replace(clash, cells=dict(enumerate(cells)))
    return min(_of_one_row(asked, rows, alone, unit), key=lambda change: change.cost, default=None)


def _needed(asked: Asked, limits: Sequence[Limit], table: _Table) -> _Table:
    for at, limit in enumerate(limits):
        if table[at] is limit:
            continue
        without = [*table[:at], limit, *table[at + 1 :]]
        if refuted(asked, _left(without)) is None:
            table = without
    return table


def _left(table: _Table) -> list[Limit]:
    return [limit for limit in table if limit is not None]


def _differences(limits: Sequence[Limit], table: _Table, unit: Unit) -> Iterator[str]:
    for before, after in zip(limits, table, strict=True):
        if after is None:
            yield f"Take out {before.label}"
            continue
        one = unit(before)
        if after.lower != before.lower:
            yield change_in_words(before.label, -1, before.lower / one, after.lower / one)
        if after.upper != before.upper:
            yield change_in_words(before.label, 1, before.upper / one, after.upper / one)


def _least_change(asked: Asked, limits: Sequence[Limit], at: int, cell: Cell, unit: Unit) -> Change | None:
    """How far one cell has to move for all limits to hold, or None where it alone is not enough."""
    limit, side = limits[at], 1 if cell == "Max" else -1
    value = _value(limit, cell)
    if not np.isfinite(value):
        return None
    dear = any(row.kind == "Cost" and row.hard for row in limits)
    if limit.kind == "Cost" or (limit.kind == "TE" and dear):
        needed: float | None = _by_halving(asked, limits, at, cell)
    elif limit.kind == "TE":
        needed = least_error(asked, limits)
    else:
        needed = _by_one_program(asked, limits, at, cell)
        if needed is None:
            needed = _by_proofs(asked, limits, at, cell)
    if needed is None or side * (needed - value) <= 0.0:
        return None
    for share in ROUNDING:
        shown = outward((needed + side * share * max(1.0, abs(needed))) / unit(limit), side)
        changed = _with(limit, cell, shown * unit(limit))
        if refuted(asked, _moved(limits, at, cell, shown * unit(limit))) is None:
            sentence = change_in_words(limit.label, side, value / unit(limit), shown)
            return Change(at, changed, sentence, abs(needed - value) * _weight(asked.meaning(limits), at))
    return None


def _by_one_program(asked: Asked, limits: Sequence[Limit], at: int, cell: Cell) -> float | None:
    """The cell of a limit that is one plain or bent row, by the least value of that row; None for other limits."""
    meant = asked.meaning(limits)
    origins = meant.origins
    if (
        (origins.lower == at).any()
        or (origins.upper == at).any()
        or at in origins.rows[list(origins.denominators)]
    ):
        return None
    rows, bent = np.flatnonzero(origins.rows == at), np.flatnonzero(origins.bent == at)
    if rows.size + bent.size != 1:
        return None
    where = region_of(problem_of(asked, meant))
    outwards = 1 if cell == "Max" else -1
    if rows.size:
        factor, row = float(origins.row_factor[rows[0]]), int(np.flatnonzero(where.linear == rows[0])[0])
    else:
        factor = float(origins.bent_factor[bent[0]])
        row = where.linear.size + int(np.flatnonzero(where.bent == bent[0])[0])
    side = outwards if factor > 0.0 else -outwards
    if factor == 0.0 or not np.isfinite((where.polyhedron.high if side > 0 else where.polyhedron.low)[row]):
        return None
    move = least_move(where, row, side)
    if move is None:
        return None
    return _value(limits[at], cell) + outwards * move * float(where.sizes[row]) / abs(factor)


def _by_proofs(asked: Asked, limits: Sequence[Limit], at: int, cell: Cell) -> float | None:
    """Newton's method: each proof of a clash says how far the cell must move at least, and is void there."""
    side = 1 if cell == "Max" else -1
    value = _value(limits[at], cell)
    for _ in range(STEPS):
        here = _moved(limits, at, cell, value)
        proof = refuted(asked, here)
        if proof is None:
            return value
        step = SMALL * max(1.0, abs(value))
        before = breach_by(asked, here, proof)
        rate = rate_of(asked, here, proof, at, cell, step)
        if not rate * max(1.0, abs(value)) > SMALL * abs(before):
            return None
        value += side * before / rate
    return None


def _moved(limits: Sequence[Limit], at: int, cell: Cell, value: float) -> list[Limit]:
    """The limits with one cell changed."""
    return [_with(limits[at], cell, value) if other == at else row for other, row in enumerate(limits)]


def _by_halving(asked: Asked, limits: Sequence[Limit], at: int, cell: Cell) -> float | None:
    """For limits that are no rows: the optimizer is asked again and again."""
    low = _value(limits[at], cell)
    high = max(2.0 * low, SMALL)
    while refuted(asked, _moved(limits, at, cell, high)) is not None:
        low, high = high, 4.0 * high
        if high > 1.0 / SMALL:
            return None
    for _ in range(HALVINGS):
        if asked.late:
            break
        middle = 0.5 * (low + high)
        if refuted(asked, _moved(limits, at, cell, middle)) is None:
            high = middle
        else:
            low = middle
    return high


def _weight(meant: Limits, at: int) -> float:
    """Units of the row's largest coefficient per unit of the cell, the largest of all rows and bounds it stands for."""
    origins = meant.origins
    parts = (
        np.abs(origins.lower_factor[origins.lower == at]),
        np.abs(origins.upper_factor[origins.upper == at]),
        np.abs(origins.row_factor / meant.rows.sizes)[origins.rows == at],
        np.abs(origins.bent_factor / meant.bent.sizes)[origins.bent == at]
        if origins.bent.size
        else np.empty(0),
    )
    return max((float(part.max()) for part in parts if part.size), default=1.0)


def _value(limit: Limit, cell: Cell) -> float:
    return limit.upper if cell == "Max" else limit.lower


def _with(limit: Limit, cell: Cell, value: float) -> Limit:
    return replace(limit, upper=value) if cell == "Max" else replace(limit, lower=value)
