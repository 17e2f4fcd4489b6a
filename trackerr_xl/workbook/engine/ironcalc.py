"""IronCalc behind a small interface: cells and formulas in, values out. No other file knows the engine's name."""

from collections.abc import Iterable
from dataclasses import dataclass

import ironcalc

from trackerr_xl.sheet.cells import ERROR_VALUES, Cell, CellError
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.formula.tree import FormulaError


@dataclass(frozen=True, slots=True)
class EngineFailure:
    """The engine could not calculate a cell; `code` is what it shows instead of a value."""

    code: str


_REFUSED = "the engine refuses its formula"
_CODES = {
    "#ERROR!": "the engine cannot read its formula",
    "#N/IMPL!": "it uses a function in a way that the engine does not know",
    "#CIRC!": "it depends on itself",
}


class _Panics:
    """Turns what Rust calls a panic into an error of ours: its class is no Exception, and no module gives it out."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if kind is not None and kind.__name__ == "PanicException":
            raise FormulaError(f"the engine breaks down at one of its formulas ({error})") from None


class Engine:
    """A workbook inside the engine. Sheets are counted from 0, rows and columns from 1.

    Parameters
    ----------
    sheets : iterable of str
        Names of all its sheets, in order; none can be added later, because that makes the engine read every formula
        again.
    """

    def __init__(self, sheets: Iterable[str]) -> None:
        first, *others = sheets
        # The engine's own clock is never seen: NOW and TODAY are replaced before a formula gets here.
        self._model = ironcalc.create("book", "en", "UTC", "en")
        self._model.rename_sheet(0, first)
        for name in others:
            self._model.add_sheet(name)

    def put(self, sheet: int, row: int, column: int, value: Cell) -> None:
        """Put a constant into a cell; None empties it."""
        model = self._model
        if value is None:
            model.clear_cell_contents(sheet, row, column)
        elif isinstance(value, bool):
            model.update_cell_with_bool(sheet, row, column, value)
        elif isinstance(value, str):
            model.update_cell_with_text(sheet, row, column, value)
        elif isinstance(value, CellError):
            model.set_user_input(sheet, row, column, f"={value}")
        else:
            model.update_cell_with_number(sheet, row, column, value)

    def put_formula(self, sheet: int, row: int, column: int, text: str) -> None:
        """Put a formula that may spill; the text has no ``=``.

        Raises
        ------
        FormulaError
            If the engine refuses it.
        """
        try:
            self._model.set_user_input(sheet, row, column, "=" + text)
        except ironcalc.WorkbookError as error:
            raise FormulaError(_REFUSED) from error

    def put_array(self, sheet: int, area: Area, text: str) -> None:
        """Put a formula that fills exactly these cells.

        Raises
        ------
        FormulaError
            If the engine refuses it, as where arrays overlap.
        """
        width, height = area.right - area.left + 1, area.bottom - area.top + 1
        if (width, height) != (1, 1):
            # Excel repeats a single row or column over the cells and shows #N/A where a result is too small; the
            # engine does both inside an operation, and neither when it fills the cells.
            text = f"IF(SEQUENCE({height},{width})>0,{text})"
        try:
            # The engine refuses to write into an array, even into the one that is being replaced.
            self._model.range_clear_contents(sheet, area.top, area.left, area.bottom, area.right)
            self._model.set_user_array_formula(sheet, area.top, area.left, width, height, "=" + text)
        except ironcalc.WorkbookError as error:
            raise FormulaError(_REFUSED) from error

    def evaluate(self) -> None:
        """Calculate every formula.

        Raises
        ------
        FormulaError
            If the engine breaks down at one of them, as at a date beyond its calendar.
        """
        with _Panics():
            self._model.evaluate()

    def value(self, sheet: int, row: int, column: int) -> Cell | EngineFailure:
        """Value of a cell; None when it is empty."""
        value: float | str | bool | None = self._model.get_cell_value(sheet, row, column)
        if isinstance(value, str) and value.startswith("#"):
            if self._model.get_cell_type(sheet, row, column) != ironcalc.CellType.ErrorValue:
                return value
            return CellError(value) if value in ERROR_VALUES else EngineFailure(value)
        return value

    def used(self, sheet: int) -> tuple[int, int]:
        """Last row and last column of a sheet that hold anything; at least 1."""
        _, last_row, _, last_column = self._model.get_sheet_dimensions(sheet)
        return last_row, last_column


def unknown_functions(names: Iterable[str]) -> frozenset[str]:
    """Those of the functions that the engine does not have: asked by calling each without arguments."""
    asked = tuple(names)
    model = ironcalc.create("names", "en", "UTC", "en")
    for row, name in enumerate(asked, start=1):
        model.set_user_input(0, row, 1, f"={name}()")
    model.evaluate()
    return frozenset(
        name for row, name in enumerate(asked, start=1) if model.get_cell_value(0, row, 1) == "#NAME?"
    )


def failure_reason(failure: EngineFailure) -> str:
    """Why the engine failed, as the end of a sentence."""
    return _CODES.get(failure.code, f"the engine shows {failure.code}")
