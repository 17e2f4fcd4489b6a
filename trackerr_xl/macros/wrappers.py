"""One VBA function for each function of the catalogue, and what Excel's function window says of it."""

from collections.abc import Iterable

from trackerr_xl.functions.parameters import Parameter, parameters
from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.macros.agreed import CATEGORY
from trackerr_xl.macros.basic_text import listed, one_line, quoted


def wrapper(declared: SheetFunction) -> str:
    """The VBA function that hands a formula's arguments to Python.

    Parameters
    ----------
    declared : SheetFunction
        The declaration.
    """
    name, shown = declared.name, parameters(declared)
    arguments = ", ".join(_argument(parameter) for parameter in shown)
    lines = (
        f"Public Function {name}({arguments}) As Variant",
        # An attribute is the only place for the words that a function shows before any macro has run.
        f'Attribute {name}.VB_Description = "{one_line(declared.summary).replace(chr(34), chr(34) * 2)}"',
        f'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"',
        *_copied(shown),
        "    On Error GoTo Unanswered",
        f"    {name} = Answered(XLPy.CallUDF(FUNCTIONS, {quoted(name)}, _",
        f"        {_given(shown)}, _",
        "        ThisWorkbook, Application.Caller))",
        "    Exit Function",
        "Unanswered:",
        f"    {name} = Failed(Err.Description)",
        "End Function",
    )
    return "\n".join(lines)


def descriptions(declared: Iterable[SheetFunction]) -> str:
    """The procedure that tells Excel what each function and each argument is for."""
    calls = (_described(each) for each in declared)
    head = "Public Sub DescribeFunctions()\n    ' A help text that Excel does not take is no reason to stop.\n    On Error Resume Next"
    return "\n".join((head, *calls, "End Sub"))


def _argument(parameter: Parameter) -> str:
    if parameter.many:
        return f"ParamArray {parameter.name}()"
    return f"Optional {parameter.name}" if parameter.optional else parameter.name


def _given(shown: tuple[Parameter, ...]) -> str:
    named = f"Array({', '.join(parameter.name for parameter in shown if not parameter.many)})"
    return f"Joined({named}, Further)" if shown and shown[-1].many else named


def _copied(shown: tuple[Parameter, ...]) -> tuple[str, ...]:
    # VBA hands a list of any length to no other procedure before it is copied.
    if not (shown and shown[-1].many):
        return ()
    return "    Dim Further As Variant", f"    Further = {shown[-1].name}"


def _described(declared: SheetFunction) -> str:
    options = [
        f"Macro:={quoted(declared.name)}",
        f"Description:={quoted(one_line(declared.summary))}",
        f"Category:={quoted(CATEGORY)}",
    ]
    helps = [quoted(one_line(parameter.help)) for parameter in parameters(declared)]
    if helps:
        options.append(f"ArgumentDescriptions:=Array( _\n        {listed(helps)})")
    return f"    Application.MacroOptions {listed(options)}"
