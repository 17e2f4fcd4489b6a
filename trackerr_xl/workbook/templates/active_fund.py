"""The template *active_fund.xlsx*: a tracking error budget, what uses it, and the most return it can buy."""

from typing import Final

from trackerr_xl.workbook.templates.active_fund_answers import (
    BEST,
    BRIDGE,
    CONTRIBUTIONS,
    DRAWN,
    FRONTIER,
    HEADROOM,
    STEPS,
    write_answers,
)
from trackerr_xl.workbook.templates.active_fund_book import BUDGET, FundBook, fund_book
from trackerr_xl.workbook.templates.active_fund_checks import write_checks, write_words
from trackerr_xl.workbook.templates.active_fund_inputs import HOLDINGS, POINTS, write_inputs
from trackerr_xl.workbook.templates.charts import Picture, draw_bars, draw_steps
from trackerr_xl.workbook.templates.curves import Axes, Curve, draw_scatter
from trackerr_xl.workbook.templates.equalities import CHECKS_CARD
from trackerr_xl.workbook.templates.page import Book, Page, open_page, set_card_rows
from trackerr_xl.workbook.templates.plan import FIRST_ROW
from trackerr_xl.workbook.templates.style import AMBER, NAVY, TEAL

FUND: Final = "Fund"
FIRST: Final = 10
"""Row of the first sector, step and company of the dashboard."""
IDEAS: Final = 10
"""Companies listed by alpha."""

_CARD_CELLS: Final = ("B4:C6", "D4:E6", "F4:G6", "I4:I6", "J4:K6", "M4:M6", "N4:P6")
_BEST_ROW: Final = DRAWN + 1


def write_active_fund(book: Book) -> None:
    """Write every sheet of the template."""
    data = fund_book()
    _write_fund(book, data)
    write_inputs(book, data)
    write_answers(book, data)
    write_checks(book, data)
    write_words(book)


def _write_fund(book: Book, data: FundBook) -> None:
    page = open_page(
        book,
        FUND,
        "Active fund",
        "How much of the tracking error budget is used, by what, and what return it should buy",
        (2, 18, 10, 12, 11, 9, 10, 2, 25, 11, 11, 2, 24, 9, 10, 12),
        NAVY,
    )
    set_card_rows(page)
    _write_cards(page)
    last = FIRST + len(data.allowed) - 1
    _write_sectors(page, data, last)
    _write_steps(page)
    _write_ideas(page, data)
    page.formula("B3", _headline(last), "headline")
    _draw(page, last + 3)
    end = last + 23
    page.put(
        f"B{end}",
        "Change the blue cells here and on Holdings, Limits and the covariances; every black number follows. bp: hundredths of a per "
        "cent a year.",
        "hint",
    )
    page.sheet.print_area(f"A1:P{end}")
    page.sheet.fit_to_pages(1, 1)
    page.sheet.freeze_panes(3, 0)


def _headline(last: int) -> str:
    """What matters, in three sentences."""
    names, shares, words = (f"{column}{FIRST}:{column}{last}" for column in "BFG")
    over = f'COUNTIF({words},"OVER")'
    return (
        f'=IFERROR("The fund uses "&TEXT(D5,"0%")&" of its tracking error budget of "&TEXT(Budget,"0.00%")&". "'
        f'&IF({over}=0,"Every sector is within its share. ",'
        f'INDEX({names},MATCH(MAX({shares}),{shares},0))&" uses "&TEXT(MAX({shares}),"0%")&" of its share. ")'
        f'&"The best fund at this budget expects "&TEXT({FRONTIER}!D{_BEST_ROW},"+0.00%")&" a year, this one "&TEXT(F5,"+0.00%")&".",'
        f'"No fund satisfies the limits: see the sheet {BEST}.")'
    )


def _write_cards(page: Page) -> None:
    cards = (
        (
            "Tracking error a year",
            "=TRACKING_ERROR(Fund_Weights, Benchmark, Covariance)",
            "percent",
            '="budget "&TEXT(Budget,"0.00%")',
        ),
        (
            "Budget used",
            "=B5/Budget",
            "card percent",
            '=TEXT(ABS(Budget-B5),"0.00%")&IF(B5<=Budget," left"," too much")',
        ),
        ("Expected active return", f"={FRONTIER}!D{DRAWN}", "signed percent", "a year, by your alphas"),
        (
            "Information ratio",
            "=F5/B5",
            "two decimals",
            f'="best at the budget "&TEXT({FRONTIER}!D{_BEST_ROW}/{FRONTIER}!C{_BEST_ROW},"0.00")',
        ),
        (
            "Active share",
            "=ACTIVE_SHARE(Fund_Weights, Index_Weights)",
            "card percent",
            "half the sum of |active|",
        ),
        (
            "Beta",
            "=ACTIVE_BETA(Fund_Weights, Benchmark, Covariance)",
            "two decimals",
            "1 moves as the index does",
        ),
        CHECKS_CARD,
    )
    for cells, card in zip(_CARD_CELLS, cards, strict=True):
        page.card(cells, *card)
    page.mark_status("N5:P5")


def _write_sectors(page: Page, data: FundBook, last: int) -> None:
    page.section("B8:G8", "Budget by sector")
    page.headings("B9", ["Sector", "Active", "Contrib. (bp)", "Share", "Used", "Status"])
    for row in range(FIRST, last + 1):
        source = row - FIRST + FIRST_ROW
        # LibreOffice finds a text that an add-in has spilled only once it is joined to another.
        page.formula(f"B{row}", f'={CONTRIBUTIONS}!B{source}&""', "body", "left")
        page.formula(f"C{row}", f"=ROUND(SUMIF(Sectors,B{row},Active),10)", "body", "signed percent")
        page.formula(f"D{row}", f"=10000*{CONTRIBUTIONS}!E{source}", "body", "signed bp")
        page.put(f"E{row}", list(data.allowed.values())[row - FIRST], "input", "card percent")
        page.formula(f"F{row}", f"=D{row}/(10000*Budget*E{row})", "body", "whole percent")
        page.formula(f"G{row}", f'=IF(F{row}<=1,"OK","OVER")', "status")
    page.mark_status(f"G{FIRST}:G{last}", bad="OVER")
    total = last + 1
    page.put(f"B{total}", "Total", "total", "left")
    for column, look in (("C", "signed percent"), ("D", "signed bp"), ("E", "card percent")):
        page.formula(f"{column}{total}", f"=ROUND(SUM({column}{FIRST}:{column}{last}),9)", "total", look)
    page.formula(f"F{total}", f"=D{total}/(10000*Budget)", "total", "whole percent")
    page.put(f"G{total}", None, "total")


def _write_steps(page: Page) -> None:
    page.section("I8:K8", "Why it changed in the quarter")
    page.headings("I9", ["Step", "Change (bp)", "TE (bp)"])
    for step in range(STEPS):
        row, source = FIRST + step, FIRST_ROW + step
        look = "total" if step in (0, STEPS - 1) else "body"
        page.formula(f"I{row}", f'={BRIDGE}!B{source}&""', look, "left")
        if step:
            page.formula(f"J{row}", f"=10000*{BRIDGE}!C{source}", look, "signed bp")
        else:
            page.put(f"J{row}", None, look)
        page.formula(f"K{row}", f"=10000*{BRIDGE}!D{source}", look, "bp")
    row = FIRST + STEPS + 1
    page.section(f"I{row}:K{row}", "Yours to set")
    page.put(f"I{row + 1}", "Tracking error budget, a year", "body", "left")
    page.put(f"J{row + 1}", None, "body")
    page.put(f"K{row + 1}", BUDGET, "input", "percent")
    page.book.define("Budget", FUND, f"K{row + 1}")
    page.put(f"I{row + 2}", "Share: part of it that a sector may use", "hint", "left")


def _write_ideas(page: Page, data: FundBook) -> None:
    page.section("M8:P8", "Your best ideas, and the room to buy more")
    page.headings("M9", ["Name", "Alpha", "Active", "Room to buy"])
    last = FIRST_ROW + len(data.index.names) - 1
    for rank in range(1, IDEAS + 1):
        row = FIRST + rank - 1
        place = f"MATCH({rank},{HOLDINGS}!$M${FIRST_ROW}:$M${last},0)"
        for column, sheet, source, look in (
            ("M", HOLDINGS, "B", "left"),
            ("N", HOLDINGS, "E", "signed percent"),
            ("O", HOLDINGS, "K", "signed percent"),
            ("P", HEADROOM, "E", "percent"),
        ):
            values = f"{sheet}!${source}${FIRST_ROW}:${source}${last}"
            page.formula(f"{column}{row}", f"=INDEX({values},{place})", "body", look)
    page.put(f"M{FIRST + IDEAS}", f"All trades to the best fund: sheet {BEST}.", "hint")


def _draw(page: Page, top: int) -> None:
    curve = f"{FRONTIER}!${{0}}${FIRST_ROW}:${{0}}${FIRST_ROW + POINTS - 1}"
    foot = DRAWN + 2
    draw_scatter(
        page,
        f"B{top}",
        "Expected active return for every tracking error",
        (
            Curve("Best possible", curve.format("B"), curve.format("C"), TEAL),
            Curve(
                "Budget",
                f"{FRONTIER}!$C${foot}:$C${foot + 1}",
                f"{FRONTIER}!$D${foot}:$D${foot + 1}",
                NAVY,
                "dashes",
            ),
            Curve("The fund", f"{FRONTIER}!$C${DRAWN}", f"{FRONTIER}!$D${DRAWN}", AMBER, "points"),
            Curve(
                "Best at the budget",
                f"{FRONTIER}!$C${_BEST_ROW}",
                f"{FRONTIER}!$D${_BEST_ROW}",
                NAVY,
                "points",
            ),
        ),
        Axes("Tracking error a year", "Active return a year", "0.0%", "0.0%"),
        520,
    )
    last = FIRST_ROW + STEPS - 1
    steps = [f"{BRIDGE}!${column}${FIRST_ROW}:${column}${last}" for column in "BFGHI"]
    draw_steps(page, f"I{top}", "Tracking error then and now, bp a year", steps, 345)
    names, room = (f"{FUND}!${column}${FIRST}:${column}${FIRST + IDEAS - 1}" for column in "MP")
    draw_bars(
        page, f"M{top}", Picture("Room to buy before the budget is full", names, room, AMBER, "0%"), 400
    )
