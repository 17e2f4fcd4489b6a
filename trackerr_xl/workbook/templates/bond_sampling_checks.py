"""The sheets *Checks* and *Notes* of *bond_sampling.xlsx*: Excel's own arithmetic against every answer, and the words."""

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.bond_book import BondBook
from trackerr_xl.workbook.templates.bond_sampling_inputs import column
from trackerr_xl.workbook.templates.bond_universe import LINES, SEED
from trackerr_xl.workbook.templates.equalities import FIRST, Equality, write_equalities, write_notes
from trackerr_xl.workbook.templates.factor_model import write_factor_audit
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.style import GOOD

_NOTES: Final = (
    ("Data", f"{LINES:,} made-up bonds of 300 made-up issuers, from random seed {SEED}. Type over them."),
    (
        "The sample",
        "The index is cut into cells. Each gets lines by its weight (largest remainders); of its larger lines those are taken that "
        "together have its duration and spread. Then weights make the squared gaps of all cells least, within the limits.",
    ),
    (
        "Beside the optimum",
        "Summary searches for the least tracking error with as many lines within the same limits, and proves a bound that no choice of "
        "lines is below. Gap, on the sheet Limits, is how near to it the search has to come: smaller is better and slower.",
    ),
    (
        "Pieces",
        "TE_TRADES turns the weights into whole pieces from the cash there is; costs are to the cent and cash is never negative. "
        "Settled, on the sheet Bonds, is what is held then.",
    ),
    (
        "The model",
        "Covariance = KRD·F_y·KRD′ + DTS·F_s·DTS′ + D, from key-rate durations, duration times spread and specific risk: no prices "
        "needed. 3,000 × 3,000 is never formed.",
    ),
    (
        "Units",
        "Weights, spreads and volatilities are fractions, shown in %. Durations are years. DTS is years × %, and years × fraction in "
        "the columns that the risk model takes.",
    ),
    (
        "Without the add-in",
        "The numbers shown are stored in the file. trackerr-xl recalc calculates them anew on a machine without Excel; "
        "trackerr-xl check compares.",
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
        (2, 58, 16, 16, 14, 10, 2, 18, 16, 16),
        GOOD,
    )
    _write_audit(page, data)
    write_equalities(page, _checks(data))


def write_words(book: Book) -> None:
    """Write the notes: how the sample is made, its units and where the numbers come from."""
    write_notes(book, "How the sample is made, its units and where the numbers come from", _NOTES)


def _checks(data: BondBook) -> tuple[Equality, ...]:
    issuers, sample = column("Issuer", data), column("Sample", data)
    most = f'MAX(0,MAX(SUMIF({issuers},{issuers},{sample})*({issuers}<>"Government"))-0.02)'
    keys = column("KRD 2Y", data).split(":")[0]
    last = column("KRD 30Y", data).split(":")[1]
    return (
        ("Index weights sum to 100 %", "=SUM(Index_Weights)", "=1"),
        ("Sample weights sum to 100 %", "=SUM(Sample_Weights)", "=1"),
        ("Every line of the sample is a bond of the index", f'=COUNTIF({sample},">0")', "=Lines_Held"),
        (
            "Lines beyond the largest number allowed",
            '=MAX(0,Lines_Held-INDEX(Limits!E6:E40,MATCH("Names",Limits!B6:B40,0)))',
            "=0",
        ),
        (
            "Smallest holding short of the smallest allowed",
            f'=MAX(0,INDEX(Limits!D6:D40,MATCH("Position",Limits!B6:B40,0))-SMALL({sample},1+COUNTIF({sample},0)))',
            "=0",
        ),
        ("Largest issuer beyond 2 %, the government apart", f"=SUMPRODUCT({most})", "=0"),
        ("Tracking error of the sample against MMULT, bp", "=Sampling!D5", "=10000*SQRT(I4)"),
        ("Bound above what was found", "=MAX(0,Summary!C15-Summary!C14)", "=0"),
        (
            "Weights of the cells against SUMIF by sector",
            "=SUM(Cells!E6:E35)",
            "=SUM(Sampling!D10:D15)",
        ),
        (
            "Contribution to duration of the cells",
            "=SUM(Cells!H6:H35)",
            f"=SUMPRODUCT({sample},{column('Duration', data)})",
        ),
        (
            "Contribution to DTS of the cells",
            "=SUM(Cells!K6:K35)",
            f"=SUMPRODUCT({sample},{column('DTS', data)})",
        ),
        (
            "Key-rate durations sum to the duration",
            f"=SUM({keys}:{last})",
            f"=SUM({column('Duration', data)})",
        ),
        (
            "Pieces bought, costs and cash over the cash there was",
            "=(SUM(Pieces!L6:M305)-INDEX(Pieces!M6:M306,Lines_Held+1))/Cash",
            "=1",
        ),
        ("Cash that is negative", "=MIN(0,INDEX(Pieces!L6:L306,Lines_Held+1))", "=0"),
    )


def _write_audit(page: Page, data: BondBook) -> None:
    top = FIRST + len(data.factors) + 1

    def covariance(k: int) -> str:
        return f"Moves!$F${top + 2 + k}:${xl_col_to_name(4 + len(data.factors))}${top + 2 + k}"

    write_factor_audit(page, data.factors, "Active", lambda k: column(data.factors[k], data), covariance)
