"""The template *bond_sampling.xlsx*: 3,000 lines tracked by 150, cell by cell, beside the least tracking error there is."""

from typing import Final

from trackerr_xl.workbook.templates.bond_book import BondBook
from trackerr_xl.workbook.templates.bond_risk_inputs import write_moves
from trackerr_xl.workbook.templates.bond_sampling_checks import write_checks, write_words
from trackerr_xl.workbook.templates.bond_sampling_inputs import NAMES, column, write_inputs
from trackerr_xl.workbook.templates.bond_sampling_pieces import write_pieces
from trackerr_xl.workbook.templates.bond_universe import bond_universe
from trackerr_xl.workbook.templates.charts import Picture, draw_bars
from trackerr_xl.workbook.templates.equalities import CHECKS_CARD
from trackerr_xl.workbook.templates.factor_model import MODEL
from trackerr_xl.workbook.templates.page import Book, Page, open_page, set_card_rows
from trackerr_xl.workbook.templates.plan import FIRST_ROW, LIMITS_TABLE
from trackerr_xl.workbook.templates.style import AMBER, NAVY, TEAL

SAMPLING, SAMPLE, CELLS, SUMMARY = "Sampling", "Sample", "Cells", "Summary"
SECTOR_NAMES: Final = ("Treasury", "Agency", "Financials", "Industrials", "Utilities", "Energy")
_CALL: Final = f"TE_SAMPLE(Index_Weights, Assets, Cells_By, {LIMITS_TABLE}"
_CELLS: Final = "Sector, Duration 3 5 7 10"
_CELL_ROWS: Final = 30
_FIRST: Final = 10
_SUMMARY_ROWS: Final = 11
_CARD_CELLS: Final = ("B4:C6", "D4:E6", "F4:G6", "I4:J6", "K4:L6", "M4:N6")


def write_bond_sampling(book: Book) -> None:
    """Write every sheet of the template."""
    data = bond_universe()
    _write_dashboard(book, data)
    _write_sample(book)
    _write_cells(book)
    write_pieces(book, data)
    _write_summary(book)
    write_inputs(book, data)
    write_moves(book, data)
    write_checks(book, data)
    write_words(book)


def _summary(row: int) -> str:
    return f"{SUMMARY}!$C${FIRST_ROW + row}"


def _write_dashboard(book: Book, data: BondBook) -> None:
    page = open_page(
        book,
        SAMPLING,
        "Bond index sampling",
        f"{len(data.index.names):,} lines tracked by {NAMES}: cells of sector and duration, matched in weight, duration and spread",
        (2, 16, 10, 10, 10, 10, 10, 2, 24, 10, 10, 10, 12, 10),
        NAVY,
    )
    set_card_rows(page)
    _write_cards(page, data)
    _write_sectors(page, data)
    _write_setting(page)
    _draw(page)
    page.formula(
        "B3",
        '="The sample has a tracking error of "&TEXT(D5,"0.0")&" bp a year; with as many lines "&TEXT(F5,"0.0")&" bp were found, and less '
        'than "&TEXT(I5,"0.0")&" bp is not possible. Its duration is "&TEXT(K5,"+0.00;-0.00;0.00")&" years off."',
        "headline",
    )
    page.put(
        "B46",
        "Change the blue cells here, on Bonds, Limits, Moves and Pieces; every black number follows. bp: hundredths of a per cent a year.",
        "hint",
    )
    page.sheet.print_area("A1:N46")
    page.sheet.fit_to_pages(1, 1)
    page.sheet.freeze_panes(3, 0)


def _write_cards(page: Page, data: BondBook) -> None:
    duration = column("Duration", data)
    cards = (
        (
            "Lines held",
            f"={_summary(0)}",
            "whole",
            '="of "&TEXT(COUNT(Index_Weights),"#,##0")&" in the index"',
        ),
        ("Tracking error a year", f"=10000*{_summary(7)}", "card bp", "of the sample"),
        ("Least found", f"=10000*{_summary(8)}", "card bp", "with as many lines, optimised"),
        ("No portfolio below", f"=10000*{_summary(9)}", "card bp", "proved, whatever lines are held"),
        ("Duration", f"=ROUND(SUMPRODUCT(Active,{duration}),6)", "card years", "years, active"),
        CHECKS_CARD,
    )
    for cells, card in zip(_CARD_CELLS, cards, strict=True):
        page.card(cells, *card)
    page.mark_status("M5:N5")


def _write_sectors(page: Page, data: BondBook) -> None:
    page.section("B8:G8", "By sector")
    page.headings("B9", ["Sector", "Lines held", "Sample", "Index", "Duration gap", "DTS gap"])
    sectors, sample, active = (column(title, data) for title in ("Sector", "Sample", "Active"))
    last = _FIRST + len(SECTOR_NAMES)
    for row, sector in enumerate(SECTOR_NAMES, start=_FIRST):
        page.put(f"B{row}", sector, "body", "left")
        page.formula(f"C{row}", f'=COUNTIFS({sectors},B{row},{sample},">0")', "body", "whole")
        page.formula(f"D{row}", f"=SUMIF({sectors},B{row},{sample})", "body", "percent")
        page.formula(f"E{row}", f"=SUMIF({sectors},B{row},Index_Weights)", "body", "percent")
        for letter, title in (("F", "Duration"), ("G", "DTS")):
            gap = f"=ROUND(SUMPRODUCT(({sectors}=B{row})*{active}*{column(title, data)}),9)"
            page.formula(f"{letter}{row}", gap, "body", "signed three decimals")
    page.put(f"B{last}", "Total", "total", "left")
    looks = ("whole", "percent", "percent", "signed three decimals", "signed three decimals")
    for letter, look in zip("CDEFG", looks, strict=True):
        page.formula(f"{letter}{last}", f"=ROUND(SUM({letter}{_FIRST}:{letter}{last - 1}),9)", "total", look)
    page.put(f"B{last + 1}", "Gaps: contribution to duration in years, to DTS in years × %.", "hint")


def _write_setting(page: Page) -> None:
    page.section("I8:N8", "Yours to set")
    page.put("I9", "Cells: columns of Bonds, and where a column of numbers is cut", "body", "left")
    for letter in "JKLMN":
        page.put(f"{letter}9", None, "body")
    page.sheet.merge_range("I10:N10", _CELLS, page.book.ink("input", "left"))
    page.book.define("Cells_By", SAMPLING, "I10")
    page.section("I12:K12", "Tracking error a year, bp")
    page.headings("I13", ["Portfolio", "", "bp"], text=("",))
    rows = (
        ("Sample, cell by cell", f"=10000*{_summary(7)}"),
        ("Sample, in whole pieces", f"=10000*TRACKING_ERROR(Settled_Weights, Index_Weights, {MODEL})"),
        ("Least found, as many lines", f"=10000*{_summary(8)}"),
        ("No portfolio below", f"=10000*{_summary(9)}"),
    )
    for row, (label, formula) in enumerate(rows, start=14):
        page.put(f"I{row}", label, "body", "left")
        page.put(f"J{row}", None, "body")
        page.formula(f"K{row}", formula, "body", "bp")


def _draw(page: Page) -> None:
    last = FIRST_ROW + _CELL_ROWS - 1
    for corner, what, letter, unit, colour, width in (
        ("B20", "duration", "J", "years", TEAL, 497),
        ("I20", "DTS", "M", "years × %", NAVY, 550),
    ):
        picture = Picture(
            f"Contribution to {what} by cell, sample less index, {unit}",
            f"{CELLS}!$B${FIRST_ROW}:$B${last}",
            f"{CELLS}!${letter}${FIRST_ROW}:${letter}${last}",
            colour,
            "0.000",
        )
        draw_bars(page, corner, picture, width, 500)
    errors = Picture("Tracking error, bp", f"{SAMPLING}!$I$14:$I$17", f"{SAMPLING}!$K$14:$K$17", AMBER, "0")
    draw_bars(page, "L11", errors, 218, 170)


def _write_sample(book: Book) -> None:
    page = open_page(
        book,
        SAMPLE,
        "The sample",
        "Every line held: its weight, its weight in the index, and the cell it stands for",
        (2, 32, 12, 12, 34),
        TEAL,
    )
    page.quote("B4", f"{_CALL})")
    looks = (("body", "left"), ("body", "percent"), ("body", "fine percent"), ("body", "left"))
    page.spill("B5", f"={_CALL})", *looks, header=("header",))
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def _write_cells(book: Book) -> None:
    page = open_page(
        book,
        CELLS,
        "The cells",
        "Weight, contribution to duration (years) and to DTS (years × %) of the sample, of the index, and the gap",
        (2, 34, *[11.0] * 11),
        TEAL,
    )
    call = f'{_CALL}, , , "Cells")'
    page.quote("B4", call)
    number = ("body", "three decimals")
    gap = ("body", "signed three decimals")
    share = ("body", "percent")
    looks = (
        ("body", "left"),
        *[("body", "whole")] * 2,
        share,
        share,
        ("body", "signed percent, near zero none"),
        *(number, number, gap) * 2,
    )
    page.spill("B5", f"={call}", *looks, header=("header",))
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)


def _write_summary(book: Book) -> None:
    page = open_page(
        book,
        SUMMARY,
        "In figures",
        "The sample, and beside it the least tracking error that a search found with as many lines, with a bound that nothing is below",
        (2, 40, 16),
        TEAL,
    )
    call = f'{_CALL}, {MODEL}, Options, "Summary")'
    page.quote("B4", call)
    page.put("B5", "Figure", "header", "left")
    page.put("C5", "Value", "header")
    page.spill("B6", f"={call}", ("body", "left"), ("body", "fraction or count"))
    page.sheet.freeze_panes(5, 0)
