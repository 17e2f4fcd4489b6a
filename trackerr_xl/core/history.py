"""Ex-post measures: tracking error from two return series."""

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.errors import InputError, ShapeError


def standard_deviation(portfolio: Vector, benchmark: Vector, periods: float = 1.0) -> float:
    r"""Sample standard deviation of the active return, mean removed, annualised.

    Parameters
    ----------
    portfolio, benchmark : ndarray of shape (t,)
        Simple returns per period, fractions.
    periods : float, default 1
        Periods per year.

    Returns
    -------
    float
        Fraction per year; Excel's ``STDEV.S(r - q) * SQRT(p)``.

    Raises
    ------
    ShapeError
        If the lengths differ or are below two.
    """
    return _sample_deviation(active_returns(portfolio, benchmark, fewest=2)) * float(np.sqrt(periods))


def root_mean_square(portfolio: Vector, benchmark: Vector, periods: float = 1.0) -> float:
    """Root of the mean squared active return: the drift counts too. Parameters as `standard_deviation`."""
    return _root_mean_square(active_returns(portfolio, benchmark)) * float(np.sqrt(periods))


def mean_absolute_deviation(portfolio: Vector, benchmark: Vector, periods: float = 1.0) -> float:
    """Mean absolute distance of the active return from its mean. Parameters as `standard_deviation`."""
    active = active_returns(portfolio, benchmark)
    return float(np.abs(active - active.mean()).mean()) * float(np.sqrt(periods))


def downside_deviation(portfolio: Vector, benchmark: Vector, periods: float = 1.0) -> float:
    """Root of the mean square of the shortfalls below zero, over all dates. Parameters as `standard_deviation`."""
    return _root_mean_square(np.minimum(active_returns(portfolio, benchmark), 0.0)) * float(np.sqrt(periods))


def geometric_deviation(portfolio: Vector, benchmark: Vector, periods: float = 1.0) -> float:
    """Sample standard deviation of (1+r)/(1+q) − 1. Parameters as `standard_deviation`.

    Raises
    ------
    InputError
        If a benchmark return is −100 % or less, where the ratio has no meaning.
    """
    active_returns(portfolio, benchmark, fewest=2)
    lowest = float(benchmark.min())
    if lowest <= -1.0:
        raise InputError(
            f"has the return {lowest:.6g}, must be above -1 for the geometric method", argument="benchmark"
        )
    return _sample_deviation((1.0 + portfolio) / (1.0 + benchmark) - 1.0) * float(np.sqrt(periods))


def weighted_deviation(portfolio: Vector, benchmark: Vector, halflife: float, periods: float = 1.0) -> float:
    r"""Exponentially weighted standard deviation of the active return, the last row the newest.

    Parameters
    ----------
    portfolio, benchmark : ndarray of shape (t,)
        Simple returns per period, fractions, oldest first.
    halflife : float
        Periods after which a weight has halved, above 0.
    periods : float, default 1
        Periods per year.

    Notes
    -----
    Weights :math:`\lambda^s`, :math:`\lambda = 2^{-1/h}`, weighted mean removed, divided by
    :math:`1 - \sum w_s^2` so that an endless halflife gives the sample standard deviation.
    """
    active = active_returns(portfolio, benchmark, fewest=2)
    weights = decay(active.size, halflife)
    # With a very short halflife one date has all the weight, and nothing is left to deviate.
    freedom = 1.0 - float(weights @ weights)
    if freedom <= 0.0:
        raise ShapeError(
            f"EWMA {halflife:g} leaves one date with all the weight, must be longer", argument="method"
        )
    scale = _largest(active)
    deviation = active / scale - weights @ (active / scale)
    return scale * float(np.sqrt(weights @ deviation**2 / freedom)) * float(np.sqrt(periods))


def decay(size: int, halflife: float) -> Vector:
    """Exponential weights of shape (size,), oldest first, that sum to one."""
    raw = np.exp2(-np.arange(size - 1, -1, -1.0) / halflife)
    return np.asarray(raw / raw.sum())


def active_returns(portfolio: Vector, benchmark: Vector, fewest: int = 1) -> Vector:
    """Portfolio less benchmark, shape (t,).

    Raises
    ------
    ShapeError
        If the lengths differ, or there are less than `fewest` returns.
    """
    if portfolio.shape != benchmark.shape:
        raise ShapeError(
            f"has {benchmark.size} returns, must have {portfolio.size} like the portfolio",
            argument="benchmark",
        )
    if portfolio.size < fewest:
        raise ShapeError(f"has {portfolio.size} return, must have {fewest} or more", argument="portfolio")
    return np.asarray(portfolio - benchmark)


def _sample_deviation(values: Vector) -> float:
    scale = _largest(values)
    return scale * float(np.std(values / scale, ddof=1))


def _root_mean_square(values: Vector) -> float:
    scale = _largest(values)
    return scale * float(np.sqrt(np.mean((values / scale) ** 2)))


def _largest(values: Vector) -> float:
    """A scale to divide by before squaring, so that tiny returns do not underflow."""
    return float(np.abs(values).max(initial=0.0)) or 1.0
