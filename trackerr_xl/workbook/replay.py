"""Our own cells recomputed from the arguments that Excel stored; no formula engine takes part.

A difference seen here is a change of our functions. A difference that only `check` sees comes from the sheet or from
the engine.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError, Given, Grid, shape_of
from trackerr_xl.sheet.reply import Reply
from trackerr_xl.workbook.book import Book, FormulaCell, cells_of
from trackerr_xl.workbook.check import TOLERANCE, Difference, agree, difference_at
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.formula.lift import Argument, Lifting, Literal
from trackerr_xl.workbook.formula.own_names import own_function
from trackerr_xl.workbook.formula.resolve import resolved
from trackerr_xl.workbook.formula.tree import Call, FormulaError, Lifted, Reference, parse, walk
from trackerr_xl.workbook.read_book import read_book
from trackerr_xl.workbook.recalculate import NotEvaluated


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Outcome of a replay.

    Parameters
    ----------
    differences : tuple of Difference
        Cells that differ.
    not_evaluated : tuple of NotEvaluated
        Formulas with a call of ours that is not the whole formula, or whose arguments are expressions.
    calls : int
        Formulas that were replayed.
    """

    differences: tuple[Difference, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    calls: int


def replay(path: str | Path, *, tolerance: float = TOLERANCE) -> ReplayReport:
    """Recompute every formula that is one call of our functions, from stored argument cells.

    Raises
    ------
    FileRefusedError
        If the file cannot be opened as a workbook.
    """
    book = read_book(path)
    differences: list[Difference] = []
    skipped: list[NotEvaluated] = []
    calls = 0
    formulas = [formula for sheet in book.sheets.values() for formula in sheet.formulas.values()]
    for formula in sorted(formulas, key=_comes_later):
        try:
            reply = _replayed(book, formula)
        except FormulaError as error:
            skipped.append(NotEvaluated(formula.address, formula.text, str(error)))
            continue
        if reply is not None:
            calls += 1
            differences += _differences(book, formula, reply, tolerance)
    return ReplayReport(tuple(differences), tuple(skipped), calls)


def replies(book: Book, formula: FormulaCell) -> list[tuple[str, Reply]]:
    """What every call of ours in a formula gives for the stored values of its arguments, with the function's name.

    Raises
    ------
    FormulaError
        If the formula cannot be read, or an argument is an expression.
    """
    lifting = Lifting()
    lifting.lift(resolved(parse(formula.text), book, formula.address), formula.address)
    return [(own.name, _reply(book, lifting, index)) for index, own in enumerate(lifting.calls)]


def recall_models(book: Book) -> None:
    """Make the models whose names cells of the workbook show, so that they can be asked for."""
    for sheet in book.sheets.values():
        for formula in sheet.formulas.values():
            if not _comes_later(formula):
                with suppress(FormulaError):
                    _replayed(book, formula)


def _comes_later(formula: FormulaCell) -> bool:
    """Whether a formula may need what another leaves behind: the model whose name is its stored argument."""
    text = formula.text.upper()
    return not any(name in text for name, function in CATALOGUE.items() if not function.kept)


def _replayed(book: Book, formula: FormulaCell) -> Grid | None:
    """What a formula that is one call of ours gives, or None for a formula that does not call us."""
    try:
        tree = resolved(parse(formula.text), book, formula.address)
    except FormulaError:
        return None
    if not any(isinstance(node, Call) and own_function(node.name) for node in walk(tree)):
        return None
    lifting = Lifting()
    match lifting.lift(tree, formula.address):
        case (Lifted(call=index),):
            return _grid(_answer(book, lifting, index))
    raise FormulaError("its call of ours is part of a larger formula")


def _answer(book: Book, lifting: Lifting, index: int) -> Given:
    grid = _reply(book, lifting, index).grid
    return grid[0][0] if len(grid) == 1 and len(grid[0]) == 1 else grid


def _reply(book: Book, lifting: Lifting, index: int) -> Reply:
    own = lifting.calls[index]
    return call(own.name, [_given(book, lifting, argument) for argument in own.arguments])


def _given(book: Book, lifting: Lifting, argument: Argument) -> Given:
    match argument:
        case Literal(value):
            return value
        case Lifted(call=index):
            return _answer(book, lifting, index)
        case Reference():
            return stored_range(book, argument)
    raise FormulaError("an argument of its call is an expression")


def stored_range(book: Book, reference: Reference) -> Given:
    """What a host would hand over for a reference with its sheet: stored values, as far as the sheet is used."""
    sheet = book.sheets[(reference.sheet or "").lower()]
    top, left, bottom, right = reference.area
    used = [*sheet.constants, *sheet.formulas, *sheet.results]
    last_row = min(bottom, max((row for row, _ in used), default=top))
    last_column = min(right, max((column for _, column in used), default=left))
    rows = [
        [sheet.stored(row, column) for column in range(left, max(left, last_column) + 1)]
        for row in range(top, max(top, last_row) + 1)
    ]
    return rows[0][0] if reference.one_cell else rows


def _grid(given: Given) -> Grid:
    return [[given]] if isinstance(given, float | str | bool | CellError | None) else given


def _differences(book: Book, formula: FormulaCell, grid: Grid, tolerance: float) -> Iterator[Difference]:
    rows, columns = shape_of(grid)
    top, left, bottom, right = formula.area
    if formula.kind == "dynamic":
        bottom, right = max(bottom, top + rows - 1), max(right, left + columns - 1)
    for at in cells_of(formula.address.sheet, Area(top, left, bottom, right)):
        inside = at.row - top < rows and at.column - left < columns
        beyond = None if formula.kind == "dynamic" else CellError("#N/A")
        now = grid[at.row - top][at.column - left] if inside else beyond
        stored = book.sheets[at.sheet.lower()].stored(at.row, at.column)
        if not agree(stored, now, tolerance):
            yield difference_at(at, formula.text, stored, now)
