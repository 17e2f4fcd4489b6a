"""The sheets of *active_fund.xlsx* on which our functions answer: contributions, headroom, the frontier, the best fund, the bridge."""

from typing import Final

from trackerr_xl.workbook.templates.active_fund_book import FundBook
from trackerr_xl.workbook.templates.active_fund_inputs import (
    ASSETS_TABLE,
    HOLDINGS,
    HOUSE_LIMITS,
    POINTS,
)
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import FIRST_ROW
from trackerr_xl.workbook.templates.style import AMBER, TEAL

CONTRIBUTIONS, HEADROOM, FRONTIER, BEST, BRIDGE = (
    "Contributions",
    "Headroom",
    "Frontier",
    "Best fund",
    "Bridge",
)
STEPS: Final = 7
"""Rows of the bridge: then, five steps, now."""
DRAWN: Final = FIRST_ROW + POINTS + 3
"""Row of the sheet *Frontier* with the first point drawn beside the curve."""

_HELD: Final = "Fund_Weights, Benchmark, Covariance"
_BRIDGE: Final = f"TE_BRIDGE(Fund_then, Index_then, Covariance_then, {_HELD})"
_FRONTIER: Final = (
    f"TE_FRONTIER(Benchmark, Covariance, Alpha, {HOUSE_LIMITS}, {ASSETS_TABLE}, , For_the_frontier)"
)
BEST_CALL: Final = f"TE_OPTIMIZE(Benchmark, Covariance, Mandate, {ASSETS_TABLE}, , For_the_best)"
_CONTRIBUTION_LOOKS: Final = (
    ("body", "left"),
    ("body", "signed percent"),
    ("body", "signed fraction"),
    ("body", "signed fraction"),
    ("body", "percent"),
    ("body", "fraction"),
)


def write_answers(book: Book, data: FundBook) -> None:
    """Write the five sheets."""
    _write_contributions(book)
    _write_headroom(book, data)
    _write_frontier(book, data)
    _write_best(book, data)
    _write_bridge(book)


def _write_contributions(book: Book) -> None:
    widths = (28.0, 13.0, 12.0, 12.0, 11.0, 14.0)
    page = open_page(
        book,
        CONTRIBUTIONS,
        "Contributions to tracking error",
        "As TE_CONTRIB spills them: fractions a year; the contributions sum to the tracking error exactly",
        [2, *widths, 2, *widths],
        TEAL,
    )
    page.put(
        "B3",
        "MCTE: what one more unit of weight adds. A negative contribution reduces the tracking error.",
        "hint",
    )
    for column, call in (("B", f"TE_CONTRIB({_HELD}, Sectors)"), ("I", f"TE_CONTRIB({_HELD})")):
        page.quote(f"{column}4", call)
        page.spill(f"{column}5", f"={call}", *_CONTRIBUTION_LOOKS, header=("header",))
    _finish(page)


def _write_headroom(book: Book, data: FundBook) -> None:
    page = open_page(
        book,
        HEADROOM,
        "Room left in the budget",
        "The most that can be bought or sold of each company, one alone and against cash, before the budget is reached",
        (2, 28, 12, 14, 14, 14, 2, 14, 24),
        TEAL,
    )
    page.put("B3", "By tracking error alone: the limits of the sheet Limits are not looked at here.", "hint")
    call = f"TE_HEADROOM({_HELD}, Budget)"
    page.quote("B4", call)
    weights = (("body", "percent"), ("body", "signed percent"), ("body", "percent"), ("body", "percent"))
    page.spill("B5", f"={call}", ("body", "left"), *weights, header=("header",))
    page.headings("H5", ["Rank of alpha", "TE after the purchase"])
    page.put("H5", "Rank of alpha", "header")
    for place in range(len(data.index.names)):
        row = FIRST_ROW + place
        page.formula(f"H{row}", f"={HOLDINGS}!M{row}", "body", "whole")
        marginal, own = f"{CONTRIBUTIONS}!$K{row}", f"INDEX(Covariance,{place + 2},{place + 2})"
        page.formula(
            f"I{row}",
            f"=SQRT(Checks!$I$4+2*E{row}*{marginal}*SQRT(Checks!$I$4)+E{row}^2*{own})",
            "body",
            "percent",
        )
    _finish(page)


def _write_frontier(book: Book, data: FundBook) -> None:
    count = len(data.index.names)
    page = open_page(
        book,
        FRONTIER,
        "Frontier",
        "The most expected return for every tracking error, within the limits of the sheet Limits",
        (2, 22, 13, 10, 9, *[9.0] * count),
        TEAL,
    )
    page.put("B3", "Tracking error, active return and information ratio a year; then the weights.", "hint")
    page.quote("B4", _FRONTIER)
    numbers = (("body", "percent"), ("body", "signed percent"), ("body", "two decimals"), ("body", "whole"))
    page.spill("B5", f"={_FRONTIER}", *numbers, *[("body", "percent")] * count, header=("header", "right"))
    page.section(f"B{DRAWN - 2}:D{DRAWN - 2}", "Drawn beside the curve")
    page.headings(f"B{DRAWN - 1}", ["Point", "TE", "Active return"])
    for row, (label, error, gain) in enumerate(
        (
            ("The fund", "=TRACKING_ERROR(Fund_Weights, Benchmark, Covariance)", "=SUMPRODUCT(Active,Alpha)"),
            (
                "Best at the budget",
                "=TRACKING_ERROR(Best_Weights, Benchmark, Covariance)",
                "=SUMPRODUCT(Best_Weights-Index_Weights,Alpha)",
            ),
            ("Budget, foot", "=Budget", "=MIN(0,D" + str(DRAWN) + f",C{FIRST_ROW})"),
            ("Budget, top", "=Budget", f"=C{FIRST_ROW + POINTS - 1}"),
        ),
        start=DRAWN,
    ):
        page.put(f"B{row}", label, "body", "left")
        page.formula(f"C{row}", error, "body", "percent")
        page.formula(f"D{row}", gain, "body", "signed percent")
    _finish(page)
    page.sheet.set_row(4, 45)
    page.sheet.freeze_panes(5, 5)
    page.sheet.repeat_columns(0, 4)
    page.sheet.fit_to_pages(2, 0)


def _write_best(book: Book, data: FundBook) -> None:
    page = open_page(
        book,
        BEST,
        "The best fund at this budget",
        "The most expected return within the budget and the limits, and the trades that lead to it",
        (2, 28, 11, 11, 11, 12, 12, 14, 2, 28, 11),
        TEAL,
    )
    page.put(
        "B3",
        "Trade: what to buy (+) or sell (−) to hold the best fund, in % of capital. Costs are not counted.",
        "hint",
    )
    page.quote("K4", BEST_CALL, "right")
    page.headings("B5", ["Name", "Fund", "Index", "Best", "Trade", "Alpha", "Adds to return"])
    page.headings("J5", ["Optimiser's answer", "Weight"])
    page.spill(f"J{FIRST_ROW}", f"={BEST_CALL}", ("body", "left"), ("body", "percent"))
    last = FIRST_ROW + len(data.index.names) - 1
    for row in range(FIRST_ROW, last + 1):
        page.formula(f"B{row}", f"={HOLDINGS}!B{row}", "body", "left")
        page.formula(f"C{row}", f"={HOLDINGS}!D{row}", "body", "percent")
        page.formula(f"D{row}", f"={HOLDINGS}!C{row}", "body", "percent")
        # Not by MATCH: LibreOffice finds a name that an add-in has spilled only once it is joined to another text.
        page.formula(f"E{row}", f'=IF(J{row}&""=B{row},K{row},NA())', "body", "percent", "strong")
        page.formula(f"F{row}", f"=ROUND(E{row}-C{row},10)", "body", "signed percent")
        page.formula(f"G{row}", f"={HOLDINGS}!E{row}", "body", "signed percent")
        page.formula(f"H{row}", f"=(E{row}-D{row})*G{row}", "body", "signed percent")
    page.put(f"B{last + 1}", "Sum", "total", "left")
    for column, look in zip("CDEF", ("percent",) * 3 + ("signed percent",), strict=True):
        cells = f"{column}{FIRST_ROW}:{column}{last}"
        page.formula(f"{column}{last + 1}", f"=ROUND(SUM({cells}),9)", "total", look)
    page.put(f"G{last + 1}", None, "total")
    page.formula(f"H{last + 1}", f"=SUM(H{FIRST_ROW}:H{last})", "total", "signed percent")
    book.define("Best_Weights", BEST, f"E{FIRST_ROW}:E{last}")
    for criteria, colour in ((">", TEAL), ("<", AMBER)):
        rule = {"type": "cell", "criteria": criteria, "value": 0}
        style = book.file.add_format({"font_color": colour})
        page.sheet.conditional_format(f"F{FIRST_ROW}:F{last}", rule | {"format": style})
    _finish(page)


def _write_bridge(book: Book) -> None:
    page = open_page(
        book,
        BRIDGE,
        "Why the tracking error changed",
        "One thing changed after the other, from a quarter ago to now; the changes sum exactly",
        (2, 26, 14, 16, 2, 12, 12, 12, 12),
        TEAL,
    )
    page.put(
        "B3",
        "Volatility and correlation are those of the two covariances; Specific is 0 unless both are risk models.",
        "hint",
    )
    page.quote("B4", _BRIDGE)
    page.spill(
        "B5",
        f"={_BRIDGE}",
        ("body", "left"),
        ("body", "signed fraction"),
        ("body", "fraction"),
        header=("header",),
    )
    page.headings("F5", ["Base", "Rise", "Fall", "Level"])
    page.put("F5", "Base", "header")
    page.put("I4", "Drawn on the sheet Fund, bp", "hint", "right")
    last = FIRST_ROW + STEPS - 1
    for row in range(FIRST_ROW, last + 1):
        if row in (FIRST_ROW, last):
            page.fill(f"F{row}:H{row}", "body")
            page.formula(f"I{row}", f"=10000*D{row}", "body", "bp")
            continue
        page.formula(f"F{row}", f"=10000*MIN(D{row - 1},D{row})", "body", "bp")
        page.formula(f"G{row}", f"=10000*MAX(C{row},0)", "body", "bp")
        page.formula(f"H{row}", f"=10000*MAX(-C{row},0)", "body", "bp")
        page.put(f"I{row}", None, "body")
    _finish(page)


def _finish(page: Page) -> None:
    page.sheet.fit_to_pages(1, 1)
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)
