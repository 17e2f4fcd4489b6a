"""Covariance: what is wrong with one, or odd, before anything rests on it."""

from collections.abc import Iterator, Sequence

import numpy as np

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.covariance.check import Findings, Likeness, Pair, compared, examined
from trackerr_xl.core.semidefinite import SEMIDEFINITE, SYMMETRY
from trackerr_xl.core.words import listed, shorten
from trackerr_xl.errors import LabelError, ShapeError
from trackerr_xl.functions.cov_estimate import RETURNS
from trackerr_xl.functions.match import no_entry, not_listed, places_of
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import LabelledMatrix, Panel

_ILL = 1e8
"""Beyond this condition half the digits of an answer are gone."""


def cov_check(cov: LabelledMatrix, returns: Panel | None) -> Answer:
    """A row for each thing that can be seen of a covariance, with a value and a verdict."""
    names = cov.labels or tuple(f"column {at + 1}" for at in range(cov.size))
    found = examined(cov.values)
    rows: list[list[Value]] = [["Check", "Value", "Verdict"], ["Names", float(cov.size), _named(cov)]]
    rows += [_symmetry(cov.values, found, names), *_eigenvalues(found)]
    rows += [
        ["Zero variances", float(len(found.still)), listed([names[at] for at in found.still]) or "none"],
        ["Duplicates", float(len(found.duplicates)), _listed_pairs(found.duplicates, names)],
        ["Correlations beyond 1", float(len(found.impossible)), _listed_pairs(found.impossible, names)],
        _volatility(cov.values),
    ]
    if returns is None:
        rows.append(_dates_of_rank(found))
    else:
        rows += _beside_returns(cov, returns, names)
    return Answer(rows)


def _named(cov: LabelledMatrix) -> str:
    return "without names" if cov.labels is None else "with names"


def _symmetry(matrix: Matrix, found: Findings, names: Sequence[str]) -> list[Value]:
    row, column = found.uneven
    words = "symmetric"
    if found.asymmetry > SYMMETRY:
        words = (
            f"not symmetric: {shorten(names[row])} with {shorten(names[column])} is {matrix[row, column]:.6g} "
            f"but its mirror image is {matrix[column, row]:.6g}"
        )
    return ["Asymmetry", found.asymmetry, words]


def _eigenvalues(found: Findings) -> Iterator[list[Value]]:
    if found.smallest < -SEMIDEFINITE * max(found.largest, 0.0):
        words = "negative: no covariance of returns; COV_NEAREST gives the nearest"
    elif found.rank < found.size:
        words = "zero but for rounding: some portfolios seem to have no risk"
    else:
        words = "positive"
    yield ["Smallest eigenvalue", found.smallest, words]
    if found.condition is None:
        yield ["Condition", None, "without limit: the smallest eigenvalue is not above 0"]
    else:
        yield [
            "Condition",
            found.condition,
            "ill-conditioned: half the digits are lost" if found.condition > _ILL else "well-conditioned",
        ]
    yield [
        "Rank",
        float(found.rank),
        "full" if found.rank == found.size else f"{found.size - found.rank} short of the names",
    ]


def _volatility(matrix: Matrix) -> list[Value]:
    variance = matrix.diagonal()
    middle = float(np.sqrt(max(float(np.median(variance)), 0.0)))
    if (variance == 1.0).all():
        words = "correlations, not a covariance"
    elif middle > 1.0:
        words = "a guess: percent squared, divide by 10,000"
    elif middle > 0.12:
        words = "a guess: fractions per year"
    elif middle > 0.03:
        words = "a guess: fractions per month, or bonds per year"
    else:
        words = "a guess: fractions per day or week, or bonds"
    return ["Middle volatility", middle, words]


def _dates_of_rank(found: Findings) -> list[Value]:
    if found.dates is not None:
        words = "a guess from the rank: that of a sample covariance is one less than its dates"
        return ["Effective dates", float(found.dates), words]
    return ["Effective dates", None, "not to be seen without returns"]


def _beside_returns(cov: LabelledMatrix, returns: Panel, names: Sequence[str]) -> Iterator[list[Value]]:
    values = _in_order(cov, returns)
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < 2:
        raise ShapeError(
            f"has {len(complete)} complete date{'s' if len(complete) != 1 else ''}, must have 2 or more",
            argument="returns",
        )
    few = len(complete) <= cov.size
    yield [
        "Effective dates",
        float(len(complete)),
        f"{len(complete) / cov.size:.3g} a name{': too few for a sample covariance' if few else ''}",
    ]
    like = compared(0.5 * (cov.values + cov.values.T), complete)
    if like is None:
        yield ["Multiple of the sample", None, "no name moves in both"]
        return
    yield ["Multiple of the sample", like.multiple, _likeness(like)]
    yield ["Divisor", *_divisor(like, len(complete))]
    yield ["Periods", like.periods, _units(like)]


def _likeness(like: Likeness) -> str:
    if like.all_entries:
        return "every entry: the sample covariance of these returns"
    if like.variances:
        return "the variances only: shrunk, or made of other correlations"
    return "the middle name only: from other returns, or weighted"


def _divisor(like: Likeness, dates: int) -> tuple[Value, str]:
    if like.periods is None:
        return None, "not to be seen: the variances are no usual multiple of the sample's"
    if not like.by_dates:
        return dates - 1.0, "T − 1"
    low = 100.0 * (1.0 - float(np.sqrt((dates - 1.0) / dates)))
    return float(dates), f"T, as COVARIANCE.P and the Analysis ToolPak: tracking error {low:.2g} % low"


def _units(like: Likeness) -> str:
    if like.periods is None:
        return "not to be seen"
    unit = "percent squared: divide by 10,000" if like.percent else "fractions"
    return f"{unit}, {'per period' if like.periods == 1.0 else 'times so many periods'}"


def _in_order(cov: LabelledMatrix, returns: Panel) -> Matrix:
    """The columns of the returns in the order of the covariance."""
    if cov.labels is None or returns.columns is None:
        if returns.values.shape[1] != cov.size:
            raise ShapeError(
                f"has {returns.values.shape[1]} columns, must have {cov.size} like cov", argument="returns"
            )
        return returns.values
    missing = not_listed(cov.labels, returns.columns)
    if missing:
        raise LabelError(no_entry(missing, returns.columns, "a column for each name"), argument="returns")
    return returns.values[:, places_of(cov.labels, returns.columns)]


def _listed_pairs(pairs: Sequence[Pair], names: Sequence[str]) -> str:
    words = [f"{shorten(names[one])} and {shorten(names[other])}" for one, other in pairs]
    return listed(words[:3]) + (f" and {len(words) - 3} more" if len(words) > 3 else "") or "none"


COV_CHECK = SheetFunction(
    name="COV_CHECK",
    category="covariance",
    summary="What can be seen of a covariance: symmetry, eigenvalues, condition, doubled and riskless names, units; beside returns its divisor and periods.",
    arguments=(
        Argument(
            "cov",
            "matrix",
            "Any square of numbers meant as a covariance: n × n, or with the names on both edges.",
            unit="any",
        ),
        Argument(
            "returns",
            "panel",
            "The returns it was made of, if they are at hand: a row for each date, a column for each name. Empty: missing.",
            unit=RETURNS.unit,
            default=None,
            blanks=True,
        ),
    ),
    result=Result("table", "A row for each check with its value and a verdict."),
    run=cov_check,
    example="=COV_CHECK(Cov, Returns)",
)
