"""The sheets *Checks* and *Notes* of *bond_risk.xlsx*: Excel's own arithmetic against every answer, and the words."""

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.bond_book import KEYS, BondBook
from trackerr_xl.workbook.templates.bond_index import SEED
from trackerr_xl.workbook.templates.bond_risk_inputs import BONDS, EXPOSURES, FIRST
from trackerr_xl.workbook.templates.equalities import write_equalities, write_notes
from trackerr_xl.workbook.templates.factor_model import write_factor_audit
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.style import GOOD

_NOTES: Final = (
    (
        "Data",
        f"Forty made-up bonds of thirteen made-up issuers, from random seed {SEED}, and a made-up portfolio of them. Type over "
        "them.",
    ),
    (
        "The model",
        "Return = −Σ KRD × move of the yield − DTS × relative move of the spread + specific. Hence covariance = "
        "KRD·F_y·KRD′ + DTS·F_s·DTS′ + D, with yields and spreads together in one covariance of the factors.",
    ),
    (
        "Units",
        "Weights, spreads and yields are fractions, shown in %. Durations are years. DTS is spread duration × spread in years × "
        "fraction: four years at 150 basis points are 0.060. Volatilities are a year's.",
    ),
    (
        "No prices needed",
        "Key-rate durations, spreads and sectors come from the index provider; how yields and spreads move is the only estimate, "
        "and it is on the sheet Moves. n × n covariances are never formed.",
    ),
    (
        "Isolated, cumulative",
        "Isolated: the factor alone. Cumulative: it and all above it; a factor that hedges those above has a negative change. "
        "Contributions sum to the tracking error, and do not depend on the order.",
    ),
    (
        "Specific risk",
        "What is left of a bond when curve and sector spread are known. Zero for government bonds is too little: they trade apart "
        "from the curve by a few basis points.",
    ),
    (
        "The model's cell",
        "Bond_Model, on the sheet Exposures, is the name of the model's content, accepted wherever a covariance is. The formulas "
        "here make the model themselves; one that reads Bond_Model shows #N/A until Ctrl+Alt+F9 has made it after opening.",
    ),
    (
        "Without the add-in",
        "The numbers shown are stored in the file. trackerr-xl recalc calculates them anew on a machine without Excel; "
        "trackerr-xl check compares.",
    ),
    (
        "Sources",
        "Ben Dor, Dynkin, Hyman, Houweling, van Leeuwen and Penninga, DTS (Duration Times Spread), Journal of Portfolio Management "
        "33(2), 2007.",
    ),
    ("Not advice", "The data are invented."),
)


def write_checks(book: Book, data: BondBook) -> None:
    """Write the checks and, beside them, the tracking error again without any function of ours."""
    page = open_page(
        book,
        "Checks",
        "Checks",
        "Excel's own arithmetic tests every answer: no cell here calls a function of ours",
        (2, 58, 16, 16, 14, 10, 2, 18, 16, 16, 16),
        GOOD,
    )
    _write_audit(page, data)
    write_equalities(page, _checks(data))


def write_words(book: Book) -> None:
    """Write the notes: the model, the units, where the data come from."""
    write_notes(book, "The model, its units and where the numbers come from", _NOTES)


def _checks(data: BondBook) -> tuple[tuple[str, str, str], ...]:
    """Label, value and what it must be: in basis points where it is a tracking error."""
    factors, bonds = len(data.factors), len(data.index.names)
    total = FIRST + factors + 1
    first = FIRST + factors + 7
    matrix = f"Moves!F{FIRST}:{xl_col_to_name(4 + factors)}{FIRST + factors - 1}"
    keys = "+".join(
        f"{BONDS}!{xl_col_to_name(9 + k)}{FIRST}:{xl_col_to_name(9 + k)}{FIRST + bonds - 1}"
        for k in range(len(KEYS))
    )
    te = "10000*SQRT(I4)"
    return (
        ("Portfolio weights sum to 100 %", "=SUM(Portfolio_Weights)", "=1"),
        ("Index weights sum to 100 %", "=SUM(Index_Weights)", "=1"),
        ("TRACKING_ERROR of the model against MMULT, bp", "=Risk!B5", f"={te}"),
        ("Total of TE_FACTORS against MMULT, bp", f"=10000*Contributions!G{total}", f"={te}"),
        (
            "Contributions by factor sum to it, bp",
            f"=10000*SUM(Contributions!G{FIRST}:G{total - 1})",
            f"={te}",
        ),
        ("Changes by factor sum to it, bp", f"=10000*SUM(Contributions!F{FIRST}:F{total - 1})", f"={te}"),
        (
            "Contributions by sector sum to it, bp",
            f"=10000*SUM(Contributions!M{FIRST}:M{FIRST + 5})",
            f"={te}",
        ),
        (
            "Contributions by bond sum to it, bp",
            f"=10000*SUM(Contributions!E{first}:E{first + bonds - 1})",
            f"={te}",
        ),
        (
            "Largest gap between TE_FACTORS and the exposures beside, bp",
            f"=10000*SUMPRODUCT(ABS(Contributions!G{FIRST}:G{FIRST + factors - 1}-K{FIRST}:K{FIRST + factors - 1}))",
            "=0",
        ),
        (
            "Key-rate durations sum to the duration: largest gap, years",
            f"=SUMPRODUCT(MAX(ABS({keys}-{BONDS}!I{FIRST}:I{FIRST + bonds - 1})))",
            "=0",
        ),
        ("Correlations are between −1 and 1", f"=MAX(MAX({matrix}),-MIN({matrix}))", "=1"),
        (
            "Every bond with a spread has a spread factor",
            f"=SUM({EXPOSURES}!{xl_col_to_name(2 + len(KEYS))}{FIRST}:{xl_col_to_name(1 + factors)}{FIRST + bonds - 1})",
            f"=SUM({BONDS}!P{FIRST}:P{FIRST + bonds - 1})",
        ),
    )


def _write_audit(page: Page, data: BondBook) -> None:
    factors, last = len(data.factors), FIRST + len(data.index.names) - 1
    top = FIRST + factors + 1

    def exposures(k: int) -> str:
        column = xl_col_to_name(2 + k)
        return f"{EXPOSURES}!{column}{FIRST}:{column}{last}"

    def covariance(k: int) -> str:
        return f"Moves!$F${top + 2 + k}:${xl_col_to_name(4 + factors)}${top + 2 + k}"

    write_factor_audit(page, data.factors, "Active", exposures, covariance, "Contribution")
    for row in range(FIRST, FIRST + factors):
        page.formula(f"K{row}", f"=IF($I$4=0,0,I{row}*J{row}/SQRT($I$4))", "body", "signed fraction")
