"""Formulas of the old kind: where one value is wanted, a range stands for its cell in the formula's own row or column.

A formula that Excel did not mark as an array is calculated by this rule (implicit intersection). The engine calculates
every formula as an array, so the rule is carried out on the formula's text.
"""

from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.formula.argument_classes import ARRAY, OUTER, RANGE, VALUE, argument_class, listed
from trackerr_xl.workbook.formula.resolve import own_row_or_column
from trackerr_xl.workbook.formula.tree import Call, Group, Lifted, Node, Nodes, Reference, Word, walk


def intersected(nodes: Nodes, home: Address) -> Nodes:
    """An old-style formula with every range that stands for one value replaced by that cell."""
    modern = any(isinstance(node, Call) and node.name in ("LET", "LAMBDA") for node in walk(nodes))
    return nodes if modern else _sequence(nodes, VALUE, home)


def may_be_array(nodes: Nodes) -> bool:
    """Whether the engine could make more than one value of an old-style formula, of which its cell shows the first."""
    return any(
        isinstance(node, Lifted)
        or (isinstance(node, Reference) and node.spilled)
        or (isinstance(node, Word) and node.kind == "array")
        or (isinstance(node, Call) and (not listed(node.name) or node.name in _GIVE_ARRAYS))
        for node in walk(nodes)
    )


_GIVE_RANGES = frozenset(("INDEX", "OFFSET", "INDIRECT"))
_GIVE_ARRAYS = _GIVE_RANGES | {
    "FREQUENCY",
    "GROWTH",
    "LINEST",
    "LOGEST",
    "MINVERSE",
    "MMULT",
    "TRANSPOSE",
    "TREND",
}


def _sequence(nodes: Nodes, wanted: str, home: Address) -> Nodes:
    if wanted == ARRAY:
        return nodes
    operands = [node for node in nodes if not (isinstance(node, Word) and node.kind == "space")]
    dynamic_range = any(isinstance(node, Word) and node.text == ":" for node in nodes)
    inner = wanted if len(operands) == 1 or dynamic_range else VALUE
    out: list[Node] = []
    for node in nodes:
        out.extend(_node(node, inner if not dynamic_range else RANGE, home))
    return tuple(out)


def _node(node: Node, wanted: str, home: Address) -> Nodes:
    if isinstance(node, Reference) and wanted == VALUE and not node.spilled:
        return (own_row_or_column(node, home),)
    if isinstance(node, Group):
        return (Group(tuple(_sequence(argument, wanted, home) for argument in node.arguments)),)
    if not isinstance(node, Call):
        return (node,)
    classes = (argument_class(node.name, position) for position in range(len(node.arguments)))
    arguments = tuple(
        _sequence(argument, wanted if kind == OUTER else kind, home)
        for argument, kind in zip(node.arguments, classes, strict=True)
    )
    call = Call(node.name, arguments)
    if wanted == VALUE and node.name in _GIVE_RANGES:
        return (Word("operator", "@"), call)
    return (call,)
