"""The sheet *Tracker*: key figures, groups, the largest positions and charts on one printed page."""

from typing import Final

from trackerr_xl.workbook.templates.charts import Picture, draw_bars
from trackerr_xl.workbook.templates.page import Book, Page, open_page, set_card_rows
from trackerr_xl.workbook.templates.plan import (
    CONTRIBUTIONS,
    FIRST_GROUP_ROW,
    FIRST_ROW,
    TRACKER,
    WEIGHTS,
    Plan,
)
from trackerr_xl.workbook.templates.style import AMBER, NAVY, TEAL

_WIDTHS: Final = (2, 20, 11, 11, 11, 12, 11, 2, 29, 11, 11, 2, 29, 12, 11)
_CARD_CELLS: Final = ("B4:B6", "C4:D6", "E4:G6", "I4:I6", "J4:K6", "M4:M6", "N4:O6")
_TOP: Final = 10


def write_dashboard(book: Book, plan: Plan) -> None:
    """Write the sheet *Tracker*."""
    page = open_page(book, TRACKER, plan.title, plan.subtitle, _WIDTHS, NAVY)
    for cells, card in zip(_CARD_CELLS, plan.cards, strict=True):
        page.card(cells, card.label, card.value, card.look, card.note)
    set_card_rows(page)
    page.mark_status("M5:O5")
    page.formula("B3", _headline(plan), "headline")
    _write_groups(page, plan)
    _write_largest_active(page, plan)
    _write_largest_contributions(page, plan)
    _draw(page, plan)
    last_row = FIRST_GROUP_ROW + _TOP + 22
    page.put(
        f"B{last_row}",
        "Change the blue cells on Limits, Index, Covariance and Weights; every black number follows. "
        "Contributions are basis points a year and sum to the tracking error.",
        "hint",
    )
    page.sheet.print_area(f"A1:O{last_row}")
    page.sheet.fit_to_pages(1, 1)
    page.sheet.freeze_panes(3, 0)


def _headline(plan: Plan) -> str:
    """What matters, in three sentences; the cards and the groups below have the numbers."""
    last = FIRST_GROUP_ROW + len(plan.groups) - 1
    names, shares = (f"{column}{FIRST_GROUP_ROW}:{column}{last}" for column in "BG")
    return (
        f'=IFERROR("Tracking error "&TEXT(B5,"0.0")&" bp a year, with "&COUNTIF(Portfolio_Weights,">0.0000001")&" of '
        f'{plan.count} names. "&IF(N5="OK","Every limit holds. ","Not every check holds: see the sheet Checks. ")'
        f'&INDEX({names},MATCH(MAX({shares}),{shares},0))&" takes the largest part, "&TEXT(MAX({shares}),"0%")&".",'
        '"No portfolio satisfies the limits: see the sheet Explain.")'
    )


def _write_groups(page: Page, plan: Plan) -> None:
    group = plan.shown[0]
    page.section("B8:G8", f"By {group.lower()}")
    page.headings("B9", [group, "Portfolio", "Index", "Active", "TE contrib. (bp)", "% of TE"])
    members = f"{WEIGHTS}!$G${FIRST_ROW}:$G${plan.last_row}"
    last = FIRST_GROUP_ROW + len(plan.groups) - 1
    for row in range(FIRST_GROUP_ROW, last + 1):
        source = row - FIRST_GROUP_ROW + FIRST_ROW
        # LibreOffice finds a text that an add-in has spilled only once it is joined to another.
        page.formula(f"B{row}", f'={CONTRIBUTIONS}!B{source}&""', "body", "left")
        for column, weights in (("C", "Portfolio_Weights"), ("D", "Index_Weights")):
            page.formula(f"{column}{row}", f"=SUMIF({members},B{row},{weights})", "body", "percent")
        page.formula(f"E{row}", f"=ROUND(C{row}-D{row},10)", "body", "signed percent")
        page.formula(f"F{row}", f"=10000*{CONTRIBUTIONS}!E{source}", "body", "signed bp")
        page.formula(f"G{row}", f"={CONTRIBUTIONS}!F{source}", "body", "percent")
    page.put(f"B{last + 1}", "Total", "total", "left")
    looks = {"C": "percent", "D": "percent", "E": "signed percent", "F": "bp", "G": "percent"}
    for column, look in looks.items():
        page.formula(
            f"{column}{last + 1}", f"=ROUND(SUM({column}{FIRST_GROUP_ROW}:{column}{last}),12)", "total", look
        )


def _write_largest_active(page: Page, plan: Plan) -> None:
    page.section("I8:K8", "Largest active weights")
    page.headings("I9", ["Name", "Portfolio", "Active"])
    half = _TOP // 2
    ranks = [*range(1, half + 1), *range(plan.count - half + 1, plan.count + 1)]
    for row, rank in enumerate(ranks, start=FIRST_GROUP_ROW):
        place = f"MATCH({rank},{WEIGHTS}!$K${FIRST_ROW}:$K${plan.last_row},0)"
        for column, source, look in (("I", "B", "left"), ("J", "C", "percent"), ("K", "E", "signed percent")):
            values = f"{WEIGHTS}!${source}${FIRST_ROW}:${source}${plan.last_row}"
            page.formula(f"{column}{row}", f"=INDEX({values},{place})", "body", look)


def _write_largest_contributions(page: Page, plan: Plan) -> None:
    page.section("M8:O8", "Largest contributions to tracking error")
    page.headings("M9", ["Name", "TE contrib. (bp)", "% of TE"])
    for rank in range(1, _TOP + 1):
        row = FIRST_GROUP_ROW + rank - 1
        place = f"MATCH({rank},{WEIGHTS}!$L${FIRST_ROW}:$L${plan.last_row},0)"
        for column, source, look in (("M", "B", "left"), ("N", "I", "signed bp"), ("O", "J", "percent")):
            values = f"{WEIGHTS}!${source}${FIRST_ROW}:${source}${plan.last_row}"
            page.formula(f"{column}{row}", f"=INDEX({values},{place})", "body", look)


def _draw(page: Page, plan: Plan) -> None:
    last_group = FIRST_GROUP_ROW + len(plan.groups) - 1
    last_top = FIRST_GROUP_ROW + _TOP - 1
    top = FIRST_GROUP_ROW + max(_TOP, len(plan.groups) + 1) + 1
    group = plan.shown[0].lower()
    for cell, title, names, values, last, colour, number, width in (
        (f"B{top}", f"TE contribution by {group}, bp a year", "B", "F", last_group, TEAL, "0.0", 555),
        (f"I{top}", "Active weight, largest over and under", "I", "K", last_top, NAVY, "0.0%", 366),
        (f"M{top}", "TE contribution by name, bp a year", "M", "N", last_top, AMBER, "0.0", 372),
    ):
        rows = [f"{TRACKER}!${column}${FIRST_GROUP_ROW}:${column}${last}" for column in (names, values)]
        draw_bars(page, cell, Picture(title, rows[0], rows[1], colour, number), width)
