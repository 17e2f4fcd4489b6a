"""Write audit formulas: tracking error, every limit and optimality verified by Excel's own arithmetic, without Python.

The proof is weak duality. For any multipliers y of the sums and weights w within the limits, convexity gives

    ½ TE*² ≥ ½ TE² − Σᵢ max over the bounds of rᵢ (wᵢ − x) − Σₖ yₖ (limitₖ − Rₖw),   r = Σ(w − b) + R'y,

so that whoever doubts the multipliers need not trust them: wrong ones can only make the audit fail. Rows on sums of
distances, as of turnover, enter with the places where they bend among the x.
"""

from datetime import datetime

import numpy as np

from trackerr_xl.core.words import key, listed
from trackerr_xl.errors import InputError
from trackerr_xl.functions.mandate import best
from trackerr_xl.sheet.ranges import range_of
from trackerr_xl.workbook.actions.asked import (
    Asked,
    Source,
    asked_by_formula,
    asked_by_names,
    named_source,
    range_cells,
)
from trackerr_xl.workbook.actions.audit.audited import Audited, unproved
from trackerr_xl.workbook.actions.audit.bounds import name_bounds
from trackerr_xl.workbook.actions.audit.factors import Factors, factors_sheet
from trackerr_xl.workbook.actions.audit.layout import FACTORS_SHEET, NAMES_SHEET, SHEET, VERDICT
from trackerr_xl.workbook.actions.audit.names import names_sheet
from trackerr_xl.workbook.actions.audit.native_rows import native_rows
from trackerr_xl.workbook.actions.audit.places import places
from trackerr_xl.workbook.actions.audit.table import table_of
from trackerr_xl.workbook.actions.audit.verdict import verdict_sheet
from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.actions.optimise import WEIGHTS
from trackerr_xl.workbook.book import Address, Book

PORTFOLIO = "Portfolio"
"""Name of the weights held, audited in the place of the answer where it speaks of the same names."""


def write_audit(book: Book, now: datetime, at: Address | None = None) -> Plan:
    """Plan to write the audit of an optimisation.

    Parameters
    ----------
    book : Book
        The workbook with the values it shows.
    now : datetime
        For the reader.
    at : Address, optional
        A cell of the formula to audit; left out, the formula with most weights, or the weights of Optimise.

    Raises
    ------
    TrackerrError
        If the workbook asks for no optimisation, it has no answer, or its ranges are no cells an audit can point at.
    """
    _refuse_foreign_sheets(book)
    asked, portfolio = _question(book, at)
    case = asked.case
    solution = best(case).solution
    where = places(asked, case, portfolio)
    table = table_of(asked, case.unit)
    audited = Audited(
        asked,
        case,
        where,
        portfolio,
        table,
        native_rows(case, where, table, solution),
        name_bounds(case, table, where.order),
        float(np.sqrt(solution.active_variance * case.options.periods)),
        unproved(case),
    )
    sheets = [verdict_sheet(audited, f"{now:%Y-%m-%d %H:%M}"), names_sheet(audited)]
    if isinstance(where.covariance, Factors):
        sheets.append(factors_sheet(where.covariance))
    return Plan(Changes(sheets=tuple(sheets), names={VERDICT: f"'{SHEET}'!$C$5"}), tuple(_words(audited)))


def _refuse_foreign_sheets(book: Book) -> None:
    ours = (None, VERDICT.lower()) in book.names
    for title in (SHEET, NAMES_SHEET, FACTORS_SHEET):
        if book.sheet(title) is not None and not ours:
            raise InputError(
                f"has a sheet {title} that is not ours: give it another name",
                argument="workbook",
                at=book.name,
            )


def _question(book: Book, at: Address | None) -> tuple[Asked, Source]:
    """What is asked, and the weights that answer it."""
    asked = asked_by_formula(book, at)
    if asked is None or asked.formula is None:
        optimised = named_source(book, (WEIGHTS,))
        if optimised is None:
            raise InputError(
                "has no formula that is one call of TE_OPTIMIZE, and no optimised weights: there is nothing to audit",
                argument="workbook",
                at=book.name,
            )
        return asked_by_names(book), optimised
    answer = Source(asked.formula.address.sheet, asked.formula.area)
    portfolio = named_source(book, (PORTFOLIO,))
    if portfolio is not None and _names(book, portfolio) == _names(book, answer) != set():
        return asked, portfolio
    return asked, answer


def _names(book: Book, source: Source) -> set[str]:
    """Names that a range of weights speaks of, as they are compared; none where it has none."""
    cells = range_of(range_cells(book, source))
    if cells is None or cells.shape[1] != 2:
        return set()
    return {key(cells.text(row, 0)) for row in range(cells.shape[0])}


def _words(audited: Audited) -> list[str]:
    words = [
        f"The sheets {SHEET} and {NAMES_SHEET} verify {audited.count:,} weights and {len(audited.sums):,} sums of them with "
        "formulas of Excel's own."
    ]
    left_out = [limit.label for limit in audited.others if limit.kind != "TE"]
    if left_out:
        words.append(f"Not audited: {listed(left_out)}.")
    if audited.unproved:
        words.append(f"Optimality is not audited: {audited.unproved}.")
    return words
