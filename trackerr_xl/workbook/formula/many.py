"""Whether an expression may have more than one value, seen from its text."""

from dataclasses import dataclass, replace

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.workbook.formula.argument_classes import VALUE, argument_class, listed, takes_values
from trackerr_xl.workbook.formula.own_names import own_function
from trackerr_xl.workbook.formula.resolve import binding_names, bound_names
from trackerr_xl.workbook.formula.tree import Call, Group, Node, Nodes, Reference, Word


@dataclass(frozen=True, slots=True)
class Scope:
    """Names of LET and LAMBDA that may be arrays, parameters that are not, and whether this is inside a LAMBDA."""

    arrays: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    in_lambda: bool = False


ONE_AT_A_TIME = frozenset(("MAKEARRAY", "MAP", "REDUCE", "SCAN"))
"""Functions that give their LAMBDA one value at a time."""


def may_be_many(nodes: Nodes, arrays: frozenset[str] = frozenset()) -> bool:
    """Whether an expression may have more than one value; `arrays` are the names that may."""
    return any(_node_may_be_many(node, arrays) for node in nodes)


def argument_scopes(call: Call, scope: Scope) -> list[Scope]:
    """What is known in each argument of a call."""
    if call.name == "LAMBDA":
        bound = bound_names(call)
        inside = Scope((scope.arrays - bound) | (bound - scope.single), frozenset(), in_lambda=True)
        return [inside] * len(call.arguments)
    if call.name in ONE_AT_A_TIME:
        return [_one_at_a_time(call, argument, scope) for argument in call.arguments]
    if call.name != "LET":
        return [scope] * len(call.arguments)
    scopes = []
    names = iter(binding_names(call))
    for position, argument in enumerate(call.arguments):
        scopes.append(scope)
        if position % 2 == 1 and position < len(call.arguments) - 1:
            name = next(names, "").lower()
            known = scope.arrays - {name}
            many = may_be_many(argument, scope.arrays)
            scope = replace(scope, arrays=known | {name} if many else known)
    return scopes


def called_scope(node: Node, follower: Node | None, scope: Scope) -> Scope:
    """A LAMBDA with its arguments behind it: which of its parameters are one value."""
    if not (isinstance(node, Call) and node.name == "LAMBDA" and isinstance(follower, Group)):
        return scope
    given = zip(binding_names(node), follower.arguments, strict=False)
    single = {name.lower() for name, argument in given if not may_be_many(argument, scope.arrays)}
    return replace(scope, single=frozenset(single))


def _node_may_be_many(node: Node, arrays: frozenset[str]) -> bool:
    if isinstance(node, Reference):
        return not node.one_cell
    if isinstance(node, Word):
        return node.kind == "array" or (node.kind == "name" and node.text.lower() in arrays)
    if isinstance(node, Group):
        return any(may_be_many(argument, arrays) for argument in node.arguments)
    if isinstance(node, Call):
        return _call_may_be_many(node, arrays)
    return False


def _call_may_be_many(call: Call, arrays: frozenset[str]) -> bool:
    own = own_function(call.name)
    if own is not None:
        return CATALOGUE[own].result.shape not in ("number", "text")
    if call.name == "LAMBDA" or call.name == "REDUCE":
        return False
    if not call.arguments:
        return not listed(call.name)
    if call.name == "LET":
        inner = argument_scopes(call, Scope(arrays))[-1]
        return may_be_many(call.arguments[-1], inner.arrays)
    if call.name == "INDEX":
        return _index_may_be_many(call, arrays)
    if not listed(call.name) or call.name in _MANY:
        return True
    return any(
        may_be_many(argument, arrays)
        for position, argument in enumerate(call.arguments)
        if argument_class(call.name, position) == VALUE
        or takes_values(call.name)
        or call.name in ("IF", "CHOOSE")
    )


_MANY = frozenset(
    ("FREQUENCY", "GROWTH", "INDIRECT", "LINEST", "LOGEST", "MINVERSE", "MMULT", "N", "OFFSET", "T")
) | {"TRANSPOSE", "TREND", "ROW", "COLUMN"}


def _index_may_be_many(call: Call, arrays: frozenset[str]) -> bool:
    array, *places = call.arguments
    if any(not place or place == (Word("number", "0"),) or may_be_many(place, arrays) for place in places):
        return True
    match array, len(places):
        case ((Reference(area=area, spilled=False),), 1):
            return area.top != area.bottom and area.left != area.right
    return len(places) < 2


def _one_at_a_time(call: Call, argument: Nodes, scope: Scope) -> Scope:
    """MAP and its kin give their LAMBDA one value at a time; what REDUCE starts from may be an array."""
    match argument:
        case (Call(name="LAMBDA") as function,):
            names = [bound.lower() for bound in binding_names(function)]
            gathers_array = call.name == "REDUCE" and may_be_many(call.arguments[0], scope.arrays)
            return replace(scope, single=frozenset(names[1:] if gathers_array else names))
    return scope
