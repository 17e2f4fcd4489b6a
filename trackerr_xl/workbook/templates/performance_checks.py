"""The sheets *Checks* and *Notes* of *performance.xlsx*: Excel's own arithmetic against every answer, and the words."""

from typing import Final

from trackerr_xl.workbook.templates.equalities import Equality, write_equalities, write_notes
from trackerr_xl.workbook.templates.page import Book, open_page
from trackerr_xl.workbook.templates.performance_answers import METHODS, STATISTIC_ROWS
from trackerr_xl.workbook.templates.performance_book import MONTHS, SECTORS, SEED, YEAR
from trackerr_xl.workbook.templates.performance_inputs import FIRST, LAST, whole_returns
from trackerr_xl.workbook.templates.plan import FIRST_ROW
from trackerr_xl.workbook.templates.style import GOOD

_NOTES: Final = (
    (
        "What it answers",
        "What the fund returned beside its index, over which periods and how steadily; whether its tracking error kept to its "
        "limit; and which sectors and which kind of decision the last twelve months' difference came from.",
    ),
    (
        "How to use it",
        "Paste sixty months of returns on the sheet Returns, and weights and returns by sector of the last twelve on the sheet "
        "Sectors. Set limit and windows on the sheet Performance. The sheets have room for sixty months and ten sectors.",
    ),
    (
        "Colours",
        "Blue on yellow: yours to change. Black: calculated. Green: a check that holds. Red: one that does not.",
    ),
    (
        "Data",
        f"A made-up fund and index, from random seed {SEED}; in the last twelve months the sectors give their returns exactly.",
    ),
    (
        "Units",
        "Returns and weights are fractions, shown in %. A tracking error is a year's: that of a month times √12. One bp is a "
        "hundredth of a per cent.",
    ),
    (
        "How sure",
        "The 95 % band is what sampling alone allows: tracking error ± 1.96 times itself over √(2 × months), for returns that are "
        "normal and independent.",
    ),
    (
        "Returns a year",
        "Compounded. The information ratio is twelve times the mean active return over the tracking error.",
    ),
    (
        "Fall behind",
        "What one unit in the fund grew to over what one in the index did, below its highest level so far.",
    ),
    (
        "Attribution",
        "Allocation (w−b)(q of the sector − q), selection b(r−q), interaction (w−b)(r−q), each month; months are linked by Cariño's "
        "logarithmic factors, which leave no residual.",
    ),
    (
        "Without the add-in",
        "The numbers shown are stored in the file. trackerr-xl recalc calculates them anew on a machine without Excel; "
        "trackerr-xl check compares.",
    ),
    (
        "Sources",
        "Brinson and Fachler, Measuring Non-US Equity Portfolio Performance, Journal of Portfolio Management 11(3), 1985. Cariño, "
        "Combining Attribution Effects Over Time, Journal of Performance Measurement 3(4), 1999. Bacon, Practical Portfolio "
        "Performance Measurement and Attribution, 2nd ed., Wiley 2008.",
    ),
    ("Not advice", "The data are invented."),
)


def write_checks(book: Book) -> None:
    """Write the checks."""
    page = open_page(
        book,
        "Checks",
        "Checks",
        "Excel's own arithmetic tests every answer: no cell here calls a function of ours",
        (2, 66, 16, 16, 14, 10),
        GOOD,
    )
    write_equalities(page, (*_of_history(), *_of_windows(), *_of_attribution()))


def write_words(book: Book) -> None:
    """Write the notes."""
    write_notes(book, "What the workbook answers, how to use it and where the numbers come from", _NOTES)


def _of_history() -> tuple[Equality, ...]:
    def figure(label: str) -> str:
        return f"=Statistics!C{STATISTIC_ROWS[label]}"

    beta, years = "SLOPE(Fund_returns,Index_returns)", MONTHS // YEAR
    squares = "+".join(
        f"Statistics!C{STATISTIC_ROWS[label]}^2" for label in ("Ex-post TE from beta", "Ex-post TE residual")
    )
    rms, mad, downside, geometric = (
        f"=Statistics!G{FIRST_ROW + place}"
        for place, (name, _) in enumerate(METHODS)
        if name not in ("Std", "EWMA 12")
    )
    ratio = "(1+Fund_returns)/(1+Index_returns)"
    mean = f"SUMPRODUCT({ratio})/{MONTHS}"
    return (
        (
            "Tracking error is STDEV × √12",
            figure("Ex-post tracking error"),
            "=STDEV(Active_returns)*SQRT(12)",
        ),
        ("Root mean square", rms, f"=SQRT(12*SUMSQ(Active_returns)/{MONTHS})"),
        ("Mean absolute deviation is AVEDEV × √12", mad, "=AVEDEV(Active_returns)*SQRT(12)"),
        (
            "Downside: shortfalls only",
            downside,
            f"=SQRT(12*SUMPRODUCT((Active_returns<0)*Active_returns^2)/{MONTHS})",
        ),
        (
            "Geometric: of the ratio of growths",
            geometric,
            f"=SQRT(12*SUMPRODUCT(({ratio}-{mean})^2)/{MONTHS - 1})",
        ),
        ("Beta is SLOPE", figure("Ex-post beta"), f"={beta}"),
        (
            "Tracking error from beta and the rest, squared, sum to its square",
            f"=SQRT({squares})",
            "=STDEV(Active_returns)*SQRT(12)",
        ),
        ("Return of the fund a year", figure("Portfolio return a year"), f"=Returns!F{LAST}^(1/{years})-1"),
        ("Return of the index a year", figure("Benchmark return a year"), f"=Returns!G{LAST}^(1/{years})-1"),
        (
            "Information ratio",
            figure("Information ratio"),
            "=AVERAGE(Active_returns)/STDEV(Active_returns)*SQRT(12)",
        ),
        ("Part of the months ahead", figure("Hit rate"), f'=COUNTIF(Active_returns,">0")/{MONTHS}'),
        (
            "Largest fall behind",
            figure("Largest relative drawdown"),
            f"=MIN(0,MIN(Returns!J{FIRST}:J{LAST}))",
        ),
    )


def _of_windows() -> tuple[Equality, ...]:
    return tuple(_of_window(*each) for each in (("Short", "C"), ("Long", "D")))


def _of_window(name: str, column: str) -> Equality:
    within = f"(ROW(Active_returns)>{LAST}-{name}_window)"
    squares, total = (f"SUMPRODUCT({within}*Active_returns{power})" for power in ("^2", ""))
    return (
        f"{name} window at the last month",
        f"=Rolling!{column}{FIRST_ROW + MONTHS - 1}",
        f"=SQRT(12*({squares}-{total}^2/{name}_window)/({name}_window-1))",
    )


def _of_attribution() -> tuple[Equality, ...]:
    last = FIRST_ROW + len(SECTORS) - 1
    effects = f"Attribution!G{FIRST_ROW}:I{last}"
    start = LAST - YEAR
    fund, index = (f"Returns!{column}{LAST}/Returns!{column}{start}-1" for column in "FG")
    gaps = tuple(
        (
            f"{label}: largest gap of a month between sectors and Returns",
            f"=SUMPRODUCT(MAX(ABS({whole_returns(panel)}-Returns!{column}{start + 1}:{column}{LAST})))",
            "=0",
        )
        for label, panel, column in (
            ("Fund", "Fund_sector_returns", "C"),
            ("Index", "Index_sector_returns", "D"),
        )
    )
    return (
        *gaps,
        (
            "All effects sum to the active return of the twelve months",
            f"=SUM({effects})",
            f"={fund}-({index})",
        ),
        ("The table's total is the same", f"=Attribution!J{last + 1}", f"={fund}-({index})"),
    )
