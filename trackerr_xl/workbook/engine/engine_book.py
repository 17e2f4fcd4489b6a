"""A planned workbook inside the engine: constants and formulas put in, arguments and results read out."""

from collections.abc import Collection, Mapping
from itertools import count

import numpy as np

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import Cell, CellError, Given, Grid, shape_of
from trackerr_xl.workbook.book import Address, Book, FormulaCell, cells_of
from trackerr_xl.workbook.engine.ironcalc import Engine, EngineFailure, failure_reason
from trackerr_xl.workbook.engine.plan import Plan
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.formula.implicit import may_be_array
from trackerr_xl.workbook.formula.tree import (
    FormulaError,
    Lifted,
    Nodes,
    Reference,
    reference_text,
    walk,
    written,
)

_NO_ANSWER_YET = CellError("#N/A")


class EngineBook:
    """A workbook ready to be evaluated, with a place for the answer of each of our calls.

    Parameters
    ----------
    book : Book
        The workbook.
    plan : Plan
        What to calculate.
    inputs : dict of Address to Cell
        Values that replace constants.
    """

    def __init__(self, book: Book, plan: Plan, inputs: Mapping[Address, Cell]) -> None:
        self._plan = plan
        self._book = book
        self._constants = {sheet.name: dict(sheet.constants) for sheet in book.sheets.values()}
        for at, value in inputs.items():
            self._constants[at.sheet][at.row, at.column] = value
        # Further sheets: answers of our calls, sizes of spills, and one for each expression, which may spill.
        hidden = _free_names(self._constants, 2 + len(plan.expressions))
        self._index = {name: index for index, name in enumerate((*self._constants, *hidden))}
        self._answers, self._sizes, *self._expressions = hidden
        self._engine = Engine(self._index)
        self.refused: dict[int, str] = {}
        """Formulas that the engine would not take, with the reason."""
        self._areas: list[Area] = []
        self._next_row = 1
        self._unchanging: dict[Reference, Given] = {}
        self._this_pass: dict[Reference, Given] = {}
        self._spilling = {formula.address.sheet for formula in plan.formulas if formula.kind == "dynamic"}
        self._put_constants()
        for _ in plan.calls:
            self._areas.append(self._new_area(1, 1))
            self._put_grid(self._areas[-1], [[_NO_ANSWER_YET]])
        self.put_formulas(None)
        self._put_sizes()

    def evaluate(self) -> None:
        """Calculate everything with the answers put so far.

        Raises
        ------
        FileRefusedError
            If the engine breaks down.
        """
        try:
            self._engine.evaluate()
        except FormulaError as error:
            raise FileRefusedError(f"cannot be calculated: {error}", at=self._book.name) from None
        self._this_pass.clear()

    def answer(self, call: int, grid: Grid) -> bool:
        """Put the answer of a call; returns whether it now lies elsewhere, so that formulas must be put again."""
        rows, columns = shape_of(grid)
        old = self._areas[call]
        moved = (old.bottom - old.top + 1, old.right - old.left + 1) != (rows, columns)
        if moved:
            self._put_grid(old, [[None] * (old.right - old.left + 1)] * (old.bottom - old.top + 1))
            self._areas[call] = self._new_area(rows, columns)
        self._put_grid(self._areas[call], grid)
        return moved

    def put_formulas(self, calls: Collection[int] | None) -> None:
        """Put the formulas that contain one of the calls, or all formulas when `calls` is None."""
        for index, nodes in self._plan.ready.items():
            if calls is None or _contains(nodes, calls):
                try:
                    self._put_formula(self._plan.formulas[index], nodes)
                except FormulaError as error:
                    self.refused[index] = str(error)
        for name, nodes in zip(self._expressions, self._plan.expressions, strict=True):
            if calls is None or _contains(nodes, calls):
                self._engine.put_formula(self._index[name], 1, 1, self._text(nodes, name))

    def read(self, reference: Reference) -> Given:
        """Cells as an argument: one value, a float64 array of plain numbers, or rows of cells.

        Raises
        ------
        FormulaError
            If the engine could not calculate one of them.
        """
        if reference.one_cell:
            row, column = reference.area[:2]
            return self._cell(reference.sheet or "", row, column)
        for known in (self._unchanging, self._this_pass):
            if reference in known:
                return known[reference]
        given, changing = self._range(reference)
        (self._this_pass if changing else self._unchanging)[reference] = given
        return given

    def expression(self, index: int) -> Given:
        """Value of an argument that the engine calculated.

        Raises
        ------
        FormulaError
            If it could not.
        """
        sheet = self._index[self._expressions[index]]
        last_row, last_column = self._engine.used(sheet)
        rows = [
            [_calculated(self._engine.value(sheet, row, column)) for column in range(1, last_column + 1)]
            for row in range(1, last_row + 1)
        ]
        return rows[0][0] if (last_row, last_column) == (1, 1) else _packed(rows)

    def result(self, at: Address) -> Cell | EngineFailure:
        """Calculated value of a cell; a formula that gives an empty cell shows zero, as in Excel."""
        value = self._engine.value(self._index[at.sheet], at.row, at.column)
        return 0.0 if value is None else value

    def extent(self, index: int) -> Area:
        """Cells that a formula fills now."""
        formula = self._plan.formulas[index]
        if formula.kind != "dynamic":
            return formula.area
        row = index + 1
        sheet = self._index[self._sizes]
        height, width = (self._engine.value(sheet, row, column) for column in (1, 2))
        top, left = formula.address.place
        if not isinstance(height, float) or not isinstance(width, float):
            return Area(top, left, top, left)
        return Area(top, left, top + int(height) - 1, left + int(width) - 1)

    def _put_constants(self) -> None:
        kept = [self._plan.formulas[index] for index in self._plan.kept]
        for name, cells in self._constants.items():
            sheet = self._index[name]
            for (row, column), value in cells.items():
                self._engine.put(sheet, row, column, value)
        for formula in kept:
            name = formula.address.sheet
            stored = self._book.sheets[name.lower()].stored
            for _, row, column in cells_of(name, formula.area):
                self._constants[name][row, column] = value = stored(row, column)
                self._engine.put(self._index[name], row, column, value)

    def _put_formula(self, formula: FormulaCell, nodes: Nodes) -> None:
        at = formula.address
        sheet = self._index[at.sheet]
        text = self._text(nodes, at.sheet)
        if formula.kind == "array" or (formula.kind == "normal" and may_be_array(nodes)):
            self._engine.put_array(sheet, formula.area, text)
        else:
            self._engine.put_formula(sheet, at.row, at.column, text)

    def _put_sizes(self) -> None:
        sheet = self._index[self._sizes]
        for index in self._plan.ready:
            formula = self._plan.formulas[index]
            if formula.kind == "dynamic":
                spill = reference_text(Reference(formula.address.sheet, formula.address.area, spilled=True))
                self._engine.put_formula(sheet, index + 1, 1, f"ROWS({spill})")
                self._engine.put_formula(sheet, index + 1, 2, f"COLUMNS({spill})")

    def _text(self, nodes: Nodes, home: str) -> str:
        return written(nodes, home, lambda call: reference_text(Reference(self._answers, self._areas[call])))

    def _new_area(self, rows: int, columns: int) -> Area:
        top = self._next_row
        self._next_row += rows
        return Area(top, 1, top + rows - 1, columns)

    def _put_grid(self, area: Area, grid: Grid) -> None:
        sheet = self._index[self._answers]
        for row, cells in enumerate(grid, start=area.top):
            for column, value in enumerate(cells, start=area.left):
                self._engine.put(sheet, row, column, value)

    def _cell(self, sheet: str, row: int, column: int) -> Cell:
        constants = self._constants[sheet]
        if (row, column) in constants:
            return constants[row, column]
        return _calculated(self._engine.value(self._index[sheet], row, column))

    def _range(self, reference: Reference) -> tuple[Given, bool]:
        """A range and whether it may change: whether a formula or a spill is in it."""
        sheet = reference.sheet or ""
        area = self._within_used(reference)
        constants = self._constants[sheet]
        columns = range(area.left, area.right + 1)
        rows = [
            [constants.get((row, column)) for column in columns] for row in range(area.top, area.bottom + 1)
        ]
        data = self._book.sheets[sheet.lower()]
        spilling = sheet in self._spilling
        changing = False
        for row, cells in enumerate(rows, start=area.top):
            if None not in cells:
                continue
            for position, column in enumerate(columns):
                place = (row, column)
                calculated = spilling or place in data.formulas or place in data.results
                if cells[position] is None and calculated:
                    changing = True
                    cells[position] = _calculated(self._engine.value(self._index[sheet], row, column))
        return _packed(rows), changing

    def _within_used(self, reference: Reference) -> Area:
        """A range without the empty rows and columns beyond the last used ones: ``A:A`` has a million rows."""
        area = reference.area
        last_row, last_column = self._engine.used(self._index[reference.sheet or ""])
        bottom = max(area.top, min(area.bottom, last_row)) if area.bottom > last_row else area.bottom
        right = max(area.left, min(area.right, last_column)) if area.right > last_column else area.right
        return Area(area.top, area.left, bottom, right)


def _free_names(taken: Collection[str], wanted: int) -> list[str]:
    lower = {name.lower() for name in taken}
    names: list[str] = []
    for number in count():
        if len(names) == wanted:
            break
        if f"te{number}_" not in lower:
            names.append(f"te{number}_")
    return names


def _contains(nodes: Nodes, calls: Collection[int]) -> bool:
    return any(isinstance(node, Lifted) and node.call in calls for node in walk(nodes))


def _calculated(value: Cell | EngineFailure) -> Cell:
    if isinstance(value, EngineFailure):
        raise FormulaError(failure_reason(value))
    return value


def _packed(rows: list[list[Cell]]) -> Grid:
    if all(type(value) is float for row in rows for value in row):
        return np.array(rows, dtype=np.float64)
    return rows
