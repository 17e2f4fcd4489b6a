"""What the command shows: Rich tables for people on a terminal, tab-separated lines for programs in a pipe."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Timer

import typer
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.sheet.csv_text import shown
from trackerr_xl.workbook.check import Difference
from trackerr_xl.workbook.recalculate import NotEvaluated
from trackerr_xl.workbook.recalculate import Progress as Told

SHOWN_ROWS = 50
"""Most rows of a table on a terminal. In a pipe all are written."""

DIGITS = 10
"""Significant digits of a number in a table of differences on a terminal. In a pipe all are written."""

FORMULA = "Formula"
"""Heading of the column that is cut on a terminal."""

_COLUMN = 14

PATIENCE = 1.0
"""Seconds of work before a progress bar appears."""


def show_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table; a terminal gets it with its title, without empty columns and with formulas cut.

    Where a terminal is too narrow for columns every row becomes a block of lines.
    """
    console = Console()
    if not console.is_terminal:
        for row in (headings, *rows):
            typer.echo("\t".join(" ".join(text.split()) for text in row))
        return
    used = [index for index in range(len(headings)) if any(row[index] for row in rows)]
    if console.width < _COLUMN * len(used):
        for row in rows[:SHOWN_ROWS]:
            show_facts(title, [(headings[index], row[index]) for index in used])
    else:
        table = Table(title=Text(title, "bold"), title_justify="left", box=box.SIMPLE_HEAD)
        for index in used:
            table.add_column(headings[index], overflow="fold")
        for row in rows[:SHOWN_ROWS]:
            texts = [_cut(row[index], console.width // 3, headings[index]) for index in used]
            table.add_row(*map(Text, texts))
        console.print(table)
    if len(rows) > SHOWN_ROWS:
        console.print(f"… and {len(rows) - SHOWN_ROWS:,} more; a pipe or --json shows all")


def _cut(text: str, widest: int, heading: str) -> str:
    return text[: widest - 1] + "…" if heading == FORMULA and len(text) > widest else text


def show_facts(title: str, facts: Sequence[tuple[str, str]]) -> None:
    """Show names and values, one a line."""
    console = Console()
    if not console.is_terminal:
        for name, value in facts:
            typer.echo(f"{name}\t{value}")
        return
    table = Table(title=Text(title, "bold"), title_justify="left", show_header=False, box=box.SIMPLE_HEAD)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(Text(name), Text(value))
    console.print(table)


def show_grid(title: str, grid: Sequence[Sequence[Cell]]) -> None:
    """Show cells as a sheet does, numbers to the right."""
    table = Table(title=Text(title, "bold"), title_justify="left", show_header=False)
    for column in range(len(grid[0])):
        numbers = any(isinstance(row[column], float) for row in grid)
        table.add_column(justify="right" if numbers else "left", overflow="fold")
    for row in grid:
        table.add_row(*(Text(shown(value)) for value in row))
    Console().print(table)


def show_differences(title: str, differences: Sequence[Difference]) -> None:
    """Show the differing cells of a recalculation or a check."""
    digits = DIGITS if Console().is_terminal else None
    rows = [
        (
            str(each.address),
            each.formula,
            shown(each.stored, digits),
            shown(each.now, digits),
            "" if each.difference is None else f"{each.difference:.3g}",
        )
        for each in differences
    ]
    show_table(title, ("Cell", FORMULA, "Stored", "Now", "Difference"), rows)


def show_not_evaluated(cells: Sequence[NotEvaluated]) -> None:
    """Show the formulas that could not be evaluated and why."""
    rows = [(str(each.address), each.reason, each.formula) for each in cells]
    show_table("Not evaluated", ("Cell", "Why", FORMULA), rows)


class _Rate(ProgressColumn):
    """Things done a second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s")


@contextmanager
def progress_bar(*, rate: bool = False) -> Iterator[Told]:
    """A callback that shows a bar on stderr, on a terminal, once the work has taken a second.

    A timer starts it: the engine may calculate for long without telling anything. With `rate` it shows how many things
    are done a second and the time left, else the time it has taken.
    """
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    clock = (_Rate(), TimeRemainingColumn()) if rate else (TimeElapsedColumn(),)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *clock)
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task("")
    timer = Timer(PATIENCE, progress.start)
    timer.start()
    try:
        yield lambda what, done, total: progress.update(
            task, description=what, completed=done, total=total or None
        )
    finally:
        timer.cancel()
        timer.join()
        progress.stop()
