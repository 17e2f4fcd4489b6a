"""Commands that do what the buttons in Excel do, to a workbook file."""

from pathlib import Path
from typing import Annotated

import typer

from trackerr_xl.cli.finish import finish
from trackerr_xl.cli.typed import BookFile, Clock, JsonFile, OutFile, Tolerance

commands = typer.Typer()


@commands.command()
def optimise(book: BookFile, out: OutFile = None) -> None:
    """Write the best weights for BOOK's names Benchmark and Covariance, the trades, and what is said of them.

    Tables or names Limits, Assets, Current and Options are taken where they are there. The answer goes to the cells
    named Optimised_Weights, Optimised_Trades and Optimised_Diagnostics, or to a new sheet.
    """
    from trackerr_xl.cli.act import run_optimise

    finish(run_optimise, book, out)


@commands.command()
def explain(
    book: BookFile,
    cell: Annotated[str, typer.Argument(metavar="CELL", help="Such as Weights!B6.", show_default=False)],
) -> None:
    """Say what stands behind a cell of BOOK that shows an answer of ours; nothing is changed."""
    from trackerr_xl.cli.act import run_explain

    finish(run_explain, book, cell)


@commands.command()
def freeze(book: BookFile, out: OutFile = None) -> None:
    """Replace our formulas in BOOK by their values, with a stamp.

    The sheet Frozen keeps the formulas, fingerprints of what they were calculated from, and the versions. `check`
    verifies it, `thaw` brings the formulas back.

    For example:

        trackerr-xl freeze index.xlsx --out index-2026-03-31.xlsx
    """
    from trackerr_xl.cli.act import run_freeze

    finish(run_freeze, book, out)


@commands.command()
def thaw(book: BookFile, out: OutFile = None) -> None:
    """Bring the formulas of a frozen BOOK back."""
    from trackerr_xl.cli.act import run_thaw

    finish(run_thaw, book, out)


@commands.command()
def audit(
    book: BookFile,
    out: OutFile = None,
    cell: Annotated[
        str | None,
        typer.Option(
            metavar="CELL",
            help="A cell of the answer to audit, such as Weights!B6; left out, the largest answer.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write formulas of Excel's own into BOOK that verify tracking error, limits and optimality without Python."""
    from trackerr_xl.cli.act import run_audit

    finish(run_audit, book, out, cell)


@commands.command()
def lock(book: BookFile, tolerance: Tolerance = 1e-9, now: Clock = None) -> None:
    """Write down beside BOOK what it calculates now, as BOOK.lock.json, for `test` to compare with."""
    from trackerr_xl.cli.act import run_lock

    finish(run_lock, book, tolerance, now)


@commands.command("test")
def rerun(book: BookFile, json: JsonFile = None) -> None:
    """Calculate BOOK by the clock of its lock and compare with what was written down."""
    from trackerr_xl.cli.act import run_test

    finish(run_test, book, json)


@commands.command()
def new(
    template: Annotated[
        str | None, typer.Argument(metavar="[TEMPLATE]", help="Its name.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The new workbook.", show_default=False)
    ] = None,
) -> None:
    """List the templates, or make a new workbook FILE from one; as .xlsm it has macros and buttons of its own."""
    from trackerr_xl.cli.act import run_new

    finish(run_new, template, out)
