"""What the buttons of the ribbon and of the templates call: one function a button, on the active workbook."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import xlwings as xw

from trackerr_xl.errors import TrackerrError
from trackerr_xl.hosts.live_book import LiveDesk, ask, com_errors, open_copy, refusal, selected_answer
from trackerr_xl.workbook.actions.audit.write import write_audit
from trackerr_xl.workbook.actions.changes import Plan
from trackerr_xl.workbook.actions.desk import carry_out
from trackerr_xl.workbook.actions.explain import explain as explain_cell
from trackerr_xl.workbook.actions.freeze import freeze as freeze_book
from trackerr_xl.workbook.actions.functions_sheet import functions_sheet
from trackerr_xl.workbook.actions.lock import lock, lock_path, lock_text, read_lock, rerun
from trackerr_xl.workbook.actions.mend import mend
from trackerr_xl.workbook.actions.new_book import template, templates
from trackerr_xl.workbook.actions.optimise import optimise as optimise_book
from trackerr_xl.workbook.actions.report import rerun_words
from trackerr_xl.workbook.actions.stamp import versions_now
from trackerr_xl.workbook.actions.thaw import thaw as thaw_book
from trackerr_xl.workbook.book import Book
from trackerr_xl.workbook.file.output import write_files
from trackerr_xl.workbook.read_book import read_book

TITLE = "trackerr_xl"
"""Over every message."""


def optimise() -> None:
    """Write the best weights, the trades and what is said of them."""
    _change("optimise", optimise_book)


def explain() -> None:
    """Say what stands behind the selected cell."""
    _press(lambda desk: explain_cell(read_book(desk.read()), desk.selected))


def freeze() -> None:
    """Replace our formulas by their values, with a stamp by which they can be verified and brought back."""
    _change("freeze", lambda book: freeze_book(book, datetime.now(UTC)))


def thaw() -> None:
    """Bring the formulas of a frozen workbook back."""
    _press(
        lambda desk: carry_out(
            desk, "thaw", lambda package: thaw_book(package, read_book(package), datetime.now(UTC))
        )
    )


def lock_as_test() -> None:
    """Write down beside the workbook what it calculates now, to be compared with later."""
    _press(_lock)


def rerun_tests() -> None:
    """Compare the workbook with what was written down."""
    _press(_rerun)


def write_audit_formulas() -> None:
    """Write formulas of Excel's own that verify the weights without Python: of the selected answer, else the largest."""
    _press(_audit)


def new_from_template() -> None:
    """Ask for a template and open a new workbook made from it."""
    _tell(_new)


def help_page() -> None:
    """Add a sheet with the functions and what they take."""
    _change("help", lambda _: functions_sheet())


def about() -> None:
    """Say which versions are at work."""
    _tell(lambda _: tuple(f"{name} {number}" for name, number in versions_now().items()))


def mend_names() -> None:
    """Enter again the formulas of ours that show #NAME?."""
    _change("mend", mend)


def _change(action: str, plan: Callable[[Book], Plan]) -> None:
    _press(lambda desk: carry_out(desk, action, lambda package: plan(read_book(package))))


def _lock(desk: LiveDesk) -> Sequence[str]:
    desk.tell("Calculating")
    locked = lock(desk.read(), datetime.now())
    path = lock_path(desk.path)
    write_files({path: lock_text(locked, desk.path.name).encode()})
    skipped = (
        f" {len(locked.skipped):,} could not be calculated and are not tested." if locked.skipped else ""
    )
    return (f"{len(locked.outputs):,} cells are locked in {path}.{skipped}",)


def _rerun(desk: LiveDesk) -> Sequence[str]:
    locked = read_lock(lock_path(desk.path))
    desk.tell("Calculating")
    return rerun_words(rerun(desk.read(), locked))


def _audit(desk: LiveDesk) -> Sequence[str]:
    def plan_audit(book: Book) -> Plan:
        desk.tell("Solving")
        return write_audit(book, datetime.now(), selected_answer(book, desk))

    return carry_out(desk, "audit", lambda package: plan_audit(read_book(package)))


def _new(app: Any) -> Sequence[str]:
    known = list(templates())
    listed = "\n".join(f"{at}  {name}" for at, name in enumerate(known, start=1))
    typed = ask(app, f"Which template? Type its number.\n\n{listed}", "1")
    if typed is None:
        return ()
    open_copy(app, template(known[int(typed) - 1] if typed in map(str, range(1, len(known) + 1)) else typed))
    return ()


def _press(act: Callable[[LiveDesk], Sequence[str]]) -> None:
    """Do something to the active workbook."""
    _tell(lambda app: act(LiveDesk(app.books.active)) if len(app.books) else ("Open a workbook first.",))


def _tell(act: Callable[[Any], Sequence[str]]) -> None:
    """Do something, and show its words, or what is wrong in one sentence."""
    app: Any = xw.apps.active
    with _status_bar(app):
        try:
            words = act(app)
        except TrackerrError as error:
            words = (error.sentence,)
        except com_errors() as error:
            words = (refusal(error),)
    if words:
        app.alert("\n".join(words), TITLE)


@contextmanager
def _status_bar(app: Any) -> Iterator[None]:
    """Give the status bar back to Excel when the work is done."""
    try:
        yield
    finally:
        app.status_bar = False
