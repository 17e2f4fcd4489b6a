"""A portfolio carried through past returns: it drifts, is traded at the close of some dates, pays for it, and is measured.

A row is the period that ends at its date. Trades are made at the close of the date before, from nothing but what was known
then; they are paid out of the capital, and the weights after them earn the return of the row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.drift import drifted
from trackerr_xl.errors import NoAnswerError, NumericalError, TrackerrError

HELD = 1e-9
"""A weight of this size or less is none."""


class View(Protocol):
    """What is known of risk at a close."""

    def tracking_error(self, weights: Vector, index: Vector) -> float:
        """Ex-ante tracking error of weights against those of the index, fraction per period."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The index over the dates.

    Parameters
    ----------
    returns : ndarray of shape (t,)
        Its returns, fractions per period.
    weights : ndarray of shape (t, n)
        Its weights at the close of each date, after any change; zeros where only its returns are known.
    """

    returns: Vector
    weights: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked at a close.

    Parameters
    ----------
    day : int
        Row whose close it is; nothing after it is known.
    held : ndarray of shape (n,)
        Drifted weights.
    index : ndarray of shape (n,)
        Weights of the index.
    view : View
        Risk as it is seen then.
    first : bool
        Whether nothing is held yet.
    """

    day: int
    held: Vector
    index: Vector
    view: View
    first: bool


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """How the portfolio is run.

    Parameters
    ----------
    first : int
        Rows that are known before the portfolio is built.
    due : ndarray of bool of shape (t,)
        Rows at whose close it is traded.
    trigger : float
        Ex-ante tracking error per period above which it is traded at any close; infinite where there is none.
    view : callable
        Risk as seen at the close of a row.
    choose : callable
        The weights to trade to.
    cost : callable
        Cost of a trade between two weights, fraction of capital.
    """

    first: int
    due: Mask
    trigger: float
    view: Callable[[int], View]
    choose: Callable[[Question], Vector]
    cost: Callable[[Vector, Vector], float]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What came of it, a row for each period of shape (periods,).

    Parameters
    ----------
    portfolio, benchmark : ndarray
        Returns, that of the portfolio after costs.
    error : ndarray
        Ex-ante tracking error per period of the weights that earn the row's return.
    turnover : ndarray
        Half of purchases and sales at the start of the row.
    cost : ndarray
        What they cost, fraction of capital.
    names : ndarray
        Names held.
    weights : ndarray of shape (periods, n)
        Weights that earn the row's return.
    traded : ndarray of bool
        Rows that start with trades.
    refused : mapping of int to error
        Rows that should have started with trades, and why there were none.
    """

    portfolio: Vector
    benchmark: Vector
    error: Vector
    turnover: Vector
    cost: Vector
    names: Vector
    weights: Matrix
    traded: Mask
    refused: Mapping[int, NoAnswerError | NumericalError]


def run(returns: Matrix, index: Index, policy: Policy) -> History:
    r"""Carry a portfolio through returns.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns, fractions per period; NaN where there is none, and the price is taken to stand still.
    index : Index
        The benchmark.
    policy : Policy
        When it is traded, and to what.

    Returns
    -------
    History
        t − first rows.

    Raises
    ------
    NoAnswerError, NumericalError
        If the first portfolio cannot be built. A later one that cannot leaves the drifted weights as they are.

    Notes
    -----
    With weights w after the trades, their cost c and the returns r, a row earns :math:`(1 - c)(1 + w'r) - 1`, and ends
    with the weights :math:`w_i (1 + r_i) / (1 + w'r)`. What weights lack to 1 is cash that earns nothing.
    """
    first, count = policy.first, len(returns) - policy.first
    moves = np.nan_to_num(returns, nan=0.0)
    weights = np.zeros((count, returns.shape[1]))
    portfolio, error, turnover, cost = np.zeros((4, count))
    traded = np.zeros(count, dtype=np.bool_)
    refused: dict[int, NoAnswerError | NumericalError] = {}
    held, view = np.zeros(returns.shape[1]), None
    for row in range(count):
        day = first + row - 1
        view = policy.view(day) if view is None or policy.due[day] or policy.trigger < np.inf else view
        question = Question(day, held, index.weights[day], view, row == 0)
        if row == 0 or policy.due[day] or _is_over(question, policy.trigger):
            after = _answer(question, policy)
            if isinstance(after, TrackerrError):
                refused[row] = after
            else:
                turnover[row] = 0.5 * float(np.abs(after - held).sum())
                cost[row] = policy.cost(held, after)
                held, traded[row] = after, True
        weights[row], error[row] = held, view.tracking_error(held, question.index)
        portfolio[row] = (1.0 - cost[row]) * (1.0 + float(held @ moves[day + 1])) - 1.0
        held = drifted(held, moves[day + 1], "returns")
    return History(
        portfolio,
        index.returns[first:],
        error,
        turnover,
        cost,
        (np.abs(weights) > HELD).sum(axis=1).astype(np.float64),
        weights,
        traded,
        refused,
    )


def _answer(question: Question, policy: Policy) -> Vector | NoAnswerError | NumericalError:
    """The weights to trade to, or why there are none; there must be some to begin with."""
    try:
        return policy.choose(question)
    except (NoAnswerError, NumericalError) as reason:
        if question.first:
            raise
        return reason


def _is_over(question: Question, trigger: float) -> bool:
    return trigger < np.inf and question.view.tracking_error(question.held, question.index) > trigger


def drifting_index(returns: Matrix, given: Mapping[int, Vector]) -> Index:
    """An index whose weights are given at the close of some rows and drift after them.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns, NaN where there is none, and the price is taken to stand still.
    given : mapping of int to ndarray of shape (n,)
        Weights by the row at whose close they come into force; −1 stands for the time before the first row.
    """
    moves = np.nan_to_num(returns, nan=0.0)
    weights, earned = np.zeros(moves.shape), np.zeros(len(moves))
    now = given.get(-1, np.zeros(moves.shape[1]))
    for row, move in enumerate(moves):
        earned[row] = float(now @ move)
        now = given[row] if row in given else drifted(now, move, "returns")
        weights[row] = now
    return Index(earned, weights)
