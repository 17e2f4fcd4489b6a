"""Help in a cell: the catalogue, or the page of one function."""

from collections.abc import Mapping

from trackerr_xl.core.words import key, not_known
from trackerr_xl.errors import ChoiceError
from trackerr_xl.functions.options import OPTIONS
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value


def te_help(function_name: str | None) -> Answer:
    """The whole catalogue, or the page of one function."""
    # The catalogue holds this function too, so it can be looked at only once it is complete.
    from trackerr_xl.functions import CATALOGUE

    if function_name is None:
        return Answer(_overview(CATALOGUE))
    by_key = {key(name): spec for name, spec in CATALOGUE.items()}
    if key(function_name) not in by_key:
        raise ChoiceError(not_known(function_name, tuple(CATALOGUE)), argument="function_name")
    return Answer(_page(by_key[key(function_name)]))


def syntax(spec: SheetFunction) -> str:
    """How the function is typed, what may be left out in brackets."""
    names = [argument.name if argument.required else f"[{argument.name}]" for argument in spec.arguments]
    return f"{spec.name}({', '.join([*names, '…'] if spec.variadic else names)})"


def _overview(catalogue: Mapping[str, SheetFunction]) -> list[list[Value]]:
    rows: list[list[Value]] = [["Function", "Category", "What it does", "Arguments"]]
    rows += [[spec.name, spec.category, spec.summary, syntax(spec)] for spec in catalogue.values()]
    return rows


def _page(spec: SheetFunction) -> list[list[Value]]:
    rows: list[list[Value]] = [
        ["Function", spec.name],
        ["What it does", spec.summary],
        ["Typed as", syntax(spec)],
    ]
    rows += [[argument.name, _described(argument)] for argument in spec.arguments]
    if any(argument.kind == "options" for argument in spec.arguments):
        rows += [[f"Option {option.name}", _described(option)] for option in OPTIONS]
    unit = f" Unit: {spec.result.unit}." if spec.result.unit else ""
    return [*rows, ["Spills", f"{spec.result.help}{unit}"], ["Example", spec.example]]


def _described(argument: Argument) -> str:
    parts = [argument.help]
    if argument.choices:
        parts.append(f"One of {', '.join(argument.choices)}.")
    if argument.unit:
        parts.append(f"Unit: {argument.unit}.")
    if isinstance(argument.default, (float, str)):
        parts.append(
            f"Default {argument.default if isinstance(argument.default, str) else f'{argument.default:g}'}."
        )
    if argument.later:
        parts.append(f"{argument.later}.")
    return " ".join(parts)


TE_HELP = SheetFunction(
    name="TE_HELP",
    category="help",
    summary="The catalogue of functions, or with a name the page of one function.",
    arguments=(Argument("function_name", "text", "Name of a function, in quotes.", default=None),),
    result=Result("table", "A row per function, or topic and sentence."),
    run=te_help,
    example='=TE_HELP("TRACKING_ERROR")',
)
