"""Optimising: weights of least tracking error under the limits of a constraints table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core import risk
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.limits import Attributes, Limit, Universe
from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.core.words import key, listed
from trackerr_xl.errors import InputError, NumericalError, ShapeError, UnitsError
from trackerr_xl.functions.match import (
    check_fractions,
    covariance_of,
    not_listed,
    spread,
    sum_warnings,
    union,
    volatility_warnings,
)
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.proof import binding, proof
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value, column
from trackerr_xl.functions.values import Covariance, Labelled

if TYPE_CHECKING:
    from trackerr_xl.core.solution import Solution

_PERCENT_LIMIT = 2.0
"""A limit on weights of twice the capital or more is hardly meant as a fraction."""


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """One optimisation in fractions and in one order of the names."""

    names: tuple[str, ...] | None
    benchmark: Vector
    current: Vector | None
    cov: RiskModel
    dropped: tuple[str, ...] = ()


def te_optimize(
    weights: Labelled,
    cov: Covariance,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> Answer:
    """Weights of least tracking error against the benchmark `weights`."""
    # The solvers are behind these imports, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.constraints import resolve
    from trackerr_xl.core.problem import TrackingProblem
    from trackerr_xl.core.solve import solve

    options = options or Options()
    unit = 0.01 if options.units == "Percent" else 1.0
    case = _case(_in_fractions(weights, "weights", unit), cov, _current(current, unit), options)
    universe = _universe(case, cov, attributes)
    budget = 1.0 if options.sum_to is None else options.sum_to * unit
    declared = [_limit_in_fractions(limit, unit) for limit in constraints or ()]
    limits = resolve(declared, universe, budget)
    problem = TrackingProblem.build(
        case.benchmark,
        case.cov,
        limits.upper,
        limits.lower,
        budget=None,
        rows=limits.rows,
        names=universe.names,
    )
    solution = solve(problem)
    _check_proof(solution, options.tolerance)
    notes = (
        *proof(solution, options.periods),
        *binding(solution, limits, options.periods, float(case.cov.diagonal().mean())),
        *_unit_notes(declared, options.units),
        *_warnings(case, universe, attributes, declared),
    )
    if options.layout == "Full":
        return Answer(_full(solution, case, universe, options, unit), notes)
    return Answer(_plain(solution.weights / unit, weights, case), notes)


def _in_fractions(weights: Labelled, argument: str, unit: float) -> Labelled:
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


def _current(current: Labelled | None, unit: float) -> Labelled | None:
    return None if current is None else _in_fractions(current, "current", unit)


def _limit_in_fractions(limit: Limit, unit: float) -> Limit:
    if limit.kind not in ("Weight", "Group", "Budget") or limit.basis == "Relative":
        return limit
    return replace(limit, lower=limit.lower * unit, upper=limit.upper * unit)


def _unit_notes(declared: Sequence[Limit], units: str) -> Iterator[tuple[str, str]]:
    if units == "Percent":
        yield "Units", "These sentences speak of fractions; weights and limits in the cells are in percent."
        return
    for limit in declared:
        ends = [end for end in (limit.lower, limit.upper) if _PERCENT_LIMIT <= abs(end) < np.inf]
        if limit.kind in ("Weight", "Group") and limit.basis != "Relative" and ends:
            yield (
                "Warning",
                f"{limit.label} has the limit {ends[0]:g}, which is {100.0 * ends[0]:g} %: divide percentages by 100.",
            )


def _case(weights: Labelled, cov: Covariance, current: Labelled | None, options: Options) -> _Case:
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
    return _Case(
        names,
        benchmark,
        None if current is None else spread(current, names),
        covariance_of(cov, names, benchmark.size),
        dropped,
    )


def _rescaled(benchmark: Vector, total: float, dropped: Sequence[str]) -> Vector:
    kept = float(benchmark.sum())
    if not kept * total > 0.0:
        raise InputError(f"has no weight left without {listed(dropped)}", argument="weights")
    return benchmark * (total / kept)


def _universe(case: _Case, cov: Covariance, attributes: Attributes | None) -> Universe:
    size = case.benchmark.size
    names = case.names or cov.labels
    if names is None and attributes is not None:
        if len(attributes.names) != size:
            raise ShapeError(
                f"has {len(attributes.names)} names, must have {size} like weights", argument="attributes"
            )
        names = attributes.names
    names = names or tuple(f"Asset {at + 1}" for at in range(size))
    return Universe(names, case.benchmark, case.current, attributes)


def _check_proof(solution: "Solution", tolerance: float) -> None:
    worst = max(solution.certificate.relative_gap, solution.certificate.violation)
    if worst > tolerance:
        raise NumericalError(f"reached {worst:.2g}, option Tolerance asks for {tolerance:.2g}")


def _plain(weights: Vector, given: Labelled, case: _Case) -> Matrix | list[list[Value]]:
    if case.names is None or given.labels is None:
        return weights[None, :] if given.across else column(weights)
    names, values = _listing(weights, given.labels, case)
    return [[name, value] for name, value in zip(names, values, strict=True)]


def _listing(values: Vector, first: Sequence[str], case: _Case) -> tuple[list[str], list[float]]:
    """Names in the order given, dropped ones among them with zero, then the others."""
    by_name = dict(zip(map(key, case.names or ()), values.tolist(), strict=True))
    names = [*first, *not_listed(case.names or (), first)]
    return names, [by_name.get(key(name), 0.0) for name in names]


def _full(
    solution: "Solution", case: _Case, universe: Universe, options: Options, unit: float
) -> list[list[Value]]:
    parts = risk.contributions(solution.weights, case.benchmark, case.cov, options.periods, options.funding)
    columns = {
        "Weight": solution.weights,
        "Active": solution.weights - case.benchmark,
        "TE contribution": parts.contribution,
    }
    if case.current is not None:
        columns["Trade"] = solution.weights - case.current
    table = np.column_stack(list(columns.values())) / unit
    body = [[name, *row] for name, row in zip(universe.names, table.tolist(), strict=True)]
    body += [[name, *([0.0] * len(columns))] for name in case.dropped]
    return [["Name", *columns], *body]


def _warnings(
    case: _Case, universe: Universe, attributes: Attributes | None, declared: Sequence[Limit]
) -> Iterator[tuple[str, str]]:
    if case.dropped:
        yield (
            "Warning",
            f"cov has no entry for {listed(case.dropped)}: dropped, the benchmark rescaled without.",
        )
    yield from sum_warnings({"benchmark": Labelled(case.benchmark)})
    yield from volatility_warnings(case.cov)
    if attributes is None:
        return
    strangers = not_listed(attributes.names, universe.names)
    if strangers:
        yield "Warning", f"attributes lists {listed(strangers)}, which neither weights nor cov has: not used."
    headers = {
        limit.item.partition("=")[0].strip()
        for limit in declared
        if limit.kind in ("Group", "Exclude", "Hold") and "=" in limit.item
    }
    for header in sorted(headers):
        cells = attributes.column(header, universe.names)
        without = [name for name, cell in zip(universe.names, cells, strict=True) if cell is None]
        if without:
            yield "Warning", f"{listed(without)} has no {header} in attributes: in none of its groups."


TE_OPTIMIZE = SheetFunction(
    name="TE_OPTIMIZE",
    category="optimising",
    summary="Weights of least tracking error against a benchmark; with two arguments long-only and fully invested.",
    arguments=(
        Argument(
            "weights", "weights", "Benchmark weights, one column, one row or [name, weight].", unit="fraction"
        ),
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument(
            "constraints",
            "constraints",
            "Table with the headers Type, Item, Min, Max and, if wanted, Basis, On, Note: Weight, Group, Exposure, Budget, "
            "Exclude and Hold rows. Left out: each weight from 0 to 1, their sum 1.",
            default=None,
        ),
        Argument(
            "attributes",
            "attributes",
            "Table with a header row: names in the first column, then columns such as Sector, Issuer or Duration.",
            default=None,
        ),
        Argument(
            "current", "weights", "Weights held now; Hold rows keep them.", unit="fraction", default=None
        ),
        Argument(
            "options",
            "options",
            "Table with the headers Option and Value: Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance.",
            default=None,
        ),
    ),
    result=Result(
        "column", "Weights in the order of the benchmark, beside the names if it has them.", unit="fraction"
    ),
    run=te_optimize,
    example="=TE_OPTIMIZE(Benchmark, Cov, Limits, Assets)",
)
