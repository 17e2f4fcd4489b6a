"""Functions of one value that are given an array: carried over the array by MAP where the engine would not.

Excel carries every such function over an array. The engine does so for some; for the others it shows an error or,
without a word, a wrong value. Which is which was measured function by function (`tests/workbook`).
"""

from itertools import zip_longest

from trackerr_xl.workbook.formula.argument_classes import VALUE, argument_class
from trackerr_xl.workbook.formula.many import Scope, argument_scopes, called_scope, may_be_many
from trackerr_xl.workbook.formula.tree import Call, FormulaError, Group, Node, Nodes, Reference, Word, parse

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
_LAMBDA_TAKERS = frozenset(("BYCOL", "BYROW", "MAKEARRAY", "MAP", "REDUCE", "SCAN"))
_COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))

_ARRAY = Word("name", "te_array")
_ONE_BY_ONE = {
    name: parse("=" + text)
    for name, text in (
        ("N", "MAP(te_array,LAMBDA(te_one,N(te_one)))"),
        ("T", "MAP(te_array,LAMBDA(te_one,T(te_one)))"),
        ("COUNT", 'SUM(MAP(IFERROR(te_array,""),LAMBDA(te_one,IF(ISNUMBER(te_one),1,0))))'),
        (
            "PRODUCT",
            "IF(SUM(MAP(te_array,LAMBDA(te_one,IF(ISNUMBER(te_one),1,IF(ISERROR(te_one),1,0)))))=0,0,"
            "REDUCE(1,te_array,LAMBDA(te_all,te_one,"
            "IF(ISNUMBER(te_one),te_all*te_one,IF(ISERROR(te_one),te_one,te_all)))))",
        ),
    )
}
"""What the engine can do in place of functions that it gets wrong when they are given an array that is no range."""


def carried(nodes: Nodes) -> Nodes:
    """A formula whose functions of one value get one value at a time.

    Raises
    ------
    FormulaError
        If a function is given arrays in a way that the engine is known to get wrong.
    """
    return _Walk().sequence(nodes, Scope())


class _Walk:
    """Counts the parameters it makes up."""

    def __init__(self) -> None:
        self._parameters = 0

    def sequence(self, nodes: Nodes, scope: Scope) -> Nodes:
        return tuple(
            self._node(node, called_scope(node, follower, scope))
            for node, follower in zip_longest(nodes, nodes[1:])
        )

    def _node(self, node: Node, scope: Scope) -> Node:
        if isinstance(node, Group):
            return Group(tuple(self.sequence(argument, scope) for argument in node.arguments))
        if not isinstance(node, Call):
            return node
        scopes = argument_scopes(node, scope)
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
        _refuse(done, arrays, scope)
        return self._counted(self._mapped(done, arrays, scope), node, arrays, scope)

    def _mapped(self, call: Call, arrays: list[int], scope: Scope) -> Call:
        """The call over an array where one value is wanted; other calls as they are."""
        over = [position for position in arrays if argument_class(call.name, position) == VALUE]
        if not over or call.name in CARRIED:
            return call
        parameter = self._parameter()
        arguments = list(call.arguments)
        array, arguments[over[0]] = arguments[over[0]], (parameter,)
        one = Call(call.name, tuple(arguments))
        if (
            len(over) > 1
            or scope.in_lambda
            or call.name in _ASK_ABOUT_CELLS
            or may_be_many((one,), scope.arrays)
        ):
            raise FormulaError(f"the engine does not carry {call.name} over these arrays")
        return Call("MAP", (array, _lambda((parameter,), one)))

    def _counted(self, done: Call, call: Call, arrays: list[int], scope: Scope) -> Call:
        """Functions of ranges that the engine gets wrong when they are given an array that is no range."""
        position = next((position for position in arrays if not _is_range(call.arguments[position])), None)
        if position is None or done.name == "MAP":
            return done
        if call.name in _ONE_BY_ONE and len(call.arguments) == 1 and not scope.in_lambda:
            return _over(done.arguments[0], _ONE_BY_ONE[call.name])
        wrong = call.name in _ONLY_RANGES or call.name in _ONE_BY_ONE
        if wrong and argument_class(call.name, position) != VALUE:
            raise FormulaError(f"the engine does not take {call.name} of an array that is not a range")
        if call.name in _COUNT_LOGICALS:
            return Call(
                call.name, tuple(_without_logicals(call.name, argument) for argument in done.arguments)
            )
        return done

    def _parameter(self) -> Word:
        self._parameters += 1
        return Word("name", f"te_value_{self._parameters}")


def _over(array: Nodes, nodes: Nodes) -> Call:
    """One of the formulas above with the array in its place."""
    (call,) = _placed(array, nodes)
    assert isinstance(call, Call)
    return call


def _placed(array: Nodes, nodes: Nodes) -> Nodes:
    out: list[Node] = []
    for node in nodes:
        if node == _ARRAY:
            out.extend(array)
        elif isinstance(node, Call):
            out.append(Call(node.name, tuple(_placed(array, argument) for argument in node.arguments)))
        else:
            out.append(node)
    return tuple(out)


def _refuse(call: Call, arrays: list[int], scope: Scope) -> None:
    """Calls that the engine is known to get wrong, however they are written."""
    if call.name in ("N", "T") and any(_is_range(call.arguments[position]) for position in arrays):
        raise FormulaError(f"the engine does not take {call.name} of a range")
    if call.name == "XLOOKUP" and len(call.arguments) > 2 and not _is_line(call.arguments[2]):
        raise FormulaError("the engine does not take whole rows or columns out of a table with XLOOKUP")
    if call.name in _LAMBDA_TAKERS:
        match call.arguments[-1:]:
            case ((Call(name="LAMBDA", arguments=(_, *_)) as function,),):
                (inside,) = argument_scopes(call, scope)[-1:]
                body = argument_scopes(function, inside)[-1]
                if may_be_many(function.arguments[-1], body.arrays):
                    raise FormulaError(f"the engine takes one value at a time from the LAMBDA of {call.name}")


def _is_line(argument: Nodes) -> bool:
    """Whether an expression is one row or one column, or nothing is known against it."""
    match argument:
        case (Reference(area=area, spilled=False),):
            return area.top == area.bottom or area.left == area.right
    return True


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
