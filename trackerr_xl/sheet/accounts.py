"""The accounts table: a row an account, with the weights it holds, its own limits and what it must not hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.limits import Basis, LimitKind
from trackerr_xl.core.words import key, shorten
from trackerr_xl.errors import InputError, LabelError, ShapeError, TrackerrError
from trackerr_xl.functions.values import Accounts, LimitColumn
from trackerr_xl.sheet.ranges import Range, place
from trackerr_xl.sheet.tables import PERHAPS_ITEM, WITHOUT_ITEM

ACCOUNT, EXCLUDE, NOTE = "Account", "Exclude", "Note"
"""Headers with a meaning of their own; a column of notes is not read."""

NO_LIMIT = "none"
"""What an account writes where the limit of the house does not hold for it."""

_KINDS = tuple(
    kind for kind in cast(tuple[LimitKind, ...], get_args(LimitKind)) if kind not in (EXCLUDE, "Hold")
)
_BASES = cast(tuple[Basis, ...], get_args(Basis))
_SIDES: tuple[Literal["Min", "Max"], ...] = ("Min", "Max")


def read_accounts(cells: Range) -> Accounts:
    """Accounts of a table with a header row.

    A cell that cannot be read is a fault of its account and stops no other.

    Raises
    ------
    InputError
        If the headers cannot be read, or there is no account.
    """
    headers = _headers(cells)
    places = [row for row in range(1, len(cells.cells)) if not cells.is_blank_row(row)]
    if not places:
        raise ShapeError("has one row, must have a header row and a row for each account")
    names: list[str] = []
    seen: set[str] = set()
    holdings = np.full((len(places), len(headers.assets)), np.nan)
    limits = np.full((len(places), len(headers.columns)), np.nan)
    excluded: list[tuple[str, ...]] = []
    faults: dict[int, TrackerrError] = {}
    for at, row in enumerate(places):
        names.append(cells.text(row, headers.account) or f"row {row + 1}")
        excluded.append(())
        try:
            _check_name(cells, row, headers.account, seen)
            holdings[at] = _holdings(cells, row, headers)
            limits[at] = [_limit(cells, row, at_column, column) for at_column, column in headers.columns]
            excluded[at] = _excluded(cells, row, headers.exclude)
        except TrackerrError as error:
            error.argument = "accounts"
            faults[at] = error.with_traceback(None)
    return Accounts(
        tuple(names),
        tuple(cells.text(0, column) for column in headers.assets),
        holdings,
        tuple(column for _, column in headers.columns),
        limits,
        tuple(excluded),
        faults,
    )


@dataclass(frozen=True, slots=True)
class _Headers:
    """Which column holds what."""

    account: int
    exclude: int | None
    columns: Sequence[tuple[int, LimitColumn]]
    assets: Sequence[int]


def _headers(cells: Range) -> _Headers:
    own: dict[str, int] = {}
    columns: list[tuple[int, LimitColumn]] = []
    assets: list[int] = []
    seen: set[str] = set()
    for column in range(cells.shape[1]):
        word = cells.text(0, column)
        if not word:
            _check_blank(cells, column)
            continue
        if key(word) in seen:
            raise LabelError(f"repeats the header {shorten(word)}, must be new", at=place(0, column))
        seen.add(key(word))
        limit = _limit_column(word, column)
        if key(word) in map(key, (ACCOUNT, EXCLUDE, NOTE)):
            own[key(word)] = column
        elif limit is not None:
            columns.append((column, limit))
        else:
            assets.append(column)
    if key(ACCOUNT) not in own:
        raise ShapeError(f"has no header {ACCOUNT} in its first row, must have one")
    return _Headers(own[key(ACCOUNT)], own.get(key(EXCLUDE)), columns, assets)


def _check_blank(cells: Range, column: int) -> None:
    filled = [row for row in range(1, len(cells.cells)) if not cells.is_blank(row, column)]
    if filled:
        raise InputError("is empty, must be a header", at=place(0, column))


def _limit_column(header: str, column: int) -> LimitColumn | None:
    """What a header such as ``Group Sector=Banks Active Max`` means, None for one that is no limit."""
    words = header.split()
    kind = next((kind for kind in _KINDS if key(kind) == key(words[0])), None)
    side = next((side for side in _SIDES if key(side) == key(words[-1])), None)
    if kind is None or side is None or len(words) < 2:
        return None
    middle = words[1:-1]
    basis = next((basis for basis in _BASES if middle and key(basis) == key(middle[-1])), None)
    item = " ".join(middle[:-1] if basis is not None else middle)
    if (item and kind in WITHOUT_ITEM) or not (item or kind in WITHOUT_ITEM or kind in PERHAPS_ITEM):
        needed = "no" if kind in WITHOUT_ITEM else "an"
        raise InputError(f'is "{shorten(header)}", {kind} must have {needed} Item', at=place(0, column))
    return LimitColumn(kind, item, basis, side)


def _check_name(cells: Range, row: int, column: int, seen: set[str]) -> None:
    name = cells.name(row, column)
    if key(name) in seen:
        raise LabelError(
            f"names {shorten(name)} a second time, must name everything once", at=place(row, column)
        )
    seen.add(key(name))


def _holdings(cells: Range, row: int, headers: _Headers) -> Vector:
    whole = cells.cells[row]
    picked = [whole[column] for column in headers.assets]
    # Nearly every row is numbers throughout; only another one is read cell by cell.
    if set(map(type, picked)) <= {float, np.float64}:
        numbers = np.array(picked, dtype=np.float64)
        if np.isfinite(numbers).all():
            return numbers
    return np.array([_number_or_blank(cells, row, column) for column in headers.assets], dtype=np.float64)


def _number_or_blank(cells: Range, row: int, column: int) -> float:
    return np.nan if cells.is_blank(row, column) else cells.number(row, column)


def _limit(cells: Range, row: int, column: int, limit: LimitColumn) -> float:
    if cells.is_text(row, column) and key(cells.text(row, column)) == NO_LIMIT:
        return -np.inf if limit.side == "Min" else np.inf
    return _number_or_blank(cells, row, column)


def _excluded(cells: Range, row: int, column: int | None) -> tuple[str, ...]:
    if column is None or cells.is_blank(row, column):
        return ()
    return tuple(item.strip() for item in cells.text(row, column).split(";") if item.strip())
