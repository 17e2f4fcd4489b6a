"""TE_FRONTIER: the most return for every tracking error."""

from dataclasses import replace

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.limits import Attributes, Limit
from trackerr_xl.errors import LabelError, ShapeError
from trackerr_xl.functions.arguments import WEIGHTS
from trackerr_xl.functions.mandate import Case, case_of, mandate_of, require_convex, warnings
from trackerr_xl.functions.match import no_entry, not_listed, spread
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.optimize import ATTRIBUTES_HELP, CONSTRAINTS_HELP, CURRENT_HELP, OPTIONS_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled

_HELD = 1e-9
"""A weight above this is a holding."""


def te_frontier(
    weights: Labelled,
    cov: Covariance,
    alpha: Labelled,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> Answer:
    """Portfolios from least tracking error to most return."""
    # The solvers are behind this import, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.mandates.frontier import frontier

    case = case_of(weights, cov, constraints, attributes, current, options)
    require_convex(case)
    returns = _returns(alpha, weights, case)
    mandate = replace(mandate_of(case), alpha=returns)
    points = case.options.points
    found = frontier(mandate, None if points is None else int(points))
    rows = [_row(one, returns, case) for one in found.weights]
    kind = (
        "All corner portfolios: between two rows the frontier is the straight line between their weights."
        if found.exact
        else f"{len(rows)} portfolios, evenly spaced in tracking error within a tenth of the distance."
    )
    header: list[Value] = ["TE", "Active return", "IR", "Names", *case.universe.names]
    return Answer([header, *rows], (("Frontier", kind), *warnings(case)))


def _returns(alpha: Labelled, weights: Labelled, case: Case) -> Vector:
    """The expected returns in the order of the names; each must have one.

    Raises
    ------
    LabelError
        Naming those without.
    """
    if alpha.labels is not None:
        missing = not_listed(case.universe.names, alpha.labels)
        if missing:
            raise LabelError(no_entry(missing, alpha.labels, "a return for each name"), argument="alpha")
        return spread(alpha, case.universe.names)
    if alpha.values.size != weights.values.size or alpha.values.size != case.benchmark.size:
        raise ShapeError(
            f"has {alpha.values.size} entries, must have {case.benchmark.size}", argument="alpha"
        )
    return alpha.values


def _row(weights: Vector, returns: Vector, case: Case) -> list[Value]:
    active, periods = weights - case.benchmark, case.options.periods
    error = float(np.sqrt(case.cov.variance(active) * periods))
    gain = float(returns @ active) * periods
    ratio = gain / error if error > 0.0 else None
    held = int((np.abs(weights) > _HELD).sum())
    return [error, gain, ratio, held, *(weights / case.unit).tolist()]


TE_FRONTIER = SheetFunction(
    name="TE_FRONTIER",
    category="optimising",
    summary="The most expected return for every tracking error: all corner portfolios where the limits are linear, a grid otherwise.",
    arguments=(
        WEIGHTS,
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument(
            "alpha",
            "weights",
            "Expected return of each name per period of cov, one column, one row or [name, return].",
            unit="fraction per period",
        ),
        Argument("constraints", "constraints", CONSTRAINTS_HELP, default=None),
        Argument("attributes", "attributes", ATTRIBUTES_HELP, default=None),
        Argument("current", "weights", CURRENT_HELP, unit="fraction", default=None),
        Argument("options", "options", f"{OPTIONS_HELP[:-1]}, Points.", default=None),
    ),
    result=Result(
        "table",
        "A row per portfolio: tracking error and active return a year, information ratio, names held, then weights by name.",
    ),
    run=te_frontier,
    example="=TE_FRONTIER(Benchmark, Cov, Alpha, Limits, Assets)",
)
