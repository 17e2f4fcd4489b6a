"""References that a formula computes with OFFSET or INDIRECT, as far as its text tells where they lead."""

from collections.abc import Iterator

from trackerr_xl.workbook.book import Address, Book
from trackerr_xl.workbook.file.addresses import MAX_COLUMN, MAX_ROW, Area
from trackerr_xl.workbook.formula.resolve import resolved
from trackerr_xl.workbook.formula.tree import Call, FormulaError, Nodes, Reference, Word, parse, walk

EVERYWHERE = None
"""Stands for a reference that may lead to any cell of the workbook."""

_LONG = 10
"""Digits that no row or column has."""

_WHOLE_SHEET = Area(1, 1, MAX_ROW, MAX_COLUMN)


def fixed_references(nodes: Nodes, book: Book, home: Address) -> Iterator[Reference]:
    """Cells to which OFFSET and INDIRECT always lead, such as those of ``OFFSET(A1,1,0,3,1)``."""
    for call in _calls(nodes):
        target = _target(call, book, home)
        if target is not None:
            yield target


def possible_references(nodes: Nodes, book: Book, home: Address) -> Iterator[Reference | None]:
    """Cells to which the others may lead: the whole sheet of an OFFSET, and everywhere for an INDIRECT."""
    for call in _calls(nodes):
        if _target(call, book, home) is None:
            base = _base(call) if call.name == "OFFSET" else None
            yield EVERYWHERE if base is None else Reference(base.sheet, _WHOLE_SHEET)


def _calls(nodes: Nodes) -> Iterator[Call]:
    for node in walk(nodes):
        if isinstance(node, Call) and node.name in ("INDIRECT", "OFFSET"):
            yield node


def _target(call: Call, book: Book, home: Address) -> Reference | None:
    return _indirect(call, book, home) if call.name == "INDIRECT" else _offset(call)


def _indirect(call: Call, book: Book, home: Address) -> Reference | None:
    match call.arguments:
        case ((Word(kind="text", text=text),),):
            try:
                nodes = resolved(parse("=" + text[1:-1]), book, home)
            except FormulaError:
                return None
            return nodes[0] if len(nodes) == 1 and isinstance(nodes[0], Reference) else None
    return None


def _offset(call: Call) -> Reference | None:
    base = _base(call)
    moves = [_whole(argument) for argument in call.arguments[1:]]
    if base is None or base.spilled or None in moves or not 2 <= len(moves) <= 4:
        return None
    rows, columns, height, width = (*(move or 0 for move in moves), 0, 0)[:4]
    top, left = base.area.top + rows, base.area.left + columns
    height = height or base.area.bottom - base.area.top + 1
    width = width or base.area.right - base.area.left + 1
    if min(top, left, height, width) < 1:
        return None
    return Reference(base.sheet, Area(top, left, top + height - 1, left + width - 1))


def _base(call: Call) -> Reference | None:
    first = call.arguments[0] if call.arguments else ()
    return first[0] if len(first) == 1 and isinstance(first[0], Reference) else None


def _whole(argument: Nodes) -> int | None:
    """A number written out in the formula; 0 for an argument left out."""
    match argument:
        case ():
            return 0
        case (Word(kind="number", text=text),) if text.isdigit() and len(text) < _LONG:
            return int(text)
        case (Word(text="-"), Word(kind="number", text=text)) if text.isdigit() and len(text) < _LONG:
            return -int(text)
    return None
