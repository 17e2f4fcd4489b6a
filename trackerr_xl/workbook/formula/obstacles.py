"""Why a formula cannot be calculated here, where that can be seen from its text."""

from collections.abc import Iterable
from math import floor, prod
from typing import TypeGuard

from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.book import Book, FormulaCell
from trackerr_xl.workbook.file.addresses import MAX_COLUMN, MAX_ROW
from trackerr_xl.workbook.formula.own_names import of_an_add_in, own_function
from trackerr_xl.workbook.formula.resolve import bound_names, unknown_names
from trackerr_xl.workbook.formula.tree import Call, Group, Node, Nodes, Reference, Word, walk

RANDOM = frozenset(("RAND", "RANDBETWEEN", "RANDARRAY"))
"""Functions that give another value every time."""

SURROUNDINGS = frozenset(("CELL", "FORMULATEXT", "GETPIVOTDATA", "INFO", "ISFORMULA", "SHEET", "SHEETS"))
"""Functions whose answer depends on more than values: on formulas as typed, on formats, on the program."""

MOST_EXPANDED = 2_000_000
"""Most cells that EXPAND may make."""

_CALENDAR = frozenset(
    (
        *(
            "DATE",
            "DATEDIF",
            "DATEVALUE",
            "DAY",
            "DAYS360",
            "EDATE",
            "EOMONTH",
            "ISOWEEKNUM",
            "MONTH",
            "NETWORKDAYS",
        ),
        *("NETWORKDAYS.INTL", "TEXT", "WEEKDAY", "WEEKNUM", "WORKDAY", "WORKDAY.INTL", "YEAR", "YEARFRAC"),
    )
)
_ARITHMETIC = frozenset("+-*/^%")
_SKIPS_HIDDEN = frozenset(("SUBTOTAL", "AGGREGATE"))


def functions(nodes: Nodes) -> frozenset[str]:
    """Functions of Excel that a formula calls; ours and names of LET and LAMBDA are not among them."""
    return frozenset(_functions(nodes, frozenset()))


def obstacle(nodes: Nodes, formula: FormulaCell, book: Book, unknown: frozenset[str]) -> str | None:
    """Why a resolved formula cannot be calculated, as the end of a sentence, or None when it can be tried.

    Parameters
    ----------
    nodes : tuple
        The formula, resolved.
    formula : FormulaCell
        The formula as stored.
    book : Book
        The workbook.
    unknown : frozenset of str
        Functions that the engine does not have.
    """
    if formula.kind == "data table":
        return "it is a data table, which only Excel fills"
    if book.as_displayed:
        return "this workbook calculates with numbers as displayed, which only Excel does"
    called = functions(nodes)
    return (
        _random(called)
        or _surroundings(called)
        or _calendar(called, book)
        or _hidden(nodes, called, book)
        or _regional(nodes)
        or _computed_range(nodes)
        or _expanded(nodes)
        or (None if formula.kind == "normal" else _whole_sheet(nodes))
        # An old #NAME? in the file is the user's own: Excel does not know the word either.
        or (None if formula.stored == CellError("#NAME?") else _unknown(nodes, called, unknown))
    )


def pinned(nodes: Nodes, serial: float) -> Nodes:
    """A formula with NOW() and TODAY() replaced by a serial number of days."""
    return tuple(_pinned(node, serial) for node in nodes)


def _functions(nodes: Nodes, bound: frozenset[str]) -> Iterable[str]:
    for node in nodes:
        inner = bound
        if isinstance(node, Call):
            inner = bound | bound_names(node)
            if node.name.lower() not in bound and own_function(node.name) is None:
                yield node.name
        if isinstance(node, Call | Group):
            for argument in node.arguments:
                yield from _functions(argument, inner)


def _random(called: frozenset[str]) -> str | None:
    found = called & RANDOM
    return f"{min(found)} gives another value every time" if found else None


def _surroundings(called: frozenset[str]) -> str | None:
    found = called & SURROUNDINGS
    return f"{min(found)} asks for more than values, which only Excel knows" if found else None


def _calendar(called: frozenset[str], book: Book) -> str | None:
    found = called & _CALENDAR if book.from_1904 else None
    return f"{min(found)} would count days from 1900, this workbook counts from 1904" if found else None


def _hidden(nodes: Nodes, called: frozenset[str], book: Book) -> str | None:
    found = called & _SKIPS_HIDDEN
    if not found:
        return None
    for node in walk(nodes):
        sheet = book.sheet(node.sheet or "") if isinstance(node, Reference) else None
        if sheet is not None and isinstance(node, Reference):
            rows = range(node.area.top, node.area.bottom + 1)
            if any(row in rows for row in sheet.hidden_rows):
                return f"{min(found)} reads hidden rows, which the engine does not tell from the others"
    return None


def _regional(nodes: Nodes) -> str | None:
    """A joined text made a number, as in ``(DAY(A1)&"-"&MONTH(A1)&"-2024")*1``: a date that each country reads its way."""
    operators = {node.text for node in nodes if isinstance(node, Word) and node.kind == "operator"}
    for node in nodes:
        if not isinstance(node, Call | Group):
            continue
        if isinstance(node, Group) and operators & _ARITHMETIC and any(map(_joins, node.arguments)):
            return "it makes a number of a joined text, which depends on regional settings"
        for argument in node.arguments:
            found = _regional(argument)
            if found is not None:
                return found
    return None


def _computed_range(nodes: Nodes) -> str | None:
    if any(isinstance(node, Word) and node.kind == "operator" and node.text == ":" for node in walk(nodes)):
        return "it computes a corner of a range, as in A1:INDEX(…), which the engine cannot do"
    return None


def _expanded(nodes: Nodes) -> str | None:
    """EXPAND to a size written out that fits no memory; of other functions the engine refuses such arrays itself."""
    for node in walk(nodes):
        if isinstance(node, Call) and node.name == "EXPAND":
            sizes = [float(part[0].text) for part in node.arguments[1:3] if _is_number(part)]
            if prod(sizes) > MOST_EXPANDED:
                return f"it makes an array of {prod(sizes):,.0f} cells, at most {MOST_EXPANDED:,} are made"
    return None


def _is_number(argument: Nodes) -> TypeGuard[tuple[Word]]:
    return len(argument) == 1 and isinstance(argument[0], Word) and argument[0].kind == "number"


def _whole_sheet(nodes: Nodes) -> str | None:
    """Arithmetic of whole columns with whole rows, as in ``A:A*1:1``: seventeen thousand million cells."""
    areas = [node.area for node in nodes if isinstance(node, Reference)]
    columns = any(area.bottom - area.top + 1 == MAX_ROW for area in areas)
    if columns and any(area.right - area.left + 1 == MAX_COLUMN for area in areas):
        return "it calculates with whole columns and whole rows at once, which no program can"
    inner = (argument for node in nodes if isinstance(node, Call | Group) for argument in node.arguments)
    return next((found for argument in inner if (found := _whole_sheet(argument))), None)


def _joins(nodes: Nodes) -> bool:
    return any(isinstance(node, Word) and node.text == "&" for node in nodes)


def _unknown(nodes: Nodes, called: frozenset[str], unknown: frozenset[str]) -> str | None:
    missing = {name for name in called if name in unknown or of_an_add_in(name)}
    if missing:
        name = min(missing)
        return f"{name} is a function of an add-in" if of_an_add_in(name) else f"the engine has no {name}"
    undefined = next(iter(unknown_names(nodes)), None)
    return None if undefined is None else f"the workbook has no name {undefined}"


def _pinned(node: Node, serial: float) -> Node:
    if isinstance(node, Call) and node.name in ("NOW", "TODAY") and not node.arguments:
        return Word("number", repr(serial if node.name == "NOW" else float(floor(serial))))
    if isinstance(node, Call):
        return Call(node.name, tuple(pinned(argument, serial) for argument in node.arguments))
    if isinstance(node, Group):
        return Group(tuple(pinned(argument, serial) for argument in node.arguments))
    return node
