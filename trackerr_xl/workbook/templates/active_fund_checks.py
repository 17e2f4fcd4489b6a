"""The sheets *Checks* and *Notes* of *active_fund.xlsx*: Excel's own arithmetic against every answer, and the words."""

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.active_fund_answers import DRAWN, STEPS
from trackerr_xl.workbook.templates.active_fund_book import SEED, FundBook
from trackerr_xl.workbook.templates.active_fund_inputs import POINTS
from trackerr_xl.workbook.templates.equalities import Equality, write_equalities, write_notes
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import COVARIANCE, FIRST_ROW
from trackerr_xl.workbook.templates.style import GOOD

_NOTES: Final = (
    (
        "What it answers",
        "How much tracking error the fund takes, which sectors take it, why it changed in the quarter, how much more of each name "
        "still fits, and how much return the budget could buy.",
    ),
    (
        "How to use it",
        "Paste names, weights and your alphas on the sheet Holdings, and the covariances of both dates. Set the budget and each "
        "sector's share of it on the sheet Fund, and the limits on the sheet Limits. The sheets have room for thirty names.",
    ),
    (
        "Colours",
        "Blue on yellow: yours to change. Black: calculated. Green: within its limit. Red: over it, or a check that fails.",
    ),
    (
        "Data",
        f"Thirty made-up companies, from random seed {SEED}, made-up views on them, and a made-up fund. Type over them.",
    ),
    (
        "Units",
        "Weights, alphas and tracking errors are fractions a year, shown in %. One bp is a hundredth of a per cent.",
    ),
    (
        "Alpha",
        "Return expected above the index's. The optimiser believes it fully: shrink your views before you type them, and read the "
        "best fund as a direction.",
    ),
    (
        "Budget by sector",
        "Used: a sector's contribution over the budget times its share. Contributions sum to the tracking error; a negative one "
        "reduces it and uses nothing.",
    ),
    (
        "Frontier",
        f"{POINTS} portfolios from least tracking error to most return, within the limits but without the budget; it does not start at "
        "zero because companies marked Red may not be held.",
    ),
    (
        "Room to buy",
        "The most that can be bought of one name alone, paid from cash, before the tracking error reaches the budget. By tracking "
        "error alone: other limits may stop you earlier. #N/A: no purchase ends within the budget.",
    ),
    (
        "The bridge",
        "One thing changes after the other: weights of the fund, of the index, volatilities, correlations. Another order would share "
        "the change out differently; the sum is the same.",
    ),
    (
        "When there is no answer",
        'Limits that clash show #N/A. =TE_EXPLAIN("TE_OPTIMIZE", …) with the same arguments names the rows that clash.',
    ),
    (
        "Without the add-in",
        "The numbers shown are stored in the file. trackerr-xl recalc calculates them anew on a machine without Excel; "
        "trackerr-xl check compares.",
    ),
    (
        "Sources",
        "Grinold and Kahn, Active Portfolio Management, 2nd ed., McGraw-Hill 2000: alpha, information ratio, contributions to risk.",
    ),
    ("Not advice", "The data are invented and the limits are examples."),
)


def write_checks(book: Book, data: FundBook) -> None:
    """Write the checks and, beside them, both tracking errors again without any function of ours."""
    page = open_page(
        book,
        "Checks",
        "Checks",
        "Excel's own arithmetic tests every answer: no cell here calls a function of ours",
        (2, 58, 16, 16, 14, 10, 2, 30, 16, 16, 16),
        GOOD,
    )
    _write_audit(page, data)
    write_equalities(page, _checks(data))
    page.sheet.repeat_rows(0, 4)


def write_words(book: Book) -> None:
    """Write the notes."""
    write_notes(book, "What the workbook answers, how to use it and where the numbers come from", _NOTES)


def _checks(data: FundBook) -> tuple[Equality, ...]:
    sectors, names = len(data.allowed), len(data.index.names)
    last, top = FIRST_ROW + names - 1, FIRST_ROW + POINTS - 1
    error = "10000*SQRT(I4)"
    weights = f"Frontier!F{FIRST_ROW}:{xl_col_to_name(4 + names)}{top}"
    matrix = f"{COVARIANCE}!C{FIRST_ROW}:{xl_col_to_name(1 + names)}{last}"
    best = f"SUMPRODUCT(MMULT({matrix},Best_Weights-Index_Weights),Best_Weights-Index_Weights)"
    return (
        ("Weights of the fund sum to 100 %", "=SUM(Fund_Weights)", "=1"),
        ("Weights of the index sum to 100 %", "=SUM(Index_Weights)", "=1"),
        ("TRACKING_ERROR against MMULT, bp", "=10000*Fund!B5", f"={error}"),
        (
            "Contributions by name sum to it, bp",
            f"=10000*SUM(Contributions!L{FIRST_ROW}:L{last})",
            f"={error}",
        ),
        (
            "Contributions by sector sum to it, bp",
            f"=10000*SUM(Contributions!E{FIRST_ROW}:E{FIRST_ROW + sectors - 1})",
            f"={error}",
        ),
        (
            "The bridge starts at the tracking error of then, bp",
            f"=10000*Bridge!D{FIRST_ROW}",
            "=10000*SQRT(K4)",
        ),
        (
            "Its changes sum to the change, bp",
            f"=10000*SUM(Bridge!C{FIRST_ROW + 1}:C{FIRST_ROW + STEPS - 2})",
            f"={error}-10000*SQRT(K4)",
        ),
        (
            "Every purchase within the room ends at the budget: largest gap, bp",
            f"=10000*MAX(MAX(Headroom!I{FIRST_ROW}:I{last})-Budget,Budget-MIN(Headroom!I{FIRST_ROW}:I{last}))",
            "=0",
        ),
        ("Weights of the best fund sum to 100 %", "=SUM(Best_Weights)", "=1"),
        ("Its tracking error by MMULT beyond the budget, bp", f"=10000*MAX(0,SQRT({best})-Budget)", "=0"),
        ("Largest weight of the best fund beyond Limits, row 6", "=MAX(0,MAX(Best_Weights)-Limits!E6)", "=0"),
        ("Held in companies marked Red", f'=SUMIF(Holdings!G{FIRST_ROW}:G{last},"Red",Best_Weights)', "=0"),
        (
            "Every portfolio of the frontier sums to 100 %: largest gap",
            f"=SUMPRODUCT(MAX(ABS(MMULT({weights},Index_Weights*0+1)-1)))",
            "=0",
        ),
        (
            "Returns of the frontier are those of its weights: largest gap, bp",
            f"=10000*SUMPRODUCT(MAX(ABS(MMULT({weights},Alpha)-SUMPRODUCT(Index_Weights,Alpha)-Frontier!C{FIRST_ROW}:C{top})))",
            "=0",
        ),
        (
            "Drawn: the fund's return is that of its active weights",
            f"=Frontier!D{DRAWN}",
            "=SUMPRODUCT(Active,Alpha)",
        ),
    )


def _write_audit(page: Page, data: FundBook) -> None:
    count = len(data.index.names)
    last, final = FIRST_ROW + count - 1, xl_col_to_name(1 + count)
    page.put("H4", "Variance a year: now, then", "strong")
    page.formula("I4", f"=SUMPRODUCT(Active,I{FIRST_ROW}:I{last})", "strong", "exact")
    page.formula("K4", f"=SUMPRODUCT(Active_then,J{FIRST_ROW}:J{last})", "strong", "exact")
    page.headings("H5", ["Name", "Σ × active, now", "Σ × active, then", "Contribution (bp)"])
    for row in range(FIRST_ROW, last + 1):
        page.formula(f"H{row}", f"=Holdings!B{row}", "body", "left")
        for column, sheet, active in (("I", COVARIANCE, "Active"), ("J", "'Covariance then'", "Active_then")):
            page.formula(
                f"{column}{row}", f"=SUM(MMULT({sheet}!$C{row}:${final}{row},{active}))", "body", "exact"
            )
        page.formula(f"K{row}", f"=IF($I$4=0,0,10000*Holdings!K{row}*I{row}/SQRT($I$4))", "body", "signed bp")
