"""Matching by name over the union, or by position where there are no names; and the check of units.

Where one range has no names, the others must list the same names in the same order, and the one without follows it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.risk_model import DenseCovariance, RiskModel
from trackerr_xl.core.semidefinite import checked_covariance, symmetric_covariance
from trackerr_xl.core.words import key, listed, nearest, shorten
from trackerr_xl.errors import LabelError, MatrixError, ShapeError, UnitsError
from trackerr_xl.functions.values import Covariance, Groups, Labelled, LabelledMatrix, Panel

_PERCENT_BAND = 0.5
_PERCENT_VOLATILITY = 1.0
"""A volatility of the middle name above this, a fraction per period, is hardly one."""
_WHOLE = 1e-5
"""Weights this near to a sum of one are fully invested: cells are rounded."""
_DAY_ZERO = date(1899, 12, 30)
_LAST_DAY = 2958465
"""Serial number of 9999-12-31, the last day a spreadsheet knows."""


def check_fractions(weights: Labelled, argument: str, remedy: str = "divide by 100") -> None:
    """Refuse weights that sum to 100 within one half, and say what to do.

    Raises
    ------
    UnitsError
    """
    total = float(weights.values.sum())
    if abs(total - 100.0) <= _PERCENT_BAND:
        raise UnitsError(
            f"sum to {total:.4g}, not 1: {remedy}",
            argument=argument,
            at=None if argument == "weights" else "weights",
        )


def sum_warnings(vectors: Mapping[str, Labelled]) -> Iterator[tuple[str, str]]:
    """A note for each vector of weights that does not sum to one."""
    for argument, vector in vectors.items():
        total = float(vector.values.sum())
        if abs(total - 1.0) > _WHOLE:
            whose = "" if argument == "weights" else f"{argument} "
            yield "Warning", f"The {whose}weights sum to {total:.6g}, not 1."


def risk_warnings(cov: RiskModel) -> Iterator[tuple[str, str]]:
    """A note if a matrix that gives these weights a variance is no covariance all the same."""
    if isinstance(cov, DenseCovariance):
        try:
            checked_covariance(cov.matrix, "cov")
        except MatrixError as error:
            found, _, _ = error.message.partition(", must ")
            yield "Warning", f"cov {found}: it is no covariance of returns, and TE_OPTIMIZE refuses it."
    yield from volatility_warnings(cov)


def volatility_warnings(cov: RiskModel) -> Iterator[tuple[str, str]]:
    """A note if a covariance looks as if it were in percent squared."""
    volatility = float(np.sqrt(max(float(np.median(cov.diagonal())), 0.0)))
    if volatility > _PERCENT_VOLATILITY:
        yield (
            "Warning",
            f"The volatility in cov is {100.0 * volatility:.6g} % per period: divide percent squared by 10,000.",
        )


def union(
    vectors: Mapping[str, Labelled], beside: Mapping[str, Covariance | Panel | Groups | None]
) -> tuple[str, ...] | None:
    """Names of all vectors in order of appearance, or None when no vector has names.

    Parameters
    ----------
    vectors : mapping of str to Labelled
        Weights by argument.
    beside : mapping of str to Covariance, Panel, Groups or None
        What else must fit them, by argument.

    Raises
    ------
    ShapeError
        If something without names has another size.
    LabelError
        If something without names stands beside vectors whose names differ.
    """
    named = {argument: vector for argument, vector in vectors.items() if vector.labels is not None}
    unnamed = {argument: vector.values.size for argument, vector in vectors.items() if vector.labels is None}
    unnamed |= {
        argument: thing.size
        for argument, thing in beside.items()
        # Beside vectors without names, names are only a number of rows.
        if thing is not None and (thing.labels is None or not named)
    }
    if unnamed:
        _check_one_order(named, next(iter(unnamed)))
        squares = [argument for argument, thing in beside.items() if isinstance(thing, Covariance)]
        _check_sizes(
            {argument: vector.values.size for argument, vector in vectors.items()} | unnamed, squares
        )
        return next((vector.labels for vector in named.values()), None)
    return _merged([vector.labels or () for vector in named.values()])


def spread(vector: Labelled, names: Sequence[str] | None) -> Vector:
    """A vector over `names`, zero for a name it does not list; unchanged without names."""
    if vector.labels is None or names is None:
        return vector.values
    by_name = dict(zip(map(key, vector.labels), vector.values.tolist(), strict=True))
    return np.array([by_name.get(key(name), 0.0) for name in names])


def covariance_of(
    cov: Covariance, names: Sequence[str] | None, size: int, argument: str = "cov"
) -> RiskModel:
    """The covariance in the order of `names`.

    Raises
    ------
    ShapeError
        If it has no names to go by and another size.
    MatrixError
        If it has names and is not symmetric; the place is given in them.
    LabelError
        If it does not list a name.
    """
    if isinstance(cov, LabelledMatrix):
        if cov.labels is not None:
            symmetric_covariance(cov.values, argument, cov.labels)
        model: RiskModel = DenseCovariance(cov.values)
    else:
        model = cov.model
    if cov.labels is None or names is None:
        if cov.size != size:
            raise ShapeError(f"is {cov.size} x {cov.size}, must be {size} x {size}", argument=argument)
        return model
    missing = not_listed(names, cov.labels)
    if missing:
        raise LabelError(
            no_entry(missing, cov.labels, "a row and a column for each name, zeros for cash"),
            argument=argument,
        )
    order = places_of(names, cov.labels)
    return model if order == list(range(cov.size)) else model.part(np.array(order))


def places_of(names: Sequence[str], labels: Sequence[str]) -> list[int]:
    """Where each of `names` stands in `labels`, which lists them all."""
    place = {key(label): at for at, label in enumerate(labels)}
    return [place[key(name)] for name in names]


def groups_of(
    groups: Groups,
    names: Sequence[str] | None,
    argument: str = "groups",
    needed: str = "a group for each name",
) -> tuple[str, ...]:
    """The group of every name.

    Raises
    ------
    LabelError
        If a name has none.
    """
    if groups.labels is None or names is None:
        return groups.values
    missing = not_listed(names, groups.labels)
    if missing:
        raise LabelError(no_entry(missing, groups.labels, needed), argument=argument)
    by_name = dict(zip(map(key, groups.labels), groups.values, strict=True))
    return tuple(by_name[key(name)] for name in names)


def not_listed(names: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Those of `names` that `labels` has not."""
    known = {key(label) for label in labels}
    return [name for name in names if key(name) not in known]


def no_entry(missing: Sequence[str], known: Sequence[str], needed: str) -> str:
    """The words for names that a range does not list, with the nearest of `known` to the first."""
    close = nearest(missing[0], known)
    hint = f', the nearest to it is "{shorten(close)}"' if close is not None else ""
    return f"has no entry for {listed(missing)}{hint}, must have {needed}"


def same_dates(portfolio: Labelled, benchmark: Labelled) -> tuple[Vector, Vector]:
    """Two return series over the same dates, oldest first where the dates are numbers.

    Raises
    ------
    ShapeError
        If one has no dates and they differ in length.
    LabelError
        If a date is in one of them only.
    """
    if portfolio.labels is None or benchmark.labels is None:
        if portfolio.values.size != benchmark.values.size:
            raise ShapeError(
                f"has {benchmark.values.size} returns, must have {portfolio.values.size} like the portfolio",
                argument="benchmark",
            )
        return portfolio.values, benchmark.values
    for argument, days, others in (
        ("benchmark", portfolio.labels, benchmark.labels),
        ("portfolio", benchmark.labels, portfolio.labels),
    ):
        missing = not_listed(days, others)
        if missing:
            raise LabelError(
                f"has no return for {listed([as_date(label) for label in missing])}, must have the same dates",
                argument=argument,
            )
    ordered = ascending(portfolio.labels)
    return spread(portfolio, ordered), spread(benchmark, ordered)


def as_date(label: str) -> str:
    """A label as a person writes a date, when it is the serial number of one."""
    if not label.isdecimal() or int(label) > _LAST_DAY:
        return label
    return (_DAY_ZERO + timedelta(days=int(label))).isoformat()


def ascending(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Dates oldest first where all are serial numbers of days; as they stand where they are texts."""
    return tuple(sorted(labels, key=int)) if all(label.isdecimal() for label in labels) else labels


def _merged(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for part in parts:
        for name in part:
            names.setdefault(key(name), name)
    return tuple(names.values())


def _check_one_order(named: Mapping[str, Labelled], unnamed: str) -> None:
    orders = {argument: [key(label) for label in vector.labels or ()] for argument, vector in named.items()}
    first = next(iter(orders), "")
    for argument, order in orders.items():
        if order != orders[first]:
            raise LabelError(
                f"has no names, and {first} and {argument} do not list the same names in the same order",
                argument=unnamed,
            )


def _check_sizes(sizes: Mapping[str, int], squares: Sequence[str]) -> None:
    leader, needed = next(iter(sizes.items()))
    for argument, size in sizes.items():
        if size != needed and argument in squares:
            raise ShapeError(f"is {size} x {size}, must be {needed} x {needed}", argument=argument)
        if size != needed:
            raise ShapeError(f"has {size} rows, must have {needed} like {leader}", argument=argument)
