"""Functions of one value that are given an array: carried over the array by MAP where the engine would not.

Excel carries every such function over an array. The engine does so for some; for the others it shows an error or,
without a word, a wrong value. Which is which was measured function by function (`tests/workbook`).
"""

from dataclasses import dataclass, replace
from itertools import zip_longest

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.workbook.argument_classes import VALUE, argument_class, listed, takes_values
from trackerr_xl.workbook.formulas import Call, FormulaError, Group, Node, Nodes, Reference, Word
from trackerr_xl.workbook.own_names import own_function
from trackerr_xl.workbook.resolve import binding_names, bound_names

CARRIED = frozenset(
    (
        *(
            "ABS",
            "ACOS",
            "ACOSH",
            "ACOT",
            "ASIN",
            "ASINH",
            "ATAN",
            "ATANH",
            "CLEAN",
            "COS",
            "COSH",
            "COT",
            "CSC",
        ),
        *(
            "DATE",
            "DAY",
            "DEGREES",
            "EVEN",
            "EXACT",
            "EXP",
            "FACT",
            "FACTDOUBLE",
            "FIND",
            "IF",
            "IFERROR",
            "IFNA",
        ),
        *(
            "INT",
            "ISOWEEKNUM",
            "LEFT",
            "LEN",
            "LN",
            "LOG10",
            "LOWER",
            "MID",
            "MONTH",
            "ODD",
            "POWER",
            "PROPER",
        ),
        *(
            "RADIANS",
            "REPLACE",
            "REPT",
            "RIGHT",
            "SEARCH",
            "SEC",
            "SIGN",
            "SIN",
            "SINH",
            "SQRT",
            "SUBSTITUTE",
            "TAN",
        ),
        *("TANH", "TEXT", "TRIM", "UPPER", "YEAR"),
    )
)
"""Functions of one value that the engine itself carries over arrays."""

_ONLY_RANGES = frozenset(("AVERAGEA", "CONCAT", "MODE", "MODE.SNGL", "NPV", "TEXTJOIN", "XLOOKUP"))
_COUNT_LOGICALS = frozenset(("AVERAGE", "GEOMEAN", "HARMEAN", "KURT", "MEDIAN", "SKEW"))
_ASK_ABOUT_CELLS = frozenset(("INDIRECT", "ISBLANK", "ISREF", "OFFSET", "TYPE"))
_COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))
_ONE_AT_A_TIME = frozenset(("MAKEARRAY", "MAP", "REDUCE", "SCAN"))


def carried(nodes: Nodes) -> Nodes:
    """A formula whose functions of one value get one value at a time.

    Raises
    ------
    FormulaError
        If a function is given arrays in a way that the engine is known to get wrong.
    """
    return _Walk().sequence(nodes, _Scope())


@dataclass(frozen=True, slots=True)
class _Scope:
    """Names of LET and LAMBDA that may be arrays, parameters that are not, and whether this is inside a LAMBDA."""

    arrays: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    in_lambda: bool = False


class _Walk:
    """Counts the parameters it makes up."""

    def __init__(self) -> None:
        self._parameters = 0

    def sequence(self, nodes: Nodes, scope: _Scope) -> Nodes:
        return tuple(
            self._node(node, _called(node, follower, scope))
            for node, follower in zip_longest(nodes, nodes[1:])
        )

    def _node(self, node: Node, scope: _Scope) -> Node:
        if isinstance(node, Group):
            return Group(tuple(self.sequence(argument, scope) for argument in node.arguments))
        if not isinstance(node, Call):
            return node
        scopes = _argument_scopes(node, scope)
        done = Call(
            node.name,
            tuple(
                self.sequence(argument, inner) for argument, inner in zip(node.arguments, scopes, strict=True)
            ),
        )
        arrays = [
            position
            for position, (argument, inner) in enumerate(zip(node.arguments, scopes, strict=True))
            if may_be_many(argument, inner.arrays)
        ]
        return self._counted(self._mapped(done, arrays, scope), node, arrays, scope)

    def _mapped(self, call: Call, arrays: list[int], scope: _Scope) -> Call:
        """The call over an array where one value is wanted; other calls as they are."""
        over = [position for position in arrays if argument_class(call.name, position) == VALUE]
        if not over or call.name in CARRIED:
            return call
        if len(over) > 1 or scope.in_lambda or call.name in _ASK_ABOUT_CELLS:
            raise FormulaError(f"the engine does not carry {call.name} over these arrays")
        parameter = self._parameter()
        arguments = list(call.arguments)
        array, arguments[over[0]] = arguments[over[0]], (parameter,)
        return Call("MAP", (array, _lambda((parameter,), Call(call.name, tuple(arguments)))))

    def _counted(self, done: Call, call: Call, arrays: list[int], scope: _Scope) -> Call:
        """Functions of ranges that the engine gets wrong when they are given an array that is no range."""
        position = next((position for position in arrays if not _is_range(call.arguments[position])), None)
        if position is None or done.name == "MAP":
            return done
        if call.name in ("N", "T", "COUNT", "PRODUCT") and len(call.arguments) == 1 and not scope.in_lambda:
            return self._one_by_one(done)
        wrong = call.name in _ONLY_RANGES or call.name in ("N", "T", "COUNT", "PRODUCT")
        if wrong and argument_class(call.name, position) != VALUE:
            raise FormulaError(f"the engine does not take {call.name} of an array that is not a range")
        if call.name in _COUNT_LOGICALS:
            return Call(
                call.name, tuple(_without_logicals(call.name, argument) for argument in done.arguments)
            )
        return done

    def _one_by_one(self, call: Call) -> Call:
        value = self._parameter()
        array = call.arguments[0]
        if call.name in ("N", "T"):
            return Call("MAP", (array, _lambda((value,), Call(call.name, ((value,),)))))
        is_number = Call("ISNUMBER", ((value,),))
        if call.name == "COUNT":
            one = Call("IF", ((is_number,), (Word("number", "1"),), (Word("number", "0"),)))
            return Call("SUM", ((Call("MAP", (array, _lambda((value,), one))),),))
        so_far = self._parameter()
        error = Call("IF", ((Call("ISERROR", ((value,),)),), (value,), (so_far,)))
        product = Call("IF", ((is_number,), (so_far, Word("operator", "*"), value), (error,)))
        return Call("REDUCE", ((Word("number", "1"),), array, _lambda((so_far, value), product)))

    def _parameter(self) -> Word:
        self._parameters += 1
        return Word("name", f"te_value_{self._parameters}")


def may_be_many(nodes: Nodes, arrays: frozenset[str] = frozenset()) -> bool:
    """Whether an expression may have more than one value; `arrays` are the names that may."""
    return any(_node_may_be_many(node, arrays) for node in nodes)


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
    if call.name == "LET":
        inner = _argument_scopes(call, _Scope(arrays))[-1]
        return may_be_many(call.arguments[-1], inner.arrays) if call.arguments else False
    if not listed(call.name) or call.name in _MANY:
        return call.name != "INDEX" or _index_may_be_many(call, arrays)
    return any(
        may_be_many(argument, arrays)
        for position, argument in enumerate(call.arguments)
        if argument_class(call.name, position) == VALUE
        or takes_values(call.name)
        or call.name in ("IF", "CHOOSE")
    )


_MANY = frozenset(
    ("FREQUENCY", "GROWTH", "INDEX", "INDIRECT", "LINEST", "LOGEST", "MINVERSE", "MMULT", "N", "OFFSET", "T")
) | {"TRANSPOSE", "TREND", "XLOOKUP", "ROW", "COLUMN"}


def _index_may_be_many(call: Call, arrays: frozenset[str]) -> bool:
    array, *places = call.arguments
    if any(not place or place == (Word("number", "0"),) or may_be_many(place, arrays) for place in places):
        return True
    match array, len(places):
        case ((Reference(area=area, spilled=False),), 1):
            return area.top != area.bottom and area.left != area.right
    return len(places) < 2


def _argument_scopes(call: Call, scope: _Scope) -> list[_Scope]:
    """What is known in each argument of a call."""
    if call.name == "LAMBDA":
        bound = bound_names(call)
        inside = _Scope((scope.arrays - bound) | (bound - scope.single), frozenset(), in_lambda=True)
        return [inside] * len(call.arguments)
    if call.name in _ONE_AT_A_TIME:
        return [_one_at_a_time(call.name, argument, scope) for argument in call.arguments]
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


def _one_at_a_time(name: str, argument: Nodes, scope: _Scope) -> _Scope:
    """MAP and its kin give their LAMBDA one value at a time; what REDUCE has gathered so far may be an array."""
    match argument:
        case (Call(name="LAMBDA") as function,):
            names = [bound.lower() for bound in binding_names(function)]
            return replace(scope, single=frozenset(names[1:] if name == "REDUCE" else names))
    return scope


def _called(node: Node, follower: Node | None, scope: _Scope) -> _Scope:
    """A LAMBDA with its arguments behind it: which of its parameters are one value."""
    if not (isinstance(node, Call) and node.name == "LAMBDA" and isinstance(follower, Group)):
        return scope
    given = zip(binding_names(node), follower.arguments, strict=False)
    single = {name.lower() for name, argument in given if not may_be_many(argument, scope.arrays)}
    return replace(scope, single=frozenset(single))


def _is_range(argument: Nodes) -> bool:
    if len(argument) != 1:
        return False
    node = argument[0]
    return isinstance(node, Reference) or (
        isinstance(node, Call) and node.name in ("INDEX", "OFFSET", "INDIRECT")
    )


def _lambda(parameters: tuple[Word, ...], body: Call) -> Nodes:
    return (Call("LAMBDA", (*((parameter,) for parameter in parameters), (body,))),)


def _without_logicals(name: str, argument: Nodes) -> Nodes:
    """An array in which the FALSE of ``IF(condition, value)`` is a text, which the engine skips as Excel does."""
    match argument:
        case (Call(name="IF", arguments=(condition, value)),):
            return (Call("IF", (condition, _without_logicals(name, value), (Word("text", '""'),))),)
        case (Call(name="IF", arguments=(condition, value, other)),):
            branches = (_without_logicals(name, value), _without_logicals(name, other))
            return (Call("IF", (condition, *branches)),)
    if any(isinstance(node, Word) and node.text in _COMPARISONS for node in argument):
        raise FormulaError(f"the engine counts logical values in {name}, which Excel skips")
    return argument
