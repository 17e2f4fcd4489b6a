"""The sheets of *bond_sampling.xlsx* that a user types into: every line of the index, and the limits of the sample."""

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.bond_book import KEYS, SECTORS, BondBook
from trackerr_xl.workbook.templates.inputs import write_limits, write_search
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import FIRST_ROW, Limit

BONDS: Final = "Bonds"
NAMES: Final = 150
ROOM: Final = 300
"""Rows that a sample may fill."""

_LIMITS: Final = (
    Limit("Names", "*", None, NAMES, "", "Yes", "How many lines are bought", "whole"),
    Limit("Position", "*", 0.002, None, "", "Yes", "No line below 0.20 % of the fund"),
    Limit("Group", "Issuer=*", None, 0.02, "", "Yes", "No issuer above 2 %"),
    Limit("Group", "Issuer=Government", None, 0.6, "", "Yes", "but the government"),
)
_HEADINGS: Final = (
    ("Bond", "left", 30),
    ("Weight", "fine percent", 10),
    ("Sector", "left", 13),
    ("Issuer", "left", 20),
    ("Rating", "left", 8),
    ("Spread", "percent", 9),
    ("Duration", "two decimals", 9),
    ("DTS", "three decimals", 9),
    *((key, "two decimals", 8) for key in KEYS),
    *((f"DTS {sector}", "three decimals", 11) for sector in SECTORS),
    ("Specific", "percent", 9),
    ("Price", "two decimals", 9),
    ("Sample", "percent", 10),
    ("Active", "signed percent", 10),
    ("Settled", "percent", 10),
)
_COLUMN: Final = {title: xl_col_to_name(at) for at, (title, _, _) in enumerate(_HEADINGS, start=1)}
_TYPED: Final = (
    "Bond",
    "Weight",
    "Sector",
    "Issuer",
    "Rating",
    "Spread",
    "Duration",
    *KEYS,
    "Specific",
    "Price",
)


def column(title: str, data: BondBook) -> str:
    """The cells of a column of the sheet *Bonds*, absolute."""
    letter = _COLUMN[title]
    return f"{BONDS}!${letter}${FIRST_ROW}:${letter}${FIRST_ROW + len(data.index.names) - 1}"


def write_inputs(book: Book, data: BondBook) -> None:
    """Write the sheets *Bonds* and *Limits*."""
    _write_bonds(book, data)
    write_limits(book, _LIMITS)
    write_search(book, 0.15)


def _write_bonds(book: Book, data: BondBook) -> None:
    count = len(data.index.names)
    page = open_page(
        book,
        BONDS,
        "Bonds",
        f"Every one of the {count:,} lines of the index: weight, what is known of it, and what is bought",
        (2, *(width for _, _, width in _HEADINGS)),
    )
    page.put(
        "B3",
        "Durations in years. DTS is duration times spread, in years × %; beside it by sector in years × fraction, as the risk model "
        "takes it.",
        "hint",
    )
    page.headings("B5", [title for title, _, _ in _HEADINGS], text=("Sector", "Issuer", "Rating"))
    for place in range(count):
        _write_bond(page, data, place)
    _write_answers(page, data)
    last = FIRST_ROW + count - 1
    for name, title in (
        ("Index_Weights", "Weight"),
        ("Specific_Risk", "Specific"),
        ("Sample_Weights", "Sample"),
        ("Settled_Weights", "Settled"),
        ("Active", "Active"),
    ):
        book.define(name, BONDS, f"{_COLUMN[title]}{FIRST_ROW}:{_COLUMN[title]}{last}")
    book.define("Assets", BONDS, f"B5:{_COLUMN['DTS']}{last}")
    book.define("Exposures", BONDS, f"{_COLUMN[KEYS[0]]}{FIRST_ROW}:{_COLUMN[f'DTS {SECTORS[-1]}']}{last}")
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def _write_bond(page: Page, data: BondBook, place: int) -> None:
    values: dict[str, str | float] = {
        title: cells[place] for title, cells in data.index.attributes.items() if title in _TYPED
    }
    values |= {"Bond": data.index.names[place], "Weight": float(data.index.weights[place])}
    values |= {"Specific": float(data.specific[place])}
    for title, look, _ in _HEADINGS:
        if title in values:
            page.put(f"{_COLUMN[title]}{FIRST_ROW + place}", values[title], "input", look)


def _write_answers(page: Page, data: BondBook) -> None:
    """Write the columns that follow from the others, a formula a column: thousands of them would take minutes."""
    cells = {title: column(title, data).partition("!")[2] for title, _, _ in _HEADINGS}
    spread = f"{cells['Duration']}*{cells['Spread']}"
    end = FIRST_ROW + ROOM - 1
    formulas = {"DTS": f"=100*{spread}"}
    formulas |= {f"DTS {sector}": f'=({cells["Sector"]}="{sector}")*{spread}' for sector in SECTORS}
    formulas |= {
        # Pieces has the names of the sample joined to nothing: LibreOffice finds no others that an add-in has spilled.
        "Sample": f"=SUMIF(Pieces!$B$6:$B${end},{cells['Bond']},Sample!$C$6:$C${end})",
        "Settled": f"=SUMIF(Pieces!$B$6:$B${end},{cells['Bond']},Pieces!$N$6:$N${end})",
        "Active": f"={cells['Sample']}-{cells['Weight']}",
    }
    looks = {title: look for title, look, _ in _HEADINGS}
    for title, formula in formulas.items():
        page.spill(f"{_COLUMN[title]}{FIRST_ROW}", formula, ("body", looks[title]))
