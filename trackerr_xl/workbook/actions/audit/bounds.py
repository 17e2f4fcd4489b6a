"""Bounds of single weights as native formulas over the cells they come from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.table.bounds import name_sides
from trackerr_xl.core.table.limits import members_of
from trackerr_xl.functions.mandate import Case
from trackerr_xl.workbook.actions.audit.layout import BENCHMARK, CURRENT, FIRST_NAME
from trackerr_xl.workbook.actions.audit.table import Table

OF_NAMES = ("Weight", "Trade", "Exclude", "Hold")
"""Types of row that become bounds of single weights."""

DEFAULT = "Default: 0 to 1"
"""Where a bound comes from that no row of the table sets."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound of one weight: its formula without ``=``, empty where there is none, and the rows it comes from."""

    formula: str = ""
    origin: str = ""


def name_bounds(case: Case, table: Table, order: Sequence[int]) -> tuple[tuple[Bound, Bound], ...]:
    """Lower and upper bound of each weight.

    Parameters
    ----------
    case : Case
        The optimisation.
    table : Table
        Cells of its limits.
    order : sequence of int
        Position in the case of each name of the sheet of names.
    """
    terms: dict[tuple[int, bool], list[Bound]] = {}
    for side, floor in name_sides(case.declared, case.universe, hard=True, default=True):
        for row, at in enumerate(order, start=FIRST_NAME):
            if np.isfinite(side.value[at]):
                # Twice a short position is a limit on the other side.
                low = floor == (float(side.factor[at]) >= 0.0)
                value, origin = float(side.value[at]), int(side.origin[at])
                terms.setdefault((at, floor), []).append(_term(case, table, origin, value, row, low=low))
    fixed = _fixed(case, order)
    return tuple(
        fixed.get(at)
        or (_tightest(terms.get((at, True), []), "MAX"), _tightest(terms.get((at, False), []), "MIN"))
        for at in order
    )


def _term(case: Case, table: Table, origin: int, value: float, row: int, *, low: bool) -> Bound:
    if origin < 0:
        return Bound(repr(value), DEFAULT)
    limit = case.declared[origin]
    cell = table.cell(limit, low=low)
    if limit.kind == "Trade":
        return Bound(f"{CURRENT}{row}+{cell}", limit.label)
    if limit.basis == "Relative":
        return Bound(f"{cell}*{BENCHMARK}{row}", limit.label)
    return Bound(f"{BENCHMARK}{row}+{cell}" if limit.basis == "Active" else cell, limit.label)


def _fixed(case: Case, order: Sequence[int]) -> dict[int, tuple[Bound, Bound]]:
    """Weights that Exclude and Hold rows fix, whatever the others say."""
    fixed: dict[int, tuple[Bound, Bound]] = {}
    rows = {at: row for row, at in enumerate(order, start=FIRST_NAME)}
    for limit in case.declared:
        if limit.kind in ("Exclude", "Hold") and limit.hard:
            for at in members_of(limit, case.universe):
                bound = Bound("0" if limit.kind == "Exclude" else f"{CURRENT}{rows[at]}", limit.label)
                fixed[at] = (bound, bound)
    return fixed


def _tightest(terms: Sequence[Bound], function: str) -> Bound:
    if len(terms) < 2:
        return terms[0] if terms else Bound()
    return Bound(
        f"{function}({','.join(term.formula for term in terms)})",
        " · ".join(dict.fromkeys(term.origin for term in terms)),
    )
