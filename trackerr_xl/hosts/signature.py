"""A declared function as a Python function: named, with signature, hints and help, as xlwings registers them."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from xlwings.conversion import Accessor

from trackerr_xl.functions.parameters import Parameter, parameters
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

    shown = [_shown(parameter, cells) for parameter in parameters(declared)]
    function.__name__ = function.__qualname__ = declared.name
    function.__module__ = module
    function.__doc__ = declared.summary
    function.__annotations__ = {each.name: each.annotation for each in shown} | {"return": cells}
    vars(function)["__signature__"] = inspect.Signature(shown, return_annotation=cells)
    return function


def _shown(parameter: Parameter, cells: type[Accessor]) -> inspect.Parameter:
    # A checker of types takes no variable for a type.
    annotated: Any = Annotated
    kind = inspect.Parameter.VAR_POSITIONAL if parameter.many else inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(
        parameter.name,
        kind,
        default=None if parameter.optional else inspect.Parameter.empty,
        annotation=annotated[cells, {"doc": parameter.help}],
    )
