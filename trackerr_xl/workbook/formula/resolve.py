"""A formula's names and structured references replaced by what they mean, so that only cells and constants remain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from trackerr_xl.workbook.book import Address, Book, DefinedName
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.formula.shift import shifted
from trackerr_xl.workbook.formula.structured import structured_reference
from trackerr_xl.workbook.formula.tree import (
    MOST_PARTS,
    Call,
    FormulaError,
    Group,
    Node,
    Nodes,
    Reference,
    Word,
    parse,
    walk,
)


def resolved(nodes: Nodes, book: Book, home: Address) -> Nodes:
    """A formula in which every reference has its sheet and every known name has given way to its meaning.

    Parameters
    ----------
    nodes : tuple
        The formula as parsed.
    book : Book
        The workbook, for its names and tables.
    home : Address
        The cell whose formula it is.

    Returns
    -------
    tuple
        Names that the workbook does not define stay as they are.

    Raises
    ------
    FormulaError
        If a table, a column or a sheet does not exist, or names refer to each other in a circle.
    """
    return _sequence(nodes, _Scope(book, home, frozenset(), (), 0, _Opened()))


def unknown_names(nodes: Nodes, bound: frozenset[str] = frozenset()) -> Iterable[str]:
    """Names in a resolved formula that neither the workbook nor a LET or LAMBDA around them defines."""
    for node in nodes:
        if isinstance(node, Word) and node.kind == "name" and node.text.lower() not in bound:
            yield node.text
        if isinstance(node, Call | Group):
            inner = bound | bound_names(node) if isinstance(node, Call) else bound
            for argument in node.arguments:
                yield from unknown_names(argument, inner)


def bound_names(call: Call) -> frozenset[str]:
    """Names that a LET or a LAMBDA gives to its parts, in lower case."""
    return frozenset(name.lower() for name in binding_names(call))


def binding_names(call: Call) -> tuple[str, ...]:
    """Names that a LET or a LAMBDA introduces, in order."""
    if call.name == "LET":
        places = call.arguments[:-1:2]
    elif call.name == "LAMBDA":
        places = call.arguments[:-1]
    else:
        return ()
    return tuple(place[0].text for place in places if place and isinstance(place[0], Word))


_DEEPEST = 50
"""Names and brackets of names inside each other; reading deeper ones would end Python's stack."""


@dataclass(slots=True)
class _Opened:
    """How many names of a formula have given way to their meaning: names of names can double sixty times."""

    names: int = 0


@dataclass(frozen=True, slots=True)
class _Scope:
    book: Book
    home: Address
    bound: frozenset[str]
    opened: tuple[DefinedName, ...]
    depth: int
    count: _Opened


def _sequence(nodes: Sequence[Node], scope: _Scope) -> Nodes:
    out: list[Node] = []
    for node in nodes:
        out.extend(_node(node, scope))
    return _ranges_joined(out, scope.home)


def _node(node: Node, scope: _Scope) -> Nodes:
    if isinstance(node, Reference):
        return (_located(node, scope),)
    if isinstance(node, Call):
        return _call(node, scope)
    if isinstance(node, Group):
        return (Group(tuple(_sequence(argument, scope) for argument in node.arguments)),)
    if isinstance(node, Word) and node.kind == "table":
        return (structured_reference(node.text, scope.book.tables, scope.home),)
    if isinstance(node, Word) and node.kind == "name" and node.text.lower() not in scope.bound:
        name = _defined(node.text, scope)
        return (node,) if name is None else _meaning(name, scope)
    return (node,)


def _call(call: Call, scope: _Scope) -> Nodes:
    inner = replace(scope, bound=scope.bound | bound_names(call))
    arguments = tuple(_sequence(argument, inner) for argument in call.arguments)
    if call.name == "SINGLE" and len(arguments) == 1:
        return _ranges_joined([Word("operator", "@"), *arguments[0]], scope.home)
    if call.name == "ANCHORARRAY" and len(arguments) == 1:
        anchor = arguments[0][0] if len(arguments[0]) == 1 else None
        if not isinstance(anchor, Reference):
            raise FormulaError("it asks for the spill of something that is not a cell")
        return (replace(anchor, spilled=True),)
    name = None if call.name.lower() in scope.bound else _defined(call.name, scope)
    if name is not None:
        return (*_meaning(name, scope), Group(arguments))
    return (Call(call.name, arguments),)


def _located(reference: Reference, scope: _Scope) -> Reference:
    sheet = scope.book.sheet(reference.sheet or scope.home.sheet)
    if sheet is None:
        raise FormulaError(f"it reads a sheet that does not exist ({reference.sheet})")
    return replace(reference, sheet=sheet.name)


def _defined(text: str, scope: _Scope) -> DefinedName | None:
    sheet, mark, name = text.rpartition("!")
    sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    names = scope.book.names
    own = (sheet if mark else scope.home.sheet).lower()
    return names.get((own, name.lower())) or names.get((None, name.lower()))


def _meaning(name: DefinedName, scope: _Scope) -> Nodes:
    if name in scope.opened:
        raise FormulaError(f"its name {name.name} refers to itself")
    # References without dollar signs in a name are stored as they read from A1.
    parsed = parse(shifted("=" + name.text, scope.home.row - 1, scope.home.column - 1))
    depth = scope.depth + 1 + _nesting(parsed)
    scope.count.names += 1
    if depth > _DEEPEST:
        raise FormulaError(f"its name {name.name} leads to others more than {_DEEPEST} deep")
    inner = replace(scope, bound=frozenset(), opened=(*scope.opened, name), depth=depth)
    nodes = _sequence(parsed, inner)
    if scope.count.names > MOST_PARTS or sum(1 for _ in walk(nodes)) > MOST_PARTS:
        raise FormulaError(f"its names stand for more than {MOST_PARTS:,} parts")
    callable_or_single = len(nodes) == 1 or (isinstance(nodes[0], Call) and nodes[0].name == "LAMBDA")
    return nodes if callable_or_single else (Group((nodes,)),)


def _nesting(nodes: Nodes) -> int:
    """How deep brackets lie inside each other."""
    inner = (argument for node in nodes if isinstance(node, Call | Group) for argument in node.arguments)
    return max((1 + _nesting(argument) for argument in inner), default=0)


def _ranges_joined(nodes: Sequence[Node], home: Address) -> Nodes:
    """``A1:B2 B1:C3``, ``A1:B2:C3`` and ``@A1:A9`` of fixed cells become the cells they mean."""
    out: list[Node] = []
    for node in nodes:
        out.append(node)
        while _joined_once(out, home):
            pass
    return tuple(out)


def _joined_once(out: list[Node], home: Address) -> bool:
    match out[-3:]:
        case [Reference() as first, Word("operator", ":" | " " as how), Reference() as last]:
            if not (first.spilled or last.spilled) and first.sheet == last.sheet:
                out[-3:] = [_bounding(first, last) if how == ":" else _common(first, last)]
                return True
    match out[-2:]:
        case [Word("operator", "@"), Reference() as reference] if not reference.spilled:
            out[-2:] = [own_row_or_column(reference, home)]
            return True
        case [Word("operator", "@"), Word("name" | "number" | "text" | "logical" | "error") as word]:
            out[-2:] = [word]
            return True
    return False


def _bounding(first: Reference, last: Reference) -> Reference:
    a, b = first.area, last.area
    area = Area(min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    return replace(first, area=area)


def _common(first: Reference, last: Reference) -> Node:
    a, b = first.area, last.area
    area = Area(max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
    if area.top > area.bottom or area.left > area.right:
        return Word("error", "#NULL!")
    return replace(first, area=area)


def own_row_or_column(reference: Reference, home: Address) -> Node:
    """What ``@`` takes of a range: the cell in the formula's own row or column, or #VALUE! where there is none."""
    top, left, bottom, right = reference.area
    if (top, left) == (bottom, right):
        return reference
    if left == right and top <= home.row <= bottom:
        return replace(reference, area=Area(home.row, left, home.row, left))
    if top == bottom and left <= home.column <= right:
        return replace(reference, area=Area(top, home.column, top, home.column))
    return Word("error", "#VALUE!")


def references(nodes: Nodes) -> Iterator[Reference]:
    """Cells whose values a resolved formula reads; those whose place alone matters, as in ROW(A1), are not among them."""
    for node in nodes:
        if isinstance(node, Reference):
            yield node
        elif isinstance(node, Group) or (isinstance(node, Call) and node.name not in _PLACE_ONLY):
            # OFFSET starts from its first argument and reads elsewhere.
            skipped = 1 if isinstance(node, Call) and node.name == "OFFSET" else 0
            for argument in node.arguments[skipped:]:
                yield from references(argument)


_PLACE_ONLY = frozenset(("AREAS", "COLUMN", "COLUMNS", "ISREF", "ROW", "ROWS"))
