"""What a user can type after `trackerr-xl`. The work itself is imported when its command runs."""

import logging
import sys
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Annotated, NoReturn

import typer
from typer.main import get_command

import trackerr_xl
from trackerr_xl.cli.change import commands
from trackerr_xl.cli.finish import finish
from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.typed import BookFile, Clock, JsonFile, Tolerance
from trackerr_xl.errors import InternalError
from trackerr_xl.sheet.log import log_path, log_to_file

app = typer.Typer(
    add_completion=False,
    rich_markup_mode="markdown",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Tracking-error functions of a workbook, recalculated, checked and evaluated without a spreadsheet program.",
    epilog="Exit codes: 0 equal or done, 1 different, or something to mend, 2 refused and nothing written, 3 some cells not evaluated, 70 a mistake of ours.",
)


def main() -> None:
    """Entry point of the command."""
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page shows a question mark rather than an error.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.excepthook = _own_up
    # Not app(): that would put Typer's own hook in place of ours.
    get_command(app)()


def _own_up(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> NoReturn:
    """Tell of a mistake of ours in one sentence; where it happened goes to the log file."""
    logger = logging.getLogger("trackerr_xl")
    log_to_file(logger)
    logger.error("The command failed", exc_info=(kind, error, trace))
    mistake = InternalError(
        f"Something went wrong inside trackerr_xl: the inputs are not at fault, details are in {log_path()}"
    )
    typer.echo(mistake.sentence, err=True)
    sys.exit(Outcome.OUR_MISTAKE)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trackerr-xl {trackerr_xl.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    pass


@app.command()
def recalc(
    book: BookFile,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the recalculated workbook here. Left out, no workbook is written.",
            show_default=False,
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="CELL=VALUE",
            help='Put a value into a cell first, such as "Inputs!B1=0.3", or with a name of the workbook "Cap=0.3"; repeat for more. '
            'Numbers, 35%, TRUE, FALSE, #N/A; anything else is text, and so is anything in "quotes"; nothing empties it.',
            show_default=False,
        ),
    ] = None,
    now: Clock = None,
    json: JsonFile = None,
) -> None:
    """Recalculate BOOK and show which cells change.

    BOOK itself is never changed unless --out names it. In the file written only the cells that change differ from
    BOOK: formulas, formats, charts, buttons and macros stay byte for byte.

    For example:

        trackerr-xl recalc index.xlsx

        trackerr-xl recalc index.xlsx --set "Inputs!B3=0.02" --out tighter.xlsx
    """
    from trackerr_xl.cli.recalc import run

    finish(run, book, out, settings or [], now, json)


@app.command()
def check(
    book: BookFile,
    tolerance: Tolerance = 1e-9,
    now: Clock = None,
    json: JsonFile = None,
) -> None:
    """Recalculate BOOK in memory and list the cells whose stored values differ.

    For example:

        trackerr-xl check index.xlsx --now 2026-03-31
    """
    from trackerr_xl.cli.check import run

    finish(run, book, tolerance, now, json)


@app.command()
def diff(
    first: Annotated[Path, typer.Argument(metavar="A", help="An .xlsx or .xlsm file.", show_default=False)],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another one.", show_default=False)],
    tolerance: Tolerance = 1e-9,
    json: JsonFile = None,
) -> None:
    """Show where the workbooks A and B differ: in stored values, formulas, names, sheets, tables.

    Nothing is calculated. Numbers typed into both have to agree in 15 digits, those of formulas within the tolerance.
    Cells are compared by their addresses: below an inserted row all of them differ.

    For example:

        trackerr-xl diff monday.xlsx tuesday.xlsx
    """
    from trackerr_xl.cli.diff import run

    finish(run, first, second, tolerance, json)


@app.command("eval")
def evaluate(
    function: Annotated[
        str, typer.Argument(metavar="FUNCTION", help="Such as TE_OPTIMIZE.", show_default=False)
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Option(
            "--arg",
            metavar="NAME=VALUE",
            help="An argument: a .csv file, cells of a workbook such as book.xlsx!Sheet!A1:B9, a number or a text; "
            "repeat for more.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Evaluate one FUNCTION: a table on a terminal, CSV when piped. What is wrong is said on stderr.

    For example:

        trackerr-xl eval TE_OPTIMIZE --arg weights=benchmark.csv --arg "cov=index.xlsx!Inputs!A1:D4"
    """
    from trackerr_xl.cli.evaluate import run

    finish(run, function, arguments or [])


@app.command()
def functions(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One function's page.", show_default=False)
    ] = None,
) -> None:
    """List the functions, or show the page of one."""
    from trackerr_xl.cli.catalogue import run

    finish(run, name)


@app.command()
def batch(
    accounts: Annotated[
        Path,
        typer.Argument(
            metavar="ACCOUNTS",
            help="Accounts table: .xlsx, .csv or .parquet, with the header Account.",
            show_default=False,
        ),
    ],
    book: Annotated[
        Path,
        typer.Option(
            metavar="BOOK",
            help="Workbook with what the accounts share, by its names Benchmark, Covariance, Limits, Assets and Options.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(metavar="RESULTS", help="Results: .xlsx, .csv or .parquet.", show_default=False),
    ],
    workers: Annotated[
        int, typer.Option(metavar="N", help="Processes of this machine; 0 for one a core.", min=0)
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Send the work to the Dask cluster of this scheduler, such as tcp://10.0.0.5:8786; local starts one here.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Find the best weights of all ACCOUNTS, which share the risk model, benchmark and limits of BOOK.

    A column headed by a name holds weights held now, Exclude what must not be held, and one such as "Turnover Max" or
    "Group Sector=Banks Max" limits in place of BOOK's. An account without an answer says why in its row. Ctrl-C keeps
    what is done beside RESULTS; the same command goes on from there.

    For example:

        trackerr-xl batch accounts.csv --book house.xlsx --out weights.csv --workers 4
    """
    from trackerr_xl.cli.batch import run

    finish(run, accounts, book, out, workers, scheduler)


_LibreOffice = Annotated[
    bool, typer.Option("--libreoffice", help="The extension for LibreOffice Calc, on every system.")
]


@app.command()
def install(libreoffice: _LibreOffice = False) -> None:
    """Put the add-in where Excel on Windows loads it, for you alone: no administrator is needed.

    For example:

        trackerr-xl install

        trackerr-xl install --libreoffice
    """
    from trackerr_xl.cli.install import install as run
    from trackerr_xl.install.machine import this_machine

    finish(run, this_machine(), libreoffice=libreoffice)


@app.command()
def uninstall(libreoffice: _LibreOffice = False) -> None:
    """Take away what install put, and nothing else."""
    from trackerr_xl.cli.install import uninstall as run
    from trackerr_xl.install.machine import this_machine

    finish(run, this_machine(), libreoffice=libreoffice)


@app.command()
def doctor() -> None:
    """Say what keeps Excel or LibreOffice from using the functions, and how to mend it."""
    from trackerr_xl.cli.doctor import run
    from trackerr_xl.install.machine import this_machine

    finish(run, this_machine())


app.add_typer(commands)
