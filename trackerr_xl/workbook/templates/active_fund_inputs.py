"""The sheets of *active_fund.xlsx* that a user types into, and what the optimiser reads of them."""

from typing import Final

from trackerr_xl.workbook.templates.active_fund_book import FundBook
from trackerr_xl.workbook.templates.inputs import write_covariance, write_limits
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import FIRST_ROW, LIMITS, LIMITS_TABLE, Limit
from trackerr_xl.workbook.templates.style import SLATE

HOLDINGS, MANDATE = "Holdings", "Mandate"
ASSETS_TABLE: Final = "Assets[[#Headers],[#Data]]"
HOUSE_LIMITS: Final = LIMITS_TABLE
POINTS: Final = 20
"""Portfolios on the frontier."""

_LIMITS: Final = (
    Limit("Weight", "*", 0.0, 0.12, "", "Yes", "No company short, none above 12 %"),
    Limit("Weight", "*", -0.04, 0.04, "Active", "Yes", "No company further than 4 % from the index"),
    Limit("Group", "Sector=*", -0.06, 0.06, "Active", "Yes", "No sector further than 6 % from the index"),
    Limit("Exposure", "Beta", -0.05, 0.05, "Active", "Yes", "Beta within 0.05 of the index", "two decimals"),
    Limit("Exclude", "ESG=Red", None, None, "", "Yes", "No company marked Red"),
)
_ROOM: Final = len(_LIMITS) + 8
"""Rows of the table of limits, with those that can be added to it, that the mandate repeats."""
_HEADINGS: Final = (
    ("Name", "left"),
    ("Index", "percent"),
    ("Fund", "percent"),
    ("Alpha", "signed percent"),
    ("Sector", "left"),
    ("ESG", "left"),
    ("Beta", "two decimals"),
    ("Fund then", "percent"),
    ("Index then", "percent"),
    ("Active", "signed percent"),
    ("Active then", "signed percent"),
    ("Rank of alpha", "whole"),
)
_TYPED: Final = 9
"""Columns that a user types into; those after them are calculated."""


def write_inputs(book: Book, data: FundBook) -> None:
    """Write the sheets *Holdings*, *Limits*, *Mandate* and the two covariances."""
    _write_holdings(book, data)
    write_limits(book, _LIMITS)
    _write_mandate(book)
    write_covariance(book, data.index)
    write_covariance(
        book, data.index, data.covariance_then, "Covariance then", "Covariance of returns, a quarter ago"
    )


def _write_holdings(book: Book, data: FundBook) -> None:
    page = open_page(
        book,
        HOLDINGS,
        "Holdings and views",
        "Every company of the index: its weights, what you expect of it, and its weights a quarter ago",
        (2, 28, 10, 10, 10, 16, 10, 9, 10, 10, 10, 10, 9),
    )
    page.put(
        "B3",
        "Alpha: the return you expect above the index's, a year. Weights sum to 100 %. Cash is a row with no variance.",
        "hint",
    )
    last = FIRST_ROW + len(data.index.names) - 1
    for place in range(len(data.index.names)):
        _write_holding(page, data, place, last)

    page.sheet.add_table(
        f"B5:J{last}",
        {
            "name": "Assets",
            "style": None,
            "autofilter": False,
            "columns": [
                {"header": title, "header_format": book.ink("header", "left" if look == "left" else "right")}
                for title, look in _HEADINGS[:_TYPED]
            ],
        },
    )
    for across in range(_TYPED, len(_HEADINGS)):
        page.put(f"{_column(across)}5", _HEADINGS[across][0], "header")
    _write_sums(page, last)
    for name, cells in (
        ("Benchmark", f"B{FIRST_ROW}:C{last}"),
        ("Index_Weights", f"C{FIRST_ROW}:C{last}"),
        ("Fund_Weights", f"D{FIRST_ROW}:D{last}"),
        ("Alpha", f"E{FIRST_ROW}:E{last}"),
        ("Sectors", f"F{FIRST_ROW}:F{last}"),
        ("Fund_then", f"I{FIRST_ROW}:I{last}"),
        ("Index_then", f"J{FIRST_ROW}:J{last}"),
        ("Active", f"K{FIRST_ROW}:K{last}"),
        ("Active_then", f"L{FIRST_ROW}:L{last}"),
    ):
        book.define(name, HOLDINGS, cells)
    page.sheet.set_row(4, 30)
    page.sheet.fit_to_pages(1, 1)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def _write_holding(page: Page, data: FundBook, place: int, last: int) -> None:
    row = FIRST_ROW + place
    known = data.index.attributes
    values = (
        data.index.names[place],
        float(data.index.weights[place]),
        float(data.weights[place]),
        float(data.alpha[place]),
        *(known[heading][place] for heading in ("Sector", "ESG", "Beta")),
        float(data.weights_then[place]),
        float(data.index_then[place]),
    )
    for across, value in enumerate(values):
        page.put(f"{_column(across)}{row}", value, "input", _HEADINGS[across][1])
    page.formula(f"K{row}", f"=ROUND(D{row}-C{row},10)", "body", "signed percent")
    page.formula(f"L{row}", f"=ROUND(I{row}-J{row},10)", "body", "signed percent")
    # Equal views rank in the order of the rows, so that every rank is there once.
    views = f"E${FIRST_ROW}:E${last}"
    rank = f"=SUMPRODUCT(({views}>E{row})+({views}=E{row})*(ROW({views})<=ROW(E{row})))"
    page.formula(f"M{row}", rank, "body", "whole")


def _write_sums(page: Page, last: int) -> None:
    page.fill(f"B{last + 1}:M{last + 1}", "total")
    page.put(f"B{last + 1}", "Sum", "total", "left")
    for column, look in zip("CDIJKL", ("percent",) * 4 + ("signed percent",) * 2, strict=True):
        cells = f"{column}{FIRST_ROW}:{column}{last}"
        page.formula(f"{column}{last + 1}", f"=ROUND(SUM({cells}),12)", "total", look)


def _write_mandate(book: Book) -> None:
    """Write the limits again below the tracking error budget, and the two tables of options."""
    page = open_page(
        book,
        MANDATE,
        "Mandate",
        "What the optimiser reads: the budget of the sheet Fund, then the rows of the sheet Limits",
        (2, 14, 30, 12, 12, 12, 8, 4, 16, 14, 4, 16, 14),
        SLATE,
    )
    page.put("B3", f"Nothing to type here. The first {_ROOM} rows of the sheet Limits are repeated.", "hint")
    page.headings("B5", ["Type", "Item", "Min", "Max", "Basis", "On"], text=("Item", "Basis"))
    page.put(f"B{FIRST_ROW}", "TE", "body", "left")
    page.fill(f"C{FIRST_ROW}:G{FIRST_ROW}", "body")
    page.formula(f"E{FIRST_ROW}", "=Budget", "body", "percent")
    looks = ("left", "left", "general", "general", "left", "centre")
    for source in range(FIRST_ROW, FIRST_ROW + _ROOM):
        for column, look in zip("BCDEFG", looks, strict=True):
            cell = f"{LIMITS}!{column}{source}"
            page.formula(f"{column}{source + 1}", f'=IF({cell}="","",{cell})', "body", look)
    book.define("Mandate", MANDATE, f"B5:G{FIRST_ROW + _ROOM}")
    for first, second, name, option, value in (
        ("I", "J", "For_the_best", "Objective", "Max return"),
        ("L", "M", "For_the_frontier", "Points", POINTS),
    ):
        page.put(f"{first}4", f"Options {name.replace('_', ' ').lower()}", "strong")
        page.headings(f"{first}5", ["Option", "Value"])
        page.put(f"{first}{FIRST_ROW}", option, "body", "left")
        page.put(f"{second}{FIRST_ROW}", value, "body", "right")
        book.define(name, MANDATE, f"{first}5:{second}{FIRST_ROW}")
    page.sheet.freeze_panes(5, 0)


def _column(across: int) -> str:
    return chr(ord("B") + across)
