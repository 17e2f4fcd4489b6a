"""`trackerr-xl batch`."""

import os
import time
from pathlib import Path

import typer

from trackerr_xl.batch.run import Summary, Team, run_batch
from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.screen import progress_bar, show_facts, show_table

HEADINGS = ("Account", "Why")


def run(accounts: Path, book: Path, out: Path, workers: int, scheduler: str | None) -> Outcome:
    """Solve the accounts, write the results, and show a summary; accounts without an answer are no failure."""
    begun = time.perf_counter()
    team = Team(workers or os.cpu_count() or 1, scheduler)
    with progress_bar(rate=True) as told:
        summary = run_batch(
            accounts, book, out, team, lambda done, total: told("Solving accounts", done, total)
        )
    _show(summary, out, time.perf_counter() - begun)
    return Outcome.DONE if summary.journal is None else Outcome.NOT_EVALUATED


def _show(summary: Summary, out: Path, seconds: float) -> None:
    if summary.refused:
        show_table("Accounts without weights", HEADINGS, summary.refused)
    solved = summary.done - summary.resumed
    show_facts(
        out.name,
        [
            ("Accounts", f"{summary.accounts:,}"),
            ("With weights, proved", f"{summary.done - len(summary.refused):,}"),
            ("Without", f"{len(summary.refused):,}"),
            ("Done before", f"{summary.resumed:,}"),
            ("Seconds", f"{seconds:.2f}"),
            ("Accounts a second", f"{solved / seconds:,.0f}"),
            ("Written", str(out) if summary.journal is None else "nothing yet"),
        ],
    )
    if summary.journal is not None:
        left = summary.accounts - summary.done
        typer.echo(
            f"Stopped: {left:,} accounts are left. What is done is kept in {summary.journal}; the same command goes on.",
            err=True,
        )
