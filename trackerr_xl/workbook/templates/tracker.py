"""The sheets every index tracker has, in their order, and the words and figures they share."""

from typing import Final

from trackerr_xl.workbook.templates.answers import write_answers
from trackerr_xl.workbook.templates.checks import write_checks, write_notes
from trackerr_xl.workbook.templates.dashboard import write_dashboard
from trackerr_xl.workbook.templates.inputs import write_covariance, write_index, write_limits
from trackerr_xl.workbook.templates.page import Book
from trackerr_xl.workbook.templates.plan import Card, Plan
from trackerr_xl.workbook.templates.synthetic import SyntheticIndex
from trackerr_xl.workbook.templates.weights import write_contributions, write_explanation, write_weights

TE_CARD: Final = Card(
    "Tracking error a year",
    "=10000*TRACKING_ERROR(Portfolio, Benchmark, Covariance)",
    "card bp",
    '="optimum "&TEXT(10000*TRACKING_ERROR(Optimum, Benchmark, Covariance),"0.0")&" bp"',
)
SHARE_CARD: Final = Card(
    "Active share", "=ACTIVE_SHARE(Portfolio, Benchmark)", "card percent", "half the sum of |active|"
)
CHECKS_CARD: Final = Card(
    "Checks",
    '=IF(COUNTIF(Check_Status,"CHECK")=0,"OK","CHECK")',
    "general",
    '=COUNTIF(Check_Status,"OK")&" OK, "&COUNTIF(Check_Status,"CHECK")&" to look at, "&COUNTIF(Check_Status,"Off")&" off"',
)
NOTES: Final = (
    (
        "Colours",
        "Blue on yellow: yours to change. Black: calculated. Green: a check that holds. Red: one that does not.",
    ),
    (
        "Units",
        "Weights are fractions of capital, shown in %. Tracking error is annual, in basis points: 1 bp = 0.01 %.",
    ),
    ("Active", "Portfolio weight less index weight. Active share is half the sum of its absolute values."),
    (
        "Contributions",
        "Active weight times marginal tracking error. They sum to the tracking error exactly; a negative one reduces it.",
    ),
    (
        "To change the index",
        "Type over the rows of the sheet Index, and paste the covariance of the same names on the sheet Covariance. Names are "
        "matched, so their order need not be the same. The sheets have room for as many names as they hold now.",
    ),
    (
        "To overrule",
        "Type a weight under Your weight on the sheet Weights. The optimiser's own answer stays beside it.",
    ),
    (
        "What a limit costs",
        "The sheet Answers shows the value, slack and cost of every limit, and the tracking error without it.",
    ),
    (
        "When there is no answer",
        "Limits that clash give #N/A, and the sheet Explain names the rows that clash. A wrong input gives #VALUE!, and Explain "
        "names its place.",
    ),
    (
        "Without the add-in",
        "The numbers shown are stored in the file. trackerr-xl recalc calculates them anew on a machine without Excel; "
        "trackerr-xl check compares.",
    ),
    ("Not advice", "The data are invented and the limits are examples."),
)


def held_card(index: SyntheticIndex, label: str) -> Card:
    """Key figure: how many holdings are above a thousandth of a basis point."""
    return Card(
        label, '=COUNTIF(Portfolio_Weights,">0.0000001")', "whole", f"of {len(index.names)} in the index"
    )


def write_tracker(book: Book, plan: Plan) -> None:
    """Write the sheets of an index tracker, the dashboard first."""
    write_dashboard(book, plan)
    write_weights(book, plan)
    write_contributions(book, plan)
    write_limits(book, plan.limits)
    write_answers(book)
    write_index(book, plan)
    write_covariance(book, plan.index)
    write_checks(book, plan)
    write_explanation(book, plan)
    write_notes(book, plan)
