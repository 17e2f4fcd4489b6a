"""The sheets of *direct_index.xlsx* that a user types into: companies and holdings, limits, factors."""

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.direct_book import DirectBook
from trackerr_xl.workbook.templates.factor_model import MODEL
from trackerr_xl.workbook.templates.inputs import write_limits, write_search
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import FIRST_ROW, Limit

HOLDINGS, FACTORS = "Holdings", "Factors"
CASH: Final = 100_000.0
_LIMITS: Final = (
    Limit("Names", "*", None, 120, "", "Yes", "At most so many companies", "whole"),
    Limit("Position", "*", 0.001, None, "", "Yes", "None below 0.10 % of the account"),
    Limit("Weight", "*", 0.0, 0.05, "", "Yes", "None short, none above 5 %"),
    Limit("Group", "Sector=*", -0.003, 0.003, "Active", "Yes", "Every sector within 0.3 % of the index"),
    Limit("Exclude", "ESG=Red", None, None, "", "Yes", "No company marked Red"),
    Limit("Exclude", "Wishes=No", None, None, "", "Yes", "None that the client does not want"),
    Limit("Turnover", "", None, 0.6, "", "Yes", "Half of purchases and sales, of the account"),
)
_HEADINGS: Final = (
    ("Name", "left", 28),
    ("Index", "fine percent", 10),
    ("Sector", "left", 15),
    ("ESG", "left", 9),
    ("Wishes", "left", 9),
    ("Held now", "percent", 10),
    ("Specific", "percent", 9),
)
UNWANTED: Final = 3
"""Companies of the index, its largest, that the client does not want."""


def write_inputs(book: Book, data: DirectBook) -> None:
    """Write the sheets *Holdings*, *Limits* and *Factors*."""
    _write_holdings(book, data)
    write_limits(book, _LIMITS)
    write_search(book, 0.05)
    _write_factors(book, data)


def _write_holdings(book: Book, data: DirectBook) -> None:
    count, across = len(data.names), len(_HEADINGS)
    widths = (2, *(width for _, _, width in _HEADINGS), *[9.0] * len(data.factors), 2, 28, 10, 2, 28, 10)
    page = open_page(
        book,
        HOLDINGS,
        "Companies and holdings",
        f"The {count} companies of the index, what is known of them, the risk model's exposures, and the shares held now",
        widths,
    )
    page.put(
        "B3",
        "Wishes: No for a company that the client does not want. Prices and shares stand at the right.",
        "hint",
    )
    page.headings("B5", [title for title, _, _ in _HEADINGS], text=("Sector", "ESG", "Wishes"))
    first = 1 + across
    page.headings(f"{xl_col_to_name(first)}5", data.factors)
    for letter, title in ((PRICES[0], "Price"), (SHARES[0], "Shares now")):
        page.headings(f"{letter}5", ["Name", title])
    unwanted = set((-data.weights).argsort(kind="stable")[:UNWANTED].tolist())
    for place in range(count):
        _write_company(page, data, place, first, unwanted=place in unwanted)
    last = FIRST_ROW + count - 1
    end = xl_col_to_name(first + len(data.factors) - 1)
    for name, cells in (
        ("Index_Weights", f"C{FIRST_ROW}:C{last}"),
        ("Sectors", f"D{FIRST_ROW}:D{last}"),
        ("Current_Weights", f"G{FIRST_ROW}:G{last}"),
        ("Specific_Risk", f"H{FIRST_ROW}:H{last}"),
        ("Assets", f"B5:F{last}"),
        ("Benchmark", f"B{FIRST_ROW}:C{last}"),
        ("Exposures", f"{xl_col_to_name(first)}{FIRST_ROW}:{end}{last}"),
        ("Prices", f"{PRICES[0]}{FIRST_ROW}:{PRICES[1]}{last}"),
        ("Shares_Now", f"{SHARES[0]}{FIRST_ROW}:{SHARES[1]}{last}"),
    ):
        book.define(name, HOLDINGS, cells)
    page.spill(
        f"G{FIRST_ROW}",
        f"={SHARES[1]}{FIRST_ROW}:{SHARES[1]}{last}*{PRICES[1]}{FIRST_ROW}:{PRICES[1]}{last}/Account",
        ("body", "percent"),
    )
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)
    page.sheet.repeat_columns(0, 1)
    # Twenty-eight columns on one page are too small to read.
    page.sheet.fit_to_pages(2, 0)


PRICES: Final = ("X", "Y")
SHARES: Final = ("AA", "AB")
"""Columns of the names and numbers that the tickets take."""


def _write_company(page: Page, data: DirectBook, place: int, first: int, *, unwanted: bool) -> None:
    row = FIRST_ROW + place
    typed = (
        ("B", data.names[place], "left"),
        ("C", float(data.weights[place]), "fine percent"),
        ("D", data.attributes["Sector"][place], "left"),
        ("E", data.attributes["ESG"][place], "left"),
        ("F", "No" if unwanted else "Yes", "left"),
        ("H", float(data.specific[place]), "percent"),
        (PRICES[1], float(data.prices[place]), "two decimals"),
        (SHARES[1], float(data.shares[place]), "thousands"),
    )
    for letter, value, look in typed:
        page.put(f"{letter}{row}", value, "input", look)
    for at, value in enumerate(data.exposures[place].tolist(), start=first):
        page.put(f"{xl_col_to_name(at)}{row}", value, "input", "two decimals")
    for letter in (PRICES[0], SHARES[0]):
        page.formula(f"{letter}{row}", f"=B{row}", "body", "left")


def _write_factors(book: Book, data: DirectBook) -> None:
    count = len(data.factors)
    page = open_page(
        book,
        FACTORS,
        "Covariance of the factors",
        "Fraction² a year: market, sectors and styles, in the order of the exposures",
        (2, 18, *[12.0] * count),
    )
    page.put("B5", None, "header")
    for k, factor in enumerate(data.factors):
        page.put(f"{xl_col_to_name(2 + k)}5", factor, "header")
        page.put(f"B{FIRST_ROW + k}", factor, "input", "left")
        for j in range(count):
            cell = f"{xl_col_to_name(2 + j)}{FIRST_ROW + k}"
            page.put(cell, float(data.covariance[k, j]), "input", "variance")
    last = FIRST_ROW + count - 1
    page.put("B3", "The risk model, for the buttons and for formulas of your own:", "hint")
    page.formula("G3", f"={MODEL}", "left", "strong")
    book.define("Covariance", FACTORS, "G3")
    book.define("Factor_Covariance", FACTORS, f"C{FIRST_ROW}:{xl_col_to_name(1 + count)}{last}")
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
