"""Constraints, attributes and options tables become declared limits, columns and options."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast, get_args

import numpy as np

from trackerr_xl.core.table.limits import Attributes, Basis, Limit, LimitKind
from trackerr_xl.core.words import key, not_known, shorten
from trackerr_xl.errors import ChoiceError, InputError, LabelError, NotYetError, ShapeError
from trackerr_xl.functions.options import FIELDS, OPTIONS, Options
from trackerr_xl.functions.spec import Argument
from trackerr_xl.functions.values import ConstraintLine, ConstraintRows
from trackerr_xl.sheet.ranges import Range, place

CONSTRAINT_HEADERS = ("Type", "Item", "Min", "Max", "Basis", "Penalty", "On", "Note")
"""Columns of the constraints table, in any order; the first four are needed."""

WITHOUT_ITEM = ("Budget", "TE", "Return", "Beta")
"""Types of row that speak of the whole portfolio."""

PERHAPS_ITEM = ("Gross", "Turnover", "Cost", "ActiveShare", "Names")
"""Types of row that speak of the whole portfolio unless their item says which part."""

_NOW = cast(tuple[LimitKind, ...], get_args(LimitKind))
_BASES = cast(tuple[Basis, ...], get_args(Basis))
_YES = ("", "yes", "true", "on", "1")
_NO = ("no", "false", "off", "0")


def read_constraints(cells: Range) -> tuple[Limit, ...]:
    """Declared limits, one a row that is on.

    Raises
    ------
    InputError
        If a header, word or number of the table cannot be read.
    """
    columns = _columns(cells, CONSTRAINT_HEADERS, needed=CONSTRAINT_HEADERS[:4])
    return tuple(
        _limit(cells, row, columns) for row in _filled_rows(cells) if _is_on(cells, row, columns.get("On"))
    )


def read_constraint_rows(cells: Range) -> ConstraintRows:
    """The same with every row as it stands, those that are off among them."""
    limits = read_constraints(cells)
    columns = _columns(cells, CONSTRAINT_HEADERS, needed=CONSTRAINT_HEADERS[:4])
    lines = tuple(
        ConstraintLine(row + 1, cells.text(row, columns["Type"]), cells.text(row, columns["Item"]))
        for row in _filled_rows(cells)
    )
    return ConstraintRows(limits, lines)


def read_attributes(cells: Range) -> Attributes:
    """Names in the first column, then a column for every header.

    Raises
    ------
    InputError
        If a header or name is missing or doubled.
    """
    rows, width = cells.shape
    if rows < 2:
        raise ShapeError("has one row, must have a header row and a row for each name")
    headers: dict[str, int] = {}
    for column in range(1, width):
        header = cells.text(0, column)
        if not header:
            raise InputError("is empty, must be a header", at=place(0, column))
        if key(header) in map(key, headers):
            raise LabelError(f"repeats the header {shorten(header)}, must be new", at=place(0, column))
        headers[header] = column
    filled = list(_filled_rows(cells))
    names: dict[str, str] = {}
    for row in filled:
        name = cells.name(row, 0)
        if key(name) in names:
            raise LabelError(
                f"names {shorten(name)} a second time, must name everything once", at=place(row, 0)
            )
        names[key(name)] = name
    return Attributes(
        tuple(names.values()),
        {header: tuple(_attribute(cells, row, at) for row in filled) for header, at in headers.items()},
    )


def read_options(cells: Range, readers: Mapping[str, Callable[[Argument, Range], object]]) -> Options:
    """Options in force, defaults filled in.

    Parameters
    ----------
    cells : Range
        The table, headers Option and Value.
    readers : mapping of str to callable
        What reads a value, by the option's kind.

    Raises
    ------
    ChoiceError
        If an option is unknown or given twice.
    NotYetError
        If it cannot be carried out yet.
    """
    columns = _columns(cells, ("Option", "Value", "Note"), needed=("Option", "Value"))
    by_key = {key(option.name): option for option in OPTIONS}
    values: dict[str, object] = {}
    seen: set[str] = set()
    for row in _filled_rows(cells):
        name = cells.text(row, columns["Option"])
        option = by_key.get(key(name))
        if option is None:
            raise ChoiceError(f"option {not_known(name, [known.name for known in OPTIONS])}", at=_row(row))
        if key(name) in seen:
            raise ChoiceError(f"gives {option.name} a second time, must give it once", at=_row(row))
        seen.add(key(name))
        if cells.is_blank(row, columns["Value"]):
            continue
        value = _option(cells, row, columns["Value"], option, readers)
        if not option.later:
            values[FIELDS[option.name]] = value
    return Options(**values)  # type: ignore[arg-type]  # each reader gives what its option's kind says


def _option(
    cells: Range,
    row: int,
    column: int,
    option: Argument,
    readers: Mapping[str, Callable[[Argument, Range], object]],
) -> object:
    try:
        value = readers[option.kind](option, Range([[cells.cells[row][column]]]))
    except InputError as error:
        error.at = f"{option.name} ({_row(row)})"
        raise
    if option.later and key(str(value)) != key(str(option.default)):
        raise NotYetError(f'is "{shorten(str(value))}": {option.later}', at=f"{option.name} ({_row(row)})")
    return value


def _limit(cells: Range, row: int, columns: Mapping[str, int]) -> Limit:
    kind = _kind(cells, row, columns["Type"])
    lower = _side(cells, row, columns["Min"], -np.inf)
    upper = _side(cells, row, columns["Max"], np.inf)
    limit = Limit(
        kind,
        cells.text(row, columns["Item"]),
        lower,
        upper,
        _basis(cells, row, columns.get("Basis")),
        row + 1,
        _penalty(cells, row, columns.get("Penalty")),
    )
    _check_limit(limit)
    return limit


def _check_limit(limit: Limit) -> None:
    at = f"row {limit.row}"
    blank = np.isinf(limit.lower) and np.isinf(limit.upper)
    if limit.lower > limit.upper:
        raise InputError(f"has Min {limit.lower:.6g} above Max {limit.upper:.6g}, must not be above", at=at)
    if limit.kind in ("Exclude", "Hold"):
        if not blank:
            raise InputError(f"is {limit.kind} with a Min or Max, must have neither", at=at)
    elif blank:
        raise InputError(f"is {limit.kind} without Min and Max, must have one of them", at=at)
    if limit.kind in WITHOUT_ITEM:
        if limit.item:
            raise InputError(f'is {limit.kind} with the Item "{shorten(limit.item)}", must have none', at=at)
    elif not limit.item and limit.kind not in PERHAPS_ITEM:
        raise InputError(f"is {limit.kind} without an Item, must have one", at=at)


def _kind(cells: Range, row: int, column: int) -> LimitKind:
    word = cells.text(row, column)
    for kind in _NOW:
        if key(kind) == key(word):
            return kind
    raise ChoiceError(f"Type {not_known(word, _NOW)}", at=_row(row))


def _penalty(cells: Range, row: int, column: int | None) -> float:
    if column is None or cells.is_blank(row, column):
        return np.inf
    penalty = cells.number(row, column)
    if penalty <= 0.0:
        raise InputError(
            f"has the Penalty {penalty:.6g}, must be above 0, or blank where the limit must hold",
            at=_row(row),
        )
    return penalty


def _basis(cells: Range, row: int, column: int | None) -> Basis:
    word = "" if column is None else cells.text(row, column)
    if not word:
        return "Absolute"
    for basis in _BASES:
        if key(basis) == key(word):
            return basis
    raise ChoiceError(f"Basis {not_known(word, _BASES)}", at=_row(row))


def _is_on(cells: Range, row: int, column: int | None) -> bool:
    word = "" if column is None else key(cells.text(row, column))
    if word in _NO:
        return False
    if word in _YES:
        return True
    raise ChoiceError(f"On {not_known(word, ('yes', 'no', 'true', 'false', 'on', 'off'))}", at=_row(row))


def _side(cells: Range, row: int, column: int, absent: float) -> float:
    return absent if cells.is_blank(row, column) else cells.number(row, column)


def _attribute(cells: Range, row: int, column: int) -> str | float | None:
    if cells.is_blank(row, column):
        return None
    return cells.number(row, column) if cells.is_number(row, column) else cells.text(row, column)


def _columns(cells: Range, known: Sequence[str], needed: Sequence[str]) -> dict[str, int]:
    rows, width = cells.shape
    by_key = {key(header): header for header in known}
    found: dict[str, int] = {}
    for column in range(width):
        word = cells.text(0, column)
        if not word and all(cells.is_blank(row, column) for row in range(rows)):
            continue
        header = by_key.get(key(word))
        if header is None:
            raise ChoiceError(f"header {not_known(word, known)}", at=place(0, column))
        if header in found:
            raise ChoiceError(f"repeats the header {header}, must be new", at=place(0, column))
        found[header] = column
    missing = [header for header in needed if header not in found]
    if missing:
        raise ShapeError(f"has no header {missing[0]} in its first row, must have {', '.join(needed)}")
    return found


def _filled_rows(cells: Range) -> Iterator[int]:
    """Rows under the header; a wholly blank one separates blocks and says nothing."""
    rows, _ = cells.shape
    return (row for row in range(1, rows) if not cells.is_blank_row(row))


def _row(row: int) -> str:
    return f"row {row + 1}"
