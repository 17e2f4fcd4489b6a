"""What the buttons of the ribbon and of the templates call: one function a button, on the active workbook."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import xlwings as xw

from trackerr_xl.errors import NotYetError, TrackerrError
from trackerr_xl.hosts.live_book import LiveDesk
from trackerr_xl.workbook.actions.desk import carry_out
from trackerr_xl.workbook.actions.freeze import freeze as freeze_plan
from trackerr_xl.workbook.actions.stamp import versions_now
from trackerr_xl.workbook.read_book import read_book

TITLE = "trackerr_xl"


def optimise() -> None:
    """Write the best weights, the trades and what is said of them."""
    _press(_later)


def explain() -> None:
    """Say what stands behind the selected cell."""
    _press(_later)


def freeze() -> None:
    """Replace our formulas by their values, with a stamp."""
    _press(lambda desk: carry_out(desk, "freeze", lambda package: freeze_plan(read_book(package), _utc())))


def lock_as_test() -> None:
    """Write down what the workbook shows now, to be compared with later."""
    _press(_later)


def rerun_tests() -> None:
    """Compare the workbook with what was written down."""
    _press(_later)


def write_audit_formulas() -> None:
    """Write formulas of Excel's own that verify the weights without Python."""
    _press(_later)


def new_from_template() -> None:
    """Open a new workbook made from a template."""
    _press(_later)


def help_page() -> None:
    """Add a sheet with the functions and what they take."""
    _press(_later)


def about() -> None:
    """Say which versions are at work."""
    _press(lambda _: tuple(f"{name} {number}" for name, number in versions_now().items()))


def mend_names() -> None:
    """Enter again the formulas of ours that show #NAME?."""
    _press(_later)


def _press(act: Callable[[LiveDesk], Sequence[str]]) -> None:
    book = xw.books.active
    with _status_bar(book):
        try:
            words = act(LiveDesk(book))
        except TrackerrError as error:
            words = (error.sentence,)
    book.app.alert("\n\n".join(words), TITLE)


@contextmanager
def _status_bar(book: Any) -> Iterator[None]:
    """Give the status bar back to Excel when the work is done."""
    try:
        yield
    finally:
        book.app.status_bar = False


def _later(_desk: LiveDesk) -> Sequence[str]:
    raise NotYetError("is not there yet", argument="this button")


def _utc() -> datetime:
    return datetime.now(UTC)
