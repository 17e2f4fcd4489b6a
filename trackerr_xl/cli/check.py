"""`trackerr-xl check`."""

import time
from datetime import datetime
from pathlib import Path

import typer

from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.report import (
    differences_as_data,
    not_evaluated_as_data,
    refuse_workbook_as_report,
    report,
)
from trackerr_xl.cli.screen import progress_bar, show_differences, show_facts, show_not_evaluated
from trackerr_xl.workbook.actions.report import stamp_words
from trackerr_xl.workbook.actions.thaw import thawed, verify_stamp
from trackerr_xl.workbook.check import check
from trackerr_xl.workbook.file.output import write_files
from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.read_book import read_book


def run(book: Path, tolerance: float, now: datetime | None, json: Path | None) -> Outcome:
    """Compare a workbook with its recalculation and show what differs. A difference outweighs a cell not evaluated."""
    refuse_workbook_as_report(json, book)
    begun = time.perf_counter()
    package = open_package(book)
    stamp = verify_stamp(read_book(package))
    with progress_bar() as told:
        # Of a frozen workbook the formulas are brought back in memory, so that what they give now is compared as well.
        result = check(thawed(package), tolerance=tolerance, now=now, progress=told)
    seconds = time.perf_counter() - begun
    outcome = Outcome.DONE
    if result.not_evaluated:
        outcome = Outcome.NOT_EVALUATED
    if result.differences or (stamp is not None and stamp.broken):
        outcome = Outcome.DIFFERENT
    if json is not None:
        data = {
            "tolerance": tolerance,
            "equal": result.equal,
            "seconds": round(seconds, 3),
            "stamp": None if stamp is None else {"frozen": stamp.stamp.when, "broken": list(stamp.broken)},
            "differences": differences_as_data(result.differences),
            "not_evaluated": not_evaluated_as_data(result.not_evaluated),
        }
        write_files({json: report(book, outcome, data)})
    if result.differences:
        show_differences("Cells that differ", result.differences)
    if result.not_evaluated:
        show_not_evaluated(result.not_evaluated)
    for words in () if stamp is None else stamp_words(stamp):
        typer.echo(words)
    show_facts(
        book.name,
        [
            ("Equal", f"{result.equal:,}"),
            ("Different", f"{len(result.differences):,}"),
            ("Not evaluated", f"{len(result.not_evaluated):,}"),
            ("Tolerance", f"{tolerance:g}"),
            ("Seconds", f"{seconds:.2f}"),
        ],
    )
    return outcome
