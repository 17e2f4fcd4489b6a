"""The sheet *Answers*: what each row of the constraints table comes to, and what it costs."""

from typing import Final

from trackerr_xl.workbook.templates.page import Book, open_page
from trackerr_xl.workbook.templates.plan import ANSWERS, ASSETS_TABLE, LIMITS_TABLE
from trackerr_xl.workbook.templates.style import NAVY

ASK: Final = f"TE_CONSTRAINTS(Portfolio, Benchmark, Covariance, {LIMITS_TABLE}, {ASSETS_TABLE})"


def write_answers(book: Book) -> None:
    """Write the constraints table's answers, row for row."""
    page = open_page(
        book,
        ANSWERS,
        "The limits answer back",
        "What every row of the sheet Limits comes to, the room it leaves, and what it costs in tracking error",
        (2, 14, 30, 13, 13, 14, 20, 20, 17, 30),
        NAVY,
    )
    page.put(
        "B3",
        "Value and slack are in the units of the row. Per unit: what one more unit of room takes off the annual tracking error; "
        "one per cent of weight is 0.01 units.",
        "hint",
    )
    page.quote("B4", ASK)
    number = ("body", "four decimals")
    page.spill(
        "B5",
        f"={ASK}",
        ("body", "left", "strong"),
        ("body", "left"),
        number,
        number,
        ("body", "centre"),
        ("body", "fraction"),
        ("body", "fraction"),
        ("body", "fine percent"),
        ("body", "left"),
        header=("header",),
    )
    page.sheet.freeze_panes(5, 0)
    page.sheet.repeat_rows(0, 4)
