"""The rows of the constraints table as native formulas over the cells they speak of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.table.bounds import name_sides
from trackerr_xl.core.table.limits import Limit, groups_of, members_mask, members_of, split_item
from trackerr_xl.core.table.linear_limits import ALPHA
from trackerr_xl.core.words import key
from trackerr_xl.functions.conflicts import ON_WEIGHTS
from trackerr_xl.functions.mandate import Case
from trackerr_xl.workbook.actions.asked import Source
from trackerr_xl.workbook.actions.audit_names import Places

WEIGHT, BENCHMARK, ACTIVE, CURRENT, LOWER, UPPER = "C", "D", "E", "F", "G", "H"
"""Columns of the sheet of names."""

OF_NAMES = ("Weight", "Trade", "Exclude", "Hold")
"""Types of row that become bounds of single weights."""

LINEAR = ("Budget", "Group", "Exposure", "Ratio", "Return", "Beta")
BENT = ("Gross", "Turnover", "ActiveShare")

DEFAULT = "Default: 0 to 1"
"""Where a bound comes from that no row of the table sets."""


@dataclass(frozen=True, slots=True)
class NativeRow:
    """A limit on a sum over the names.

    Parameters
    ----------
    label : str
        As sentences call it.
    coefficients : sequence of str
        Formula for each name, without ``=``, in the order of the places.
    lower, upper : callable or None
        Give the limit as a formula from the text that stands for the sum over the benchmark; None where there is none.
    multiplier : float
        Of the proof.
    hard : bool
        Whether it must hold.
    bends_at : str
        Column of the sheet of names from which distances count, ``"0"`` for zero; empty for a plain sum.
    """

    label: str
    coefficients: Sequence[str]
    lower: Callable[[str], str] | None
    upper: Callable[[str], str] | None
    multiplier: float
    hard: bool
    bends_at: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The constraints table in the workbook: its cells and where its columns are.

    Parameters
    ----------
    source : Source or None
        None where no table is given.
    low, high : int
        Columns of Min and Max, counted from 0.
    """

    source: Source | None
    low: int = 0
    high: int = 0

    def cell(self, limit: Limit, *, low: bool) -> str:
        """The cell of a row's Min or Max."""
        assert self.source is not None
        return self.source.cell(limit.row - 1, self.low if low else self.high)


def linear_rows(
    case: Case, places: Places, table: Table, duals: np.ndarray, attributes: Source | None
) -> list[NativeRow]:
    """Every linear row of the case, the budget first."""
    rows, origins = case.limits.rows, case.limits.origins
    native = []
    for at, label in enumerate(rows.labels):
        origin = int(origins.rows[at])
        if origin < 0:
            budget = repr(float(rows.upper[at]))
            fixed = _constant(budget)
            native.append(
                NativeRow(
                    f"{label} (assumed)", ["1"] * len(places.names), fixed, fixed, float(duals[at]), hard=True
                )
            )
            continue
        limit = case.declared[origin]
        words = _coefficients(limit, rows.matrix[at], case, places, attributes)
        if limit.kind == "Ratio":
            floor = bool(rows.upper[at] == np.inf)
            words = _ratio(limit, case, places, attributes, table.cell(limit, low=floor))
            zero = _constant("0")
            native.append(
                NativeRow(
                    label,
                    words,
                    zero if floor else None,
                    None if floor else zero,
                    float(duals[at]),
                    limit.hard,
                )
            )
            continue
        flipped = float(origins.row_factor[at]) < 0.0
        scale = _scale(limit, case)
        low, high = (
            _limit(limit, table.cell(limit, low=is_low != flipped), scale) for is_low in (True, False)
        )
        native.append(
            NativeRow(
                label,
                words,
                low if rows.lower[at] > -np.inf else None,
                high if rows.upper[at] < np.inf else None,
                float(duals[at]),
                limit.hard,
            )
        )
    return native


def bent_rows(
    case: Case, places: Places, table: Table, duals: np.ndarray, attributes: Source | None
) -> list[NativeRow]:
    """Gross exposure, turnover and active share; soft rows of names are not among them."""
    native = []
    for at, origin in enumerate(case.limits.origins.bent.tolist()):
        limit = case.declared[origin]
        if limit.kind not in BENT:
            continue
        share = "1" if limit.kind == "Gross" or case.options.turnover == "Two-way" else "0.5"
        share = "0.5" if limit.kind == "ActiveShare" else share
        inside = _membership(replace(limit, item=limit.item or "*"), case, places, attributes)
        words = [each if share == "1" or each == "0" else f"{share}*{each}" for each in inside]
        bends = {"Turnover": CURRENT, "ActiveShare": BENCHMARK}.get(limit.kind, "0")
        if limit.kind == "Gross" and limit.basis == "Active":
            bends = BENCHMARK
        cell, scale = table.cell(limit, low=False), _scale(limit, case)
        upper = _relative(cell) if limit.basis == "Relative" else _constant(f"{cell}{scale}")
        native.append(NativeRow(limit.label, words, None, upper, float(duals[at]), limit.hard, bends))
    return native


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound of one weight: its formula without ``=``, empty where there is none, and where it comes from."""

    formula: str
    origin: str


def name_bounds(case: Case, table: Table, first_row: int, order: Sequence[int]) -> list[tuple[Bound, Bound]]:
    """Lower and upper bound of each weight, in the order of the sheet of names."""
    terms: dict[bool, list[list[tuple[str, str]]]] = {
        True: [[] for _ in order],
        False: [[] for _ in order],
    }
    for side, floor in name_sides(case.declared, case.universe, hard=True, default=True):
        for line, at in enumerate(order):
            term = _term(
                case, table, side.origin[at], side.value[at], side.factor[at], floor, first_row + line
            )
            if term is not None:
                terms[floor][line].append(term)
    fixed = _fixed(case, first_row, order)
    return [
        fixed.get(at) or (_tightest(terms[True][line], "MAX"), _tightest(terms[False][line], "MIN"))
        for line, at in enumerate(order)
    ]


def _term(
    case: Case, table: Table, origin: int, value: float, factor: float, floor: bool, row: int
) -> tuple[str, str] | None:
    if not np.isfinite(value):
        return None
    if origin < 0:
        return repr(float(value)), DEFAULT
    limit = case.declared[origin]
    # Twice a short position is a limit on the other side.
    cell = table.cell(limit, low=floor == (factor >= 0.0 or limit.basis != "Relative"))
    cell += _scale(limit, case)
    if limit.basis == "Relative":
        return f"{cell}*{BENCHMARK}{row}", limit.label
    if limit.kind == "Trade":
        return f"{CURRENT}{row}+{cell}", limit.label
    return (f"{BENCHMARK}{row}+{cell}" if limit.basis == "Active" else cell), limit.label


def _fixed(case: Case, first_row: int, order: Sequence[int]) -> dict[int, tuple[Bound, Bound]]:
    fixed: dict[int, tuple[Bound, Bound]] = {}
    line = {at: row for row, at in enumerate(order, start=first_row)}
    for limit in case.declared:
        if limit.kind in ("Exclude", "Hold") and limit.hard:
            for at in members_of(limit, case.universe):
                bound = Bound("0" if limit.kind == "Exclude" else f"{CURRENT}{line[at]}", limit.label)
                fixed[at] = (bound, bound)
    return fixed


def _tightest(terms: Sequence[tuple[str, str]], function: str) -> Bound:
    if not terms:
        return Bound("", "")
    if len(terms) == 1:
        return Bound(*terms[0])
    return Bound(
        f"{function}({','.join(text for text, _ in terms)})",
        " · ".join(dict.fromkeys(origin for _, origin in terms)),
    )


def _coefficients(
    limit: Limit, row: np.ndarray, case: Case, places: Places, attributes: Source | None
) -> list[str]:
    if limit.kind == "Budget":
        return ["1"] * len(places.names)
    if limit.kind == "Group":
        return _membership(_group_of(limit, row, case), case, places, attributes)
    if limit.kind == "Beta":
        return ["BETA"] * len(places.names)
    column = places.attribute_columns.get(key(ALPHA if limit.kind == "Return" else limit.item), 0)
    return [_attribute(name, column, places, attributes) or "0" for name in places.names]


def _group_of(limit: Limit, row: np.ndarray, case: Case) -> Limit:
    """The row of one group, of a row that speaks of every group: the one with these members."""
    if "=" not in limit.item or split_item(limit)[1] != "*":
        return limit
    header, _ = split_item(limit)
    members = set(np.flatnonzero(row).tolist())
    group = next(
        group for group, known in groups_of(limit, header, case.universe).items() if set(known) == members
    )
    return replace(limit, item=f"{header}={group}")


def _membership(limit: Limit, case: Case, places: Places, attributes: Source | None) -> list[str]:
    """One for the names an item stands for, nought for the others; from the attributes where it speaks of a group."""
    if "=" not in limit.item or key(limit.item) in case.universe.places:
        inside = members_mask(limit, case.universe)
        return ["1" if inside[at] else "0" for at in places.order]
    header, value = split_item(limit)
    column = places.attribute_columns.get(key(header), 0)
    quoted = value.replace('"', '""')
    words = []
    for name in places.names:
        cell = _attribute(name, column, places, attributes)
        test = f"LEN(TRIM({cell}))>0" if value == "*" else f'TRIM({cell})="{quoted}"'
        words.append(f"--({test})" if cell else "0")
    return words


def _ratio(limit: Limit, case: Case, places: Places, attributes: Source | None, cell: str) -> list[str]:
    above, below = (
        _membership(replace(limit, item=part.strip()), case, places, attributes)
        for part in limit.item.split("/")
    )
    return [f"({one})-{cell}*({other})" for one, other in zip(above, below, strict=True)]


def _attribute(name: str, column: int, places: Places, attributes: Source | None) -> str:
    row = places.attribute_rows.get(key(name))
    return "" if row is None or attributes is None else attributes.cell(row, column)


def _scale(limit: Limit, case: Case) -> str:
    """What brings a cell of the table to fractions."""
    percent = case.unit != 1.0 and limit.kind in ON_WEIGHTS and limit.basis != "Relative"
    return f"*{case.unit:g}" if percent else ""


def _limit(limit: Limit, cell: str, scale: str) -> Callable[[str], str]:
    if limit.basis == "Relative":
        return _relative(cell)
    if limit.basis == "Active":
        return lambda reference: f"{reference}+{cell}{scale}"
    return _constant(f"{cell}{scale}")


def _relative(cell: str) -> Callable[[str], str]:
    return lambda reference: f"{reference}*{cell}"


def _constant(text: str) -> Callable[[str], str]:
    return lambda _reference: text
