"""`trackerr-xl functions`."""

from trackerr_xl.cli.app import Outcome
from trackerr_xl.cli.screen import show_facts, show_table
from trackerr_xl.cli.values import nearest
from trackerr_xl.errors import ChoiceError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.spec import Argument, SheetFunction


def run(name: str | None) -> Outcome:
    """Show the catalogue, or one function's page."""
    if name is None:
        rows = [(spec.category, signature(spec), spec.summary) for spec in CATALOGUE.values()]
        show_table("Functions", ("Category", "Function", "What it gives"), rows)
    else:
        _show_page(known_function(name))
    return Outcome.DONE


def known_function(name: str) -> SheetFunction:
    """The declaration of a function, its name in any case.

    Raises
    ------
    ChoiceError
        If there is none of that name.
    """
    if name.upper() not in CATALOGUE:
        raise ChoiceError(f"is not a function, {nearest(name, CATALOGUE)}", at=name)
    return CATALOGUE[name.upper()]


def signature(spec: SheetFunction) -> str:
    """A function as typed, optional arguments in brackets."""
    words = [each.name if each.required else f"[{each.name}]" for each in spec.arguments]
    return f"{spec.name}({', '.join([*words, '…'] if spec.variadic else words)})"


def _show_page(spec: SheetFunction) -> None:
    unit = f" ({spec.result.unit})" if spec.result.unit else ""
    show_facts(
        signature(spec),
        [
            ("Summary", spec.summary),
            ("Category", spec.category),
            ("Spills", f"{spec.result.shape}: {spec.result.help}{unit}"),
            ("Example", spec.example),
        ],
    )
    rows = [
        (each.name, each.kind, each.unit, _allowed(each), _default(each), each.help)
        for each in spec.arguments
    ]
    if rows:
        show_table("Arguments", ("Argument", "Kind", "Unit", "Allowed", "Default", "Help"), rows)


def _allowed(argument: Argument) -> str:
    if argument.choices:
        return ", ".join(argument.choices)
    low = "" if argument.minimum is None else f"{argument.minimum:g}"
    high = "" if argument.maximum is None else f"{argument.maximum:g}"
    return f"{low} … {high}".strip() if low or high else ""


def _default(argument: Argument) -> str:
    if argument.required:
        return "required"
    return "" if argument.default is None else str(argument.default)
