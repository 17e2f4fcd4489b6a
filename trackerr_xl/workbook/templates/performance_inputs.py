"""The sheets of *performance.xlsx* that a user types into: monthly returns, and the last year by sector."""

from datetime import date
from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.performance_book import MONTHS, SECTORS, YEAR, History

RETURNS, BY_SECTOR = "Returns", "Sectors"
START: Final = 6
"""Row of the date before the first month, where every growth is 1."""
FIRST, LAST = START + 1, START + MONTHS
"""Rows of the first and the last month."""
BLOCKS: Final = {
    "Fund_weights": 5,
    "Index_weights": 21,
    "Fund_sector_returns": 37,
    "Index_sector_returns": 53,
}
"""Name of each panel of the sheet *Sectors* to the row of its headings."""

_FINAL, _WHOLE = xl_col_to_name(1 + len(SECTORS)), xl_col_to_name(2 + len(SECTORS))
"""Columns of the last sector and of all of them together."""
_TITLES: Final = (
    "Weights of the fund at the start of each month",
    "Weights of the index at the start of each month",
    "Returns of the fund's holdings by sector",
    "Returns of the index by sector",
)


def write_inputs(book: Book, data: History) -> None:
    """Write the sheets *Returns* and *Sectors*."""
    _write_returns(book, data)
    _write_sectors(book, data)


def whole_returns(panel: str) -> str:
    """Returns of all sectors together on the sheet *Sectors*, month by month."""
    top = BLOCKS[panel] + 1
    return f"{BY_SECTOR}!${_WHOLE}${top}:${_WHOLE}${top + YEAR - 1}"


def _write_returns(book: Book, data: History) -> None:
    page = open_page(
        book,
        RETURNS,
        "Monthly returns",
        "Fund and index, simple returns after costs; what they grew to, and how far the fund fell behind its best",
        (2, 13, 11, 11, 11, 13, 13, 13, 13, 13),
    )
    page.put(
        "B3",
        "Paste the last sixty months, oldest first. Fall: the fund's growth over the index's, below its highest so far.",
        "hint",
    )
    page.headings(
        "B5",
        [
            "Month",
            "Fund",
            "Index",
            "Active",
            "Fund grew to",
            "Index grew to",
            "Fund / index",
            "Highest",
            "Fall",
        ],
    )
    page.put(f"B{START}", "Start", "body", "left")
    page.fill(f"C{START}:E{START}", "body")
    for column in "FGHI":
        page.put(f"{column}{START}", 1, "body", "four decimals")
    page.put(f"J{START}", None, "body")
    for place, month in enumerate(data.months):
        row = FIRST + place
        _put_date(page, f"B{row}", month)
        page.put(f"C{row}", float(data.fund[place]), "input", "signed percent")
        page.put(f"D{row}", float(data.index[place]), "input", "signed percent")
        page.formula(f"E{row}", f"=C{row}-D{row}", "body", "signed percent")
        page.formula(f"F{row}", f"=F{row - 1}*(1+C{row})", "body", "four decimals")
        page.formula(f"G{row}", f"=G{row - 1}*(1+D{row})", "body", "four decimals")
        page.formula(f"H{row}", f"=F{row}/G{row}", "body", "four decimals")
        page.formula(f"I{row}", f"=MAX(I{row - 1},H{row})", "body", "four decimals")
        page.formula(f"J{row}", f"=H{row}/I{row}-1", "body", "signed percent")
    for name, column in (
        ("Months", "B"),
        ("Fund_returns", "C"),
        ("Index_returns", "D"),
        ("Active_returns", "E"),
    ):
        book.define(name, RETURNS, f"{column}{FIRST}:{column}{LAST}")
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)
    page.sheet.fit_to_pages(1, 2)


def _write_sectors(book: Book, data: History) -> None:
    page = open_page(
        book,
        BY_SECTOR,
        "The last twelve months by sector",
        "Weights and returns of fund and index: what the attribution is made of",
        (2, 13, *[13.0] * len(SECTORS), 11),
    )
    page.put(
        "B3",
        "A weight stands in the row of the month whose return it earns. Weights of a month sum to 100 %.",
        "hint",
    )
    panels = (data.weights, data.index_weights, data.returns, data.index_returns)
    for title, (name, row), panel in zip(_TITLES, BLOCKS.items(), panels, strict=True):
        _write_panel(page, title, row, panel, "weights" in name)
        book.define(name, BY_SECTOR, f"B{row}:{_FINAL}{row + YEAR}")
    top = BLOCKS["Fund_weights"]
    book.define("Sector_groups", BY_SECTOR, f"C{top}:{_FINAL}{top}")
    page.sheet.freeze_panes(3, 2)
    page.sheet.fit_to_pages(1, 1)


def _write_panel(page: Page, title: str, top: int, panel: Matrix, weights: bool) -> None:
    page.put(f"B{top - 1}", title, "strong")
    page.headings(f"B{top}", ["Month", *SECTORS, "Sum" if weights else "Together"])
    look = "percent" if weights else "signed percent"
    for place in range(YEAR):
        row = top + 1 + place
        page.formula(f"B{row}", f"={RETURNS}!B{LAST - YEAR + 1 + place}", "body", "month")
        for across, value in enumerate(panel[place].tolist(), start=2):
            page.put(f"{xl_col_to_name(across)}{row}", value, "input", look)
        cells = f"C{row}:{_FINAL}{row}"
        # The returns stand two panels below their weights.
        back = row - 2 * (BLOCKS["Index_weights"] - BLOCKS["Fund_weights"])
        whole = f"ROUND(SUM({cells}),12)" if weights else f"SUMPRODUCT({cells},C{back}:{_FINAL}{back})"
        page.formula(f"{_WHOLE}{row}", f"={whole}", "body", look, "strong")


def _put_date(page: Page, cell: str, day: date) -> None:
    """Write the last day of a month, shown as the month."""
    page.put(cell, (day - date(1899, 12, 30)).days, "input", "month")
