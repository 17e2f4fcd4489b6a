"""The template *performance.xlsx*: what a fund returned against its index, how steadily, and where it came from."""

from typing import Final

from trackerr_xl.workbook.templates.charts import Picture, draw_effects
from trackerr_xl.workbook.templates.curves import Curve, draw_through_time
from trackerr_xl.workbook.templates.equalities import CHECKS_CARD
from trackerr_xl.workbook.templates.page import Book, Page, open_page, set_card_rows
from trackerr_xl.workbook.templates.performance_answers import (
    ATTRIBUTION,
    METHODS,
    ROLLING,
    STATISTIC_ROWS,
    STATISTICS,
    write_answers,
)
from trackerr_xl.workbook.templates.performance_book import MONTHS, SECTORS, YEAR, history
from trackerr_xl.workbook.templates.performance_checks import write_checks, write_words
from trackerr_xl.workbook.templates.performance_inputs import LAST, RETURNS, write_inputs
from trackerr_xl.workbook.templates.plan import FIRST_ROW
from trackerr_xl.workbook.templates.style import AMBER, NAVY, SLATE, TEAL

PERFORMANCE: Final = "Performance"
FIRST: Final = 10
"""Row of the first period, sector and convention of the dashboard."""

_CARD_CELLS: Final = ("B4:B6", "C4:E6", "F4:G6", "I4:J6", "K4:M6", "O4:O6", "P4:P6")
_SETTINGS: Final = (
    ("Limit of the tracking error, a year", 0.03, "percent", "TE_limit"),
    ("Short window, months", 12, "whole", "Short_window"),
    ("Long window, months", 36, "whole", "Long_window"),
)


def write_performance(book: Book) -> None:
    """Write every sheet of the template."""
    data = history()
    _write_dashboard(book)
    write_inputs(book, data)
    write_answers(book)
    write_checks(book)
    write_words(book)


def _write_dashboard(book: Book) -> None:
    page = open_page(
        book,
        PERFORMANCE,
        "Performance against the index",
        "What the fund returned, how steadily it was earned, and which decisions earned it",
        (2, 23, 9, 9, 9, 10, 9, 2, 17, 10, 10, 11, 10, 2, 34, 13),
        NAVY,
    )
    set_card_rows(page)
    _write_cards(page)
    _write_periods(page)
    last = FIRST + len(SECTORS) - 1
    _write_attribution(page, last)
    _write_conventions(page)
    page.formula("B3", _headline(last), "headline")
    _draw(page, last)
    end = last + 23
    page.put(
        f"B{end}",
        "Change the blue cells here and on Returns and Sectors; every black number follows. bp: hundredths of a per cent.",
        "hint",
    )
    page.sheet.print_area(f"A1:P{end}")
    page.sheet.fit_to_pages(1, 1)
    page.sheet.freeze_panes(3, 0)


def _statistic(label: str) -> str:
    return f"{STATISTICS}!$C${STATISTIC_ROWS[label]}"


def _headline(last: int) -> str:
    """What matters, in three sentences."""
    fund, index = _statistic("Portfolio return a year"), _statistic("Benchmark return a year")
    totals = f"M{FIRST}:M{last}"
    now = f"{ROLLING}!$C${FIRST_ROW + MONTHS - 1}"
    names = f"I{FIRST}:I{last}"
    return (
        f'="Five years: fund "&TEXT({fund},"0.0%")&" a year, index "&TEXT({index},"0.0%")&". "'
        f'&"Tracking error now "&TEXT({now},"0.0%")&", "&IF({now}>TE_limit,"over","within")&" its limit of "&TEXT(TE_limit,"0.0%")&". "'
        f'&"Last twelve months "&TEXT(E{FIRST + 2},"+0.00%;-0.00%")&": "'
        f'&INDEX({names},MATCH(MAX({totals}),{totals},0))&" "&TEXT(MAX({totals}),"+0;-0")&" bp, "'
        f'&INDEX({names},MATCH(MIN({totals}),{totals},0))&" "&TEXT(MIN({totals}),"+0;-0")&" bp."'
    )


def _write_cards(page: Page) -> None:
    low, high = _statistic("95 % band, lower"), _statistic("95 % band, upper")
    cards = (
        (
            "Tracking error a year",
            f"={_statistic('Ex-post tracking error')}",
            "percent",
            f'="95 % sure: "&TEXT({low},"0.0%")&" to "&TEXT({high},"0.0%")',
        ),
        (
            "Active return a year",
            f"={_statistic('Tracking difference')}",
            "signed percent",
            "fund less index, compounded",
        ),
        ("Information ratio", f"={_statistic('Information ratio')}", "two decimals", "return per risk"),
        ("Months ahead", f"={_statistic('Hit rate')}", "whole percent", f"of {MONTHS} months"),
        (
            "Largest fall behind",
            f"={_statistic('Largest relative drawdown')}",
            "signed percent",
            f'="now "&TEXT({RETURNS}!J{LAST},"0.0%")&" below its best"',
        ),
        (
            "Beta",
            f"={_statistic('Ex-post beta')}",
            "two decimals",
            f'=TEXT({_statistic("Ex-post TE from beta")},"0.0%")&" of tracking error from it"',
        ),
        CHECKS_CARD,
    )
    for cells, card in zip(_CARD_CELLS, cards, strict=True):
        page.card(cells, *card)
    page.mark_status("P5")


def _write_periods(page: Page) -> None:
    page.section("B8:G8", "By period, a year")
    page.headings("B9", ["Period", "Fund", "Index", "Active", "TE", "IR"])
    whole = [("Five years", MONTHS, 0), ("Three years", 3 * YEAR, 0)]
    years = [("", YEAR, YEAR * back) for back in range(MONTHS // YEAR)]
    for row, (label, months, back) in enumerate((*whole, *years), start=FIRST):
        last = LAST - back
        before = last - months
        if label:
            page.put(f"B{row}", label, "body", "left", "strong")
        else:
            month = f"{RETURNS}!B{last}"
            page.formula(f"B{row}", f'="12 months to "&MONTH({month})&"/"&YEAR({month})', "body", "left")
        for column, growth in (("C", "F"), ("D", "G")):
            ratio = f"{RETURNS}!{growth}{last}/{RETURNS}!{growth}{before}"
            page.formula(f"{column}{row}", f"=({ratio})^(12/{months})-1", "body", "percent")
        page.formula(f"E{row}", f"=C{row}-D{row}", "body", "signed percent")
        cells = [f"{RETURNS}!{column}{before + 1}:{column}{last}" for column in "CD"]
        page.formula(f"F{row}", f"=TRACKING_ERROR({cells[0]}, {cells[1]}, , 12)", "body", "percent")
        mean = f"12*AVERAGE({RETURNS}!E{before + 1}:E{last})"
        page.formula(f"G{row}", f"=IF(F{row}=0,0,{mean}/F{row})", "body", "signed two decimals")
    page.put(f"B{FIRST + 7}", "Active: fund less index. IR: mean active return over TE.", "hint", "left")


def _write_attribution(page: Page, last: int) -> None:
    page.section("I8:M8", "Where the last twelve months came from, bp")
    page.headings("I9", ["Sector", "Allocation", "Selection", "Interaction", "Total"])
    for row in range(FIRST, last + 2):
        source = row - FIRST + FIRST_ROW
        look = "total" if row > last else "body"
        # LibreOffice finds a text that an add-in has spilled only once it is joined to another.
        page.formula(f"I{row}", f'={ATTRIBUTION}!B{source}&""', look, "left")
        for column, origin in zip("JKLM", "GHIJ", strict=True):
            page.formula(
                f"{column}{row}", f"=10000*{ATTRIBUTION}!{origin}{source}", look, "signed bp, one decimal"
            )


def _write_conventions(page: Page) -> None:
    page.section("O8:P8", "One history, six tracking errors")
    page.headings("O9", ["Convention", "TE a year"])
    for row, (method, meaning) in enumerate(METHODS, start=FIRST):
        source = row - FIRST + FIRST_ROW
        page.put(f"O{row}", f"{method}: {meaning}", "body", "left")
        page.formula(f"P{row}", f"={STATISTICS}!G{source}", "body", "percent")
    top = FIRST + len(METHODS) + 1
    page.section(f"O{top}:P{top}", "Yours to set")
    for row, (label, value, look, name) in enumerate(_SETTINGS, start=top + 1):
        page.put(f"O{row}", label, "body", "left")
        page.put(f"P{row}", value, "input", look)
        page.book.define(name, PERFORMANCE, f"P{row}")


def _draw(page: Page, last: int) -> None:
    top, rows = last + 3, (FIRST_ROW, FIRST_ROW + MONTHS - 1)
    months, short, long, limit = (f"{ROLLING}!${column}${rows[0]}:${column}${rows[1]}" for column in "BCDE")
    draw_through_time(
        page,
        f"B{top}",
        "Tracking error through time, a year",
        (
            Curve("Short window", months, short, TEAL),
            Curve("Long window", months, long, NAVY),
            Curve("Limit", months, limit, AMBER, "dashes"),
        ),
        "0.0%",
        515,
    )
    names, *effects = (f"{PERFORMANCE}!${column}${FIRST}:${column}${last}" for column in "IJKL")
    draw_effects(
        page,
        f"I{top}",
        "Effects by sector in the last twelve months, bp",
        [
            Picture(label, names, cells, colour, "0")
            for label, cells, colour in zip(
                ("Allocation", "Selection", "Interaction"), effects, (NAVY, TEAL, AMBER), strict=True
            )
        ],
        430,
    )
    first = LAST - MONTHS + 1
    draw_through_time(
        page,
        f"O{top}",
        "Fall behind the best so far",
        (Curve("Fall", f"{RETURNS}!$B${first}:$B${LAST}", f"{RETURNS}!$J${first}:$J${LAST}", SLATE, "area"),),
        "0%",
        330,
    )
