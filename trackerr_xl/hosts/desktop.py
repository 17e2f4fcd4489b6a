"""Excel on Windows: the whole catalogue as worksheet functions of xlwings.

Excel's VBA wrapper asks xlwings for a function of this module by its name in the catalogue. Where there is no Excel
the module loads all the same, and its functions are plain Python functions.
"""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any, Final

import xlwings as xw
from xlwings.conversion import Accessor, ConversionContext, Pipeline

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.hosts.com_values import Marked, com_from_grid, given_from_com
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError

CATEGORY: Final = "Tracking error"
"""Where Excel's Insert Function window lists the functions."""


class Cells(Accessor):
    """How xlwings reads an argument of ours and writes an answer: without its own conversions.

    Those lose the shape of a row, turn newer error values into numbers, and take several times as long.
    """

    @classmethod
    def reader(cls, options: dict[str, object]) -> Pipeline:
        """One stage, from what COM delivers to what the sheet layer takes."""
        return Pipeline([_read])

    @classmethod
    def writer(cls, options: dict[str, object]) -> Pipeline:
        """Nothing: the functions return what COM takes."""
        return Pipeline()


def worksheet_function(declared: SheetFunction) -> Callable[..., list[list[Marked]]]:
    """The function of the catalogue as xlwings wants it: named, with signature, hints and help.

    Parameters
    ----------
    declared : SheetFunction
        The declaration.

    Returns
    -------
    callable
        Takes what `Cells` reads, None for an argument left out, and returns rows for COM. Never raises.
    """

    def answer(*given: Any) -> list[list[Marked]]:
        return com_from_grid(call(declared.name, given).grid)

    parameters = _parameters(declared)
    answer.__name__ = answer.__qualname__ = declared.name
    answer.__doc__ = declared.summary
    answer.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": Cells}
    vars(answer)["__signature__"] = Signature(parameters, return_annotation=Cells)
    registered: Callable[..., list[list[Marked]]] = xw.func(category=CATEGORY)(answer)
    return registered


def _parameters(declared: SheetFunction) -> list[Parameter]:
    parameters = []
    for argument in declared.arguments:
        # xlwings refuses optional arguments before a list of any length, and does not need to know of them there.
        optional = not (argument.required or declared.variadic)
        parameters.append(
            Parameter(
                argument.name,
                Parameter.POSITIONAL_OR_KEYWORD,
                default=None if optional else Parameter.empty,
                annotation=Annotated[Cells, {"doc": argument.help}],
            )
        )
    if declared.variadic:
        further = Annotated[Cells, {"doc": "Further arguments."}]
        parameters.append(Parameter("arguments", Parameter.VAR_POSITIONAL, annotation=further))
    return parameters


def _read(context: ConversionContext) -> None:
    raw = context.value if context.range is None else _values_of(context.range)
    context.value = raw if isinstance(raw, CellError) else given_from_com(raw)


def _values_of(cells: xw.Range) -> object:
    from pywintypes import com_error  # exists only where Excel is, and this runs only there

    try:
        # Of a selection of several areas Excel would hand over the first alone, without a word.
        if cells.api.Areas.Count > 1:
            return CellError("#VALUE!")
        # Not Value: it cuts cells formatted as currency to 4 decimals (Microsoft KB 182812).
        return cells.api.Value2
    except com_error:
        return CellError("#VALUE!")


# xlwings looks for functions among the names of a module.
globals().update({name: worksheet_function(declared) for name, declared in CATALOGUE.items()})
