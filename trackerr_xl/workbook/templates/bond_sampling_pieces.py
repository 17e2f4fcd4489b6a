"""The sheet *Pieces* of *bond_sampling.xlsx*: the sample bought in whole pieces, with what that costs."""

from typing import Final

from trackerr_xl.workbook.templates.bond_book import BondBook
from trackerr_xl.workbook.templates.bond_sampling_inputs import BONDS, NAMES, ROOM
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import FIRST_ROW
from trackerr_xl.workbook.templates.style import TEAL

PIECES: Final = "Pieces"
CASH: Final = 500_000_000.0
_PIECE, _INCREMENT = 100_000.0, 1_000.0
_COSTS: Final = 0.0012
_CALL: Final = (
    "TE_TRADES(OFFSET(Sample!$B$6, 0, 0, Lines_Held, 2), 0, OFFSET($B$6, 0, 0, Lines_Held, 2), Cash, "
    "OFFSET($D$5, 0, 0, Lines_Held + 1, 3), Costs)"
)


def write_pieces(book: Book, data: BondBook) -> None:
    """Write prices and pieces of the lines of the sample, and the tickets."""
    page = open_page(
        book,
        PIECES,
        "Pieces",
        "From cash to the sample in whole pieces: tickets with costs to the cent",
        (2, 32, 10, 32, 11, 12, 2, 32, 14, 13, 16, 16, 13, 12, 13),
        TEAL,
    )
    page.put("B3", "Prices with accrued interest, per unit of nominal.", "hint")
    page.put("H3", "Cash to invest", "left")
    page.put("I3", CASH, "input", "thousands")
    page.put("K3", "Costs of a trade", "left")
    page.put("L3", _COSTS, "input", "percent")
    page.put("E3", "Lines", "left")
    page.formula("F3", f"=COUNT(Sample!$C${FIRST_ROW}:$C${FIRST_ROW + ROOM - 1})", "whole")
    for name, cell in (("Cash", "I3"), ("Costs", "L3"), ("Lines_Held", "F3")):
        book.define(name, PIECES, cell)
    page.headings("B5", ["Bond", "Price"])
    page.headings("D5", ["Name", "Lot", "MinPiece"])
    for row in range(FIRST_ROW, FIRST_ROW + ROOM):
        _write_line(page, data, row)
    page.quote("H4", _CALL)
    looks = ("left", "centre", "thousands", "four decimals", "money", "money", "percent", "thousands")
    page.spill("H5", f"={_CALL}", *(("body", look) for look in looks), header=("header",))
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)
    # The rows that no line of the sample fills are not printed.
    page.sheet.print_area(f"A1:O{FIRST_ROW + NAMES}")


def _write_line(page: Page, data: BondBook, row: int) -> None:
    last = FIRST_ROW + len(data.index.names) - 1
    page.formula(f"B{row}", f'=IF(Sample!B{row}="","",Sample!B{row}&"")', "body", "left")
    price = f"INDEX({BONDS}!$U${FIRST_ROW}:$U${last},MATCH(B{row},{BONDS}!$B${FIRST_ROW}:$B${last},0))/100"
    page.formula(f"C{row}", f'=IF(B{row}="","",{price})', "body", "four decimals")
    page.formula(f"D{row}", f'=B{row}&""', "body", "left")
    page.put(f"E{row}", _INCREMENT, "input", "thousands")
    page.put(f"F{row}", _PIECE, "input", "thousands")
