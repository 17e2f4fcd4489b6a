"""The arguments of a declared function as a spreadsheet takes them, one by one and a list of any length at the end."""

from dataclasses import dataclass

from trackerr_xl.functions.spec import SheetFunction


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument as a host declares it.

    Parameters
    ----------
    name : str
        Its name.
    help : str
        What the function window says of it.
    optional : bool
        Whether it may be left out.
    many : bool
        Whether it stands for any number of arguments; the last one only.
    """

    name: str
    help: str
    optional: bool = False
    many: bool = False


def parameters(declared: SheetFunction) -> tuple[Parameter, ...]:
    """The arguments of a function, as xlwings and Excel's custom functions can declare them."""
    named = tuple(
        # xlwings refuses optional arguments before a list of any length, and does not need to know of them there.
        Parameter(one.name, one.help, optional=not (one.required or declared.variadic))
        for one in declared.arguments
    )
    return (*named, Parameter("arguments", "Further arguments.", many=True)) if declared.variadic else named
