"""`trackerr-xl functions`."""

from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.screen import show_facts
from trackerr_xl.cli.values import nearest
from trackerr_xl.errors import ChoiceError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.spec import Argument, SheetFunction
from trackerr_xl.sheet.csv_text import shown


def run(name: str | None) -> Outcome:
    """Show the catalogue, or one function's page."""
    if name is None:
        show_facts("Functions", [(signature(spec), spec.summary) for spec in CATALOGUE.values()])
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
    if spec.arguments:
        show_facts("Arguments", [(each.name, f"{each.help} ({_details(each)})") for each in spec.arguments])


def _details(argument: Argument) -> str:
    """What is allowed and what holds when it is left out."""
    words = [argument.unit, ", ".join(argument.choices)]
    if argument.minimum is not None:
        words.append(f"at least {argument.minimum:g}")
    if argument.maximum is not None:
        words.append(f"at most {argument.maximum:g}")
    words.append("required" if argument.required else "optional")
    if isinstance(argument.default, float | int | str):
        words.append(f"default {shown(argument.default)}")
    return "; ".join(word for word in words if word)
