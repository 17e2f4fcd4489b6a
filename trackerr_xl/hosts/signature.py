"""A declared function as a Python function: named, with signature, hints and help, as xlwings registers them."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

from xlwings.conversion import Accessor

from trackerr_xl.functions.spec import SheetFunction


def python_function(
    declared: SheetFunction, answer: Callable[..., object], cells: type[Accessor], module: str
) -> Callable[..., object]:
    """The function of the catalogue as a Python function.

    Parameters
    ----------
    declared : SheetFunction
        The declaration.
    answer : callable
        Takes the name and what `cells` read, None for an argument left out; returns what `cells` writes.
    cells : type of Accessor
        How xlwings reads each argument and writes the answer.
    module : str
        Name of the module it is for.
    """

    def function(*given: Any) -> object:
        return answer(declared.name, *given)

    parameters = _parameters(declared, cells)
    function.__name__ = function.__qualname__ = declared.name
    function.__module__ = module
    function.__doc__ = declared.summary
    function.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": cells}
    vars(function)["__signature__"] = Signature(parameters, return_annotation=cells)
    return function


def _parameters(declared: SheetFunction, cells: type[Accessor]) -> list[Parameter]:
    parameters = []
    for argument in declared.arguments:
        # xlwings refuses optional arguments before a list of any length, and does not need to know of them there.
        optional = not (argument.required or declared.variadic)
        parameters.append(
            Parameter(
                argument.name,
                Parameter.POSITIONAL_OR_KEYWORD,
                default=None if optional else Parameter.empty,
                annotation=_hint(cells, argument.help),
            )
        )
    if declared.variadic:
        parameters.append(Parameter("arguments", Parameter.VAR_POSITIONAL, annotation=_hint(cells, FURTHER)))
    return parameters


def _hint(cells: type[Accessor], text: str) -> Any:
    # A checker of types takes no variable for a type.
    annotated: Any = Annotated
    return annotated[cells, {"doc": text}]


FURTHER = "Further arguments."
"""Help of the list of any length that ends the arguments of some functions."""
