"""The template *bond_risk.xlsx*: what a bond portfolio's tracking error is made of, with no price history."""

from typing import Final

from trackerr_xl.workbook.templates.bond_book import KEYS, BondBook, bond_book
from trackerr_xl.workbook.templates.bond_risk_checks import write_checks, write_words
from trackerr_xl.workbook.templates.bond_risk_inputs import (
    BONDS,
    FIRST,
    write_bonds,
    write_exposures,
    write_moves,
)
from trackerr_xl.workbook.templates.charts import Picture, draw_bars, draw_steps
from trackerr_xl.workbook.templates.equalities import CHECKS_CARD
from trackerr_xl.workbook.templates.factor_model import MODEL
from trackerr_xl.workbook.templates.page import Book, Page, open_page, set_card_rows
from trackerr_xl.workbook.templates.style import AMBER, NAVY, TEAL

RISK, CONTRIBUTIONS = "Risk", "Contributions"
_TOP: Final = 12
"""Bonds listed on the first sheet."""
_FIRST_FACTOR: Final = 10
_BY_FACTOR: Final = (
    "TE_FACTORS(Portfolio_Weights, Index_Weights, Exposures, Factor_Covariance, Specific_Risk, 1, "
    '"Decimal sd")'
)
_CONTRIBUTIONS: Final = f"TE_CONTRIB(Portfolio_Weights, Index_Weights, {MODEL}"
"""Of every bond; groups or the closing bracket follow."""
_FACTOR_LOOKS: Final = (
    ("body", "left"),
    ("body", "signed fraction"),
    ("body", "fraction"),
    ("body", "fraction"),
    ("body", "signed fraction"),
    ("body", "signed fraction"),
    ("body", "percent"),
)
_CONTRIBUTION_LOOKS: Final = (
    ("body", "left"),
    ("body", "signed percent, near zero none"),
    ("body", "signed fraction"),
    ("body", "signed fraction"),
    ("body", "percent"),
    ("body", "fraction"),
)
_HEADLINE: Final = (
    '="Tracking error "&TEXT(B5,"0.0")&" bp a year: "&TEXT(D5,"0%")&" from the curve, "&TEXT(F5,"0%")&" from spreads, "'
    f'&TEXT(I5,"0%")&" specific. Largest bond: "&L{_FIRST_FACTOR}&", "&TEXT(M{_FIRST_FACTOR},"+0.0;-0.0")&" bp."'
)
_CARD_CELLS: Final = ("B4:C6", "D4:E6", "F4:G6", "I4:I6", "J4:J6", "L4:L6", "M4:N6")


def write_bond_risk(book: Book) -> None:
    """Write every sheet of the template."""
    data = bond_book()
    _write_risk(book, data)
    _write_contributions(book, data)
    write_bonds(book, data)
    write_moves(book, data)
    write_exposures(book, data)
    write_checks(book, data)
    write_words(book)


def _write_risk(book: Book, data: BondBook) -> None:
    page = open_page(
        book,
        RISK,
        "Bond risk against the index",
        "Key-rate durations, duration times spread and specific risk: a tracking error with no price history",
        (2, 18, 11, 11, 11, 12, 10, 2, 24, 13, 2, 30, 13, 10),
        NAVY,
    )
    set_card_rows(page)
    _write_cards(page)
    last = _write_factors(page, data)
    _write_parts(page, data)
    _write_largest(page, data)
    _draw(page, data)
    page.formula("B3", _HEADLINE, "headline")
    page.put(
        f"B{last + 22}",
        "Change the blue cells on Bonds and Moves; every black number follows. Active: years, for DTS years × %. "
        "Contributions are basis points a year and sum to the tracking error.",
        "hint",
    )
    page.sheet.print_area(f"A1:N{last + 22}")
    page.sheet.fit_to_pages(1, 1)
    page.sheet.freeze_panes(3, 0)


def _write_cards(page: Page) -> None:
    parts = f"{RISK}!$J${_FIRST_FACTOR}:$J${_FIRST_FACTOR + 2}"
    cards = (
        (
            "Tracking error a year",
            f"=10000*TRACKING_ERROR(Portfolio_Weights, Index_Weights, {MODEL})",
            "card bp",
            "forty bonds, ten factors",
        ),
        ("From the curve", f"=INDEX({parts},1)/SUM({parts})", "card percent", "of the tracking error"),
        ("From spreads", f"=INDEX({parts},2)/SUM({parts})", "card percent", "of the tracking error"),
        ("Specific", f"=INDEX({parts},3)/SUM({parts})", "card percent", "of the tracking error"),
        (
            "Duration",
            f"=SUMPRODUCT(Active,{BONDS}!I{FIRST}:I{FIRST + 39})",
            "card years",
            "years, active",
        ),
        (
            "Duration times spread",
            f"=SUMPRODUCT(Active,{BONDS}!P{FIRST}:P{FIRST + 39})*100",
            "card years",
            "years × %, active",
        ),
        CHECKS_CARD,
    )
    for cells, card in zip(_CARD_CELLS, cards, strict=True):
        page.card(cells, *card)
    page.mark_status("M5:N5")


def _write_factors(page: Page, data: BondBook) -> int:
    """Write the table of factors; returns the row of its total."""
    page.section("B8:G8", "By factor")
    page.headings("B9", ["Factor", "Active", "Isolated (bp)", "Cumul. (bp)", "Contrib. (bp)", "% of TE"])
    looks = ("signed bp", "percent")
    last = _FIRST_FACTOR + len(data.factors) + 1
    for row in range(_FIRST_FACTOR, last + 1):
        source = row - _FIRST_FACTOR + FIRST
        look = "total" if row == last else "body"
        page.formula(f"B{row}", f"={CONTRIBUTIONS}!B{source}", look, "left")
        if row < last - 1:
            scale = "" if source < FIRST + len(KEYS) else "100*"
            page.formula(f"C{row}", f"={scale}{CONTRIBUTIONS}!C{source}", look, "signed two decimals")
        else:
            page.put(f"C{row}", None, look)
        for column, origin in (("D", "D"), ("E", "E")):
            page.formula(f"{column}{row}", f"=10000*{CONTRIBUTIONS}!{origin}{source}", look, "bp")
        page.formula(f"F{row}", f"=10000*{CONTRIBUTIONS}!G{source}", look, looks[0])
        page.formula(f"G{row}", f"={CONTRIBUTIONS}!H{source}", look, looks[1])
    return last


def _write_parts(page: Page, data: BondBook) -> None:
    keys = _FIRST_FACTOR + len(KEYS) - 1
    last = _FIRST_FACTOR + len(data.factors) - 1
    page.section("I8:J8", "By part")
    page.headings("I9", ["Part", "Contrib. (bp)"])
    for row, (part, formula) in enumerate(
        (
            ("Curve", f"=SUM(F{_FIRST_FACTOR}:F{keys})"),
            ("Spreads", f"=SUM(F{keys + 1}:F{last})"),
            ("Specific", f"=F{last + 1}"),
        ),
        start=_FIRST_FACTOR,
    ):
        page.put(f"I{row}", part, "body", "left")
        page.formula(f"J{row}", formula, "body", "signed bp")
    page.put(f"I{_FIRST_FACTOR + 3}", "Total", "total", "left")
    page.formula(
        f"J{_FIRST_FACTOR + 3}", f"=SUM(J{_FIRST_FACTOR}:J{_FIRST_FACTOR + 2})", "total", "signed bp"
    )
    page.section("I15:J15", "By sector")
    for row in range(16, 22):
        source = row - 16 + FIRST
        page.formula(f"I{row}", f"={CONTRIBUTIONS}!J{source}", "body", "left")
        page.formula(f"J{row}", f"=10000*{CONTRIBUTIONS}!M{source}", "body", "signed bp")


def _write_largest(page: Page, data: BondBook) -> None:
    page.section("L8:N8", "Largest contributions by bond")
    page.headings("L9", ["Bond", "Contrib. (bp)", "% of TE"])
    first, last = _bond_rows(data)
    for rank in range(1, _TOP + 1):
        row = _FIRST_FACTOR + rank - 1
        ranks = f"{CONTRIBUTIONS}!$H${first}:$H${last}"
        place = f"MATCH(LARGE({ranks},{rank}),{ranks},0)"
        for column, source, scale, look in (
            ("L", "B", "", "left"),
            ("M", "E", "10000*", "signed bp"),
            ("N", "F", "", "percent"),
        ):
            values = f"{CONTRIBUTIONS}!${source}${first}:${source}${last}"
            page.formula(f"{column}{row}", f"={scale}INDEX({values},{place})", "body", look)


def _draw(page: Page, data: BondBook) -> None:
    last = _FIRST_FACTOR + len(data.factors)
    top = last + 3

    def cells(column: str, end: int) -> str:
        return f"{RISK}!${column}${_FIRST_FACTOR}:${column}${end}"

    draw_bars(
        page,
        f"B{top}",
        Picture("TE contribution by factor, bp a year", cells("B", last), cells("F", last), TEAL, "0"),
        372,
    )
    end = FIRST + len(data.factors) + 1
    steps = [f"{CONTRIBUTIONS}!${column}${FIRST}:${column}${end}" for column in ("B", "Q", "R", "S", "T")]
    draw_steps(page, f"F{top}", "How the tracking error builds up, bp a year", steps, 446)
    draw_bars(
        page,
        f"L{top}",
        Picture(
            "TE contribution by bond, bp a year",
            cells("L", _FIRST_FACTOR + _TOP - 1),
            cells("M", _FIRST_FACTOR + _TOP - 1),
            AMBER,
            "0.0",
        ),
        380,
    )


def _bond_rows(data: BondBook) -> tuple[int, int]:
    """First and last row of the contributions of the bonds on their sheet."""
    first = FIRST + len(data.factors) + 7
    return first, first + len(data.index.names) - 1


def _write_contributions(book: Book, data: BondBook) -> None:
    page = open_page(
        book,
        CONTRIBUTIONS,
        "Contributions to tracking error",
        "By factor, by sector and by bond; fractions a year as the functions give them",
        (2, 30, 14, 12, 12, 12, 12, 12, 2, 16, 12, 12, 12, 10, 12, 2, 10, 10, 10, 10),
        TEAL,
    )
    page.quote("B4", _BY_FACTOR)
    page.spill("B5", f"={_BY_FACTOR}", *_FACTOR_LOOKS, header=("header",))
    page.put("J4", "By sector, with the risk model", "hint")
    page.spill("J5", f"={_CONTRIBUTIONS}, Sectors)", *_CONTRIBUTION_LOOKS, header=("header",))
    first, last = _bond_rows(data)
    page.quote(f"B{first - 2}", f"{_CONTRIBUTIONS})")
    page.spill(f"B{first - 1}", f"={_CONTRIBUTIONS})", *_CONTRIBUTION_LOOKS, header=("header",))
    page.put(f"H{first - 1}", "Size, ties apart", "header")
    for row in range(first, last + 1):
        # The row number breaks ties, so that every bond is found by its size.
        page.formula(f"H{row}", f"=ABS(E{row})-1E-13*ROW(E{row})", "body", "exact")
    _write_steps(page, data)
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)


def _write_steps(page: Page, data: BondBook) -> None:
    """Write what the chart of the steps is drawn from: an empty base, and what rises or falls upon it."""
    page.put("Q4", "Drawn on the sheet Risk, bp", "hint")
    page.headings("Q5", ["Base", "Rise", "Fall", "Total"])
    total = FIRST + len(data.factors) + 1
    for row in range(FIRST, total):
        before = "0" if row == FIRST else f"10000*E{row - 1}"
        page.formula(f"Q{row}", f"=MIN({before},10000*E{row})", "body", "bp")
        page.formula(f"R{row}", f"=MAX(10000*F{row},0)", "body", "bp")
        page.formula(f"S{row}", f"=MAX(-10000*F{row},0)", "body", "bp")
        page.put(f"T{row}", None, "body")
    for column in ("Q", "R", "S"):
        page.put(f"{column}{total}", None, "total")
    page.formula(f"T{total}", f"=10000*G{total}", "total", "bp")
