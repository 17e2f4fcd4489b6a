"""The template *direct_index.xlsx*: an index held directly, in whole shares, with the client's exclusions and a trade list."""

from typing import Final

from trackerr_xl.workbook.templates.charts import Picture, draw_bars
from trackerr_xl.workbook.templates.direct_book import DirectBook, direct_book
from trackerr_xl.workbook.templates.direct_index_checks import write_checks, write_words
from trackerr_xl.workbook.templates.direct_index_inputs import CASH, write_inputs
from trackerr_xl.workbook.templates.equalities import CHECKS_CARD
from trackerr_xl.workbook.templates.equity_index import SECTORS
from trackerr_xl.workbook.templates.factor_model import MODEL
from trackerr_xl.workbook.templates.page import Book, Page, open_page, set_card_rows
from trackerr_xl.workbook.templates.plan import FIRST_ROW, LIMITS_TABLE
from trackerr_xl.workbook.templates.style import AMBER, NAVY, TEAL

ACCOUNT, TARGET, TRADES, ANSWERS = "Account", "Target", "Trades", "Limits answer"
COSTS: Final = 0.0005
_LISTED: Final = 14
_FIRST: Final = 10
_WANTED: Final = f"{LIMITS_TABLE}, Assets, Current_Weights, Options"
_CARD_CELLS: Final = ("B4:C6", "D4:E6", "F4:F6", "H4:I6", "J4:K6", "M4:N6", "O4:P6")


def write_direct_index(book: Book) -> None:
    """Write every sheet of the template."""
    data = direct_book()
    _write_account(book, data)
    _write_target(book, data)
    _write_trades(book, data)
    _write_answers(book)
    write_inputs(book, data)
    write_checks(book, data)
    write_words(book, data)


def _rows(data: DirectBook) -> tuple[int, int]:
    """First and last row of the companies on every sheet."""
    return FIRST_ROW, FIRST_ROW + len(data.names) - 1


def _write_account(book: Book, data: DirectBook) -> None:
    page = open_page(
        book,
        ACCOUNT,
        "Direct index",
        f"An index of {len(data.names)} companies held in whole shares: fewer of them, none the client does not want, and the trades",
        (2, 16, 11, 11, 11, 11, 2, 26, 8, 10, 13, 2, 30, 10, 12, 12),
        NAVY,
    )
    set_card_rows(page)
    _write_cards(page, data)
    _write_sectors(page, data)
    _write_largest(page, data)
    _write_setting(page)
    _draw(page)
    page.formula(
        "B3",
        '="After these trades the account has "&TEXT(D5,"0")&" companies and a tracking error of "&TEXT(H5,"0.00%")&" a year, from "'
        '&TEXT(F5,"0.00%")&" now. Whole shares cost "&TEXT(ABS(10000*(H5-N14)),"0.0")&" bp of it, the wishes "'
        '&TEXT(10000*(N14-N15),"0.0")&" bp."',
        "headline",
    )
    page.put(
        "B46",
        "Change the blue cells here, on Holdings, Limits and Factors; every black number follows. Active: of the account after the "
        "trades against the index.",
        "hint",
    )
    page.sheet.print_area("A1:P46")
    page.sheet.fit_to_pages(1, 1)
    page.sheet.freeze_panes(3, 0)


def _write_cards(page: Page, data: DirectBook) -> None:
    first, last = _rows(data)
    amounts, sides = (f"{TRADES}!${letter}${first}:${letter}${last}" for letter in "FL")
    bought, sold = (f'COUNTIF({sides},"{side}")' for side in ("Buy", "Sell"))
    cards = (
        ("Account", "=Account", "thousands", '="of it cash "&TEXT(Cash,"#,##0")'),
        (
            "Companies held",
            f'=COUNTIF({TRADES}!$I${first}:$I${last},">0")',
            "whole",
            '="of "&COUNT(Index_Weights)&" in the index"',
        ),
        ("TE now, a year", f"={TRADES}!$C${last + 2}", "percent", "before trading"),
        ("TE after, a year", f"={TRADES}!$C${last + 4}", "percent", "in whole shares"),
        (
            "Bought",
            f'=SUMIF({sides},"Buy",{amounts})',
            "thousands",
            f'={bought}&" purchases, "&{sold}&" sales"',
        ),
        (
            "Costs",
            f"=SUM({TRADES}!$G${first}:$G${last})",
            "money",
            '="cash left "&TEXT(' + f"{TRADES}!$F${last + 1}" + ',"#,##0.00")',
        ),
        CHECKS_CARD,
    )
    for cells, card in zip(_CARD_CELLS, cards, strict=True):
        page.card(cells, *card)
    page.mark_status("O5:P5")


def _write_sectors(page: Page, data: DirectBook) -> None:
    first, last = _rows(data)
    page.section("B8:F8", "By sector")
    page.headings("B9", ["Sector", "Now", "After", "Index", "Active"])
    total = _FIRST + len(SECTORS)
    after = f"{TRADES}!$H${first}:$H${last}"
    for row, sector in enumerate(SECTORS, start=_FIRST):
        page.put(f"B{row}", sector, "body", "left")
        for letter, cells in (("C", "Current_Weights"), ("D", after), ("E", "Index_Weights")):
            page.formula(f"{letter}{row}", f"=SUMIF(Sectors,B{row},{cells})", "body", "percent")
        page.formula(f"F{row}", f"=ROUND(D{row}-E{row},9)", "body", "signed percent, near zero none")
    page.put(f"B{total}", "Total", "total", "left")
    for letter, look in zip("CDEF", ("percent",) * 3 + ("signed percent, near zero none",), strict=True):
        page.formula(
            f"{letter}{total}", f"=ROUND(SUM({letter}{_FIRST}:{letter}{total - 1}),9)", "total", look
        )


def _write_largest(page: Page, data: DirectBook) -> None:
    first, last = _rows(data)
    page.section("H8:K8", "Largest trades")
    page.headings("H9", ["Company", "Side", "Shares", "Amount"])
    sizes = f"{TRADES}!$K${first}:$K${last}"
    for rank in range(1, _LISTED + 1):
        row = _FIRST + rank - 1
        place = f"MATCH(LARGE({sizes},{rank}),{sizes},0)"
        for letter, source, look in (
            ("H", "B", "left"),
            ("I", "C", "centre"),
            ("J", "D", "thousands"),
            ("K", "F", "money"),
        ):
            page.formula(
                f"{letter}{row}", f"=INDEX({TRADES}!${source}${first}:${source}${last},{place})", "body", look
            )


def _write_setting(page: Page) -> None:
    page.section("M8:P8", "Yours to set")
    for row, (label, name, value, look) in enumerate(
        (
            ("Cash to invest", "Cash", CASH, "thousands"),
            ("Costs of a trade, share of it", "Costs", COSTS, "fine percent"),
        ),
        start=9,
    ):
        page.put(f"M{row}", label, "body", "left")
        page.put(f"N{row}", value, "input", look)
        page.book.define(name, ACCOUNT, f"N{row}")
    page.put("M11", "Account: holdings and cash", "body", "left")
    page.formula("N11", "=SUMPRODUCT(INDEX(Shares_Now,0,2),INDEX(Prices,0,2))+Cash", "body", "thousands")
    page.book.define("Account", ACCOUNT, "N11")
    page.section("M13:P13", "Tracking error a year")
    rows = (
        ("Target, before whole shares", f"=TRACKING_ERROR(Target_Weights, Index_Weights, {MODEL})"),
        ("The same without the wishes", f"=TRACKING_ERROR(Free_Weights, Index_Weights, {MODEL})"),
        ("Now", "=F5"),
        ("After", "=H5"),
    )
    for row, (label, formula) in enumerate(rows, start=14):
        page.put(f"M{row}", label, "body", "left")
        page.formula(f"N{row}", formula, "body", "percent")
    page.section("M19:P19", "What a limit costs, in TE a year")
    page.headings("M20", ["Limit", "Status", "TE without", "Costs (bp)"], text=("Status",))
    for row in range(21, 28):
        source = row - 21 + FIRST_ROW
        name = f"'{ANSWERS}'!B{source}&\" \"&'{ANSWERS}'!C{source}"
        page.formula(f"M{row}", f"={name}", "body", "left")
        page.formula(f"N{row}", f"='{ANSWERS}'!F{source}&\"\"", "body", "centre")
        page.formula(f"O{row}", f"='{ANSWERS}'!I{source}", "body", "percent")
        page.formula(f"P{row}", f"=ROUND(10000*($N$14-O{row}),3)", "body", "signed bp, one decimal")


def _draw(page: Page) -> None:
    end = _FIRST + len(SECTORS) - 1
    draw_bars(
        page,
        "B26",
        Picture(
            "Active weight by sector, after the trades",
            f"{ACCOUNT}!$B${_FIRST}:$B${end}",
            f"{ACCOUNT}!$F${_FIRST}:$F${end}",
            TEAL,
            "0.0%",
        ),
        455,
    )
    last = _FIRST + _LISTED - 1
    draw_bars(
        page,
        "H26",
        Picture(
            "Largest trades",
            f"{ACCOUNT}!$H${_FIRST}:$H${last}",
            f"{ACCOUNT}!$K${_FIRST}:$K${last}",
            AMBER,
            "#,##0",
        ),
        420,
    )
    draw_bars(
        page,
        "M29",
        Picture(
            "What a limit costs, bp of TE a year",
            f"{ACCOUNT}!$M$21:$M$27",
            f"{ACCOUNT}!$P$21:$P$27",
            NAVY,
            "0",
        ),
        455,
        320,
    )


def _write_target(book: Book, data: DirectBook) -> None:
    page = open_page(
        book,
        TARGET,
        "The target",
        "Weights of least tracking error within the limits; beside them what they would be without the client's wishes",
        (2, 30, 12, 2, 30, 12, 2, 14, 30, 12, 12, 12, 8),
        TEAL,
    )
    first, last = _rows(data)
    free = "Free_Limits, Assets, Current_Weights, Options"
    for column, limits, title in (("B", _WANTED, "With every limit"), ("E", free, "Without the wishes")):
        page.put(f"{column}4", title, "strong")
        page.headings(f"{column}5", ["Company", "Weight"])
        page.spill(
            f"{column}{FIRST_ROW}",
            f"=TE_OPTIMIZE(Benchmark, {MODEL}, {limits})",
            ("body", "left"),
            ("body", "percent"),
        )
    book.define("Target", TARGET, f"B{first}:C{last}")
    book.define("Target_Weights", TARGET, f"C{first}:C{last}")
    book.define("Free_Weights", TARGET, f"F{first}:F{last}")
    _write_free_limits(page)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def _write_free_limits(page: Page) -> None:
    """Write the limits again, without those on wishes."""
    page.put("H4", "The limits without the client's wishes", "strong")
    page.headings("H5", ["Type", "Item", "Min", "Max", "Basis", "On"], text=("Item", "Basis"))
    looks = ("left", "left", "general", "general", "left", "centre")
    for row in range(FIRST_ROW, FIRST_ROW + 15):
        for letter, source, look in zip("HIJKLM", "BCDEFG", looks, strict=True):
            cell = f"Limits!{source}{row}"
            value = f'IF({cell}="","",{cell})'
            if source == "G":
                value = f'IF(LEFT(Limits!C{row},6)="Wishes","No",{value})'
            page.formula(f"{letter}{row}", f"={value}", "body", look)
    page.book.define("Free_Limits", TARGET, f"H5:M{FIRST_ROW + 14}")


def _write_trades(book: Book, data: DirectBook) -> None:
    page = open_page(
        book,
        TRADES,
        "Trades",
        "From the shares held and the cash to the target, in whole shares; costs to the cent, cash never negative",
        (2, 30, 10, 11, 11, 14, 11, 12, 12, 2, 12, 8),
        TEAL,
    )
    call = f"TE_TRADES(Target, Shares_Now, Prices, Cash, 1, Costs, {MODEL}, Index_Weights)"
    page.quote("B4", call)
    looks = ("left", "centre", "thousands", "two decimals", "money", "money", "percent", "thousands")
    page.spill("B5", f"={call}", *(("body", look) for look in looks), header=("header",))
    first, last = _rows(data)
    page.put("K5", "Size, ties apart", "header")
    page.put("L5", "Side", "header")
    for row in range(first, last + 1):
        # The row number breaks ties, so that every trade is found by its size.
        page.formula(f"K{row}", f"=N(F{row})+1E-7*(1000-ROW(F{row}))", "body", "money")
        # LibreOffice finds a text that an add-in has spilled only once it is joined to another.
        page.formula(f"L{row}", f'=C{row}&""', "body", "centre")
    page.sheet.print_area(f"A1:I{last + 6}")
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def _write_answers(book: Book) -> None:
    page = open_page(
        book,
        ANSWERS,
        "The limits answer",
        "What each row of the limits comes to at the target, and the least tracking error without it",
        (2, 14, 20, 13, 13, 11, 14, 14, 14, 28),
        TEAL,
    )
    call = f"TE_CONSTRAINTS(Target_Weights, Index_Weights, {MODEL}, {_WANTED})"
    page.quote("B4", call)
    looks = ("left", "left", "fraction or count", "fraction or count", "centre", *["fraction"] * 3, "left")
    page.spill("B5", f"={call}", *(("body", look) for look in looks), header=("header",))
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
