"""Other solvers behind one door: `prepare(problem)` lays out the data, the returned run sets up, solves and gives weights.

Laying out is not timed: a rival is handed what it likes best, active weights and a covariance scaled to one. All are
asked for an accuracy of about 1e-9; OSQP for 1e-8 with polishing, which is as far as it goes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import scipy.sparse as sp

from tests.benchmarks.timing import Run
from tests.standard_form import StandardForm, dense_form, mean_variance, sparse_form
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel

ACCURACY = 1e-9
SECONDS_ALLOWED = 60.0
HUGE = 1e30


@dataclass(frozen=True)
class Rival:
    """A solver, the package it needs, and the size beyond which it would take minutes (by form of Σ).

    `lifts` says whether it takes a quadratic without curvature in some directions, as turnover needs.
    """

    name: str
    package: str
    prepare: Callable[[TrackingProblem], Run]
    largest_dense: int
    largest_factor: int
    lifts: bool = True

    def enters(self, problem: TrackingProblem) -> bool:
        """Whether it is installed and the problem is of a size it can be asked to solve."""
        dense = isinstance(problem.risk, DenseCovariance)
        fits = problem.benchmark.size <= (self.largest_dense if dense else self.largest_factor)
        takes = self.lifts or not problem.bent.upper.size
        return fits and takes and find_spec(self.package) is not None


def prepare_piqp(problem: TrackingProblem) -> Run:
    """PIQP: its dense solver for a dense covariance, its sparse one for a factor model and for turnover."""
    import piqp

    dense = isinstance(problem.risk, DenseCovariance) and not problem.bent.upper.size
    form = dense_form(problem) if dense else sparse_form(problem)
    equal = form.row_lower == form.row_upper
    matrices = [form.hessian, form.rows[equal], form.rows[~equal]]
    hessian, equations, limited = [np.asfortranarray(m) if dense else sp.csc_matrix(m) for m in matrices]

    def run() -> Vector:
        solver = piqp.DenseSolver() if dense else piqp.SparseSolver()
        solver.settings.eps_abs = solver.settings.eps_rel = ACCURACY
        solver.settings.max_iter = 300
        solver.setup(
            hessian,
            form.cost,
            equations,
            form.row_upper[equal],
            limited,
            form.row_lower[~equal],
            form.row_upper[~equal],
            form.lower,
            form.upper,
        )
        solver.solve()
        return form.weights(solver.result.x)

    return run


def prepare_clarabel(problem: TrackingProblem) -> Run:
    """Clarabel on one thread."""
    import clarabel

    form = sparse_form(problem)
    rows, lower, upper = _one_block(form)
    equal = lower == upper
    capped, floored = ~equal & np.isfinite(upper), ~equal & np.isfinite(lower)
    matrix = sp.csc_matrix(sp.vstack([rows[equal], rows[capped], -rows[floored]]))
    limits = np.concatenate([upper[equal], upper[capped], -lower[floored]])
    cones = [clarabel.ZeroConeT(int(equal.sum())), clarabel.NonnegativeConeT(limits.size - int(equal.sum()))]
    hessian = sp.csc_matrix(sp.triu(form.hessian))

    def run() -> Vector:
        settings = clarabel.DefaultSettings()
        settings.verbose, settings.max_threads = False, 1
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = ACCURACY
        return form.weights(
            clarabel.DefaultSolver(hessian, form.cost, matrix, limits, cones, settings).solve().x
        )

    return run


def prepare_osqp(problem: TrackingProblem) -> Run:
    """OSQP at 1e-8 with polishing; its default of 1e-3 would not be the same problem."""
    import osqp

    form = sparse_form(problem)
    rows, lower, upper = _one_block(form)
    hessian, matrix, cost = (
        sp.csc_matrix(sp.triu(form.hessian)),
        sp.csc_matrix(rows),
        form.cost,
    )

    def run() -> Vector:
        solver = osqp.OSQP()
        settings = {"eps_abs": 1e-8, "eps_rel": 1e-8, "max_iter": 50_000, "polishing": True, "verbose": False}
        solver.setup(hessian, cost, matrix, lower, upper, time_limit=SECONDS_ALLOWED, **settings)
        return form.weights(solver.solve(raise_error=False).x)

    return run


def prepare_quadprog(problem: TrackingProblem) -> Run:
    """The Goldfarb and Idnani method, dense."""
    import quadprog

    form = dense_form(problem)
    rows, lower, upper = _dense_block(form)
    equal = lower == upper
    capped, floored = ~equal & np.isfinite(upper), ~equal & np.isfinite(lower)
    matrix = np.ascontiguousarray(np.vstack([rows[equal], rows[floored], -rows[capped]]).T)
    limits = np.concatenate([lower[equal], lower[floored], -upper[capped]])
    cost, equations = form.cost, int(equal.sum())

    def run() -> Vector:
        return form.weights(quadprog.solve_qp(form.hessian, cost, matrix, limits, equations)[0])

    return run


def prepare_daqp(problem: TrackingProblem) -> Run:
    """DAQP's dual active set, dense; the first limits it is given are those of the box."""
    import daqp

    form = dense_form(problem)
    rows = np.ascontiguousarray(form.rows)
    lower = np.clip(np.concatenate([form.lower, form.row_lower]), -HUGE, HUGE)
    upper = np.clip(np.concatenate([form.upper, form.row_upper]), -HUGE, HUGE)
    kinds = np.where(lower == upper, 5, 0).astype(np.int32)
    cost = form.cost

    def run() -> Vector:
        # The solver scales its arrays in place.
        answer = daqp.solve(
            form.hessian.copy(), cost, rows.copy(), upper.copy(), lower.copy(), kinds.copy(), **daqp_settings
        )
        return form.weights(answer[0])

    daqp_settings = {"primal_tol": 1e-10, "dual_tol": 1e-10, "iter_limit": 20_000}
    return run


def prepare_highs(problem: TrackingProblem) -> Run:
    """HiGHS' active set for quadratic programs."""
    import highspy

    form = sparse_form(problem)
    rows, triangle = sp.csr_matrix(form.rows), sp.csc_matrix(sp.tril(form.hessian))
    model = highspy.HighsModel()
    program = model.lp_
    program.num_col_, program.num_row_ = form.lower.size, rows.shape[0]
    program.col_cost_ = form.cost
    program.col_lower_, program.col_upper_ = form.lower, form.upper
    program.row_lower_, program.row_upper_ = form.row_lower, form.row_upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = (
        rows.indptr,
        rows.indices,
        rows.data,
    )
    model.hessian_.dim_, model.hessian_.format_ = form.lower.size, highspy.HessianFormat.kTriangular
    model.hessian_.start_, model.hessian_.index_, model.hessian_.value_ = (
        triangle.indptr,
        triangle.indices,
        triangle.data,
    )

    def run() -> Vector:
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("time_limit", SECONDS_ALLOWED)
        solver.passModel(model)
        solver.run()
        return form.weights(np.array(solver.getSolution().col_value))

    return run


def prepare_cvxpy(problem: TrackingProblem, **options: object) -> Run:
    """What a user of CVXPY writes: the model is built, compiled and solved within the run, as in a script."""
    import cvxpy as cp

    n, rows, unit = problem.benchmark.size, problem.rows, mean_variance(problem)
    equal = rows.lower == rows.upper
    capped, floored = ~equal & np.isfinite(rows.upper), ~equal & np.isfinite(rows.lower)

    def run() -> Vector:
        w = cp.Variable(n)
        active = w - problem.benchmark
        if isinstance(problem.risk, FactorModel):
            common = cp.sum_squares(problem.risk.loadings.T @ active)
            risk = common + cp.sum_squares(cp.multiply(np.sqrt(problem.risk.specific), active))
        else:
            assert isinstance(problem.risk, DenseCovariance)
            risk = cp.quad_form(active, cp.psd_wrap(problem.risk.matrix))
        limits = [w >= problem.lower, w <= problem.upper, rows.matrix[equal] @ w == rows.upper[equal]]
        if capped.any() or floored.any():
            limits += [
                rows.matrix[capped] @ w <= rows.upper[capped],
                rows.matrix[floored] @ w >= rows.lower[floored],
            ]
        bent = problem.bent
        limits += [
            bent.slope[j] @ w + bent.bend[j] @ cp.abs(w - bent.at[j]) <= bent.upper[j]
            for j in range(bent.upper.size)
        ]
        cp.Problem(cp.Minimize(n * n / (2.0 * unit) * risk), limits).solve(**options)
        return np.asarray(w.value)

    return run


def prepare_cvxpy_clarabel(problem: TrackingProblem) -> Run:
    """CVXPY with Clarabel at the same accuracy as Clarabel alone."""
    return prepare_cvxpy(
        problem,
        solver="CLARABEL",
        tol_gap_abs=ACCURACY,
        tol_gap_rel=ACCURACY,
        tol_feas=ACCURACY,
        max_threads=1,
    )


RIVALS = (
    Rival("PIQP", "piqp", prepare_piqp, 2000, 10_000),
    Rival("Clarabel", "clarabel", prepare_clarabel, 2000, 10_000),
    Rival("OSQP", "osqp", prepare_osqp, 1000, 10_000),
    Rival("quadprog", "quadprog", prepare_quadprog, 1000, 500, lifts=False),
    Rival("DAQP", "daqp", prepare_daqp, 1000, 500, lifts=False),
    Rival("HiGHS", "highspy", prepare_highs, 500, 500),
    Rival("CVXPY", "cvxpy", prepare_cvxpy, 500, 5000),
    Rival("CVXPY, Clarabel", "cvxpy", prepare_cvxpy_clarabel, 500, 5000),
)


def _one_block(form: StandardForm) -> tuple[sp.csr_array, Vector, Vector]:
    rows = sp.vstack([sp.csr_array(form.rows), sp.eye_array(form.lower.size, format="csr")], format="csr")
    return rows, np.concatenate([form.row_lower, form.lower]), np.concatenate([form.row_upper, form.upper])


def _dense_block(form: StandardForm) -> tuple[np.ndarray, Vector, Vector]:
    rows = np.vstack([form.rows, np.eye(form.lower.size)])
    return rows, np.concatenate([form.row_lower, form.lower]), np.concatenate([form.row_upper, form.upper])
