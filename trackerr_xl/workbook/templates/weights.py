"""The sheets with one row a holding: *Weights*, and *Contributions* with what our functions spill."""

from typing import Final

from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import (
    ASSETS_TABLE,
    CONTRIBUTIONS,
    EXPLAIN,
    FIRST_ROW,
    INDEX,
    LIMITS_TABLE,
    WEIGHTS,
    Plan,
    attribute_cells,
)
from trackerr_xl.workbook.templates.style import AMBER, TEAL

OPTIMISE: Final = f"TE_OPTIMIZE(Benchmark, Covariance, {LIMITS_TABLE}, {ASSETS_TABLE})"
_CONTRIBUTION_WIDTHS: Final = (28.0, 13.0, 12.0, 12.0, 11.0, 14.0)
_CONTRIBUTION_LOOKS: Final = (
    ("body", "left"),
    ("body", "signed percent"),
    ("body", "signed fraction"),
    ("body", "signed fraction"),
    ("body", "percent"),
    ("body", "fraction"),
)


def write_weights(book: Book, plan: Plan) -> None:
    """Write portfolio, index and active weights, and beside them the optimiser's answer."""
    page = open_page(
        book,
        WEIGHTS,
        "Weights",
        f"Every {plan.holding}: what to hold, the index, and what the difference costs",
        [2, 28, 11, 11, 11, 13, 15, 15, 13, 11, 8, 8, 2, 28, 11],
        TEAL,
    )
    page.put(
        "B3",
        "Type a weight under Your weight to overrule the optimiser; empty it to go back. The checks tell what breaks.",
        "hint",
    )
    page.quote("O4", OPTIMISE, "right")
    page.headings(
        "B5",
        [
            "Name",
            "Portfolio",
            "Index",
            "Active",
            "Your weight",
            *plan.shown,
            "TE contrib. (bp)",
            "% of TE",
            "Rank active",
            "Rank contrib.",
        ],
        text=plan.shown,
    )
    page.headings("N5", ["Optimiser's answer", "Weight"])
    page.spill(f"N{FIRST_ROW}", f"={OPTIMISE}", ("body", "left"), ("body", "percent"))
    for place in range(plan.count):
        _write_holding(page, plan, FIRST_ROW + place)
    _write_total(page, plan.last_row)
    _name_and_colour(page, plan.last_row)
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def write_contributions(book: Book, plan: Plan) -> None:
    """Write what TE_CONTRIB spills, by group and by name."""
    page = open_page(
        book,
        CONTRIBUTIONS,
        "Contributions to tracking error",
        "As TE_CONTRIB spills them: fractions a year; the contributions sum to the tracking error exactly",
        [2, *_CONTRIBUTION_WIDTHS, 2, *_CONTRIBUTION_WIDTHS],
        TEAL,
    )
    group = plan.shown[0]
    calls = (
        ("B", f"TE_CONTRIB(Portfolio, Benchmark, Covariance, Assets[{group}])"),
        ("I", "TE_CONTRIB(Portfolio, Benchmark, Covariance)"),
    )
    for column, call in calls:
        page.quote(f"{column}4", call)
        page.spill(f"{column}5", f"={call}", *_CONTRIBUTION_LOOKS, header=("header",))
    page.put(
        "B3",
        "#N/A under MCTE: a group whose active weights cancel has no marginal contribution of its own.",
        "hint",
    )
    # What does not exist is there to be seen, but quietly.
    quiet = book.file.add_format({"font_color": "#B4BDC9"})
    page.sheet.conditional_format(f"B{FIRST_ROW}:N{plan.last_row + 2}", {"type": "errors", "format": quiet})
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 0)
    page.sheet.repeat_rows(0, 4)


def write_explanation(book: Book, plan: Plan) -> None:
    """Write the optimiser's own account of its answer."""
    page = open_page(
        book,
        EXPLAIN,
        "In words",
        "What was solved, how it was proved, or which limits clash",
        [2, 24, 130],
        TEAL,
    )
    call = OPTIMISE.replace("TE_OPTIMIZE(", 'TE_EXPLAIN("TE_OPTIMIZE", ')
    page.quote("B4", call)
    page.headings("B5", ["Topic", "Sentence"], text=("Sentence",))
    page.spill(f"B{FIRST_ROW}", f"={call}", ("words", "left", "strong"), ("words", "left"))
    page.sheet.freeze_panes(5, 0)


def _name_and_colour(page: Page, last: int) -> None:
    first, book = FIRST_ROW, page.book
    for name, cells in (
        ("Portfolio", f"B{first}:C{last}"),
        ("Portfolio_Weights", f"C{first}:C{last}"),
        ("Index_Weights", f"D{first}:D{last}"),
        ("Active", f"E{first}:E{last}"),
        ("Optimum", f"N{first}:O{last}"),
    ):
        book.define(name, WEIGHTS, cells)
    for criteria, colour in ((">", TEAL), ("<", AMBER)):
        style = book.file.add_format({"font_color": colour})
        rule = {"type": "cell", "criteria": criteria, "value": 0, "format": style}
        page.sheet.conditional_format(f"E{first}:E{last}", rule)


def _write_holding(page: Page, plan: Plan, row: int) -> None:
    first, last = FIRST_ROW, plan.last_row
    page.formula(f"B{row}", f"={INDEX}!B{row}", "body", "left")
    # Not by MATCH: LibreOffice finds a name that an add-in has spilled only once it is joined to another text.
    page.formula(
        f"C{row}", f'=IF(F{row}="",IF(N{row}&""=B{row},O{row},NA()),F{row})', "body", "percent", "strong"
    )
    page.formula(f"D{row}", f"={INDEX}!C{row}", "body", "percent")
    page.formula(f"E{row}", f"=C{row}-D{row}", "body", "signed percent")
    page.put(f"F{row}", None, "input", "percent")
    for column, heading in zip("GH", plan.shown, strict=True):
        page.formula(
            f"{column}{row}",
            f"=INDEX({attribute_cells(plan.index, heading)},{row - first + 1})",
            "body",
            "left",
        )
    for column, source, scale, look in (("I", "L", "10000*", "signed bp"), ("J", "M", "", "percent")):
        found = f'{CONTRIBUTIONS}!$I{row}&""=B{row}'
        page.formula(
            f"{column}{row}", f"=IF({found},{scale}{CONTRIBUTIONS}!{source}{row},NA())", "body", look
        )
    # The row number breaks ties, so that every rank from 1 to n occurs once.
    for column, source, digits in (("K", "E", 10), ("L", "I", 6)):
        tie = f"1E-{digits + 3}"
        every = f"${source}${first}:${source}${last}"
        page.formula(
            f"{column}{row}",
            f"=SUMPRODUCT(--(ROUND({every},{digits})-{tie}*ROW({every})>=ROUND({source}{row},{digits})-{tie}*ROW({source}{row})))",
            "body",
            "whole",
            "centre",
        )


def _write_total(page: Page, last: int) -> None:
    row = last + 1
    page.fill(f"B{row}:L{row}", "total")
    page.put(f"B{row}", "Sum", "total", "left")
    looks = {"C": "percent", "D": "percent", "E": "signed percent", "I": "signed bp", "J": "percent"}
    for column, look in looks.items():
        page.formula(f"{column}{row}", f"=ROUND(SUM({column}{FIRST_ROW}:{column}{last}),12)", "total", look)
