"""TE_LADDER: trades in the order of tracking error removed per cost."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.cost_limits import RATE
from trackerr_xl.core.table.limits import Attributes, Limit, numbers_of
from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError, LabelError, ShapeError
from trackerr_xl.functions.arguments import WEIGHTS
from trackerr_xl.functions.mandate import Case, best, case_of, warnings
from trackerr_xl.functions.match import no_entry, not_listed, spread
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.optimize import ATTRIBUTES_HELP, CONSTRAINTS_HELP, OPTIONS_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled

if TYPE_CHECKING:
    from trackerr_xl.core.mandates.ladder import Rung


def te_ladder(
    current: Labelled,
    weights: Labelled,
    cov: Covariance,
    costs: Labelled | None,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    options: Options | None,
) -> Answer:
    """Trades from the weights held to the best ones within the limits."""
    # The solvers are behind this import, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.mandates.ladder import ladder

    case = case_of(weights, cov, constraints, attributes, current, options)
    assert case.current is not None
    rates = _rates(costs, weights, case)
    better = best(case).solution.weights
    rungs = list(ladder(case.current, better, case.benchmark, case.cov, rates))
    root = float(np.sqrt(case.options.periods))
    start = float(np.sqrt(case.cov.variance(case.current - case.benchmark))) * root
    unit = "cost" if rates.any() else "turnover"
    header: list[Value] = [
        *("Sell", "Buy", "Size", "TE removed", f"TE removed per {unit}", "TE after", "Turnover", "Cost")
    ]
    spent = accumulate(rung.cost for rung in rungs)
    rows = [
        _row(rung, case, root, total, by_cost=bool(rates.any()))
        for rung, total in zip(rungs, spent, strict=True)
    ]
    now: list[Value] = ["Held now", "", "", "", "", start, 0.0, 0.0]
    return Answer([header, now, *rows], (*_notes(rungs, case, start, rates), *warnings(case)))


def _rates(costs: Labelled | None, weights: Labelled, case: Case) -> Vector:
    """Cost per unit traded in the order of the names: the argument, else the column Cost, else none."""
    size = case.benchmark.size
    if costs is None:
        attributes = case.universe.attributes
        if attributes is None or key(RATE) not in map(key, attributes.columns):
            return np.zeros(size)
        rates = numbers_of(Limit("Cost", RATE), RATE, case.universe)
    elif costs.labels is not None:
        missing = not_listed(case.universe.names, costs.labels)
        if missing:
            raise LabelError(no_entry(missing, costs.labels, "a cost for each name"), argument="costs")
        rates = spread(costs, case.universe.names)
    elif costs.values.size == 1:
        rates = np.full(size, costs.values[0])
    elif costs.values.size == weights.values.size == size:
        rates = costs.values
    else:
        raise ShapeError(f"has {costs.values.size} entries, must have 1 or {size}", argument="costs")
    if rates.min() < 0.0:
        name = case.universe.names[int(rates.argmin())]
        raise InputError(f"is {rates.min():.6g}, must be zero or more", argument="costs", at=name)
    return rates


def _row(rung: "Rung", case: Case, root: float, spent: float, *, by_cost: bool) -> list[Value]:
    from trackerr_xl.core.mandates.ladder import CASH

    sell, buy = ("Cash" if place == CASH else case.universe.names[place] for place in (rung.sell, rung.buy))
    removed = rung.removed * root
    divisor = rung.cost if by_cost else rung.size
    each = removed / divisor if divisor > 0.0 else None
    traded = (rung.size / case.unit, removed, each, rung.error * root, rung.turnover / case.unit, spent)
    return [sell, buy, *traded]


def _notes(rungs: Sequence["Rung"], case: Case, start: float, rates: Vector) -> Iterator[tuple[str, str]]:
    yield (
        "Trades",
        f"{len(rungs)} trades lead from the weights held to the best ones within the limits; each ends at the best weight of one "
        "of its two names, and all weights stay between where they are and where they go.",
    )
    if not rates.any():
        yield "Order", "No costs are given: the order is by tracking error removed per turnover."
    if rungs:
        half = start - 0.5 * (start - rungs[-1].error * float(np.sqrt(case.options.periods)))
        errors = [rung.error * float(np.sqrt(case.options.periods)) for rung in rungs]
        enough = next((at for at, error in enumerate(errors) if error <= half), len(rungs) - 1)
        yield (
            "Half way",
            f"{enough + 1} of them remove half of what can be removed, with a one-way turnover of {rungs[enough].turnover:.4g}.",
        )


TE_LADDER = SheetFunction(
    name="TE_LADDER",
    category="trading",
    summary="The trades to the best weights in order of tracking error removed per cost, with cumulative tracking error, turnover and cost.",
    arguments=(
        Argument(
            "current", "weights", "Weights held now, one column, one row or [name, weight].", unit="fraction"
        ),
        WEIGHTS,
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument(
            "costs",
            "weights",
            "Cost per unit traded of each name, or one for all. Left out: the column Cost of the attributes, or none.",
            unit="fraction",
            default=None,
        ),
        Argument("constraints", "constraints", CONSTRAINTS_HELP, default=None),
        Argument("attributes", "attributes", ATTRIBUTES_HELP, default=None),
        Argument("options", "options", OPTIONS_HELP, default=None),
    ),
    result=Result(
        "table",
        "The holdings now, then a row per trade: what is sold and bought, size, tracking error removed, the same per cost, then "
        "tracking error, turnover and cost up to and with it.",
    ),
    run=te_ladder,
    example="=TE_LADDER(Portfolio, Benchmark, Cov, 0.001, Limits, Assets)",
)
