"""The sheets *Checks* and *Notes* of *direct_index.xlsx*: Excel's own arithmetic against every answer, and the words."""

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.direct_book import SEED, DirectBook
from trackerr_xl.workbook.templates.equalities import Equality, write_equalities, write_notes
from trackerr_xl.workbook.templates.factor_model import write_factor_audit
from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import FIRST_ROW
from trackerr_xl.workbook.templates.style import GOOD

_EXPOSURES: Final = 8
"""Column I of the sheet *Holdings* has the first exposure."""


def write_checks(book: Book, data: DirectBook) -> None:
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


def write_words(book: Book, data: DirectBook) -> None:
    """Write the notes: how the account is built, its units and where the numbers come from."""
    notes = (
        (
            "Data",
            f"{len(data.names)} made-up companies and a made-up account, from random seed {SEED}. Type over them.",
        ),
        (
            "The target",
            "The least tracking error with at most so many companies, none below the smallest holding, within every other limit. The "
            "number of companies makes it a search; Gap, on the sheet Limits, is how near to the best it has to come, and TE_EXPLAIN "
            "says what was proved.",
        ),
        (
            "Wishes",
            "A company marked No is excluded, whatever its weight in the index. The sheet Account shows what that costs in tracking error.",
        ),
        (
            "The trades",
            "TE_TRADES turns the target into whole shares by tracking error, from what is held and the cash there is. Costs are to the cent "
            "and cash is never negative. A company with no trade says Hold.",
        ),
        (
            "What a limit costs",
            "TE_CONSTRAINTS solves again without each row. A row that costs nothing could go; one that costs much is worth a talk with the "
            "client. A row can bind and cost nothing: most weights stand at their Min of 0 because the number of companies is limited.",
        ),
        (
            "Units",
            "Weights and volatilities are fractions, shown in %. Prices, amounts and costs are money. bp: hundredths of a per cent a year.",
        ),
        (
            "Without the add-in",
            "The numbers shown are stored in the file. trackerr-xl recalc calculates them anew on a machine without Excel; "
            "trackerr-xl check compares.",
        ),
        ("Not advice", "The data are invented."),
    )
    write_notes(book, "How the account is built, its units and where the numbers come from", notes)


def _checks(data: DirectBook) -> tuple[Equality, ...]:
    first, last = FIRST_ROW, FIRST_ROW + len(data.names) - 1
    shares, amounts, costs, after, held = (f"Trades!{letter}{first}:{letter}{last}" for letter in "DFGHI")
    price, now = f"Holdings!Y{first}:Y{last}", f"Holdings!AB{first}:AB{last}"
    wishes, esg = f"Holdings!F{first}:F{last}", f"Holdings!E{first}:E{last}"
    limit = 'INDEX(Limits!E6:E40,MATCH("Names",Limits!B6:B40,0))'
    return (
        ("Index weights sum to 100 %", "=SUM(Index_Weights)", "=1"),
        ("Target weights sum to 100 %", "=SUM(Target_Weights)", "=1"),
        (
            "Companies beyond the largest number allowed",
            f'=MAX(0,COUNTIF(Target_Weights,">0")-{limit})',
            "=0",
        ),
        ("Held of what the client does not want", f'=SUMIF({wishes},"No",{held})', "=0"),
        ("Held of what is marked Red", f'=SUMIF({esg},"Red",{held})', "=0"),
        ("Smallest number of shares held is not negative", f"=MIN(0,MIN({held}))", "=0"),
        ("Shares held are whole", f"=SUMPRODUCT(ABS({held}-ROUND({held},0)))", "=0"),
        (
            "Holdings, costs and cash after over the account",
            f"=(SUMPRODUCT({held},{price})+SUM({costs})+Trades!F{last + 1})/Account",
            "=1",
        ),
        (
            "Weights after are shares times price over what is left",
            f"=SUMPRODUCT(ABS({after}-{held}*{price}/(Account-SUM({costs}))))",
            "=0",
        ),
        ("Shares after are shares now and those traded", f"=SUMPRODUCT(ABS({held}-{now})-{shares})", "=0"),
        (
            "Amounts are shares times price",
            f"=SUMPRODUCT(ABS({amounts}-ROUND({shares}*{price},2)))/Account",
            "=0",
        ),
        (
            "Bought is what there is more of",
            "=Account!J5/Account",
            f"=SUMPRODUCT(({held}>{now})*{amounts})/Account",
        ),
        ("Tracking error after against MMULT, bp", "=10000*Account!H5", "=10000*SQRT(I4)"),
    )


def _write_audit(page: Page, data: DirectBook) -> None:
    first, last = FIRST_ROW, FIRST_ROW + len(data.names) - 1

    def exposures(k: int) -> str:
        letter = xl_col_to_name(_EXPOSURES + k)
        return f"Holdings!${letter}${first}:${letter}${last}"

    def covariance(k: int) -> str:
        return f"Factors!$C${first + k}:${xl_col_to_name(1 + len(data.factors))}${first + k}"

    active = f"(Trades!$H${first}:$H${last}-Index_Weights)"
    write_factor_audit(page, data.factors, active, exposures, covariance)
