"""The sheets a user types into: *Limits*, *Index* and *Covariance*."""

from collections.abc import Sequence
from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import COVARIANCE, FIRST_ROW, INDEX, LIMITS, Limit, Plan
from trackerr_xl.workbook.templates.style import INPUT_BLUE
from trackerr_xl.workbook.templates.synthetic import SyntheticIndex

_LIMIT_HEADINGS: Final = ("Type", "Item", "Min", "Max", "Basis", "On", "Note")
_LIMIT_ALIGNMENT: Final = {"Min": "right", "Max": "right", "On": "centre"}
_ROW_HELP: Final = (
    ("Weight", "* (every name), or one name", "Smallest and largest weight. The most specific row wins."),
    (
        "Group",
        "Sector=Utilities, Sector=*, Issuer=*",
        "Sum of weights of one group, or of every group of a column.",
    ),
    ("Exposure", "Duration, Yield, Beta, …", "Weighted sum of a column of numbers of the table Assets."),
    ("Exclude", "ESG=Red, or one name", "No holding."),
    ("Names", "*, or Sector=Utilities", "How many names are held, in all or of a group."),
    ("Position", "*, or one name", "Smallest holding: nothing, or at least this."),
    ("Turnover", "", "Half of purchases and sales; needs the weights held now."),
    ("Budget", "", "Sum of all weights; 100 % when the row is absent."),
    (
        "Basis",
        "Absolute · Active · Relative",
        "The number itself · minus the index's · as a multiple of the index's.",
    ),
)


def write_limits(book: Book, limits: Sequence[Limit]) -> None:
    """Write the constraints table, an Excel table that grows when a row is typed below it."""
    page = open_page(
        book,
        LIMITS,
        "Limits",
        "One row a limit; the optimiser reads the table as it stands",
        (2, 14, 30, 12, 12, 12, 8, 62),
    )
    page.put(
        "B3",
        "Type below the last row to add a limit. An empty Min or Max is no limit; On = No switches a row off.",
        "hint",
    )
    last = 5 + len(limits)
    for row, limit in enumerate(limits, start=FIRST_ROW):
        for column, text in zip(
            "BCFGH", (limit.type, limit.item, limit.basis, limit.on, limit.note), strict=True
        ):
            page.put(f"{column}{row}", text or None, "input", "centre" if column == "G" else "left")
        page.put(f"D{row}", limit.least, "input", limit.look)
        page.put(f"E{row}", limit.most, "input", limit.look)
    page.sheet.add_table(
        f"B5:H{last}",
        {
            "name": "Limits",
            "style": None,
            "autofilter": False,
            "columns": [
                {"header": title, "header_format": book.ink("header", _LIMIT_ALIGNMENT.get(title, "left"))}
                for title in _LIMIT_HEADINGS
            ],
        },
    )
    for column, words in (("F", ["Absolute", "Active", "Relative"]), ("G", ["Yes", "No"])):
        page.sheet.data_validation(
            f"{column}{FIRST_ROW}:{column}{last + 20}",
            {"validate": "list", "source": words, "ignore_blank": True},
        )
    # Room for new rows between the table and the help below it.
    _write_row_help(page, last + 9)
    page.sheet.freeze_panes(5, 0)
    page.sheet.repeat_rows(0, 4)


def write_search(book: Book, gap: float) -> None:
    """Write the options of a search over whole names beside the limits, as the range *Options*."""
    page = Page(book, LIMITS, book.file.get_worksheet_by_name(LIMITS))
    page.sheet.set_column("J:J", 16, book.ink())
    page.sheet.set_column("K:K", 12, book.ink())
    page.headings("J5", ["Option", "Value"])
    # Seconds is far more than it takes: a search that the clock ends gives another answer on another machine.
    for row, (option, value, look) in enumerate(
        (("Gap", gap, "percent"), ("Seconds", 300.0, "whole")), start=FIRST_ROW
    ):
        page.put(f"J{row}", option, "body", "left")
        page.put(f"K{row}", value, "input", look)
    page.put("J8", "Gap: share by which the tracking error found may miss the least there is.", "hint")
    book.define("Options", LIMITS, "J5:K7")


def write_index(book: Book, plan: Plan) -> None:
    """Write holdings, index weights and attributes as the Excel table *Assets*."""
    index = plan.index
    headings = ["Name", "Weight", *index.attributes]
    words = {"Name"} | {heading for heading, values in index.attributes.items() if isinstance(values[0], str)}
    widths = [2.0, 28.0, 10.0] + [
        14.0 if isinstance(values[0], str) else 10.0 for values in index.attributes.values()
    ]
    page = open_page(
        book, INDEX, "Index", f"Every {plan.holding} of the index, its weight and what is known of it", widths
    )
    page.put("B3", plan.notes[0][1], "hint")
    last = plan.last_row
    for place, name in enumerate(index.names):
        row = FIRST_ROW + place
        page.put(f"B{row}", name, "input", "left")
        page.put(f"C{row}", float(index.weights[place]), "input", "percent")
        for column, (heading, values) in enumerate(index.attributes.items(), start=3):
            value = values[place]
            looks = ("left",) if isinstance(value, str) else (plan.looks[heading],)
            page.put(f"{xl_col_to_name(column)}{row}", value, "input", *looks)
    final = xl_col_to_name(len(headings))
    page.sheet.add_table(
        f"B5:{final}{last}",
        {
            "name": "Assets",
            "style": None,
            "autofilter": False,
            "columns": [
                {"header": title, "header_format": book.ink("header", "left" if title in words else "right")}
                for title in headings
            ],
        },
    )
    book.define("Benchmark", INDEX, f"B{FIRST_ROW}:C{last}")
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def write_covariance(
    book: Book,
    index: SyntheticIndex,
    covariance: Matrix | None = None,
    sheet: str = COVARIANCE,
    title: str = "Covariance of returns",
) -> None:
    """Write a covariance with names on both edges, shaded by size; the index's own where none is given."""
    matrix = index.covariance if covariance is None else covariance
    count = len(index.names)
    last = FIRST_ROW + count - 1
    final = xl_col_to_name(1 + count)
    page = open_page(
        book,
        sheet,
        title,
        "Fraction² a year, same names and order as the index",
        [2.0, 28.0] + [9.0] * count,
        INPUT_BLUE,
    )
    page.put(
        "B3",
        "A variance of 0.01 is a volatility of 10 % a year. Paste your own matrix over this one.",
        "hint",
    )
    page.put("B5", None, "header")
    for place, name in enumerate(index.names):
        page.put(f"{xl_col_to_name(2 + place)}5", name, "header", "upright")
        page.put(f"B{FIRST_ROW + place}", name, "input", "left")
        for column, value in enumerate(matrix[place].tolist(), start=2):
            page.put(f"{xl_col_to_name(column)}{FIRST_ROW + place}", value, "input", "variance")
    page.sheet.conditional_format(
        f"C{FIRST_ROW}:{final}{last}",
        {"type": "3_color_scale", "min_color": "#FFFFFF", "mid_color": "#E4EFF7", "max_color": "#8FBBD9"},
    )
    book.define(sheet.replace(" ", "_"), sheet, f"B5:{final}{last}")
    page.sheet.set_row(4, 150)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)
    page.sheet.repeat_columns(0, 1)
    # Thirty columns a page stay legible.
    page.sheet.fit_to_pages(-(-count // 30), 0)


def _write_row_help(page: Page, top: int) -> None:
    page.section(f"B{top}:H{top}", "What a row can say")
    page.headings(f"B{top + 1}", ["Type", "Item", "", "", "Meaning", "", ""], text=("Item", "Meaning"))
    for row, (kind, item, meaning) in enumerate(_ROW_HELP, start=top + 2):
        page.fill(f"B{row}:H{row}", "body")
        page.put(f"B{row}", kind, "body", "left", "strong")
        page.put(f"C{row}", item, "body", "left")
        page.put(f"F{row}", meaning, "body", "left")
