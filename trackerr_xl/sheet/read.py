"""Ranges become typed arguments: one reader for each kind of argument, defaults filled in."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest

from trackerr_xl.core.table.limits import Attributes
from trackerr_xl.core.words import key, not_known, shorten
from trackerr_xl.errors import (
    ChoiceError,
    InputError,
    LabelError,
    NotYetError,
    ShapeError,
    TrackerrError,
)
from trackerr_xl.functions import models
from trackerr_xl.functions.spec import Argument, SheetFunction
from trackerr_xl.functions.values import Covariance, Groups, Labelled, LabelledMatrix
from trackerr_xl.sheet.accounts import read_accounts
from trackerr_xl.sheet.cells import Given
from trackerr_xl.sheet.panel import read_panel
from trackerr_xl.sheet.ranges import Range, each_once, place, range_of
from trackerr_xl.sheet.tables import (
    read_attributes,
    read_constraint_rows,
    read_constraints,
    read_options,
)


def read_ranges(function: SheetFunction, given: Sequence[Given]) -> dict[str, Range | None]:
    """Ranges of a function's arguments by name, None where one is left out or wholly blank.

    Parameters
    ----------
    function : SheetFunction
        What is called.
    given : sequence of Given
        What the host handed over, in order; None where an argument is left out.

    Raises
    ------
    InputError
        If there are too many, or one is not a rectangle of cells.
    """
    known = function.arguments
    if len(given) > len(known):
        raise InputError(
            f"was given {len(given)} arguments, must have at most {len(known)}", argument=function.name
        )
    ranges: dict[str, Range | None] = {}
    for argument, one in zip_longest(known, given):
        with _about(argument):
            ranges[argument.name] = range_of(one)
    return ranges


def read_arguments(function: SheetFunction, ranges: Mapping[str, Range | None]) -> dict[str, object]:
    """Typed arguments of a function by name, defaults filled in.

    Raises
    ------
    InputError
        If one is missing or cannot be read as what it must be.
    """
    values: dict[str, object] = {}
    for argument in function.arguments:
        with _about(argument):
            values[argument.name] = _read(argument, ranges[argument.name])
    return values


@contextmanager
def _about(argument: Argument) -> Iterator[None]:
    """Put the argument's name into an error: the readers know the place only."""
    try:
        yield
    except TrackerrError as error:
        error.argument = error.argument or argument.name
        raise


def _read(argument: Argument, cells: Range | None) -> object:
    if cells is None:
        if argument.required:
            raise InputError("is missing, must be given")
        return argument.default
    if argument.later:
        raise NotYetError(f"is given: {argument.later[0].lower()}{argument.later[1:]}")
    return READERS[argument.kind](argument, cells)


def _number(argument: Argument, cells: Range) -> float:
    _check_single(cells)
    value = cells.number(0, 0)
    low, high = argument.minimum, argument.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise InputError(f"is {value:.6g}, must be from {low:g} to {high:g}")
    return value


def _text(argument: Argument, cells: Range) -> str:
    _check_single(cells)
    return cells.text(0, 0)


def _choice(argument: Argument, cells: Range) -> str:
    word = _text(argument, cells)
    for choice in argument.choices:
        if key(word) == key(choice):
            return choice
        stem, _, number = choice.rpartition(" ")
        if _NUMBER.fullmatch(number) and key(word).split(" ")[0] == key(stem):
            return _with_number(stem, word, choice)
    raise ChoiceError(not_known(word, argument.choices))


_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?")


def _with_number(stem: str, word: str, example: str) -> str:
    """A choice such as ``EWMA 60``, where any number above zero may stand; the example's number without one."""
    tail = word.strip()[len(stem) :].strip().removesuffix("%").strip()
    if not tail:
        return example
    if not _NUMBER.fullmatch(tail) or float(tail) <= 0.0:
        raise ChoiceError(f'is "{shorten(word)}", must be like {example}, a number above 0')
    return f"{stem} {tail}"


def _vector(argument: Argument, cells: Range) -> Labelled:
    rows, columns = cells.shape
    if rows == 1 and not (columns == 2 and cells.is_text(0, 0)):
        return Labelled(cells.numbers()[0], across=columns > 1)
    if columns == 1:
        return Labelled(cells.numbers()[:, 0])
    if columns != 2:
        raise ShapeError(f"is {rows} x {columns}, must be one column, one row, or two columns [name, number]")
    values = cells.numbers(first_column=1)[:, 0]
    return Labelled(values, each_once([(cells.name(row, 0), place(row, 0)) for row in range(rows)]))


def _covariance(argument: Argument, cells: Range) -> Covariance:
    if cells.shape == (1, 1) and models.is_name(cells.text(0, 0)):
        return models.recalled(cells.text(0, 0))
    return _matrix(argument, cells)


def _matrix(argument: Argument, cells: Range) -> LabelledMatrix:
    rows, columns = cells.shape
    if rows != columns:
        raise ShapeError(f"is {rows} x {columns}, must be square, with or without names on both edges")
    if not _has_edges(cells):
        return LabelledMatrix(cells.numbers())
    left = each_once([(cells.name(row, 0), place(row, 0)) for row in range(1, rows)])
    top = each_once([(cells.name(0, column), place(0, column)) for column in range(1, columns)])
    for at, (one, other) in enumerate(zip(left, top, strict=True), start=1):
        if key(one) != key(other):
            raise LabelError(
                f"is {shorten(one)} at the left and {shorten(other)} on top, must be the same name",
                at=f"row and column {at + 1}",
            )
    return LabelledMatrix(cells.numbers(1, 1), left)


def _has_edges(cells: Range) -> bool:
    rows, _ = cells.shape
    edge = [(0, column) for column in range(1, rows)] + [(row, 0) for row in range(1, rows)]
    if not edge:
        return False
    # A number in the corner speaks against names: then a single text is a mistake to be shown where it is.
    if cells.is_number(0, 0):
        return all(cells.is_text(*at) for at in edge)
    # Numbers can be names too, as in Tokyo or Hong Kong.
    return any(cells.is_text(*at) for at in edge) or all(_is_name_number(cells.text(*at)) for at in edge)


def _is_name_number(text: str) -> bool:
    return text.isdecimal() and text != "0"


def _groups(argument: Argument, cells: Range) -> Groups:
    rows, columns = cells.shape
    if rows == 1 and columns != 2:
        return Groups(tuple(_group(cells, 0, column) for column in range(columns)))
    if columns == 1:
        return Groups(tuple(_group(cells, row, 0) for row in range(rows)))
    if columns != 2:
        raise ShapeError(f"is {rows} x {columns}, must be one column, one row, or two columns [name, group]")
    labels = each_once([(cells.name(row, 0), place(row, 0)) for row in range(rows)])
    return Groups(tuple(_group(cells, row, 1) for row in range(rows)), labels)


def _group(cells: Range, row: int, column: int) -> str:
    if cells.is_blank(row, column):
        raise InputError("is empty, must be a group", at=place(row, column))
    return cells.text(row, column)


def _check_single(cells: Range) -> None:
    rows, columns = cells.shape
    if rows * columns != 1:
        raise ShapeError(f"is {rows} x {columns}, must be one cell")


def _terms(argument: Argument, cells: Range) -> Labelled | Attributes:
    """A table where every cell of the first row is a text, else numbers."""
    rows, columns = cells.shape
    if rows > 1 and columns > 1 and all(cells.is_text(0, column) for column in range(columns)):
        return read_attributes(cells)
    return _vector(argument, cells)


def _calendar(argument: Argument, cells: Range) -> str | tuple[str, ...]:
    """A word or a list of dates, which are their serial numbers."""
    rows, columns = cells.shape
    if rows == columns == 1 and not cells.is_number(0, 0):
        return _choice(argument, cells)
    if min(rows, columns) != 1:
        raise ShapeError(f"is {rows} x {columns}, must be a word, or one column or row of dates")
    return each_once(
        [(cells.name(row, column), place(row, column)) for row in range(rows) for column in range(columns)]
    )


def _options(argument: Argument, cells: Range) -> object:
    return read_options(cells, {"number": _number, "choice": _choice, "text": _text})


READERS: Mapping[str, Callable[[Argument, Range], object]] = {
    "number": _number,
    "text": _text,
    "choice": _choice,
    "weights": _vector,
    "covariance": _covariance,
    "panel": lambda argument, cells: read_panel(cells, argument.blanks),
    "groups": _groups,
    "constraints": lambda _, cells: read_constraints(cells),
    "constraint rows": lambda _, cells: read_constraint_rows(cells),
    "attributes": lambda _, cells: read_attributes(cells),
    "options": _options,
    "matrix": _matrix,
    "terms": _terms,
    "calendar": _calendar,
    "accounts": lambda _, cells: read_accounts(cells),
}
