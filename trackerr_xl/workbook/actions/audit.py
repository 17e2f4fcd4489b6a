"""Write audit formulas: tracking error, every limit and optimality verified by Excel's own arithmetic, without Python.

The proof is weak duality. For any multipliers y of the rows and weights w within the limits, convexity gives

    ½ TE*² ≥ ½ TE² − Σᵢ max over the bounds of rᵢ (wᵢ − x) − Σₖ yₖ (limitₖ − Rₖw),   r = Σ(w − b) + R'y,

so that whoever doubts the multipliers need not trust them: wrong ones can only make the audit fail. Rows on sums of
distances, as of turnover, enter with the places where they bend among the x.
"""

import numpy as np

from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError
from trackerr_xl.functions.mandate import Case, best
from trackerr_xl.sheet.ranges import range_of
from trackerr_xl.workbook.actions.asked import Asked, Source, asked_by_formula, asked_by_names, named_source
from trackerr_xl.workbook.actions.audit_limits import (
    BENT,
    LINEAR,
    OF_NAMES,
    Table,
    bent_rows,
    linear_rows,
)
from trackerr_xl.workbook.actions.audit_names import places
from trackerr_xl.workbook.actions.audit_sheets import NAMES_SHEET, SHEET, VERDICT, Audited, audit_sheets
from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.book import Address, Book

OPTIMISED = "Optimised_Weights"
"""Name of the weights that the action Optimise writes."""

_PROVED = 1e-7
"""Largest gap, relative to the variance, that counts as a proof."""


def write_audit(book: Book, at: Address | None = None) -> Plan:
    """Plan to write the audit of an optimisation.

    Parameters
    ----------
    book : Book
        The workbook with the values it shows.
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
    achieved = best(case)
    solution = achieved.solution
    where = places(asked, case, portfolio)
    table = _table(asked)
    attributes = asked.sources.get("attributes")
    linear = linear_rows(case, where, table, solution.row_duals, attributes)
    bent = bent_rows(case, where, table, solution.bent_duals, attributes)
    error = float(np.sqrt(solution.active_variance * case.options.periods))
    audited = Audited(
        asked,
        case,
        where,
        portfolio,
        table,
        tuple(linear),
        tuple(bent),
        error,
        _unproved(case, solution.certificate.gap),
    )
    left_out = [limit.label for limit in case.declared if limit.kind not in (*OF_NAMES, *LINEAR, *BENT, "TE")]
    words = [
        f"The sheets {SHEET} and {NAMES_SHEET} verify {len(where.names):,} weights and {len(linear) + len(bent):,} sums "
        "with formulas of Excel's own."
    ]
    if left_out:
        words.append(f"Not audited: {', '.join(left_out)}.")
    if audited.unproved:
        words.append(f"Optimality is not audited: {audited.unproved}.")
    return Plan(Changes(sheets=audit_sheets(audited), names={VERDICT: f"'{SHEET}'!$C$5"}), tuple(words))


def _refuse_foreign_sheets(book: Book) -> None:
    ours = (None, VERDICT.lower()) in book.names
    for title in (SHEET, NAMES_SHEET):
        if book.sheet(title) is not None and not ours:
            raise InputError(
                f"has a sheet {title} that is not ours: give it another name",
                argument="workbook",
                at=book.name,
            )


def _question(book: Book, at: Address | None) -> tuple[Asked, Source]:
    """What is asked, and the weights that answer it."""
    optimised = named_source(book, (OPTIMISED,))
    asked = asked_by_formula(book, at)
    if asked is None or asked.formula is None:
        if optimised is None:
            raise InputError(
                "has no formula that is one call of TE_OPTIMIZE, and no optimised weights: nothing to audit",
                argument="workbook",
                at=book.name,
            )
        return asked_by_names(book), optimised
    answer = Source(asked.formula.address.sheet, asked.formula.area)
    portfolio = named_source(book, ("Portfolio",))
    return asked, portfolio if portfolio is not None and _same_names(asked, portfolio, answer) else answer


def _same_names(asked: Asked, one: Source, other: Source) -> bool:
    """Whether two ranges of weights speak of the same names."""
    lists = []
    for source in (one, other):
        cells = range_of(Asked(asked.book, {"weights": source}, None).cells("weights"))
        if cells is None or cells.shape[1] != 2:
            return False
        lists.append({key(cells.text(row, 0)) for row in range(cells.shape[0])})
    return lists[0] == lists[1]


def _table(asked: Asked) -> Table:
    source = asked.sources.get("constraints")
    cells = None if source is None else range_of(asked.cells("constraints"))
    if source is None or cells is None:
        return Table(None)
    headers = {key(cells.text(0, column)): column for column in range(cells.shape[1])}
    return Table(source, headers["min"], headers["max"])


def _unproved(case: Case, gap: float) -> str:
    """Why the audit can say nothing of optimality; empty where it can."""
    if case.options.objective != "Min TE":
        return f"the objective is {case.options.objective}"
    soft = [limit.label for limit in case.declared if not limit.hard]
    if soft:
        return f"{soft[0]} may be broken at a price"
    if case.limits.costs:
        return f"{case.limits.costs[0].label} is no sum of weights"
    other = [limit.label for limit in case.declared if limit.kind not in (*OF_NAMES, *LINEAR, *BENT, "TE")]
    return f"{other[0]} is not convex" if other else ""
