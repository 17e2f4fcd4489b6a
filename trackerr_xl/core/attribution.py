"""Brinson–Fachler attribution of the active return to groups, and its linking over periods."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class GroupReturns:
    """Weight of each group and what it contributed to the return, period by period.

    Parameters
    ----------
    weights, benchmark_weights : ndarray of shape (t, g)
        Weights at the start of each period, fractions; the benchmark's zero or more.
    contributions, benchmark_contributions : ndarray of shape (t, g)
        Weight times return, summed over the group's names.
    """

    weights: Matrix
    benchmark_weights: Matrix
    contributions: Matrix
    benchmark_contributions: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What the active return comes from.

    Parameters
    ----------
    allocation, selection, interaction : ndarray of shape (g,)
        Effects of each group, fractions.
    unmatched : float
        What weights with another sum than the benchmark's leave over; with it everything sums to the active return.
    portfolio, benchmark : float
        Returns compounded over the periods.
    """

    allocation: Vector
    selection: Vector
    interaction: Vector
    unmatched: float
    portfolio: float
    benchmark: float


def brinson_fachler(groups: GroupReturns) -> Effects:
    r"""Allocation, selection and interaction by group, linked over the periods.

    Parameters
    ----------
    groups : GroupReturns
        Weights and contributions of the groups.

    Raises
    ------
    InputError
        If there is more than one period and a portfolio or benchmark lost all it had in one.

    Notes
    -----
    Allocation :math:`(w_g - b_g)(q_g - q)`, selection :math:`b_g (r_g - q_g)`, interaction
    :math:`(w_g - b_g)(r_g - q_g)` [1]_. A group that the portfolio does not hold is taken to have returned as the
    benchmark's, and one that the benchmark does not hold as the portfolio's: then its whole effect is allocation.
    Periods are linked by Cariño's logarithmic factors [2]_, see `linking_factors`, and add up exactly.

    References
    ----------
    .. [1] G. P. Brinson and N. Fachler, "Measuring Non-US Equity Portfolio Performance", *Journal of Portfolio
       Management* 11(3), 1985, 73-76.
    .. [2] D. Cariño, "Combining Attribution Effects Over Time", *Journal of Performance Measurement* 3(4), 1999, 5-14.
    """
    w, b = groups.weights, groups.benchmark_weights
    portfolio = groups.contributions.sum(axis=1)
    benchmark = groups.benchmark_contributions.sum(axis=1)
    own = _ratio(groups.contributions, w, np.zeros_like(w))
    theirs = _ratio(groups.benchmark_contributions, b, own)
    own = np.where(w != 0.0, own, theirs)
    allocation = (w - b) * (theirs - benchmark[:, None])
    selection = b * (own - theirs)
    # A long-short group of no weight has no return; what it contributed all the same is interaction.
    interaction = np.where(w != 0.0, (w - b) * (own - theirs), groups.contributions)
    unmatched = (w.sum(axis=1) - b.sum(axis=1)) * benchmark
    factors = linking_factors(portfolio, benchmark)
    return Effects(
        np.asarray(factors @ allocation),
        np.asarray(factors @ selection),
        np.asarray(factors @ interaction),
        float(factors @ unmatched),
        compounded(portfolio),
        compounded(benchmark),
    )


def linking_factors(portfolio: Vector, benchmark: Vector) -> Vector:
    r"""Cariño's factors, by which each period's effects are multiplied before they are summed.

    Parameters
    ----------
    portfolio, benchmark : ndarray of shape (t,)
        Simple returns per period, fractions.

    Returns
    -------
    ndarray of shape (t,)
        :math:`k_t / k`; 1 for a single period.

    Raises
    ------
    InputError
        If a return is −100 % or less and there is more than one period.

    Notes
    -----
    :math:`k_t = \frac{\ln(1 + r_t) - \ln(1 + q_t)}{r_t - q_t}`, or :math:`1 / (1 + r_t)` where they are equal, and k the
    same of the compounded returns.
    """
    if portfolio.size == 1:
        return np.ones(1)
    for argument, returns in (("portfolio_returns", portfolio), ("benchmark_returns", benchmark)):
        if returns.min() <= -1.0:
            raise InputError(
                f"come to {returns.min():.6g} in a period, must be above -1 to be linked", argument=argument
            )
    whole = _log_per_difference(np.array([compounded(portfolio)]), np.array([compounded(benchmark)]))
    return np.asarray(_log_per_difference(portfolio, benchmark) / whole)


def compounded(returns: Vector) -> float:
    """Return over all periods together."""
    return float(returns[0]) if returns.size == 1 else float(np.expm1(np.log1p(returns).sum()))


def _log_per_difference(portfolio: Vector, benchmark: Vector) -> Vector:
    # As a function of the relative difference it keeps its digits where the returns are nearly equal.
    apart = (portfolio - benchmark) / (1.0 + benchmark)
    slope = np.ones_like(apart)
    np.divide(np.log1p(apart), apart, out=slope, where=apart != 0.0)
    return np.asarray(slope / (1.0 + benchmark))


def _ratio(contributions: Matrix, weights: Matrix, without: Matrix) -> Matrix:
    """Return of each group, `without` where it has no weight."""
    result = without.copy()
    np.divide(contributions, weights, out=result, where=weights != 0.0)
    return result
