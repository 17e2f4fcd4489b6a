"""Every convention under which somebody prints a tracking error, worked out side by side.

References
----------
.. [1] C. R. Bacon, *Practical Risk-Adjusted Performance Measurement*, 2nd ed., Wiley, 2022: the choices of divisor, mean and
   difference.
.. [2] J.P. Morgan and Reuters, *RiskMetrics — Technical Document*, 4th ed., 1996: exponential weights about a mean of zero.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core import history
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.beta import ex_ante_split, ex_post_split
from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.errors import TrackerrError

RISKMETRICS = (0.94, 0.97)
"""Decay of daily and of monthly returns."""
YEARS = (252.0, 250.0, 260.0, 261.0, 365.0, 52.0, 12.0, 4.0, 1.0)
"""Periods a year that are in use; 1 is not annualised."""


@dataclass(frozen=True, slots=True)
class Convention:
    """One way to work out a tracking error.

    Parameters
    ----------
    name : str
        In words.
    formula : str
        x is the active return, a the active weights.
    value : float
        Fraction.
    """

    name: str
    formula: str
    value: float


def ex_post_conventions(portfolio: Vector, benchmark: Vector, periods: float) -> tuple[Convention, ...]:
    """Tracking errors of two return series; what does not exist for them is left out.

    Parameters
    ----------
    portfolio, benchmark : ndarray of shape (t,)
        Simple returns per period, fractions, oldest first.
    periods : float
        Periods a year.

    Raises
    ------
    ShapeError
        If there are fewer than two dates.
    """
    error = history.standard_deviation(portfolio, benchmark)
    found = tuple(_those_that_exist(_of_returns(portfolio, benchmark), periods))
    return found + tuple(_of_other_years(error, periods))


def ex_ante_conventions(
    weights: Vector, benchmark: Vector, risk: RiskModel, periods: float
) -> tuple[Convention, ...]:
    """Tracking errors of weights under a covariance.

    Parameters
    ----------
    weights, benchmark : ndarray of shape (n,)
        Fractions of capital.
    risk : RiskModel
        Covariance per period.
    periods : float
        Periods a year.
    """
    active = weights - benchmark
    error = float(np.sqrt(risk.variance(active)))
    return tuple(_those_that_exist(_of_weights(weights, benchmark, risk), periods)) + tuple(
        _of_other_years(error, periods)
    )


_Measure = tuple[str, str, Callable[[], float], float]
"""Name, formula, value of one period, and the power of the periods a year that makes it annual."""


def _those_that_exist(measures: Iterator[_Measure], periods: float) -> Iterator[Convention]:
    root = np.sqrt(periods)
    for name, formula, measure, power in measures:
        try:
            value = measure() * float(root**power)
        except (TrackerrError, ZeroDivisionError):
            continue
        if np.isfinite(value):
            yield Convention(name, formula + ("·√p" if power == 1.0 else "·p" if power == 2.0 else ""), value)


def _of_returns(r: Vector, q: Vector) -> Iterator[_Measure]:
    x, dates = r - q, r.size
    yield (
        "Standard deviation, divisor T − 1",
        "√(Σ(x − x̄)²/(T − 1))",
        lambda: history.standard_deviation(r, q),
        1.0,
    )
    yield "Standard deviation, divisor T", "√(Σ(x − x̄)²/T)", lambda: float(np.std(x)), 1.0
    yield "Root mean square, divisor T", "√(Σx²/T)", lambda: history.root_mean_square(r, q), 1.0
    yield (
        "Root mean square, divisor T − 1",
        "√(Σx²/(T − 1))",
        lambda: float(np.sqrt(x @ x / (dates - 1))),
        1.0,
    )
    yield "Geometric difference", "sd of (1 + r)/(1 + q) − 1", lambda: history.geometric_deviation(r, q), 1.0
    yield "Logarithmic difference", "sd of ln(1 + r) − ln(1 + q)", lambda: _logarithmic(r, q), 1.0
    yield "Mean absolute deviation", "Σ|x − x̄|/T", lambda: history.mean_absolute_deviation(r, q), 1.0
    yield (
        "Mean absolute deviation as a standard deviation",
        "√(π/2)·Σ|x − x̄|/T",
        lambda: float(np.sqrt(np.pi / 2.0)) * history.mean_absolute_deviation(r, q),
        1.0,
    )
    yield "Mean absolute difference", "Σ|x|/T", lambda: float(np.abs(x).mean()), 1.0
    yield "Downside deviation", "√(Σmin(x, 0)²/T)", lambda: history.downside_deviation(r, q), 1.0
    yield "Residual of a regression, divisor T − 2", "√(Σe²/(T − 2))", lambda: _residual(r, q, dates - 2), 1.0
    yield (
        "Residual of a regression, divisor T − 1",
        "√(Σe²/(T − 1))",
        lambda: ex_post_split(r, q).residual,
        1.0,
    )
    yield (
        "Difference of the volatilities",
        "|sd(r) − sd(q)|",
        lambda: abs(float(np.std(r, ddof=1) - np.std(q, ddof=1))),
        1.0,
    )
    for halflife in (12.0, 36.0, 60.0):
        yield (
            f"Exponential weights, half-life {halflife:g}",
            "sd with weights 2^(−s/h)",
            lambda halflife=halflife: history.weighted_deviation(r, q, halflife),  # type: ignore[misc]  # a default binds it
            1.0,
        )
    for decay in RISKMETRICS:
        yield f"RiskMetrics, λ = {decay:g}", "√(Σλˢx²/Σλˢ)", lambda decay=decay: _riskmetrics(x, decay), 1.0  # type: ignore[misc]  # a default binds it
    yield "Variance", "Σ(x − x̄)²/(T − 1)", lambda: history.standard_deviation(r, q) ** 2, 2.0
    yield (
        "Annualised by p, not by its root",
        "√(Σ(x − x̄)²/(T − 1))",
        lambda: history.standard_deviation(r, q),
        2.0,
    )


def _of_weights(w: Vector, b: Vector, risk: RiskModel) -> Iterator[_Measure]:
    a, deviation = w - b, np.sqrt(np.maximum(risk.diagonal(), 0.0))
    error = float(np.sqrt(risk.variance(a)))
    yield "Ex-ante", "√(a'Σa)", lambda: error, 1.0
    yield "Weights scaled to sum to one", "√(a'Σa) of w/Σw − b/Σb", lambda: _scaled(w, b, risk), 1.0
    yield "Names of both only", "√(a'Σa) of names in both, scaled", lambda: _common(w, b, risk), 1.0
    yield (
        "Active weights about their mean",
        "√((a − ā)'Σ(a − ā))",
        lambda: float(np.sqrt(risk.variance(a - a.mean()))),
        1.0,
    )
    yield "Residual, without beta", "√(a'Σa − (β − 1)²b'Σb)", lambda: ex_ante_split(w, b, risk).residual, 1.0
    yield "Without correlations", "√(Σa²σ²)", lambda: float(np.linalg.norm(a * deviation)), 1.0
    yield "With all correlations one, unsigned", "Σ|a|σ", lambda: float(np.abs(a) @ deviation), 1.0
    yield (
        "Difference of the volatilities",
        "|√(w'Σw) − √(b'Σb)|",
        lambda: abs(float(np.sqrt(risk.variance(w)) - np.sqrt(risk.variance(b)))),
        1.0,
    )
    yield "Variance", "a'Σa", lambda: error**2, 2.0
    yield "Annualised by p, not by its root", "√(a'Σa)", lambda: error, 2.0


def _of_other_years(error: float, periods: float) -> Iterator[Convention]:
    for other in YEARS:
        if other != periods:
            name = "Not annualised" if other == 1.0 else f"With {other:g} periods a year"
            yield Convention(
                name,
                "the first, one period" if other == 1.0 else f"the first, ·√{other:g}",
                error * float(np.sqrt(other)),
            )


def _logarithmic(r: Vector, q: Vector) -> float:
    if min(float(r.min()), float(q.min())) <= -1.0:
        return np.nan
    return history.standard_deviation(np.log1p(r), np.log1p(q))


def _residual(r: Vector, q: Vector, divisor: int) -> float:
    return ex_post_split(r, q).residual * float(np.sqrt((r.size - 1) / divisor)) if divisor > 0 else np.nan


def _riskmetrics(x: Vector, decay: float) -> float:
    weights = decay ** np.arange(x.size)[::-1]
    return float(np.sqrt(weights @ x**2 / weights.sum()))


def _scaled(w: Vector, b: Vector, risk: RiskModel) -> float:
    if w.sum() == 0.0 or b.sum() == 0.0:
        return np.nan
    return float(np.sqrt(risk.variance(w / w.sum() - b / b.sum())))


def _common(w: Vector, b: Vector, risk: RiskModel) -> float:
    both = (w != 0.0) & (b != 0.0)
    return _scaled(np.where(both, w, 0.0), np.where(both, b, 0.0), risk)
