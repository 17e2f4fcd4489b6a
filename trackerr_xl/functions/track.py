"""TE_TRACK: weights whose past returns follow an index, without a covariance."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.optimism import expected_realised, sampling_band
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.table.limits import Attributes, Limit, Universe
from trackerr_xl.errors import InputError, LabelError, NoAnswerError, NotYetError, NumericalError, ShapeError
from trackerr_xl.functions.conflicts import why
from trackerr_xl.functions.mandate import in_fractions, limit_in_fractions
from trackerr_xl.functions.match import not_listed, same_dates, spread
from trackerr_xl.functions.optimize import ATTRIBUTES_HELP, CONSTRAINTS_HELP, CURRENT_HELP, OPTIONS_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value, column
from trackerr_xl.functions.values import Labelled, Panel

if TYPE_CHECKING:
    from trackerr_xl.core.table.constraints import Limits
    from trackerr_xl.core.track import Sample, Tracked

_OF_AN_INDEX = ("TE", "Beta", "ActiveShare")
"""Rows that need the weights of an index, which returns do not tell."""

_FREE = 1e-9
"""A weight further than this from its limits is free."""


def te_track(
    returns: Panel,
    index_returns: Labelled,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> Answer:
    """The weights whose returns are nearest to those of the index over the dates given."""
    case, found = _tracked(returns, index_returns, constraints, attributes, current, options)
    weights = found.weights / case.unit
    table: list[list[Value]] = [
        [name, weight] for name, weight in zip(case.universe.names, weights.tolist(), strict=True)
    ]
    notes = tuple(_notes(case, found))
    return Answer(table if returns.columns is not None else column(weights), notes)


def tracking_weights(
    returns: Panel,
    index_returns: Labelled,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> Vector:
    """The same weights as fractions of capital, in the order of the returns."""
    _, found = _tracked(returns, index_returns, constraints, attributes, current, options)
    return found.weights


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    sample: "Sample"
    universe: Universe
    declared: tuple[Limit, ...]
    limits: "Limits"
    options: Options
    unit: float

    def why_none(self) -> NoAnswerError | None:
        """The rows that clash, if they do."""
        from trackerr_xl.core.table.constraints import resolve

        meaning = partial(
            resolve,
            universe=self.universe,
            budget=_budget(self.options, self.unit),
            two_way=_two_way(self.options),
        )
        size = len(self.universe.names)
        model = FactorModel(np.zeros((size, 0)), np.ones(size))
        return why(self.declared, meaning, self.universe, model, self.options.periods, self.unit)


def _tracked(
    returns: Panel,
    index_returns: Labelled,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> tuple[_Case, "Tracked"]:
    # The solvers are behind this import, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.track import track

    case = _case(returns, index_returns, constraints, attributes, current, options or Options())
    try:
        found = track(
            case.sample, case.limits, case.universe.names, case.options.periods, case.options.seconds
        )
    except (NoAnswerError, NumericalError) as error:
        raise case.why_none() or error from None
    return case, found


def _budget(options: Options, unit: float) -> float:
    return 1.0 if options.sum_to is None else options.sum_to * unit


def _two_way(options: Options) -> bool:
    return options.turnover == "Two-way"


def _case(
    returns: Panel,
    index_returns: Labelled,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options,
) -> _Case:
    from trackerr_xl.core.table.constraints import resolve

    if options.objective != "Min TE":
        raise InputError(
            f"is {options.objective}, must be left out: TE_TRACK makes the loss of option Method least",
            argument="options",
            at="Objective",
        )
    unit = 0.01 if options.units == "Percent" else 1.0
    sample = _sample(returns, index_returns, options)
    universe = _universe(returns, attributes, current, unit)
    declared = tuple(limit_in_fractions(limit, unit) for limit in constraints or ())
    for limit in declared:
        _check_limit(limit)
    limits = resolve(declared, universe, _budget(options, unit), two_way=_two_way(options))
    return _Case(sample, universe, declared, limits, options, unit)


def _check_limit(limit: Limit) -> None:
    if limit.kind in ("Names", "Position"):
        raise NotYetError(
            f"is {limit.kind}, which cannot be carried out without a covariance: take the row out or set On to no",
            argument="constraints",
            at=limit.place,
        )
    if limit.kind in _OF_AN_INDEX or limit.basis != "Absolute":
        what = limit.kind if limit.kind in _OF_AN_INDEX else f"the Basis {limit.basis}"
        raise InputError(
            f"asks for {what}, which needs the weights of an index: TE_TRACK knows its returns only",
            argument="constraints",
            at=limit.place,
        )


def _sample(returns: Panel, index_returns: Labelled, options: Options) -> "Sample":
    from trackerr_xl.core.track import Sample

    word, _, number = options.method.partition(" ")
    values, index = returns.values, index_returns.values
    if returns.rows is not None and index_returns.labels is not None:
        # Matched by date, oldest first.
        places = Labelled(np.arange(len(values), dtype=np.float64), returns.rows)
        try:
            order, index = same_dates(places, index_returns)
        except LabelError as error:
            error.argument = {"portfolio": "returns", "benchmark": "index_returns"}[error.argument or ""]
            raise
        values = values[order.astype(np.intp)]
    elif index.size != len(values):
        raise ShapeError(
            f"has {index.size} returns, must have {len(values)} like returns", argument="index_returns"
        )
    if index.size < 2:
        raise ShapeError("has one date, must have two or more", argument="returns")
    level = float(number) if number else 0.0
    if word == "CVaR":
        level = level / 100.0 if level >= 1.0 else level
        if level >= 1.0:
            raise InputError(f"is {options.method}, must be below 100", argument="options", at="Method")
    return Sample(values, index, word, level)  # type: ignore[arg-type]  # the option's choices are its losses


def _universe(
    returns: Panel, attributes: Attributes | None, current: Labelled | None, unit: float
) -> Universe:
    size = returns.values.shape[1]
    names = returns.columns
    if names is None and attributes is not None:
        if len(attributes.names) != size:
            raise ShapeError(
                f"has {len(attributes.names)} names, must have {size} like returns", argument="attributes"
            )
        names = attributes.names
    every = names or tuple(f"Asset {at + 1}" for at in range(size))
    return Universe(every, np.zeros(size), _held(current, returns, every, unit), attributes)


def _held(current: Labelled | None, returns: Panel, names: tuple[str, ...], unit: float) -> Vector | None:
    if current is None:
        return None
    held = in_fractions(current, "current", unit)
    if held.labels is not None and returns.columns is not None:
        strangers = not_listed(held.labels, names)
        if strangers:
            raise ShapeError(f"names {strangers[0]}, which returns has not", argument="current")
        return spread(held, names)
    if held.values.size != len(names):
        raise ShapeError(f"has {held.values.size} weights, must have {len(names)}", argument="current")
    return held.values


def _notes(case: _Case, found: "Tracked") -> Iterator[tuple[str, str]]:
    from trackerr_xl.core.track import ANNUAL

    sample, options, weights = case.sample, case.options, found.weights
    count, size = sample.returns.shape
    root = float(np.sqrt(options.periods)) if sample.loss in ANNUAL else 1.0
    what = "a year" if sample.loss in ANNUAL else "per period"
    yield "Status", "Solved, and the answer proved."
    yield (
        "Loss",
        f"{options.method} of the active return over {count} dates: {found.loss * root:.10g} {what}.",
    )
    yield (
        "Proof",
        "No limit is broken by more than 1e-9, and no weights do better by more than 1e-9 of the scale.",
    )
    yield "Method", f"{found.solution.method}."
    free = int(((weights > case.limits.lower + _FREE) & (weights < case.limits.upper - _FREE)).sum())
    expected = expected_realised(found.loss * root, free, float(count))
    if np.isinf(expected):
        yield (
            "Warning",
            f"{free} weights are free over {count} dates: returns can be followed exactly in sample, which promises nothing.",
        )
    elif sample.loss in ANNUAL:
        band = sampling_band(expected, float(count))
        yield (
            "Expected realised loss",
            f"{expected:.4g}, give or take {band:.2g}: {free} weights were free to fit {count} dates.",
        )
    if size > count:
        yield (
            "Warning",
            f"There are {size} names and only {count} dates: many weights fit the past equally well.",
        )
    largest = float(max(np.abs(sample.returns).max(), np.abs(sample.index).max()))
    if largest > 1.0:
        yield "Warning", f"There are returns as large as {100.0 * largest:.6g} %: divide percentages by 100."


TE_TRACK = SheetFunction(
    name="TE_TRACK",
    category="optimising",
    summary="Weights whose past returns follow those of an index, by regression within limits; no covariance and no index weights needed.",
    arguments=(
        Argument(
            "returns",
            "panel",
            "Returns of the names, dates down and names across; names on top and dates at the left if there are any.",
            unit="fraction per period",
        ),
        Argument(
            "index_returns",
            "weights",
            "Returns of the index over the same dates, one column, one row or [date, return].",
            unit="fraction per period",
        ),
        Argument("constraints", "constraints", CONSTRAINTS_HELP, default=None),
        Argument("attributes", "attributes", ATTRIBUTES_HELP, default=None),
        Argument("current", "weights", CURRENT_HELP, unit="fraction", default=None),
        Argument("options", "options", f"{OPTIONS_HELP[:-1]}, Method.", default=None),
    ),
    result=Result(
        "column", "Weights in the order of the names, beside the names if there are any.", unit="fraction"
    ),
    run=te_track,
    example="=TE_TRACK(Returns, IndexReturns)",
)
