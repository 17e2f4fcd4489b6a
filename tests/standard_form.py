"""A tracking problem written the way general solvers want it: one quadratic, one box, one block of rows."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel


@dataclass(frozen=True)
class StandardForm:
    """Least ½x'Px with lower ≤ x ≤ upper and row_lower ≤ Rx ≤ row_upper.

    The first n entries of x are active weights, n times over; a factor model adds its k factor exposures behind
    them, tied by k equality rows. The quadratic is divided by the mean variance, so that every solver meets numbers
    near one whatever the unit of the covariance.
    """

    hessian: Matrix | sp.csc_array
    rows: Matrix | sp.csr_array
    row_lower: Vector
    row_upper: Vector
    lower: Vector
    upper: Vector
    benchmark: Vector

    def weights(self, x: Vector) -> Vector:
        """Weights that a solver's x stands for."""
        n = self.benchmark.size
        return self.benchmark + np.asarray(x)[:n] / n


def mean_variance(problem: TrackingProblem) -> float:
    """Mean of the assets' variances, the natural unit of the objective; 1 when all are zero."""
    return float(problem.risk.diagonal().mean()) or 1.0


def dense_form(problem: TrackingProblem) -> StandardForm:
    """The problem over the n active weights with the full n × n matrix."""
    risk = problem.risk
    if isinstance(risk, DenseCovariance):
        cov = risk.matrix
    else:
        assert isinstance(risk, FactorModel)
        cov = risk.loadings @ risk.loadings.T + np.diag(risk.specific)
    return _in_active_weights(problem, cov / mean_variance(problem), problem.rows.matrix)


def sparse_form(problem: TrackingProblem) -> StandardForm:
    """The same with sparse matrices; a factor model is lifted instead of multiplied out."""
    risk, unit = problem.risk, mean_variance(problem)
    rows = sp.csr_array(problem.rows.matrix)
    if isinstance(risk, DenseCovariance):
        return _in_active_weights(problem, sp.csc_array(risk.matrix / unit), rows)
    assert isinstance(risk, FactorModel)
    k = risk.loadings.shape[1]
    hessian = sp.diags_array(np.concatenate([risk.specific / unit, np.ones(k)])).tocsc()
    exposures = sp.csr_array(risk.loadings.T / np.sqrt(unit))
    lifted = sp.block_array(
        [[rows, sp.csr_array((rows.shape[0], k))], [exposures, -sp.eye_array(k)]], format="csr"
    )
    flat = _in_active_weights(problem, hessian, lifted)
    free = np.full(k, np.inf)
    return StandardForm(
        hessian,
        lifted,
        np.concatenate([flat.row_lower, np.zeros(k)]),
        np.concatenate([flat.row_upper, np.zeros(k)]),
        np.concatenate([flat.lower, -free]),
        np.concatenate([flat.upper, free]),
        problem.benchmark,
    )


def _in_active_weights(
    problem: TrackingProblem, hessian: Matrix | sp.csc_array, rows: Matrix | sp.csr_array
) -> StandardForm:
    n, benchmark = problem.benchmark.size, problem.benchmark
    held = problem.rows.matrix @ benchmark
    return StandardForm(
        hessian,
        rows,
        n * (problem.rows.lower - held),
        n * (problem.rows.upper - held),
        n * (problem.lower - benchmark),
        n * (problem.upper - benchmark),
        benchmark,
    )
