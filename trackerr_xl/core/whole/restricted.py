"""The convex problem on the names that are held, the others at zero."""

from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel
from trackerr_xl.core.rows import BentRows
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import solve
from trackerr_xl.core.whole.fewer_rows import FewerRows, fewer_rows
from trackerr_xl.core.whole.holdings import Holdings
from trackerr_xl.errors import NoAnswerError, NumericalError


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """The best weights on some names.

    Parameters
    ----------
    held : ndarray of shape (n,)
        Which names may be held.
    weights : ndarray of shape (n,)
        Fractions of capital.
    value : float
        Objective: half the active variance and the linear term.
    gradient : ndarray of shape (n,)
        Its slope with the pull of the rows, of every name: zero for those that are held and free.
    """

    held: Mask
    weights: Vector
    value: float
    gradient: Vector


class Restrictions:
    """Solves a problem on one set of names after another, each set once.

    Parameters
    ----------
    problem : TrackingProblem
        Without soft rows.
    holdings : Holdings
        The smallest holdings.
    """

    def __init__(self, problem: TrackingProblem, holdings: Holdings) -> None:
        self.problem, self.holdings = problem, holdings
        self._known: dict[bytes, Portfolio | None] = {}

    @property
    def solved(self) -> int:
        """Number of sets solved so far."""
        return len(self._known)

    def least(self) -> tuple[float, Vector]:
        """A bound on the objective whatever is held, and the weights of any number of names of any size behind it.

        Infinite where there are none, and then the weights are the benchmark's.
        """
        problem = self.problem
        wide = replace(problem, lower=np.minimum(problem.lower, 0.0), upper=np.maximum(problem.upper, 0.0))
        try:
            solution = solve(wide)
        except NoAnswerError:
            return np.inf, problem.benchmark
        except NumericalError:
            return -np.inf, problem.benchmark
        linear = float(problem.linear @ (solution.weights - problem.benchmark))
        value = 0.5 * solution.active_variance + linear
        return value - 0.5 * solution.certificate.gap, solution.weights

    def best(self, held: Mask) -> Portfolio | None:
        """The best weights on exactly these names or fewer, None where there are none."""
        key = np.packbits(held).tobytes()
        if key not in self._known:
            self._known[key] = self._solved(held)
        return self._known[key]

    def _solved(self, held: Mask) -> Portfolio | None:
        problem, names = self.problem, np.flatnonzero(held)
        lower = np.maximum(problem.lower, self.holdings.least)[names]
        outside = (problem.lower > 0.0) | (problem.upper < 0.0)
        if not names.size or (lower > problem.upper[names]).any() or (outside & ~held).any():
            return None
        few = fewer_rows(_part(problem, names, lower))
        if few is None:
            return None
        try:
            solution = solve(few.problem)
        except (NoAnswerError, NumericalError):
            return None
        return self._portfolio(held, names, solution, few)

    def _portfolio(self, held: Mask, names: Indices, solution: Solution, few: FewerRows) -> Portfolio:
        problem = self.problem
        weights = np.zeros(held.size)
        weights[names] = solution.weights
        active = weights - problem.benchmark
        product = problem.risk.product(active)
        value = 0.5 * float(active @ product) + float(problem.linear @ active)
        gradient = product + problem.linear + problem.rows.matrix[few.kept].T @ solution.row_duals
        if solution.bent_duals.any():
            side = np.sign(weights - problem.bent.at)
            gradient = gradient + solution.bent_duals @ (problem.bent.slope + problem.bent.bend * side)
        # A row that became a bound pulls at the names that are not held too.
        rows, pull = few.pulls(solution.weights, gradient[names])
        gradient = gradient + pull @ problem.rows.matrix[rows]
        return Portfolio(held.copy(), weights, value, gradient)


def _part(problem: TrackingProblem, names: Indices, lower: Vector) -> TrackingProblem:
    """The names' own problem: what the others lack of the benchmark stays as a slope."""
    missing = problem.benchmark.copy()
    missing[names] = 0.0
    linear = problem.linear - problem.risk.product(missing)
    bent, rest = problem.bent, np.ones(missing.size, dtype=np.bool_)
    rest[names] = False
    if bent.upper.size:
        idle = np.einsum("ij,ij->i", bent.bend[:, rest], np.abs(bent.at[:, rest]))
        bent = BentRows(
            bent.slope[:, names],
            bent.bend[:, names],
            bent.at[:, names],
            bent.upper - idle,
            bent.penalty,
            bent.labels,
        )
    else:
        bent = BentRows.none(names.size)
    return replace(
        problem,
        benchmark=problem.benchmark[names],
        risk=problem.risk.part(names),
        lower=lower,
        upper=problem.upper[names],
        rows=replace(problem.rows, matrix=problem.rows.matrix[:, names]),
        names=tuple(problem.names[at] for at in names.tolist()),
        bent=bent,
        linear=linear[names],
    )


def block(risk: RiskModel, rows: Indices, columns: Indices) -> Matrix:
    """Covariances of some names with others."""
    if isinstance(risk, DenseCovariance):
        return np.asarray(risk.matrix[np.ix_(rows, columns)])
    assert isinstance(risk, FactorModel)
    found = risk.loadings[rows] @ risk.loadings[columns].T
    return np.asarray(found + np.where(rows[:, None] == columns[None, :], risk.specific[rows][:, None], 0.0))
