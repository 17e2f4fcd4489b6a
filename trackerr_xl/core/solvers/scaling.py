"""Bring a tracking problem to units near one, and an answer back.

The variables are n times the active weights, the objective is in units of the mean variance, and each row in units
of its largest coefficient. Every factor is a power of two, so scaling and its undoing round nothing: multiplying
the covariance by any power of two gives the same weights to the last bit.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solvers import bends
from trackerr_xl.core.solvers.program import Candidate, DenseHessian, FactorHessian, Hessian, Program


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Factors between the problem's units and the program's.

    Parameters
    ----------
    spread : float
        Program variable over active weight, near n.
    curvature : float
        Active variance over half the program's quadratic form, per squared spread: near the mean variance.
    row_units : ndarray of shape (m,)
        Problem row over program row, in the program's order.
    order : ndarray of shape (m,)
        Problem row of each program row.
    bent_units : ndarray of shape (b,)
        Problem bent row over program bent row.
    """

    spread: float
    curvature: float
    row_units: Vector
    order: Indices
    bent_units: Vector

    @property
    def objective(self) -> float:
        """Problem objective over program objective."""
        return self.curvature / self.spread**2


def scaled(problem: TrackingProblem) -> tuple[Program, Scaling]:
    """The program in active weights a = w − b, and how it was scaled."""
    n, rows = problem.benchmark.size, problem.rows
    spread = _power_of_two(float(n))
    curvature = _power_of_two(float(problem.risk.diagonal().mean()))
    equal = rows.lower == rows.upper
    hard = np.full(equal.size, True) if rows.penalty is None else np.isinf(rows.penalty)
    order = np.argsort(np.where(equal, np.where(hard, 0, 1), 2), kind="stable")
    matrix = rows.matrix[order]
    units = _powers_of_two(np.abs(matrix).max(axis=1, initial=0.0))
    held = matrix @ problem.benchmark
    lower, upper = spread * (problem.lower - problem.benchmark), spread * (problem.upper - problem.benchmark)
    bent = problem.bent
    steepest = np.maximum(np.abs(bent.slope), bent.bend).max(axis=1, initial=0.0)
    scaling = Scaling(spread, curvature, units, order, _powers_of_two(steepest))
    program = Program(
        _hessian(problem.risk, curvature),
        problem.linear / (spread * scaling.objective),
        lower,
        upper,
        matrix / (spread * units)[:, None],
        (rows.lower[order] - held) / units,
        (rows.upper[order] - held) / units,
        int(equal.sum()),
        np.full(order.size, np.inf)
        if rows.penalty is None
        else rows.penalty[order] * units / scaling.objective,
        _bends(problem, scaling, lower, upper),
    )
    return program, scaling


def weights(problem: TrackingProblem, program: Program, scaling: Scaling, x: Vector) -> Vector:
    """Weights of a program's x, exactly at a limit or at a bend wherever x is."""
    free = problem.benchmark + x / scaling.spread
    bends = program.bends
    for bend, at, exact in zip(bends.bend, bends.at, problem.bent.at, strict=True):
        free = np.where((bend > 0) & (x == at), exact, free)
    held = np.where(x <= program.lower, problem.lower, np.where(x >= program.upper, problem.upper, free))
    return np.asarray(np.clip(held, problem.lower, problem.upper))


def row_duals(problem: TrackingProblem, scaling: Scaling, duals: Vector) -> Vector:
    """Row multipliers in the problem's units and order; none points at a limit that is not there."""
    plain = np.empty(duals.size)
    plain[scaling.order] = duals * (scaling.objective / scaling.row_units)
    rows = problem.rows
    nowhere = np.isinf(np.where(plain > 0, rows.upper, rows.lower))
    return np.where(nowhere, 0.0, plain)


def bent_duals(scaling: Scaling, duals: Vector) -> Vector:
    """Multipliers of the bent rows in the problem's units."""
    return np.asarray(duals * (scaling.objective / scaling.bent_units))


def start(problem: TrackingProblem, program: Program, scaling: Scaling, solution: Solution) -> Candidate:
    """A solution of a problem much like this one, with the same rows, as a point to start from."""
    x = np.clip(scaling.spread * (solution.weights - problem.benchmark), program.lower, program.upper)
    rows = solution.row_duals[scaling.order] * (scaling.row_units / scaling.objective)
    nowhere = np.isinf(np.where(rows > 0, program.row_upper, program.row_lower))
    rows = np.where(nowhere, 0.0, np.clip(rows, -program.row_ceiling, program.row_ceiling))
    bent = solution.bent_duals * (scaling.bent_units / scaling.objective)
    return Candidate(x, rows, 0, np.clip(bent, 0.0, program.bends.ceiling))


def _bends(problem: TrackingProblem, scaling: Scaling, lower: Vector, upper: Vector) -> bends.Bends:
    bent, spread, units = problem.bent, scaling.spread, scaling.bent_units
    if not units.size:
        return bends.none(lower, upper)
    scale = (spread * units)[:, None]
    return bends.within(
        bent.slope / scale,
        bent.bend / scale,
        spread * (bent.at - problem.benchmark),
        (bent.upper - bent.slope @ problem.benchmark) / units,
        bent.penalty * units / scaling.objective,
        lower,
        upper,
    )


def _hessian(risk: RiskModel, curvature: float) -> Hessian:
    if isinstance(risk, FactorModel):
        return FactorHessian(risk.loadings / np.sqrt(curvature), risk.specific / curvature)
    assert isinstance(risk, DenseCovariance)
    return DenseHessian(risk.matrix, 1.0 / curvature)


def _power_of_two(value: float) -> float:
    return float(2.0 ** round(float(np.log2(value)))) if value > 0 else 1.0


def _powers_of_two(values: Vector) -> Vector:
    safe = np.where(values > 0, values, 1.0)
    return np.asarray(2.0 ** np.round(np.log2(safe)))
