"""The constraints table answers back: what each row comes to, the room it leaves, and what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core import risk
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.limits import Attributes, Limit
from trackerr_xl.errors import NoAnswerError, NumericalError, ShapeError, TrackerrError
from trackerr_xl.functions.arguments import WEIGHTS
from trackerr_xl.functions.conflicts import ON_WEIGHTS
from trackerr_xl.functions.mandate import Case, best, case_of, in_fractions, warnings, without
from trackerr_xl.functions.match import not_listed, spread
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.optimize import ATTRIBUTES_HELP, CURRENT_HELP, OPTIONS_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.proof import VALUES, rate_of, root_of
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import ConstraintRows, Covariance, Labelled

if TYPE_CHECKING:
    from trackerr_xl.core.mandates.mandate import Achieved
    from trackerr_xl.core.table.answers import RowAnswer

_ROUNDING = 1e-10
"""Costs below this share of the largest are rounding."""
_SAME = 1e-7
"""Weights this near the best ones are called the best."""


def te_constraints(
    portfolio: Labelled,
    weights: Labelled,
    cov: Covariance,
    constraints: ConstraintRows,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> Answer:
    """A row for every row of the constraints table."""
    # The solvers are behind this import, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.table.answers import row_answers

    case = case_of(weights, cov, constraints.limits, attributes, current, options)
    held = _held(portfolio, case)
    error = risk.tracking_error(held, case.benchmark, case.cov, case.options.periods)
    answers = row_answers(case.declared, case.limits, case.universe, held, error)
    costs = _costs(case)
    places = {limit.row: at for at, limit in enumerate(case.declared)}
    table: list[list[Value]] = [_header(case)]
    for line in constraints.lines:
        at = places.get(line.row)
        if at is None:
            table.append([line.kind, line.item, "", "", "Off", "", "", "", ""])
        else:
            shown = _row(case, case.declared[at], answers[at], costs.prices[at], costs.without[at])
            table.append([line.kind, line.item, *shown])
    return Answer(table, (*_notes(case, held, costs), *warnings(case)))


@dataclass(frozen=True, slots=True, eq=False)
class _Costs:
    """What the rows cost at the best weights.

    Parameters
    ----------
    achieved : Achieved or None
        None where there is no answer.
    trouble : str
        Why not.
    prices : list of (float, float)
        Of a unit more room in Min and in Max, a year where the objective is a risk; NaN where not defined.
    without : list of float or None
        The objective if the row were removed; None where there is none.
    """

    achieved: "Achieved | None"
    trouble: str
    prices: list[tuple[float, float]]
    without: list[float | None]


def _held(portfolio: Labelled, case: Case) -> Vector:
    """The portfolio in the order of the case."""
    portfolio = in_fractions(portfolio, "portfolio", case.unit)
    if portfolio.labels is not None and case.names is not None:
        strangers = not_listed(portfolio.labels, case.names)
        if strangers:
            raise ShapeError(f"names {strangers[0]}, which neither weights nor cov has", argument="portfolio")
        return spread(portfolio, case.names)
    if portfolio.values.size != case.benchmark.size:
        raise ShapeError(
            f"has {portfolio.values.size} weights, must have {case.benchmark.size} like weights",
            argument="portfolio",
        )
    return portfolio.values


def _costs(case: Case) -> _Costs:
    from trackerr_xl.core.table.answers import cell_prices, takes_part

    count = len(case.declared)
    try:
        achieved = best(case)
    except (NoAnswerError, NumericalError) as error:
        return _Costs(None, error.sentence, [(np.nan, np.nan)] * count, [None] * count)
    rate = rate_of(achieved, case)
    slope = None
    if case.options.objective == "Min TE":
        slope = case.cov.product(achieved.solution.weights - case.benchmark)
    prices = np.array(
        cell_prices(case.declared, case.limits, case.universe, achieved.solution, slope)
    ).reshape(count, 2)
    prices *= rate
    root = root_of(case.options)
    for at, price in zip(case.limits.origins.costs.tolist(), achieved.cost_prices.tolist(), strict=True):
        prices[at, 1] = price * root
    if case.limits.origins.te >= 0:
        prices[case.limits.origins.te, 1] = achieved.te_price * root / float(np.sqrt(case.options.periods))
    whole = _result(achieved, case)
    # Next to nothing beside the dearest cell is rounding.
    prices[np.abs(prices) <= _ROUNDING * np.nanmax(prices, initial=0.0)] = 0.0
    # Where names are counted a row can matter that has no price: what it bars was never looked at.
    counted = case.limits.holdings.limiting
    without_each = [
        _without(case, at)
        if counted or prices[at].any() or takes_part(at, case.limits, achieved.solution)
        else whole
        for at in range(count)
    ]
    return _Costs(achieved, "", [(float(low), float(high)) for low, high in prices], without_each)


def _result(achieved: "Achieved", case: Case) -> float:
    """What the objective is about, without the price of breaches: the tracking error itself where that is made least."""
    if case.options.objective == "Min TE":
        return float(np.sqrt(achieved.solution.active_variance * case.options.periods))
    return achieved.value * root_of(case.options)


def _without(case: Case, at: int) -> float | None:
    """The objective without one row."""
    try:
        return _result(best(without(case, at)), case)
    except TrackerrError:
        return None


def _header(case: Case) -> list[Value]:
    word = (
        "TE" if case.options.objective == "Min TE" else case.options.objective.partition(" ")[2].capitalize()
    )
    cost = f"{word} per unit of"
    return [
        "Type",
        "Item",
        "Value",
        "Slack",
        "Status",
        f"{cost} Min",
        f"{cost} Max",
        f"{word} if removed",
        "Where",
    ]


def _row(
    case: Case, limit: Limit, answer: "RowAnswer", prices: tuple[float, float], removed: float | None
) -> list[Value]:
    scale = 1.0 / case.unit if limit.kind in ON_WEIGHTS and limit.basis != "Relative" else 1.0
    low, high = prices
    convex = limit.kind not in ("Names", "Position")
    return [
        "" if answer.value is None else answer.value * scale,
        "" if answer.slack is None else answer.slack * scale,
        _status(limit, answer),
        _price(low / scale, given=limit.lower > -np.inf and convex),
        _price(high / scale, given=limit.upper < np.inf and convex),
        removed,
        answer.where,
    ]


def _price(price: float, *, given: bool) -> Value:
    if not given:
        return ""
    return None if np.isnan(price) else price


def _status(limit: Limit, answer: "RowAnswer") -> str:
    from trackerr_xl.core.table.answers import BINDING

    if answer.slack is None:
        return "Replaced"
    if answer.slack < -BINDING:
        return "Violated" if limit.hard else "Broken at its penalty"
    return "Binding" if answer.slack <= BINDING else "OK"


def _notes(case: Case, held: Vector, costs: _Costs) -> Iterator[tuple[str, str]]:
    yield "Values", "Value, slack and status are those of the portfolio given, in the units of the table."
    if costs.achieved is None:
        yield "Prices", f"There are none: {costs.trouble}"
        return
    unit = VALUES[case.options.objective]
    yield (
        "Prices",
        f"What a unit more room in the cell takes off the {unit}, and the {unit} if the row were removed: both at the best "
        "weights within all rows.",
    )
    away = float(np.abs(held - costs.achieved.solution.weights).max())
    if away > _SAME:
        yield (
            "Warning",
            f"The portfolio is not the best within the table: a weight is {away:.4g} away, and the prices are not its own.",
        )
    if np.isnan(rate_of(costs.achieved, case)):
        yield "Prices", "The tracking error is 0: what a limit costs is not defined."


TE_CONSTRAINTS = SheetFunction(
    name="TE_CONSTRAINTS",
    category="explaining",
    summary="The constraints table answers back, row for row: value, slack, status, what the row costs, and the result without it.",
    arguments=(
        Argument(
            "portfolio",
            "weights",
            "Portfolio weights, one column, one row or [name, weight], such as the answer of TE_OPTIMIZE.",
            unit="fraction",
        ),
        WEIGHTS,
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument("constraints", "constraint rows", "The constraints table of TE_OPTIMIZE."),
        Argument("attributes", "attributes", ATTRIBUTES_HELP, default=None),
        Argument("current", "weights", CURRENT_HELP, unit="fraction", default=None),
        Argument("options", "options", OPTIONS_HELP, default=None),
    ),
    result=Result(
        "table",
        "A row per row of the table; costs are tracking error a year per unit of the cell, of all its names moved together.",
    ),
    run=te_constraints,
    example="=TE_CONSTRAINTS(Portfolio, Benchmark, Cov, Limits, Assets)",
)
