"""How every command ends: with its exit code, and with one sentence where something is wrong."""

from collections.abc import Callable
from typing import NoReturn, ParamSpec

import typer

from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.errors import TrackerrError

P = ParamSpec("P")


def finish(run: Callable[P, Outcome], *args: P.args, **kwargs: P.kwargs) -> NoReturn:
    """Run a command's work and leave with its exit code; every error of ours ends as its sentence on stderr."""
    try:
        outcome = run(*args, **kwargs)
    except TrackerrError as error:
        typer.echo(error.sentence, err=True)
        outcome = Outcome.REFUSED
    raise typer.Exit(outcome)
