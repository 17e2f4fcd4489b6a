"""The sheets *Checks* and *Notes* of a template whose checks are equalities: a value, what it must be, the difference."""

from collections.abc import Sequence
from typing import Final

from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.style import SLATE

FIRST: Final = 6
"""Row of the first check and of the first note."""

CHECKS_CARD: Final = (
    "Checks",
    '=IF(COUNTIF(Check_Status,"CHECK")=0,"OK","CHECK")',
    "general",
    '=COUNTIF(Check_Status,"OK")&" of "&COUNTA(Check_Status)&" hold"',
)
"""The key figure of a dashboard: label, value, look and note."""

Equality = tuple[str, str, str]
"""What is checked, the formula of its value, and the formula of what it must be."""


def write_equalities(page: Page, checks: Sequence[Equality]) -> None:
    """Write checks in columns B to F, with the tolerance of all of them above."""
    page.put("B3", "Tolerance of every check", "left")
    page.put("C3", 1e-6, "input", "exact")
    page.headings("B5", ["Check", "Value", "Must be", "Difference", "Status"])
    for row, (label, value, target) in enumerate(checks, start=FIRST):
        page.put(f"B{row}", label, "body", "left")
        page.formula(f"C{row}", value, "body", "fraction")
        page.formula(f"D{row}", target, "body", "fraction")
        page.formula(f"E{row}", f"=ABS(ROUND(C{row}-D{row},9))", "body", "exact")
        page.formula(f"F{row}", f'=IFERROR(IF(E{row}<=$C$3,"OK","CHECK"),"CHECK")', "status")
    last = FIRST + len(checks) - 1
    page.book.define("Check_Status", page.name, f"F{FIRST}:F{last}")
    page.mark_status(f"F{FIRST}:F{last}")
    page.sheet.freeze_panes(5, 0)


def write_notes(book: Book, subtitle: str, notes: Sequence[tuple[str, str]]) -> None:
    """Write topics and what there is to say of them."""
    page = open_page(book, "Notes", "Notes", subtitle, [2, 26, 120], SLATE)
    page.headings("B5", ["Topic", "Note"], text=("Note",))
    for row, (topic, note) in enumerate(notes, start=FIRST):
        page.put(f"B{row}", topic, "words", "left", "strong")
        page.put(f"C{row}", note, "words", "left")
        page.sheet.set_row(row - 1, 16 * (1 + len(note) // 130))
    page.sheet.freeze_panes(5, 0)
