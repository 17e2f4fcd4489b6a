"""Limits on sums over the names as native formulas over the cells they speak of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.solution import Solution
from trackerr_xl.core.table.limits import Limit
from trackerr_xl.functions.mandate import Case
from trackerr_xl.workbook.actions.audit.coefficients import coefficients, membership, ratio
from trackerr_xl.workbook.actions.audit.layout import BENCHMARK, CURRENT
from trackerr_xl.workbook.actions.audit.places import Places
from trackerr_xl.workbook.actions.audit.table import Table

LINEAR = ("Budget", "Group", "Exposure", "Ratio", "Return", "Beta")
"""Types of row on plain sums."""

BENT = ("Gross", "Turnover", "ActiveShare")
"""Types of row on sums of distances."""

End = Callable[[str], str]
"""Gives a limit as a formula from the formula of the same sum over the benchmark."""


@dataclass(frozen=True, slots=True)
class NativeRow:
    """A limit on a sum over the names.

    Parameters
    ----------
    label : str
        As sentences call it.
    origin : int
        Position among the declared limits, −1 for the budget that is assumed.
    coefficients : sequence of str
        Formula for each name, without ``=``, in the order of the places.
    lower, upper : End or None
        The limits, None where there is none.
    multiplier : float
        Of the proof.
    hard : bool
        Whether it must hold.
    bends_at : str
        Column of the sheet of names from which distances count, ``"0"`` for zero; empty for a plain sum.
    """

    label: str
    origin: int
    coefficients: Sequence[str]
    lower: End | None
    upper: End | None
    multiplier: float
    hard: bool = True
    bends_at: str = ""

    def bend(self, row: int) -> str:
        """Where the distance of the name in a row counts from."""
        return "0" if self.bends_at == "0" else f"{self.bends_at}{row}"


def native_rows(case: Case, places: Places, table: Table, solution: Solution) -> tuple[NativeRow, ...]:
    """Every limit on a sum: the budget first, then as the case orders them, those on distances last."""
    linear = [
        _linear(at, case, places, table, multiplier)
        for at, multiplier in enumerate(solution.row_duals.tolist())
    ]
    bent = [
        _bent(origin, case, places, table, multiplier)
        for origin, multiplier in zip(
            case.limits.origins.bent.tolist(), solution.bent_duals.tolist(), strict=True
        )
        if case.declared[origin].kind in BENT
    ]
    return (*linear, *bent)


def _linear(at: int, case: Case, places: Places, table: Table, multiplier: float) -> NativeRow:
    rows, origin = case.limits.rows, int(case.limits.origins.rows[at])
    if origin < 0:
        total = _fixed(repr(float(rows.upper[at])))
        label = f"{rows.labels[at]} (assumed)"
        return NativeRow(label, -1, ["1"] * len(places.names), total, total, multiplier)
    limit = case.declared[origin]
    floor, ceiling = rows.lower[at] > -np.inf, rows.upper[at] < np.inf
    if limit.kind == "Ratio":
        parts = ratio(limit, case, places, table.cell(limit, low=bool(floor)))
        ends = (_fixed("0") if floor else None, _fixed("0") if ceiling else None)
        return NativeRow(rows.labels[at], origin, parts, *ends, multiplier, limit.hard)
    # A reference below zero makes the Min of the table the upper limit.
    flipped = float(case.limits.origins.row_factor[at]) < 0.0
    low, high = (_end(limit, table.cell(limit, low=is_low != flipped)) for is_low in (True, False))
    return NativeRow(
        rows.labels[at],
        origin,
        coefficients(limit, rows.matrix[at], case, places),
        low if floor else None,
        high if ceiling else None,
        multiplier,
        limit.hard,
    )


def _bent(origin: int, case: Case, places: Places, table: Table, multiplier: float) -> NativeRow:
    limit = case.declared[origin]
    whole = limit.kind == "Gross" or (limit.kind == "Turnover" and case.options.turnover == "Two-way")
    inside = membership(replace(limit, item=limit.item or "*"), case, places)
    parts = inside if whole else [each if each == "0" else f"0.5*{each}" for each in inside]
    bends = {"Turnover": CURRENT, "ActiveShare": BENCHMARK}.get(limit.kind, "0")
    if limit.basis == "Active":
        bends = BENCHMARK
    cell = table.cell(limit, low=False)
    upper = _times(cell) if limit.basis == "Relative" else _fixed(cell)
    return NativeRow(limit.label, origin, parts, None, upper, multiplier, limit.hard, bends)


def _end(limit: Limit, cell: str) -> End:
    if limit.basis == "Relative":
        return _times(cell)
    return _beyond(cell) if limit.basis == "Active" else _fixed(cell)


def _times(cell: str) -> End:
    return lambda reference: f"{reference}*{cell}"


def _beyond(cell: str) -> End:
    return lambda reference: f"{reference}+{cell}"


def _fixed(text: str) -> End:
    return lambda _reference: text
