"""`trackerr-xl eval`."""

import csv
import io
import sys
from collections.abc import Mapping, Sequence

import typer

from trackerr_xl.cli.catalogue import known_function
from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.screen import show_grid
from trackerr_xl.cli.values import nearest, parse_argument
from trackerr_xl.errors import ChoiceError, InputError
from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Cell, Given
from trackerr_xl.sheet.csv_text import csv_word

_UNANSWERED = ("#N/A", "#NUM!")


def run(function: str, arguments: list[str]) -> Outcome:
    """Evaluate one function and show what it spills; an error value comes with its sentence on stderr."""
    spec = known_function(function)
    given: dict[str, Given] = {}
    for text in arguments:
        name, value = parse_argument(text)
        if name in given:
            raise InputError("is given twice", argument="--arg", at=name)
        given[name] = value
    reply = call(spec.name, _in_order(spec, given))
    _show(spec.name, reply.grid)
    for topic, sentence in reply.notes:
        if topic == "Warning":
            typer.echo(f"{topic}: {sentence}", err=True)
    if reply.fault is None:
        return Outcome.DONE
    typer.echo(reply.fault.sentence, err=True)
    return Outcome.NOT_EVALUATED if reply.fault.value.value in _UNANSWERED else Outcome.REFUSED


def _in_order(spec: SheetFunction, given: Mapping[str, Given]) -> list[Given]:
    """The arguments by position, None where one is left out."""
    names = [argument.name for argument in spec.arguments]
    if spec.variadic:
        # A function that takes another one's arguments, as TE_EXPLAIN does, takes them under their own names.
        asked = given.get(names[0])
        if isinstance(asked, str):
            names += [argument.name for argument in known_function(asked).arguments]
    for name in given:
        if name not in names:
            raise ChoiceError(
                f"is not an argument of {spec.name}, {nearest(name, names)}", argument="--arg", at=name
            )
    last = max((names.index(name) for name in given), default=-1)
    return [given.get(name) for name in names[: last + 1]]


def _show(title: str, grid: Sequence[Sequence[Cell]]) -> None:
    if sys.stdout.isatty():
        show_grid(title, grid)
        return
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([csv_word(value) for value in row] for row in grid)
    typer.echo(text.getvalue(), nl=False)
