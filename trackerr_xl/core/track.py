"""Weights whose returns follow those of an index over past dates: a regression within limits, for six losses.

Everything is one tracking problem with more variables: the index as an asset held at −1, so that the active variance is
the squared loss, or a residual for each date. The rows that define residuals are soft where the loss prices them by
their size.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trackerr_xl.core import history
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.mandates.achieve import achieve
from trackerr_xl.core.mandates.costs import CostRow
from trackerr_xl.core.mandates.impact import solve_with_costs
from trackerr_xl.core.mandates.mandate import Mandate
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.table.constraints import Limits
from trackerr_xl.core.threads import one_thread

Loss = Literal["Std", "RMS", "MAD", "Downside", "Huber", "CVaR"]
"""Standard deviation, root mean square, mean absolute deviation from the mean, root mean square of the shortfalls, mean
Huber loss of the active return, and the mean of its worst share."""


NO_REST = 1e-9
"""A deviation below this share of the largest return of the index is rounding."""
ANNUAL: tuple[Loss, ...] = ("Std", "RMS", "MAD", "Downside")
"""Losses that grow with the root of time."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Past returns to be followed.

    Parameters
    ----------
    returns : ndarray of shape (T, n)
        Returns of the names, fractions per period.
    index : ndarray of shape (T,)
        Returns of the index over the same dates.
    loss : str
        What is made least.
    level : float
        Of Huber the active return beyond which a deviation counts by its size, of CVaR the share of dates that are not
        counted, such as 0.95.
    """

    returns: Matrix
    index: Vector
    loss: Loss
    level: float = 0.0

    def value(self, weights: Vector) -> float:
        """The loss of some weights, per period."""
        return loss_of(self.loss, self.level, self.returns @ weights, self.index)


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """Weights and their proof.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Fractions of capital.
    loss : float
        Per period, without the price of breaches.
    solution : Solution
        Of the problem with its further variables, in units of its own.
    """

    weights: Vector
    loss: float
    solution: Solution


def track(
    sample: Sample, limits: Limits, names: tuple[str, ...], periods: float = 1.0, seconds: float = np.inf
) -> Tracked:
    """Weights of least loss within the limits, proved to 1e-9 as `core.solve.solve` states it.

    Parameters
    ----------
    sample : Sample
        Returns and loss.
    limits : Limits
        Their penalties are in the unit of the loss a year, of Huber and CVaR per period.
    names : tuple of str
        For messages.
    periods : float, default 1
        Periods a year.
    seconds : float
        After which no further method is begun; endless when left out.

    Raises
    ------
    NoAnswerError
        If no weights satisfy the limits.
    NumericalError
        If the answer was not proved.

    References
    ----------
    .. [1] Rockafellar and Uryasev, "Optimization of conditional value-at-risk", J. Risk 2 (2000).
    .. [2] Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35 (1964).
    """
    # Returns of a hundredth would put the loss beside tolerances meant for numbers near one.
    unit = float(np.abs(sample.index).max(initial=0.0)) or 1.0
    scaled = replace(
        sample, returns=sample.returns / unit, index=sample.index / unit, level=_scaled(sample, unit)
    )
    price = 1.0 / unit**2 if sample.loss == "Huber" else 1.0 / unit
    if sample.loss in ANNUAL:
        price /= np.sqrt(periods)
    priced = _priced(limits, price)
    if sample.loss == "MAD":
        # A fit without any rest is the best there is, and leaves the multipliers of a linear program undetermined.
        exact, costs, _ = _deviation(replace(scaled, loss="Std"), priced, names)
        achieved = achieve(Mandate(exact, costs=costs, seconds=seconds))
        if achieved.value <= NO_REST:
            weights = achieved.solution.weights[: len(names)]
            return Tracked(weights, sample.value(weights), achieved.solution)
    problem, costs, rooted = _LAYOUTS[sample.loss](scaled, priced, names)
    if rooted:
        solution = achieve(Mandate(problem, costs=costs, seconds=seconds)).solution
    else:
        with one_thread():
            solution = solve_with_costs(problem, costs, None, seconds)
    weights = solution.weights[: len(names)]
    return Tracked(weights, sample.value(weights), solution)


def loss_of(loss: Loss, level: float, portfolio: Vector, index: Vector) -> float:
    """One of the losses of two return series of shape (T,), per period."""
    active = portfolio - index
    if loss == "Huber":
        size = np.abs(active)
        return float(np.where(size <= level, 0.5 * size**2, level * (size - 0.5 * level)).mean())
    if loss == "CVaR":
        return _worst_mean(-active, 1.0 - level)
    measures: dict[Loss, Callable[[Vector, Vector], float]] = {
        "Std": history.standard_deviation,
        "RMS": history.root_mean_square,
        "MAD": history.mean_absolute_deviation,
        "Downside": history.downside_deviation,
    }
    return measures[loss](portfolio, index)


def _worst_mean(losses: Vector, share: float) -> float:
    """Mean of the largest losses that make up a share of all, the last one in part."""
    ordered = np.sort(losses)[::-1]
    count = share * losses.size
    part = np.clip(count - np.arange(losses.size), 0.0, 1.0)
    return float(part @ ordered) / count


def _scaled(sample: Sample, unit: float) -> float:
    return sample.level / unit if sample.loss == "Huber" else sample.level


def _priced(limits: Limits, price: float) -> Limits:
    rows = limits.rows
    return replace(
        limits,
        rows=rows if rows.penalty is None else replace(rows, penalty=price * rows.penalty),
        bent=replace(limits.bent, penalty=price * limits.bent.penalty),
        costs=tuple(replace(row, penalty=price * row.penalty) for row in limits.costs),
    )


_Layout = tuple[TrackingProblem, tuple[CostRow, ...], bool]
"""The problem, its costs, and whether the loss is the root of its active variance."""


def _deviation(sample: Sample, limits: Limits, names: tuple[str, ...]) -> _Layout:
    """The index as one more asset, held at −1."""
    both = np.column_stack([sample.returns, sample.index])
    if sample.loss == "Std":
        both = (both - both.mean(axis=0)) / np.sqrt(len(both) - 1.0)
    else:
        both = both / np.sqrt(len(both))
    if len(both) > both.shape[1]:
        both = np.asarray(np.linalg.qr(both, mode="r"))
    further = _Further(np.array([-1.0]), np.array([-1.0]), np.zeros(1), np.zeros(1))
    return *_problem(limits, names, further, both.T), True


def _downside(sample: Sample, limits: Limits, names: tuple[str, ...]) -> _Layout:
    """A shortfall for each date, at least what the active return is below zero."""
    count = sample.index.size
    most = _largest_residual(sample, limits)
    further = _Further(np.zeros(count), most, np.full(count, 1.0 / count), np.zeros(count))
    rows = _rows(np.column_stack([sample.returns, np.eye(count)]), sample.index, np.full(count, np.inf))
    return *_problem(limits, names, further, None, rows), True


def _huber(sample: Sample, limits: Limits, names: tuple[str, ...]) -> _Layout:
    """A residual for each date whose square counts; what the active return is beside it counts by its size."""
    count = sample.index.size
    most = _largest_residual(sample, limits)
    further = _Further(-most, most, np.full(count, 1.0 / count), np.zeros(count))
    matrix = np.column_stack([sample.returns, -np.eye(count)])
    rows = _rows(matrix, sample.index, sample.index, sample.level / count)
    return *_problem(limits, names, further, None, rows), False


def _absolute(sample: Sample, limits: Limits, names: tuple[str, ...]) -> _Layout:
    """A row for each date that says the active return is its mean, broken at a price."""
    count = sample.index.size
    centred, index = sample.returns - sample.returns.mean(axis=0), sample.index - sample.index.mean()
    none = np.zeros(0)
    rows = _rows(centred, index, index, 1.0 / count)
    return *_problem(limits, names, _Further(none, none, none, none), None, rows), False


def _worst_share(sample: Sample, limits: Limits, names: tuple[str, ...]) -> _Layout:
    """The loss beyond which dates count, and a row for each date broken by what its loss is above it."""
    count = sample.index.size
    most = _largest_residual(sample, limits).max(keepdims=True)
    further = _Further(-most, most, np.zeros(1), np.ones(1))
    matrix = np.column_stack([-sample.returns, -np.ones(count)])
    rows = _rows(matrix, np.full(count, -np.inf), -sample.index, 1.0 / ((1.0 - sample.level) * count))
    return *_problem(limits, names, further, None, rows), False


_LAYOUTS: dict[Loss, Callable[[Sample, Limits, tuple[str, ...]], _Layout]] = {
    "Std": _deviation,
    "RMS": _deviation,
    "MAD": _absolute,
    "Downside": _downside,
    "Huber": _huber,
    "CVaR": _worst_share,
}


@dataclass(frozen=True, slots=True, eq=False)
class _Further:
    """Variables beside the weights: their limits, their curvature and their slope in the objective."""

    lower: Vector
    upper: Vector
    curvature: Vector
    slope: Vector


def _largest_residual(sample: Sample, limits: Limits) -> Vector:
    """What no active return within the names' limits exceeds, shape (T,)."""
    reach = np.maximum(np.abs(limits.lower), np.abs(limits.upper))
    return np.asarray(np.abs(sample.returns) @ reach + np.abs(sample.index))


def _rows(matrix: Matrix, lower: Vector, upper: Vector, penalty: float = np.inf) -> LinearRows:
    labels = tuple(f"date {at + 1}" for at in range(len(matrix)))
    return LinearRows(matrix, lower, upper, labels, np.full(len(matrix), penalty))


def _problem(
    limits: Limits,
    names: tuple[str, ...],
    further: _Further,
    loadings: Matrix | None,
    dates: LinearRows | None = None,
) -> tuple[TrackingProblem, tuple[CostRow, ...]]:
    """Limits and further variables as one problem."""
    count = further.lower.size
    size = len(names) + count
    curvature = np.concatenate([np.zeros(len(names)), further.curvature])
    problem = TrackingProblem.build(
        np.zeros(size),
        FactorModel(np.zeros((size, 0)) if loadings is None else np.ascontiguousarray(loadings), curvature),
        np.concatenate([limits.upper, further.upper]),
        np.concatenate([limits.lower, further.lower]),
        budget=None,
        rows=_joined(_widened(limits.rows.matrix, count), limits.rows, dates),
        names=(*names, *(f"variable {at + 1}" for at in range(count))),
        bent=_wider(limits.bent, count),
        linear=np.concatenate([np.zeros(len(names)), further.slope]),
    )
    nothing = np.zeros(count)
    costs = tuple(
        replace(
            row,
            rate=np.append(row.rate, nothing),
            quadratic=np.append(row.quadratic, nothing),
            impact=np.append(row.impact, nothing),
            at=np.append(row.at, nothing),
        )
        for row in limits.costs
    )
    return problem, costs


def _widened(matrix: Matrix, count: int) -> Matrix:
    return np.hstack([matrix, np.zeros((len(matrix), count))])


def _wider(bent: BentRows, count: int) -> BentRows:
    return replace(
        bent, slope=_widened(bent.slope, count), bend=_widened(bent.bend, count), at=_widened(bent.at, count)
    )


def _joined(matrix: Matrix, rows: LinearRows, dates: LinearRows | None) -> LinearRows:
    if dates is None:
        return replace(rows, matrix=matrix)
    assert dates.penalty is not None
    penalty = np.full(len(matrix), np.inf) if rows.penalty is None else rows.penalty
    return LinearRows(
        np.vstack([matrix, dates.matrix]),
        np.append(rows.lower, dates.lower),
        np.append(rows.upper, dates.upper),
        (*rows.labels, *dates.labels),
        np.append(penalty, dates.penalty),
    )
