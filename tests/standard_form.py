"""A tracking problem written the way general solvers want it: one quadratic, one box, one block of rows."""

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel


@dataclass(frozen=True)
class StandardForm:
    """Least ½x'Px + c'x with lower ≤ x ≤ upper and row_lower ≤ Rx ≤ row_upper.

    The first n entries of x are active weights, n times over; a factor model adds its k factor exposures behind
    them, tied by k equality rows. Behind these stand one distance for every bend and the breaches of soft rows. The
    objective is divided by the mean variance, so that every solver meets numbers near one whatever the unit of the
    covariance.
    """

    hessian: Matrix | sp.csc_array
    cost: Vector
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
    risk, unit = problem.risk, mean_variance(problem)
    if isinstance(risk, DenseCovariance):
        cov = risk.matrix
    else:
        assert isinstance(risk, FactorModel)
        cov = risk.loadings @ risk.loadings.T + np.diag(risk.specific)
    form = _lifted(problem, _in_active_weights(problem, sp.csc_array(cov / unit)))
    return replace(form, hessian=form.hessian.toarray(), rows=form.rows.toarray())


def sparse_form(problem: TrackingProblem) -> StandardForm:
    """The same with sparse matrices; a factor model is lifted instead of multiplied out."""
    risk, unit = problem.risk, mean_variance(problem)
    if isinstance(risk, DenseCovariance):
        return _lifted(problem, _in_active_weights(problem, sp.csc_array(risk.matrix / unit)))
    assert isinstance(risk, FactorModel)
    k = risk.loadings.shape[1]
    flat = _in_active_weights(problem, sp.diags_array(risk.specific / unit).tocsc())
    exposures = sp.hstack([sp.csr_array(risk.loadings.T / np.sqrt(unit)), -sp.eye_array(k)])
    common = _with_variables(flat, np.ones(k), np.zeros(k), np.full(k, -np.inf))
    return _lifted(problem, _with_rows(common, exposures, np.zeros(k), np.zeros(k)))


def _in_active_weights(problem: TrackingProblem, hessian: sp.csc_array) -> StandardForm:
    n, benchmark = problem.benchmark.size, problem.benchmark
    held = problem.rows.matrix @ benchmark
    return StandardForm(
        hessian,
        n / mean_variance(problem) * problem.linear,
        sp.csr_array(problem.rows.matrix),
        n * (problem.rows.lower - held),
        n * (problem.rows.upper - held),
        n * (problem.lower - benchmark),
        n * (problem.upper - benchmark),
        benchmark,
    )


def _lifted(problem: TrackingProblem, form: StandardForm) -> StandardForm:
    """The form with a variable for every distance and one for every way to break a soft row."""
    n, price = problem.benchmark.size, problem.benchmark.size / mean_variance(problem)
    rows, bent = problem.rows, problem.bent
    if rows.penalty is not None:
        for row in np.flatnonzero(np.isfinite(rows.penalty)):
            breaches = np.zeros((form.rows.shape[0], 2))
            breaches[row] = [-1.0, 1.0]
            form = _with_variables(
                form, np.zeros(2), np.full(2, price * rows.penalty[row]), np.zeros(2), breaches
            )
    for row in range(bent.upper.size):
        names = np.flatnonzero(bent.bend[row] > 0)
        first, count = form.lower.size, names.size
        form = _with_variables(form, np.zeros(count), np.zeros(count), np.zeros(count))
        soft = np.isfinite(bent.penalty[row])
        if soft:
            form = _with_variables(form, np.zeros(1), np.full(1, price * bent.penalty[row]), np.zeros(1))
        size = form.lower.size
        chosen = sp.csr_array((np.ones(count), (np.arange(count), names)), shape=(count, size))
        distance = sp.csr_array(
            (np.ones(count), (np.arange(count), np.arange(first, first + count))), shape=(count, size)
        )
        at = n * (bent.at[row] - problem.benchmark)[names]
        limit = np.zeros((1, size))
        limit[0, :n], limit[0, first : first + count] = bent.slope[row], bent.bend[row, names]
        limit[0, -1] -= float(soft)
        form = _with_rows(
            form,
            sp.vstack([chosen - distance, chosen + distance, sp.csr_array(limit)]),
            np.concatenate([np.full(count, -np.inf), at, [-np.inf]]),
            np.concatenate(
                [at, np.full(count, np.inf), [n * (bent.upper[row] - bent.slope[row] @ problem.benchmark)]]
            ),
        )
    return form


def _with_variables(
    form: StandardForm, curvature: Vector, cost: Vector, lower: Vector, columns: Matrix | None = None
) -> StandardForm:
    """More variables without an upper limit: curvature, cost, lower limits and coefficients in the rows."""
    count = cost.size
    blank = np.zeros((form.rows.shape[0], count)) if columns is None else columns
    return replace(
        form,
        hessian=sp.block_diag([form.hessian, sp.diags_array(curvature)], format="csc"),
        cost=np.concatenate([form.cost, cost]),
        rows=sp.hstack([form.rows, sp.csr_array(blank)], format="csr"),
        lower=np.concatenate([form.lower, lower]),
        upper=np.concatenate([form.upper, np.full(count, np.inf)]),
    )


def _with_rows(form: StandardForm, rows: sp.sparray, lower: Vector, upper: Vector) -> StandardForm:
    return replace(
        form,
        rows=sp.vstack([form.rows, rows], format="csr"),
        row_lower=np.concatenate([form.row_lower, lower]),
        row_upper=np.concatenate([form.row_upper, upper]),
    )
