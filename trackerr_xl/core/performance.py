"""What a portfolio and its benchmark came to: returns of a year, their difference, and how steadily it was earned."""

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.history import active_returns, standard_deviation
from trackerr_xl.errors import InputError


def annualised_return(returns: Vector, periods: float = 1.0, argument: str = "portfolio") -> float:
    r"""Geometric return of a year, :math:`\prod (1 + r_t)^{p/T} - 1`.

    Parameters
    ----------
    returns : ndarray of shape (t,)
        Simple returns per period, fractions.
    periods : float, default 1
        Periods per year.
    argument : str, optional
        What they are called in an error.

    Raises
    ------
    InputError
        If a return is −100 % or less.
    """
    return float(np.expm1(_log_growth(returns, argument).sum() * (periods / returns.size)))


def information_ratio(portfolio: Vector, benchmark: Vector, periods: float = 1.0) -> float | None:
    r"""Mean active return of a year over the tracking error, :math:`p \bar x / TE`; None where the latter is zero.

    Parameters
    ----------
    portfolio, benchmark : ndarray of shape (t,)
        Simple returns per period, fractions.
    periods : float, default 1
        Periods per year.
    """
    error = standard_deviation(portfolio, benchmark, periods)
    mean = float(active_returns(portfolio, benchmark).mean())
    return periods * mean / error if error > 0.0 else None


def hit_rate(portfolio: Vector, benchmark: Vector) -> float:
    """Share of the dates on which the portfolio returned more than the benchmark, from 0 to 1."""
    return float(np.mean(active_returns(portfolio, benchmark) > 0.0))


def relative_wealth(portfolio: Vector, benchmark: Vector) -> Vector:
    r"""What one unit in the portfolio grew to over what one in the benchmark did, shape (t + 1,), 1 at the start.

    Raises
    ------
    InputError
        If a return is −100 % or less.
    """
    active_returns(portfolio, benchmark)
    logs = _log_growth(portfolio, "portfolio") - _log_growth(benchmark, "benchmark")
    return np.asarray(np.exp(np.concatenate([[0.0], np.cumsum(logs)])))


def relative_drawdown(portfolio: Vector, benchmark: Vector) -> float:
    """Deepest fall of the relative wealth below its highest level so far, a fraction, zero or negative."""
    wealth = relative_wealth(portfolio, benchmark)
    return float((wealth / np.maximum.accumulate(wealth) - 1.0).min())


def _log_growth(returns: Vector, argument: str) -> Vector:
    lowest = float(returns.min())
    if lowest <= -1.0:
        raise InputError(f"has the return {lowest:.6g}, must be above -1 to be compounded", argument=argument)
    return np.log1p(returns)
