"""From the arguments of an optimisation to its mandate: one order of names, fractions, limits, objective."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.core.table.limits import Attributes, Limit, Universe, numbers_of
from trackerr_xl.core.table.linear_limits import ALPHA
from trackerr_xl.core.words import key, listed
from trackerr_xl.errors import (
    InputError,
    LabelError,
    NoAnswerError,
    NotYetError,
    NumericalError,
    ShapeError,
    UnitsError,
)
from trackerr_xl.functions.conflicts import ON_WEIGHTS, why
from trackerr_xl.functions.match import (
    check_fractions,
    covariance_of,
    not_listed,
    spread,
    sum_warnings,
    union,
    volatility_warnings,
)
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.values import Covariance, Labelled

if TYPE_CHECKING:
    from trackerr_xl.core.mandates.mandate import Achieved, Mandate
    from trackerr_xl.core.table.constraints import Limits

_PERCENT_LIMIT = 2.0
"""A limit on weights of twice the capital or more is hardly meant as a fraction."""

_OF_RETURNS = ("Max return", "Max utility")
"""Objectives that need expected returns."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One optimisation in fractions and in one order of the names.

    Parameters
    ----------
    names : tuple of str or None
        Names, where weights and cov have them.
    benchmark, current : ndarray of shape (n,)
        Weights; `current` may be None.
    cov : RiskModel
        Covariance.
    universe : Universe
        What the limits speak of.
    declared : tuple of Limit
        The rows of the table, in fractions.
    limits : Limits
        What they come to.
    options : Options
        In force.
    unit : float
        A unit of the weights given, as a fraction.
    dropped : tuple of str
        Names of the benchmark that cov has not, dropped because an option says so.
    why_none : callable
        The refusal of the limits in the words of the table, or None if they can all hold.
    """

    names: tuple[str, ...] | None
    benchmark: Vector
    current: Vector | None
    cov: RiskModel
    universe: Universe
    declared: tuple[Limit, ...]
    limits: "Limits"
    options: Options
    unit: float
    dropped: tuple[str, ...]
    why_none: Callable[[], NoAnswerError | None]


def case_of(
    weights: Labelled,
    cov: Covariance,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> Case:
    """The arguments of an optimisation, matched by name and brought to fractions.

    Raises
    ------
    TrackerrError
        If they do not fit together; the sentence says which and where.
    """
    # The solvers are behind this import, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.table.constraints import resolve

    options = options or Options()
    unit = 0.01 if options.units == "Percent" else 1.0
    weights = in_fractions(weights, "weights", unit)
    current = None if current is None else in_fractions(current, "current", unit)
    names, benchmark, held, dropped = _matched(weights, cov, current, options)
    risk = covariance_of(cov, names, benchmark.size)
    universe = _universe(names or cov.labels, benchmark, held, attributes, risk)
    declared = tuple(limit_in_fractions(limit, unit) for limit in constraints or ())
    budget = 1.0 if options.sum_to is None else options.sum_to * unit
    meaning = partial(resolve, universe=universe, budget=budget, two_way=options.turnover == "Two-way")
    ask = partial(why, declared, meaning, universe, risk, options.periods, unit)
    try:
        limits = meaning(declared)
    except NoAnswerError as error:
        raise ask() or error from None
    return Case(names, benchmark, held, risk, universe, declared, limits, options, unit, dropped, ask)


def best(case: Case, first: Mask | None = None) -> "Achieved":
    """The best weights.

    Parameters
    ----------
    case : Case
        The optimisation.
    first : ndarray of shape (n,), optional
        Where names are counted, those of a good answer to begin with.

    Raises
    ------
    NoAnswerError
        If there are none; it names the fewest rows of the table that clash, and the cheapest repairs.
    NumericalError
        If the best value was not proved to tolerance.
    """
    try:
        return attempt(case, first)
    except (NoAnswerError, NumericalError) as error:
        # A search that comes to no end may have none: limits that clash are found by another road.
        raise case.why_none() or error from None


def attempt(case: Case, first: Mask | None = None) -> "Achieved":
    """The same without a search for the rows that clash where there are none."""
    from trackerr_xl.core.mandates.achieve import achieve

    if case.limits.holdings.limiting:
        from trackerr_xl.core.mandates.whole import achieve_whole

        return achieve_whole(mandate_of(case), case.limits.holdings, case.options.gap, first)
    return achieve(mandate_of(case))


def require_convex(case: Case) -> None:
    """Refuse rows that count names, for functions that follow the answer as it moves.

    Raises
    ------
    NotYetError
        Naming the first such row.
    """
    for limit in case.declared:
        if limit.kind in ("Names", "Position"):
            raise NotYetError(
                f"is {limit.kind}, which this function cannot carry out: take the row out or set On to no",
                argument="constraints",
                at=limit.place,
            )


def mandate_of(case: Case) -> "Mandate":
    """What is asked for, with penalties and caps per period.

    Raises
    ------
    InputError
        If the objective needs returns or current weights that are not given.
    """
    from trackerr_xl.core.mandates.mandate import Mandate
    from trackerr_xl.core.problem import TrackingProblem

    limits, options, root = case.limits, case.options, float(np.sqrt(case.options.periods))
    of_risk = options.objective in ("Min TE", "Min variance")
    # A penalty in tracking error a year is one per period for the problem; returns and turnover have no such unit.
    price = 1.0 / root if of_risk else 1.0
    rows, bent, cap = limits.rows, limits.bent, limits.cap
    problem = TrackingProblem.build(
        case.benchmark,
        case.cov,
        limits.upper,
        limits.lower,
        budget=None,
        rows=rows if rows.penalty is None else replace(rows, penalty=rows.penalty * price),
        names=case.universe.names,
        bent=replace(bent, penalty=bent.penalty * price),
    )
    return Mandate(
        problem,
        options.objective,
        _alpha(case) if options.objective in _OF_RETURNS else None,
        options.risk_aversion,
        _current(case) if options.objective == "Min turnover" else None,
        np.inf if cap is None else cap.upper / root,
        # A unit of tracking error above the cap is a unit a year: sqrt(p) of them per period.
        np.inf if cap is None else cap.penalty * price * root,
        "TE" if cap is None else cap.label,
        tuple(replace(row, penalty=row.penalty * price) for row in limits.costs),
        options.seconds,
    )


def without(case: Case, at: int) -> Case:
    """The case with one row of its table taken out."""
    return with_limits(case, (*case.declared[:at], *case.declared[at + 1 :]))


def with_limits(case: Case, declared: tuple[Limit, ...]) -> Case:
    """The case with another table."""
    from trackerr_xl.core.table.constraints import resolve

    options = case.options
    budget = 1.0 if options.sum_to is None else options.sum_to * case.unit
    meaning = partial(resolve, universe=case.universe, budget=budget, two_way=options.turnover == "Two-way")
    ask = partial(why, declared, meaning, case.universe, case.cov, options.periods, case.unit)
    return replace(case, declared=declared, limits=meaning(declared), why_none=ask)


def warnings(case: Case) -> Iterator[tuple[str, str]]:
    """What is odd about the arguments, as topic and sentence."""
    yield from _unit_notes(case.declared, case.options.units)
    if case.dropped:
        yield (
            "Warning",
            f"cov has no entry for {listed(case.dropped)}: dropped, the benchmark rescaled without.",
        )
    yield from sum_warnings({"benchmark": Labelled(case.benchmark)})
    yield from volatility_warnings(case.cov)
    attributes = case.universe.attributes
    if attributes is None:
        return
    strangers = not_listed(attributes.names, case.universe.names)
    if strangers:
        yield "Warning", f"attributes lists {listed(strangers)}, which neither weights nor cov has: not used."
    yield from _without_group(case, attributes)


def _without_group(case: Case, attributes: Attributes) -> Iterator[tuple[str, str]]:
    headers = {
        part.partition("=")[0].strip()
        for limit in case.declared
        for part in limit.item.split("/")
        if "=" in part
    }
    for header in sorted(headers):
        cells = attributes.column(header, case.universe.names)
        without = [name for name, cell in zip(case.universe.names, cells, strict=True) if cell is None]
        if without:
            yield "Warning", f"{listed(without)} has no {header} in attributes: in none of its groups."


def in_fractions(weights: Labelled, argument: str, unit: float) -> Labelled:
    """Weights as fractions of capital, `unit` being what a unit of theirs is.

    Raises
    ------
    UnitsError
        If they look as if they were in the other unit.
    """
    if unit == 1.0:
        check_fractions(weights, argument, "divide by 100 or set option Units to Percent")
        return weights
    total = float(weights.values.sum())
    if abs(total - 1.0) <= 0.005:
        raise UnitsError(
            f"sum to {total:.4g}, not 100: set option Units to Decimal or leave it out",
            argument=argument,
            at=None if argument == "weights" else "weights",
        )
    return replace(weights, values=weights.values * unit)


def limit_in_fractions(limit: Limit, unit: float) -> Limit:
    """A row whose cells are weights as fractions of capital, `unit` being what a unit of theirs is."""
    if limit.kind not in ON_WEIGHTS:
        return limit
    penalty = limit.penalty / unit
    if limit.basis == "Relative":
        return replace(limit, penalty=penalty)
    return replace(limit, lower=limit.lower * unit, upper=limit.upper * unit, penalty=penalty)


def _unit_notes(declared: Sequence[Limit], units: str) -> Iterator[tuple[str, str]]:
    if units == "Percent":
        yield "Units", "These sentences speak of fractions; weights and limits in the cells are in percent."
        return
    for limit in declared:
        ends = [end for end in (limit.lower, limit.upper) if _PERCENT_LIMIT <= abs(end) < np.inf]
        if limit.kind in ON_WEIGHTS and limit.kind != "Gross" and limit.basis != "Relative" and ends:
            yield (
                "Warning",
                f"{limit.label} has the limit {ends[0]:g}, which is {100.0 * ends[0]:g} %: divide percentages by 100.",
            )


def _matched(
    weights: Labelled, cov: Covariance, current: Labelled | None, options: Options
) -> tuple[tuple[str, ...] | None, Vector, Vector | None, tuple[str, ...]]:
    """Names, benchmark and current weights in one order, and the names dropped."""
    vectors = {"weights": weights} | ({} if current is None else {"current": current})
    names = union(vectors, {"cov": cov})
    dropped: tuple[str, ...] = ()
    size = weights.values.size
    if weights.labels is None and cov.size != size:
        raise ShapeError(f"is {cov.size} x {cov.size}, must be {size} x {size}", argument="cov")
    if current is not None and current.labels is None:
        current = replace(current, labels=weights.labels)
    if names is not None and weights.labels is not None and cov.labels is not None:
        if options.missing == "Drop":
            dropped = tuple(not_listed(names, cov.labels))
            names = tuple(not_listed(names, dropped))
        # What the benchmark does not hold may be held all the same, if its risk is known.
        names = (*names, *not_listed(cov.labels, names))
    benchmark = spread(weights, names)
    if dropped:
        benchmark = _rescaled(benchmark, float(weights.values.sum()), dropped)
    return names, benchmark, None if current is None else spread(current, names), dropped


def _rescaled(benchmark: Vector, total: float, dropped: Sequence[str]) -> Vector:
    kept = float(benchmark.sum())
    if not kept * total > 0.0:
        raise InputError(f"has no weight left without {listed(dropped)}", argument="weights")
    return benchmark * (total / kept)


def _universe(
    names: tuple[str, ...] | None,
    benchmark: Vector,
    current: Vector | None,
    attributes: Attributes | None,
    cov: RiskModel,
) -> Universe:
    size = benchmark.size
    if names is None and attributes is not None:
        if len(attributes.names) != size:
            raise ShapeError(
                f"has {len(attributes.names)} names, must have {size} like weights", argument="attributes"
            )
        names = attributes.names
    names = names or tuple(f"Asset {at + 1}" for at in range(size))
    slope = cov.product(benchmark)
    variance = float(benchmark @ slope)
    beta = slope / variance if variance > 0.0 else None
    return Universe(names, benchmark, current, attributes, beta)


def _alpha(case: Case) -> Vector:
    if case.universe.attributes is None:
        raise InputError(
            f"is missing, the objective {case.options.objective} needs its column Alpha",
            argument="attributes",
        )
    try:
        return numbers_of(Limit("Return"), ALPHA, case.universe)
    except LabelError as error:
        error.argument, error.at = "attributes", None
        raise


def _current(case: Case) -> Vector:
    if case.current is None:
        raise InputError("is missing, the objective Min turnover needs it", argument="current")
    return case.current


def listing(values: Vector, first: Sequence[str], names: Sequence[str]) -> tuple[list[str], list[float]]:
    """Names in the order given, those dropped among them with zero, then the others; and their values."""
    by_name = dict(zip(map(key, names), values.tolist(), strict=True))
    every = [*first, *not_listed(names, first)]
    return every, [by_name.get(key(name), 0.0) for name in every]
