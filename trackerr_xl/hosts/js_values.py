"""Cells as Office.js hands custom functions theirs, turned into ours and back. Needs neither a browser nor Excel.

Numbers arrive as int or float, dates as serial numbers, empty cells as null or empty text, and an error value as an
object or, from older versions of Excel, as its text (Microsoft, "Use data types with custom functions in Excel" and
"Handle and return errors from your custom function").
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from trackerr_xl.hosts.rectangle import Rows, rectangle
from trackerr_xl.sheet.cells import ERROR_VALUES, Cell, CellError, Given, Grid
from trackerr_xl.sheet.packed import packed

ERROR_TYPES: Final = {
    "#DIV/0!": "Div0",
    "#N/A": "NotAvailable",
    "#NAME?": "Name",
    "#NULL!": "Null",
    "#NUM!": "Num",
    "#REF!": "Ref",
    "#VALUE!": "Value",
}
"""What Office.js calls the error values that a custom function may answer with; any other goes out as #VALUE!."""

FIRST_WITH_ERRORS: Final = (1, 4)
"""Version of Excel's CustomFunctionsRuntime from which on error values are objects."""

JsCell = float | str | bool | dict[str, str]
"""One cell on its way out."""

_UNREADABLE: Final = CellError("#VALUE!")
_ERRORS: Final = {shown: CellError(shown) for shown in ERROR_VALUES}


def given_from_js(value: object) -> Given:
    """What a custom function was given, for `trackerr_xl.sheet.call.call`.

    Parameters
    ----------
    value : object
        A bare value, a list of values (one row), or a list of rows.
    """
    if not isinstance(value, (tuple, list)):
        return cell_from_js(value)
    if not value:
        return None
    rows = rectangle(value)
    return _UNREADABLE if rows is None else _grid(rows)


def cell_from_js(value: object) -> Cell:
    """One cell. Never raises: a value of an unknown type is #VALUE!."""
    if isinstance(value, str):
        return _ERRORS.get(value, value)
    if isinstance(value, (float, bool, type(None))):
        return value
    if isinstance(value, int):
        return _float(value)
    if isinstance(value, Mapping):
        return _from_object(value)
    # Python in a browser has an object of its own for null and for what is undefined.
    return None if type(value).__name__ in ("JsNull", "JsUndefined") else _UNREADABLE


def js_from_grid(grid: Sequence[Sequence[Cell]], runtime: str) -> list[list[JsCell]]:
    """The answer as rows for Office.js.

    Parameters
    ----------
    grid : sequence of rows
        The answer.
    runtime : str
        Version of Excel's CustomFunctionsRuntime, such as ``1.4``.
    """
    objects = _version(runtime) >= FIRST_WITH_ERRORS
    return [[_out(cell, objects) for cell in row] for row in grid]


def _grid(rows: Rows) -> Grid:
    numbers = packed(rows)
    if numbers is not None:
        return numbers
    if set(map(type, chain.from_iterable(rows))) == {float, int}:
        return [[_float(cell) for cell in row] for row in rows]  # type: ignore[arg-type]  # looked at
    return [[cell_from_js(cell) for cell in row] for row in rows]


def _from_object(value: Mapping[Any, Any]) -> Cell:
    basic = value.get("basicValue")
    if "Error" in (value.get("type"), value.get("basicType")):
        return _ERRORS.get(str(basic), CellError("#UNKNOWN!"))
    # A number with a format, a text, a truth value, or an object that stands for one of these.
    return _UNREADABLE if isinstance(basic, (Mapping, list, tuple)) else cell_from_js(basic)


def _float(value: int) -> Cell:
    try:
        return float(value)
    except OverflowError:
        return CellError("#NUM!")


def _version(runtime: str) -> tuple[int, ...]:
    parts = runtime.split(".")[:2]
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else (0,)


def _out(cell: Cell, objects: bool) -> JsCell:
    if isinstance(cell, CellError):
        if not objects:
            return cell.value
        return {"type": "Error", "errorType": ERROR_TYPES.get(cell.value, ERROR_TYPES["#VALUE!"])}
    return "" if cell is None else cell
