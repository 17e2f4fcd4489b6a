"""`trackerr-xl optimise`, `explain`, `freeze`, `thaw`, `audit`, `lock`, `test` and `new`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import typer

from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.report import (
    differences_as_data,
    not_evaluated_as_data,
    refuse_other_ending,
    refuse_workbook_as_report,
    report,
)
from trackerr_xl.cli.screen import progress_bar, show_differences, show_facts, show_not_evaluated
from trackerr_xl.errors import FileRefusedError, InputError
from trackerr_xl.workbook.actions.audit.write import write_audit
from trackerr_xl.workbook.actions.changes import Plan
from trackerr_xl.workbook.actions.desk import FileDesk, carry_out
from trackerr_xl.workbook.actions.explain import explain
from trackerr_xl.workbook.actions.freeze import freeze
from trackerr_xl.workbook.actions.lock import lock, lock_path, lock_text, read_lock, rerun
from trackerr_xl.workbook.actions.new_book import template, templates
from trackerr_xl.workbook.actions.optimise import optimise
from trackerr_xl.workbook.actions.thaw import thaw
from trackerr_xl.workbook.book import Address, parse_location
from trackerr_xl.workbook.file.output import write_files
from trackerr_xl.workbook.file.package import Package, open_package
from trackerr_xl.workbook.read_book import read_book


def run_optimise(book: Path, out: Path | None) -> Outcome:
    """Write the best weights; a question without an answer changes nothing."""
    planned: list[Plan] = []

    def plan(package: Package) -> Plan:
        planned.append(optimise(read_book(package)))
        return planned[0]

    _change("optimise", book, out, plan)
    return Outcome.NOT_EVALUATED if planned[0].changes.none else Outcome.DONE


def run_explain(book: Path, cell: str) -> Outcome:
    """Say what stands behind a cell."""
    for words in explain(read_book(open_package(book)), _location(cell)):
        typer.echo(words)
    return Outcome.DONE


def run_freeze(book: Path, out: Path | None) -> Outcome:
    """Replace our formulas by values."""
    return _change("freeze", book, out, lambda package: freeze(read_book(package), datetime.now(UTC)))


def run_thaw(book: Path, out: Path | None) -> Outcome:
    """Bring the formulas back."""
    return _change("thaw", book, out, lambda package: thaw(package, read_book(package), datetime.now(UTC)))


def run_audit(book: Path, out: Path | None, cell: str | None) -> Outcome:
    """Write the audit of an answer."""
    at = None if cell is None else _location(cell)
    return _change("audit", book, out, lambda package: write_audit(read_book(package), datetime.now(), at))


def run_lock(book: Path, tolerance: float, now: datetime | None) -> Outcome:
    """Write the lock of a workbook."""
    with progress_bar() as told:
        locked = lock(open_package(book), now or datetime.now(), tolerance=tolerance, progress=told)
    path = lock_path(book)
    write_files({path: lock_text(locked, book.name).encode()})
    facts = [("Locked cells", f"{len(locked.outputs):,}"), ("Not evaluated", f"{len(locked.skipped):,}")]
    show_facts(book.name, [*facts, ("Clock", locked.now.isoformat()), ("Written", str(path))])
    return Outcome.NOT_EVALUATED if locked.skipped else Outcome.DONE


def run_test(book: Path, json: Path | None) -> Outcome:
    """Compare a workbook with its lock. A difference outweighs a cell not evaluated."""
    refuse_workbook_as_report(json, book, lock_path(book))
    locked = read_lock(lock_path(book))
    with progress_bar() as told:
        result = rerun(open_package(book), locked, progress=told)
    outcome = Outcome.NOT_EVALUATED if result.not_evaluated else Outcome.DONE
    outcome = Outcome.DIFFERENT if result.differences else outcome
    if json is not None:
        data = {
            "tolerance": result.tolerance,
            "equal": result.equal,
            "differences": differences_as_data(result.differences),
            "not_evaluated": not_evaluated_as_data(result.not_evaluated),
        }
        write_files({json: report(book, outcome, data)})
    if result.differences:
        show_differences("Cells that differ from the lock", result.differences)
    if result.not_evaluated:
        show_not_evaluated(result.not_evaluated)
    facts = [("Equal", f"{result.equal:,}"), ("Different", f"{len(result.differences):,}")]
    show_facts(book.name, [*facts, ("Not evaluated", f"{len(result.not_evaluated):,}")])
    return outcome


def run_new(name: str | None, out: Path | None) -> Outcome:
    """List the templates, or copy one."""
    if name is None:
        show_facts("Templates", [(known, str(path)) for known, path in templates().items()])
        return Outcome.DONE
    path = template(name, macros=(out or Path(name)).suffix.lower() == ".xlsm")
    out = Path(path.name) if out is None else out
    refuse_other_ending(path, out)
    if out.exists():
        raise FileRefusedError("exists already, a new workbook needs a name of its own", at=str(out))
    write_files({out: path.read_bytes()})
    typer.echo(f"{out} is a new workbook made from {name}.")
    return Outcome.DONE


def _change(action: str, book: Path, out: Path | None, plan: Callable[[Package], Plan]) -> Outcome:
    refuse_other_ending(book, out)
    with progress_bar() as told:
        desk = FileDesk(book, out or book, lambda what: told(what, 0, 1), datetime.now())
        words = carry_out(desk, action, plan)
    for each in words:
        typer.echo(each)
    return Outcome.DONE


def _location(cell: str) -> Address:
    try:
        return parse_location(cell)
    except ValueError as error:
        raise InputError(f"cannot be read: {error}", argument="CELL", at=cell) from None
