"""`trackerr-xl recalc`."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import typer

from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.report import (
    differences_as_data,
    not_evaluated_as_data,
    refuse_other_ending,
    refuse_workbook_as_report,
    report,
    value_as_data,
)
from trackerr_xl.cli.screen import progress_bar, show_differences, show_facts, show_not_evaluated
from trackerr_xl.cli.values import parse_setting
from trackerr_xl.workbook.check import Difference, compare
from trackerr_xl.workbook.file.output import write_files
from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.write_back import write_back


def run(
    book: Path, out: Path | None, settings: list[str], now: datetime | None, json: Path | None
) -> Outcome:
    """Recalculate, write what was asked for, and show a summary."""
    begun = time.perf_counter()
    package = open_package(book)
    refuse_other_ending(book, out)
    refuse_workbook_as_report(json, book, out)
    inputs = dict(parse_setting(setting, package) for setting in settings)
    with progress_bar() as told:
        result = recalculate(package, inputs=inputs, now=now, progress=told)
    changes = compare(result).differences
    outcome = Outcome.NOT_EVALUATED if result.not_evaluated else Outcome.DONE
    seconds = time.perf_counter() - begun
    files: dict[Path, bytes] = {}
    if out is not None:
        files[out] = write_back(package, result)
    if json is not None:
        files[json] = _report(book, out, result, changes, seconds, outcome)
    write_files(files)
    _show(book, out, result, changes, seconds)
    return outcome


def _report(
    book: Path,
    out: Path | None,
    result: Recalculation,
    changes: Sequence[Difference],
    seconds: float,
    outcome: Outcome,
) -> bytes:
    return report(
        book,
        outcome,
        {
            "out": None if out is None else str(out),
            "inputs": {str(where): value_as_data(value) for where, value in result.inputs.items()},
            "formulas": len(result.formulas),
            "calls": result.calls,
            "passes": result.passes,
            "seconds": round(seconds, 3),
            "changed": differences_as_data(changes),
            "not_evaluated": not_evaluated_as_data(result.not_evaluated),
            "faults": [
                {"cell": str(fault.address), "function": fault.function, "sentence": fault.sentence}
                for fault in result.faults
            ],
        },
    )


def _show(
    book: Path, out: Path | None, result: Recalculation, changes: Sequence[Difference], seconds: float
) -> None:
    if changes:
        show_differences("Cells that change" if out is None else "Cells changed", changes)
    if result.not_evaluated:
        show_not_evaluated(result.not_evaluated)
    for fault in result.faults:
        typer.echo(f"{fault.address} {fault.function}: {fault.sentence}", err=True)
    show_facts(
        book.name,
        [
            ("Formulas", f"{len(result.formulas):,}"),
            ("Calls of our functions", f"{result.calls:,}"),
            ("Passes", str(result.passes)),
            ("Cells changed", f"{len(changes):,}"),
            ("Formulas not evaluated", f"{len(result.not_evaluated):,}"),
            ("Seconds", f"{seconds:.2f}"),
            ("Written", "nothing; name a file with --out" if out is None else str(out)),
        ],
    )
