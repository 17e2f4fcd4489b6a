"""TE_RECONCILE: one portfolio, every convention of tracking error, and which of them somebody else has used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trackerr_xl.core.conventions import Convention, ex_ante_conventions, ex_post_conventions
from trackerr_xl.functions.match import check_fractions, covariance_of, risk_warnings, spread, union
from trackerr_xl.functions.measure import COV_HELP, percent_warnings, periods_argument, return_series
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled

_UNITS = ((1.0, ""), (100.0, " in percent"), (10_000.0, " in basis points"))
"""What a printed figure may be in."""
_SAME = 0.005
"""A convention within half a percent of the target is called the same: printed figures are rounded."""


@dataclass(frozen=True, slots=True)
class _Nearest:
    at: int
    unit: float
    word: str
    off: float


def te_reconcile(
    portfolio: Labelled,
    benchmark: Labelled,
    cov: Covariance | None,
    target_te: float | None,
    periods: float,
) -> Answer:
    """Every convention with its value; with a target the nearest of them marked."""
    warnings: tuple[tuple[str, str], ...]
    if cov is None:
        returns, index = return_series(portfolio, benchmark)
        found = ex_post_conventions(returns, index, periods)
        warnings = tuple(percent_warnings({"portfolio": returns, "benchmark": index}))
    else:
        vectors = {"portfolio": portfolio, "benchmark": benchmark}
        for argument, vector in vectors.items():
            check_fractions(vector, argument)
        names = union(vectors, {"cov": cov})
        held, weights = spread(portfolio, names), spread(benchmark, names)
        model = covariance_of(cov, names, held.size)
        found = ex_ante_conventions(held, weights, model, periods)
        warnings = tuple(risk_warnings(model))
    nearest = None if target_te is None else _nearest(found, target_te)
    header: list[Value] = ["Convention", "Value", "Formula"]
    rows: list[list[Value]] = [[each.name, each.value, each.formula] for each in found]
    if target_te is not None and nearest is not None:
        header += ["Off target", "Nearest"]
        for at, row in enumerate(rows):
            row += [
                found[at].value * nearest.unit / target_te - 1.0,
                "Nearest" + nearest.word if at == nearest.at else "",
            ]
    return Answer([header, *rows], (*_notes(found, nearest, target_te), *warnings))


def _nearest(found: Sequence[Convention], target: float) -> _Nearest:
    """The convention and unit whose value is nearest to a printed figure; of equals the first."""
    tried = [
        _Nearest(at, unit, word, abs(each.value * unit / target - 1.0))
        for unit, word in _UNITS
        for at, each in enumerate(found)
    ]
    return min(tried, key=lambda one: one.off)


def _notes(
    found: Sequence[Convention], nearest: _Nearest | None, target: float | None
) -> Iterator[tuple[str, str]]:
    yield (
        "Conventions",
        f"{len(found)} ways in which a tracking error is worked out; the first is that of TRACKING_ERROR.",
    )
    if nearest is None or target is None:
        return
    one = found[nearest.at]
    figure = one.value * nearest.unit
    verdict = (
        "is the same to rounding" if nearest.off <= _SAME else f"is nearest, {100.0 * nearest.off:.2g} % off"
    )
    yield "Nearest", f"{one.name}{nearest.word} gives {figure:.6g}, which {verdict}: {one.formula}."
    if nearest.off > _SAME:
        yield (
            "Warning",
            "No convention gives the target: the returns, weights or dates behind it are likely others.",
        )


TE_RECONCILE = SheetFunction(
    name="TE_RECONCILE",
    category="explaining",
    summary="Every convention of tracking error with its value, and which of them comes nearest to a figure somebody else has printed.",
    arguments=(
        Argument(
            "portfolio",
            "weights",
            "Portfolio weights, one column, one row or [name, weight]; without cov the portfolio's returns, or [date, return].",
            unit="fraction",
        ),
        Argument("benchmark", "weights", "Benchmark weights or returns, as the portfolio.", unit="fraction"),
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period", default=None),
        Argument(
            "target_te",
            "number",
            "The printed figure, as a fraction, in percent or in basis points.",
            default=None,
            minimum=1e-12,
            maximum=1e6,
        ),
        periods_argument("the covariance or the returns"),
    ),
    result=Result(
        "table",
        "A row per convention: name, value, formula; with a target how far off each is, in the unit of the nearest, and which that is.",
        unit="fraction",
    ),
    run=te_reconcile,
    example="=TE_RECONCILE(Portfolio, Benchmark, Cov, 0.0151, 12)",
)
