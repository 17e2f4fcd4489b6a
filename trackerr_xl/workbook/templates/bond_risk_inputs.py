"""The sheets of *bond_risk.xlsx* that a user types into, and the exposures made of them."""

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.bond_book import KEYS, SECTORS, BondBook
from trackerr_xl.workbook.templates.factor_model import MODEL
from trackerr_xl.workbook.templates.page import Book, Page, open_page

BONDS, MOVES, EXPOSURES = "Bonds", "Moves", "Exposures"
FIRST: Final = 6
"""Row of the first bond, and of the first factor."""

_HEADINGS: Final = (
    ("Bond", "left"),
    ("Portfolio", "percent"),
    ("Index", "percent"),
    ("Active", "signed percent"),
    ("Sector", "left"),
    ("Rating", "left"),
    ("Spread", "percent"),
    ("Duration", "two decimals"),
    *((key, "two decimals") for key in KEYS),
    ("Specific risk", "percent"),
    ("DTS", "three decimals"),
)
_CORRELATION_COLUMN: Final = 5
"""Column F of the sheet *Moves* has the first correlation."""


def write_bonds(book: Book, data: BondBook) -> None:
    """Write weights and what is known of every bond."""
    page = open_page(
        book,
        BONDS,
        "Bonds",
        "One row a bond: both weights, spread, effective and key-rate durations, specific risk",
        (2, 28, 10, 10, 10, 13, 8, 9, 10, 9, 9, 9, 9, 9, 10, 9),
    )
    page.put(
        "B3",
        "Durations in years. DTS is duration times spread, in years × fraction. Specific risk: standard deviation a year.",
        "hint",
    )
    page.headings("B5", [heading for heading, _ in _HEADINGS], text=("Sector", "Rating"))
    for place in range(len(data.index.names)):
        _write_bond(page, data, place)
    last = FIRST + len(data.index.names) - 1
    page.fill(f"B{last + 1}:P{last + 1}", "total")
    page.put(f"B{last + 1}", "Sum", "total", "left")
    for column, look in (("C", "percent"), ("D", "percent"), ("E", "signed percent")):
        page.formula(f"{column}{last + 1}", f"=ROUND(SUM({column}{FIRST}:{column}{last}),12)", "total", look)
    for name, column in (
        ("Portfolio_Weights", "C"),
        ("Index_Weights", "D"),
        ("Active", "E"),
        ("Sectors", "F"),
        ("Specific_Risk", "O"),
    ):
        book.define(name, BONDS, f"{column}{FIRST}:{column}{last}")
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def write_moves(book: Book, data: BondBook) -> None:
    """Write how much yields and spreads move in a year and together, and the covariance that follows."""
    count = len(data.factors)
    page = open_page(
        book,
        MOVES,
        "How yields and spreads move",
        "Volatilities and correlations are yours; the covariance of the factors follows from them",
        (2, 16, 14, 10, 15, *[10.0] * count),
    )
    page.put(
        "B3",
        "Yields: 1.00 % is a move of 100 basis points a year. Spreads: 40 % is a move by four tenths of themselves a year.",
        "hint",
    )
    first, last = FIRST, FIRST + count - 1
    final = xl_col_to_name(_CORRELATION_COLUMN + count - 1)
    page.headings("B5", ["Factor", "Moves by", "Volatility"], text=("Moves by",))
    page.headings("E5", ["Correlation", *data.factors])
    page.section(f"B{last + 2}:{final}{last + 2}", "Covariance of the factors, fraction² a year")
    top = last + 3
    page.put(f"E{top}", "Covariance", "header", "left")
    for k in range(count):
        _write_factor(page, data, k, top)
    page.sheet.conditional_format(
        f"F{first}:{final}{last}",
        {"type": "3_color_scale", "min_color": "#F3D7C2", "mid_color": "#FFFFFF", "max_color": "#8FBBD9"},
    )
    book.define("Factor_Covariance", MOVES, f"E{top}:{final}{top + count}")
    book.define("Correlations", MOVES, f"F{first}:{final}{last}")
    for row in (5, top):
        page.sheet.set_row(row - 1, 30)
    page.sheet.freeze_panes(5, 5)
    page.sheet.fit_to_pages(1, 1)


def write_exposures(book: Book, data: BondBook) -> None:
    """Write a column for each key rate and a column for each sector's spread, and the model's cell."""
    final = xl_col_to_name(1 + len(data.factors))
    page = open_page(
        book,
        EXPOSURES,
        "Exposures of the bonds to the factors",
        "Key-rate durations as they are; duration times spread in the column of the bond's sector",
        (2, 28, *[11.0] * len(data.factors)),
    )
    page.put("B3", "The risk model's name, for formulas of your own wherever they need a covariance:", "hint")
    page.formula("H3", f"={MODEL}", "left", "strong")
    book.define("Bond_Model", EXPOSURES, "H3")
    page.headings("B5", ["Bond", *data.factors])
    for place in range(len(data.index.names)):
        row = FIRST + place
        page.formula(f"B{row}", f"={BONDS}!B{row}", "body", "left")
        for k in range(len(KEYS)):
            page.formula(
                f"{xl_col_to_name(2 + k)}{row}",
                f"={BONDS}!{xl_col_to_name(9 + k)}{row}",
                "body",
                "two decimals",
            )
        for k, sector in enumerate(SECTORS):
            page.formula(
                f"{xl_col_to_name(2 + len(KEYS) + k)}{row}",
                f'=IF({BONDS}!$F{row}="{sector}",{BONDS}!$P{row},0)',
                "body",
                "three decimals",
            )
    last = FIRST + len(data.index.names) - 1
    book.define("Exposures", EXPOSURES, f"B5:{final}{last}")
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)


def _write_bond(page: Page, data: BondBook, place: int) -> None:
    row = FIRST + place
    known = data.index.attributes
    values = (
        data.index.names[place],
        float(data.weights[place]),
        float(data.index.weights[place]),
        None,
        *(known[heading][place] for heading in ("Sector", "Rating", "Spread", "Duration", *KEYS)),
        float(data.specific[place]),
    )
    for across, (value, (_, look)) in enumerate(zip(values, _HEADINGS, strict=False), start=1):
        if value is not None:
            page.put(f"{xl_col_to_name(across)}{row}", value, "input", look)
    page.formula(f"E{row}", f"=ROUND(C{row}-D{row},10)", "body", "signed percent")
    page.formula(f"P{row}", f"=I{row}*H{row}", "body", "three decimals")


def _write_factor(page: Page, data: BondBook, k: int, top: int) -> None:
    """Write a factor's volatility, its correlations, and its row of the covariance under the headings in row `top`."""
    row, column = FIRST + k, xl_col_to_name(_CORRELATION_COLUMN + k)
    page.put(f"B{row}", data.factors[k], "body", "left")
    page.put(f"C{row}", "yield" if k < len(KEYS) else "share of spread", "body", "left")
    page.put(f"D{row}", float(data.volatility[k]), "input", "percent")
    page.formula(f"E{row}", f"=B{row}", "body", "left")
    page.formula(f"E{top + 1 + k}", f"=B{row}", "body", "left")
    page.formula(f"{column}{top}", f"=B{row}", "header")
    for j in range(len(data.factors)):
        other = xl_col_to_name(_CORRELATION_COLUMN + j)
        if j == k:
            page.put(f"{other}{row}", 1.0, "body", "two decimals")
        elif j > k:
            page.put(f"{other}{row}", float(data.correlation[k, j]), "input", "two decimals")
        else:
            page.formula(f"{other}{row}", f"={column}{FIRST + j}", "body", "two decimals")
        page.formula(f"{other}{top + 1 + k}", f"={other}{row}*$D{row}*$D${FIRST + j}", "body", "covariance")
