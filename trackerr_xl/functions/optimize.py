"""Optimising: the best weights under the limits of a constraints table."""

from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core import risk
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.table.limits import Attributes, Limit
from trackerr_xl.errors import NumericalError
from trackerr_xl.functions.arguments import WEIGHTS
from trackerr_xl.functions.mandate import Case, best, case_of, listing, warnings
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.proof import binding, proof
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value, column
from trackerr_xl.functions.values import Covariance, Labelled

if TYPE_CHECKING:
    from trackerr_xl.core.solution import Solution


def te_optimize(
    weights: Labelled,
    cov: Covariance,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> Answer:
    """The best weights for the objective, least tracking error against the benchmark `weights` unless told otherwise."""
    case = case_of(weights, cov, constraints, attributes, current, options)
    achieved = best(case)
    check_proof(achieved.solution, case.options.tolerance)
    notes = (*proof(achieved, case), *binding(achieved, case), *warnings(case))
    if case.options.layout == "Full":
        return Answer(_full(achieved.solution.weights, case), notes)
    return Answer(_plain(achieved.solution.weights / case.unit, weights, case), notes)


def check_proof(solution: "Solution", tolerance: float) -> None:
    """Refuse an answer that is not as near as the option Tolerance asks.

    Raises
    ------
    NumericalError
    """
    worst = max(solution.certificate.relative_gap, solution.certificate.violation)
    if worst > tolerance:
        raise NumericalError(f"reached {worst:.2g}, option Tolerance asks for {tolerance:.2g}")


def _plain(weights: Vector, given: Labelled, case: Case) -> Matrix | list[list[Value]]:
    if case.names is None or given.labels is None:
        return weights[None, :] if given.across else column(weights)
    names, values = listing(weights, given.labels, case.names)
    return [[name, value] for name, value in zip(names, values, strict=True)]


def _full(weights: Vector, case: Case) -> list[list[Value]]:
    parts = risk.contributions(weights, case.benchmark, case.cov, case.options.periods, case.options.funding)
    columns = {
        "Weight": weights,
        "Active": weights - case.benchmark,
        "TE contribution": parts.contribution,
    }
    if case.current is not None:
        columns["Trade"] = weights - case.current
    table = np.column_stack(list(columns.values())) / case.unit
    body = [[name, *row] for name, row in zip(case.universe.names, table.tolist(), strict=True)]
    body += [[name, *([0.0] * len(columns))] for name in case.dropped]
    return [["Name", *columns], *body]


CONSTRAINTS_HELP = (
    "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 "
    "to 1, their sum 1."
)
ATTRIBUTES_HELP = "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."
CURRENT_HELP = "Weights held now; Hold, Trade, Turnover and Cost rows count trades from them."
OPTIONS_HELP = (
    "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, "
    "Layout, Funding, Tolerance, Seconds, Gap, Observations."
)


TE_OPTIMIZE = SheetFunction(
    name="TE_OPTIMIZE",
    category="optimising",
    summary="The best weights under a table of limits, of least tracking error against a benchmark unless an option says otherwise; with two arguments long-only and fully invested.",
    arguments=(
        WEIGHTS,
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument("constraints", "constraints", CONSTRAINTS_HELP, default=None),
        Argument("attributes", "attributes", ATTRIBUTES_HELP, default=None),
        Argument("current", "weights", CURRENT_HELP, unit="fraction", default=None),
        Argument("options", "options", OPTIONS_HELP, default=None),
    ),
    result=Result(
        "column", "Weights in the order of the benchmark, beside the names if it has them.", unit="fraction"
    ),
    run=te_optimize,
    example="=TE_OPTIMIZE(Benchmark, Cov, Limits, Assets)",
)
