"""Our calls lifted out of a formula: what remains is for the engine, what was lifted is for `sheet.call`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.formula.own_names import own_function
from trackerr_xl.workbook.formula.resolve import binding_names
from trackerr_xl.workbook.formula.tree import Call, FormulaError, Group, Lifted, Node, Nodes, Reference, Word


@dataclass(frozen=True, slots=True)
class Literal:
    """An argument written out in the formula; None when it is left out."""

    value: Cell


@dataclass(frozen=True, slots=True)
class Expression:
    """An argument that the engine has to calculate; `index` counts the expressions of the workbook."""

    index: int


Argument = Literal | Reference | Lifted | Expression


@dataclass(frozen=True, slots=True)
class OwnCall:
    """One call of our functions: its name in the catalogue, its arguments, and the cell whose formula it is in."""

    name: str
    arguments: tuple[Argument, ...]
    home: Address


@dataclass(slots=True)
class Lifting:
    """Calls and expressions lifted so far.

    Parameters
    ----------
    calls : list of OwnCall
        A call comes after the calls among its arguments.
    expressions : dict of tuple to int
        Trees for the engine by what they say, with their number; equal ones are calculated once.
    """

    calls: list[OwnCall] = field(default_factory=list)
    expressions: dict[Nodes, int] = field(default_factory=dict)

    def lift(self, nodes: Nodes, home: Address) -> Nodes:
        """A formula with our calls replaced by `Lifted`.

        Raises
        ------
        FormulaError
            If a call depends on a parameter of a LAMBDA: its argument has no value of its own.
        """
        return self._sequence(nodes, home, {})

    def _sequence(self, nodes: Nodes, home: Address, known: "_Variables") -> Nodes:
        return tuple(self._node(node, home, known) for node in nodes)

    def _node(self, node: Node, home: Address, known: "_Variables") -> Node:
        if isinstance(node, Group):
            return Group(tuple(self._sequence(argument, home, known) for argument in node.arguments))
        if not isinstance(node, Call):
            return node
        name = own_function(node.name)
        if name is not None:
            return self._own(name, node, home, known)
        if node.name == "LET":
            return self._let(node, home, known)
        inner = {**known, **{bound.lower(): None for bound in binding_names(node)}}
        return Call(node.name, tuple(self._sequence(argument, home, inner) for argument in node.arguments))

    def _own(self, name: str, call: Call, home: Address, known: "_Variables") -> Lifted:
        arguments = tuple(
            self._argument(self._sequence(_substituted(argument, known, name), home, {}))
            for argument in call.arguments
        )
        self.calls.append(OwnCall(name, arguments, home))
        return Lifted(len(self.calls) - 1)

    def _let(self, call: Call, home: Address, known: "_Variables") -> Call:
        inner = dict(known)
        arguments: list[Nodes] = []
        for position, argument in enumerate(call.arguments):
            is_name = position % 2 == 0 and position < len(call.arguments) - 1
            if is_name:
                arguments.append(argument)
                continue
            arguments.append(self._sequence(argument, home, inner))
            before = call.arguments[position - 1]
            if position % 2 == 1 and before and isinstance(before[0], Word):
                inner[before[0].text.lower()] = _Variable(argument, dict(inner))
        return Call("LET", tuple(arguments))

    def _argument(self, nodes: Nodes) -> Argument:
        nodes = _bare(nodes)
        match nodes:
            case ():
                return Literal(None)
            case (Reference(spilled=False) | Lifted() as node,):
                return node
            case (Word(kind="number", text=text),):
                return Literal(float(text))
            case (Word(kind="operator", text="-"), Word(kind="number", text=text)):
                return Literal(-float(text))
            case (Word(kind="text", text=text),):
                return Literal(text[1:-1].replace('""', '"'))
            case (Word(kind="logical", text=text),):
                return Literal(text == "TRUE")
            case (Word(kind="error", text=text),):
                return Literal(CellError(text))
        return Expression(self.expressions.setdefault(nodes, len(self.expressions)))


@dataclass(frozen=True, slots=True)
class _Variable:
    """What a LET gives a name, and the names known where it says so."""

    value: Nodes
    known: "_Variables"


_Variables = Mapping[str, _Variable | None]
"""Names of LET with their values; None for a parameter of a LAMBDA, which has none."""


def _substituted(nodes: Nodes, known: _Variables, function: str) -> Nodes:
    """An expression with the names of the LETs around it replaced by what they stand for."""
    out: list[Node] = []
    for node in nodes:
        out.extend(_substituted_node(node, known, function))
    return tuple(out)


def _substituted_node(node: Node, known: _Variables, function: str) -> Nodes:
    if isinstance(node, Word) and node.kind == "name" and node.text.lower() in known:
        return _value(node.text, known, function)
    if isinstance(node, Group):
        return (Group(tuple(_substituted(argument, known, function) for argument in node.arguments)),)
    if isinstance(node, Call):
        bound = {name.lower() for name in binding_names(node)}
        inner = {name: value for name, value in known.items() if name not in bound}
        arguments = tuple(_substituted(argument, inner, function) for argument in node.arguments)
        if node.name.lower() in known:
            return (*_bare(_value(node.name, known, function)), Group(arguments))
        return (Call(node.name, arguments),)
    return (node,)


def _value(name: str, known: _Variables, function: str) -> Nodes:
    variable = known[name.lower()]
    if variable is None:
        raise FormulaError(f"its call of {function} depends on {name}, a parameter of a LAMBDA")
    value = _substituted(variable.value, variable.known, function)
    return value if len(value) == 1 else (Group((value,)),)


def _bare(nodes: Nodes) -> Nodes:
    """An expression without the spaces and parentheses around it."""
    nodes = tuple(node for node in nodes if node != Word("space", " "))
    while len(nodes) == 1 and isinstance(nodes[0], Group) and len(nodes[0].arguments) == 1:
        nodes = tuple(node for node in nodes[0].arguments[0] if node != Word("space", " "))
    return nodes
