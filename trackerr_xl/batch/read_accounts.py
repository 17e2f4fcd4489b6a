"""The accounts table from a workbook, a CSV or a Parquet file."""

import math
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np

from trackerr_xl.batch.extras import wanted
from trackerr_xl.core.words import key
from trackerr_xl.errors import FileRefusedError
from trackerr_xl.functions.values import Accounts
from trackerr_xl.sheet.accounts import ACCOUNT, EXCLUDE, NOTE, read_accounts
from trackerr_xl.sheet.cells import Cell, Given
from trackerr_xl.sheet.csv_text import csv_name, csv_value, csv_words
from trackerr_xl.sheet.dates import serial
from trackerr_xl.sheet.ranges import range_of
from trackerr_xl.workbook.actions.asked import Source, named_source, range_cells
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.read_book import read_book

BOOKS: Final = (".xlsx", ".xlsm")
SUFFIXES: Final = (*BOOKS, ".csv", ".parquet")
"""Endings of the files that accounts come from."""

ARGUMENT: Final = "ACCOUNTS"
"""What the file is called in sentences."""

_SHEET = "Accounts"


def accounts_of(path: Path) -> Accounts:
    """Accounts of a file.

    Of a workbook the cells named Accounts are read, else the sheet of that name, else the first sheet, with the
    values they had when it was saved.

    Raises
    ------
    FileRefusedError
        If the file is missing or cannot be read, or has an ending that is not known.
    InputError
        If its header row cannot be read, or there is no account.
    SetupError
        If a Parquet file needs a package that is not installed.
    """
    check_suffix(path, ARGUMENT)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        cells = _from_csv(path)
    else:
        cells = _from_parquet(path) if suffix == ".parquet" else _from_book(path)
    table = range_of(cells)
    if table is None:
        raise FileRefusedError("is empty", argument=ARGUMENT, at=path.name)
    return read_accounts(table)


def check_suffix(path: Path, argument: str) -> None:
    """Refuse a file of an ending that is not known.

    Raises
    ------
    FileRefusedError
    """
    if path.suffix.lower() not in SUFFIXES:
        raise FileRefusedError(f"must end in {', '.join(SUFFIXES)}", argument=argument, at=path.name)


def _from_csv(path: Path) -> Given:
    header, *rows = csv_words(path, ARGUMENT)
    names = [csv_name(word).strip() for word in header]
    texts = [at for at, name in enumerate(names) if key(name) in map(key, (ACCOUNT, EXCLUDE, NOTE))]
    grid: list[list[Cell]] = [[name or None for name in names]]
    for words in rows:
        cells = [_csv_cell(word) for word in words]
        for at in texts:
            # Of an account called 0012 the zeros are part of its name.
            cells[at] = csv_name(words[at]) or None
        grid.append(cells)
    return grid


def _csv_cell(word: str) -> Cell:
    """A cell; nearly every one is a plain number, and there may be millions."""
    if word[:1] in "0123456789-." and "_" not in word:
        try:
            number = float(word)
        except ValueError:
            return csv_value(word)
        return number if math.isfinite(number) else csv_value(word)
    return csv_value(word)


def _from_book(path: Path) -> Given:
    book = read_book(path)
    source = named_source(book, (_SHEET,))
    if source is not None:
        return range_cells(book, source)
    sheet = book.sheet(_SHEET) or next(iter(book.sheets.values()), None)
    used = [] if sheet is None else [*sheet.constants, *sheet.formulas, *sheet.results]
    if sheet is None or not used:
        return None
    rows, columns = ([place[side] for place in used] for side in (0, 1))
    return range_cells(book, Source(sheet.name, Area(min(rows), min(columns), max(rows), max(columns))))


def _from_parquet(path: Path) -> Given:
    parquet = wanted("pyarrow.parquet", "parquet", f"{path.name} is a Parquet file")
    try:
        table = parquet.read_table(path)
    except FileNotFoundError:
        raise FileRefusedError("does not exist", argument=ARGUMENT, at=path.name) from None
    # Its errors are ValueErrors and OSErrors of its own.
    except (OSError, ValueError) as error:
        raise FileRefusedError(
            f"is not a Parquet file that can be read: {str(error).splitlines()[0]}",
            argument=ARGUMENT,
            at=path.name,
        ) from None
    columns = [_cells(column) for column in table.columns]
    return [list(table.column_names), *map(list, _rows(columns))]


def _rows(columns: Iterable[list[Cell]]) -> Iterable[tuple[Cell, ...]]:
    return zip(*columns, strict=True)


def _cells(column: Any) -> list[Cell]:
    """The cells of a column; nearly every one holds plain numbers, and there may be millions."""
    numbers = column.to_numpy()
    if numbers.dtype == np.float64 and np.isfinite(numbers).all():
        return list(numbers.tolist())
    return [_plain(value) for value in column.to_pylist()]


def _plain(value: object) -> Cell:
    """A value of a Parquet file as a cell: numbers are floats, days their serial numbers, NaN is an empty cell."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, float | int | Decimal):
        number = float(value)
        return None if math.isnan(number) else number
    if isinstance(value, date):
        return serial(value)
    return str(value)
