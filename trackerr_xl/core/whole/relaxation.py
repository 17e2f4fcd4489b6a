"""The problem name by name, as a dual point of factors, rows and counts sees it."""

from dataclasses import dataclass, fields, replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.solvers import scaling
from trackerr_xl.core.solvers.program import FactorHessian
from trackerr_xl.core.solvers.separable import Bent, Separable, separable
from trackerr_xl.core.whole.holdings import Holdings


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """A problem with counts, scaled and laid out for its dual.

    Parameters
    ----------
    data : Separable
        The convex problem, its box widened so that no holding is inside it.
    nothing : ndarray of shape (n,)
        Where a name stands that is not held.
    lower, upper : ndarray of shape (n,)
        Box of a name that is held.
    least : ndarray of shape (n,)
        Its lower end were there no smallest holdings.
    members : ndarray of shape (g, n)
        The counts, as in `Holdings`.
    limit_lower, limit_upper : ndarray
        Limits of rows, bent rows and counts.
    idle_reach : ndarray of shape (k + m + b,)
        Left sides where no name is held.
    idle_value : float
        The separable part of the objective there.
    scale : float
        A typical value of the objective.
    objective : float
        Problem objective over this one.
    """

    data: Separable
    nothing: Vector
    lower: Vector
    upper: Vector
    least: Vector
    members: Matrix
    limit_lower: Vector
    limit_upper: Vector
    idle_reach: Vector
    idle_value: float
    scale: float
    objective: float

    @property
    def straight(self) -> int:
        """Number of multipliers before those of the counts."""
        return int(self.idle_reach.size)

    @property
    def width(self) -> int:
        """Number of all multipliers."""
        return self.straight + len(self.members)

    @property
    def has_least(self) -> bool:
        """Whether a smallest holding is larger than the box asks."""
        return bool((self.lower > self.least).any())

    def without_least(self) -> "Relaxation":
        """The problem whose holdings may be as small as the box allows; its bound is no higher."""
        return replace(self, lower=self.least)

    def held_at(self, slope: Vector, y: Vector) -> tuple[Vector, Vector]:
        """Best point of each name if held, and its value there less its value when not held."""
        data, nothing = self.data, self.nothing
        if not data.bends:
            x = np.minimum(np.maximum(-slope * data.inverse, self.lower), self.upper)
            return x, (x - nothing) * (0.5 * data.specific * (x + nothing) + slope)
        x = np.clip(data.primal(slope, y[: self.straight]), self.lower, self.upper)
        gain = (x - nothing) * (0.5 * data.specific * (x + nothing) + slope)
        return x, gain + y[self.straight - data.bends : self.straight] @ self.apart(x)

    def inside(self, x: Vector) -> Mask:
        """Which points can move either way."""
        free = (x > self.lower) & (x < self.upper)
        if self.data.bends:
            free &= (self.data.places(x) & 1).astype(np.bool_)
        return np.asarray(free)

    def apart(self, x: Vector) -> Matrix:
        """What each name's bends add to each bent row beyond what they add when it is not held, shape (b, n)."""
        bent = self.data.bent
        return np.asarray(bent.bend * (np.abs(x - bent.at) - np.abs(self.nothing - bent.at)))

    def part(self, names: Indices) -> "Relaxation":
        """The problem where all other names are not held."""
        data = self.data
        bent = Bent(*(getattr(data.bent, field.name)[:, names] for field in fields(data.bent)))
        few = replace(
            data,
            columns=data.columns[names],
            specific=data.specific[names],
            inverse=data.inverse[names],
            linear=data.linear[names],
            lower=data.lower[names],
            upper=data.upper[names],
            bent=bent,
        )
        return replace(
            self,
            data=few,
            nothing=self.nothing[names],
            lower=self.lower[names],
            upper=self.upper[names],
            least=self.least[names],
            members=self.members[:, names],
        )


def relaxation(problem: TrackingProblem, model: FactorModel, holdings: Holdings) -> Relaxation:
    """Lay out a problem whose covariance is at least `model`, a factor model.

    Parameters
    ----------
    problem : TrackingProblem
        Without soft rows.
    model : FactorModel
        Its covariance, or one that never gives more variance.
    holdings : Holdings
        The counts and smallest holdings.
    """
    # The unit of curvature is the true covariance's, so that values of both compare.
    wide = replace(
        problem, risk=model, lower=np.minimum(problem.lower, 0.0), upper=np.maximum(problem.upper, 0.0)
    )
    program, units = scaling.scaled(wide)
    assert isinstance(program.hessian, FactorHessian)
    data = separable(program.hessian, program)
    lower = units.spread * (np.maximum(problem.lower, holdings.least) - problem.benchmark)
    upper = units.spread * (problem.upper - problem.benchmark)
    box = units.spread * (problem.lower - problem.benchmark)
    nothing = -units.spread * problem.benchmark
    even = units.spread * (1.0 / problem.benchmark.size - problem.benchmark)
    values = [0.5 * float(x @ program.hessian.product(x)) for x in (nothing, even)]
    raised = data.specific - program.hessian.specific
    widest = np.maximum(np.abs(program.lower), np.abs(program.upper))
    # Raising the smallest specific curvatures must not raise the bound.
    slack = 0.5 * float(np.where(raised > 0.0, raised * np.minimum(widest, 1e6) ** 2, 0.0).sum())
    reach = data.columns.T @ nothing
    if data.bends:
        reach[-data.bends :] += data.bent.distances(nothing)
    return Relaxation(
        data,
        nothing,
        np.minimum(lower, upper),
        upper,
        np.minimum(box, upper),
        holdings.members,
        np.concatenate([data.row_lower, holdings.lower]),
        np.concatenate([data.row_upper, holdings.upper]),
        reach,
        float((0.5 * data.specific * nothing + data.linear) @ nothing) - slack,
        max(*values, 1e-12),
        units.objective,
    )
