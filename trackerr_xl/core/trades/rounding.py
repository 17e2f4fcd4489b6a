"""Whole lots near a target: steps down the risk, one lot or a pair of lots at a time, cash never negative."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.risk_model import RiskModel

_PAIRED = 48
"""Steps that are tried in pairs: the best single ones of each direction."""
_GAIN = 1e-12
"""A step must lower the variance by more than this share of it, or the search could go round in rounding."""


@dataclass(frozen=True, eq=False)
class Choices:
    """Where each name may end.

    Parameters
    ----------
    weights : ndarray of shape (n, m)
        Weight of each allowed holding, ascending; NaN behind the last.
    spent : ndarray of shape (n, m)
        Cash each takes, costs included, negative where a sale brings cash.
    target : ndarray of shape (n,)
        Weights wanted.
    cash : float
        Cash there is.
    """

    weights: Matrix
    spent: Matrix
    target: Vector
    cash: float

    @cached_property
    def count(self) -> Indices:
        """Allowed holdings of each name."""
        return np.asarray((~np.isnan(self.weights)).sum(axis=1))

    def away(self, places: Indices) -> Vector:
        """Weights less target."""
        return np.asarray(self.weights[np.arange(places.size), places] - self.target)

    def left(self, places: Indices) -> float:
        """Cash left."""
        return self.cash - float(self.spent[np.arange(places.size), places].sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """Every step of one name to its next holding up or down."""

    names: Indices
    to: Indices
    change: Vector
    raised: Vector
    rise: Vector
    """Of the variance."""


def rounded(choices: Choices, risk: RiskModel) -> Indices | None:
    """The places of a good choice, by nearest holdings, then single steps and pairs of steps.

    Parameters
    ----------
    choices : Choices
        What each name may end at.
    risk : RiskModel
        Covariance of the names.

    Returns
    -------
    ndarray of shape (n,) or None
        A column of `choices` for each name; None where no choice leaves cash of zero or more.
    """
    gaps = np.abs(choices.weights - choices.target[:, None])
    places = np.asarray(np.nanargmin(gaps, axis=1))
    while choices.left(places) < 0.0:
        steps = _steps(choices, places, risk)
        raising = np.flatnonzero(steps.raised > 0.0)
        if not raising.size:
            return None
        rate = steps.rise[raising] / steps.raised[raising]
        _take(places, steps, raising[int(rate.argmin())])
    while _improved(choices, places, risk):
        pass
    return places


def _steps(choices: Choices, places: Indices, risk: RiskModel) -> _Steps:
    gradient = risk.product(choices.away(places))
    variance = risk.diagonal()
    names = np.concatenate([np.arange(places.size)] * 2)
    to = np.concatenate([places + 1, places - 1])
    real = (to >= 0) & (to < choices.count[names])
    names, to = names[real], to[real]
    now = places[names]
    change = choices.weights[names, to] - choices.weights[names, now]
    raised = choices.spent[names, now] - choices.spent[names, to]
    rise = change * (2.0 * gradient[names] + change * variance[names])
    return _Steps(names, to, change, raised, rise)


def _improved(choices: Choices, places: Indices, risk: RiskModel) -> bool:
    """Take the best single step, or where none helps the best pair; False where neither does."""
    steps = _steps(choices, places, risk)
    if not steps.names.size:
        return False
    cash = choices.left(places)
    least = -_GAIN * max(risk.variance(choices.away(places)), float(np.finfo(float).tiny))
    allowed = np.where(cash + steps.raised >= 0.0, steps.rise, np.inf)
    best = int(allowed.argmin())
    if allowed[best] < least:
        _take(places, steps, best)
        return True
    pair = _best_pair(steps, cash, risk, least)
    for one in pair:
        _take(places, steps, one)
    return bool(pair)


def _best_pair(steps: _Steps, cash: float, risk: RiskModel, least: float) -> tuple[int, ...]:
    few = np.array(list(_promising(steps)))
    names = steps.names[few]
    covariance = _block(risk, names)
    rise = steps.rise[few][:, None] + steps.rise[few][None, :]
    rise = rise + 2.0 * np.outer(steps.change[few], steps.change[few]) * covariance
    raised = steps.raised[few][:, None] + steps.raised[few][None, :]
    barred: Mask = (names[:, None] == names[None, :]) | (cash + raised < 0.0)
    rise[barred] = np.inf
    one, other = np.unravel_index(int(rise.argmin()), rise.shape)
    return (int(few[one]), int(few[other])) if rise[one, other] < least else ()


def _promising(steps: _Steps) -> Iterator[int]:
    """The best steps up and the best down."""
    for direction in (steps.change > 0.0, steps.change < 0.0):
        places = np.flatnonzero(direction)
        yield from places[np.argsort(steps.rise[places], kind="stable")[:_PAIRED]].tolist()


def _block(risk: RiskModel, names: Indices) -> Matrix:
    """Covariances between the names of steps, which may hold a name twice."""
    few, where = np.unique(names, return_inverse=True)
    part = risk.part(few)
    unit = np.eye(few.size)
    block = np.column_stack([part.product(column) for column in unit])
    return np.asarray(block[np.ix_(where, where)])


def _take(places: Indices, steps: _Steps, step: int) -> None:
    places[steps.names[step]] = steps.to[step]
