"""Solvers by other authors that check ours, and a proof of optimality in a few lines that shares no code with it."""

from dataclasses import dataclass
from typing import Literal

import clarabel
import numpy as np
import piqp
import scipy.sparse as sp

from tests.standard_form import StandardForm, dense_form, mean_variance, sparse_form
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem

ACCURACY = 1e-10
"""Asked of the oracles; they reach it on most problems, and say so when they do not."""


@dataclass(frozen=True)
class Verdict:
    """What an oracle says; weights are meaningless unless it solved the problem."""

    status: Literal["solved", "infeasible", "unsure"]
    weights: Vector


def clarabel_verdict(problem: TrackingProblem, accuracy: float = ACCURACY) -> Verdict:
    """Clarabel's interior point, on sparse data."""
    form = sparse_form(problem)
    rows = sp.vstack([sp.csr_array(form.rows), sp.eye_array(form.lower.size, format="csr")], format="csr")
    lower = np.concatenate([form.row_lower, form.lower])
    upper = np.concatenate([form.row_upper, form.upper])
    equal = lower == upper
    capped, floored = ~equal & np.isfinite(upper), ~equal & np.isfinite(lower)
    matrix = sp.vstack([rows[equal], rows[capped], -rows[floored]], format="csc")
    limits = np.concatenate([upper[equal], upper[capped], -lower[floored]])
    cones = [
        clarabel.ZeroConeT(int(equal.sum())),
        clarabel.NonnegativeConeT(int(capped.sum() + floored.sum())),
    ]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = accuracy
    hessian = sp.csc_matrix(sp.triu(form.hessian))
    answer = clarabel.DefaultSolver(
        hessian, form.cost, sp.csc_matrix(matrix), limits, cones, settings
    ).solve()
    word = str(answer.status)
    return _verdict(form, np.array(answer.x), word == "Solved", "PrimalInfeasible" in word)


def piqp_verdict(problem: TrackingProblem, accuracy: float = ACCURACY) -> Verdict:
    """PIQP's proximal interior point, on dense data."""
    form = dense_form(problem)
    # An interior point needs an interior: what is fixed goes to it as an equation.
    fixed_row, fixed = form.row_lower == form.row_upper, form.lower == form.upper
    equations = np.vstack([form.rows[fixed_row], np.eye(form.lower.size)[fixed]])
    targets = np.concatenate([form.row_upper[fixed_row], form.upper[fixed]])
    solver = piqp.DenseSolver()
    solver.settings.eps_abs = solver.settings.eps_duality_gap_abs = accuracy
    solver.settings.eps_rel = solver.settings.eps_duality_gap_rel = 0.0
    solver.settings.max_iter = 500
    solver.setup(
        form.hessian,
        form.cost,
        equations,
        targets,
        form.rows[~fixed_row],
        form.row_lower[~fixed_row],
        form.row_upper[~fixed_row],
        np.where(fixed, -np.inf, form.lower),
        np.where(fixed, np.inf, form.upper),
    )
    status = solver.solve()
    solved, impossible = piqp.Status.PIQP_SOLVED, piqp.Status.PIQP_PRIMAL_INFEASIBLE
    return _verdict(form, np.array(solver.result.x), status == solved, status == impossible)


def violation(problem: TrackingProblem, weights: Vector) -> float:
    """Largest breach of any limit that must hold, rows measured after division by their largest coefficient."""
    rows, bent = problem.rows, problem.bent
    hard = np.isinf(rows.penalty) if rows.penalty is not None else np.ones(rows.lower.size, dtype=bool)
    size, bent_size = _largest(rows.matrix), _largest(np.maximum(np.abs(bent.slope), bent.bend))
    reached = rows.matrix @ weights
    distances = (bent.bend * np.abs(weights - bent.at)).sum(axis=1) if bent.upper.size else np.empty(0)
    over = (bent.slope @ weights + distances - bent.upper) / bent_size
    breaches = (
        problem.lower - weights,
        weights - problem.upper,
        ((rows.lower - reached) / size)[hard],
        ((reached - rows.upper) / size)[hard],
        over[np.isinf(bent.penalty)],
    )
    return max(0.0, *(float(breach.max(initial=0.0)) for breach in breaches))


def _largest(matrix: Matrix) -> Vector:
    size = np.abs(matrix).max(axis=1, initial=0.0)
    return np.where(size > 0, size, 1.0)


def excess_variance_bound(problem: TrackingProblem, weights: Vector, row_duals: Vector) -> float:
    """How much lower the active variance could be at most, whatever the multipliers claim.

    For every feasible x, convexity gives f(x) ≥ f(w) + (Σa)'(x − w). Adding and taking away y'R(x − w) leaves a
    sum whose least value over the box and over the rows' limits is found term by term. Needs finite boxes.
    """
    rows = problem.rows
    reached = rows.matrix @ weights
    slope = problem.risk.product(weights - problem.benchmark) + rows.matrix.T @ row_duals
    in_box = slope * (weights - np.where(slope > 0, problem.lower, problem.upper))
    facing = np.where(row_duals > 0, rows.upper, rows.lower)
    used = row_duals != 0
    in_rows = row_duals[used] * (facing[used] - reached[used])
    return 2.0 * float(in_box.sum() + in_rows.sum())


def scaled_variance(problem: TrackingProblem, weights: Vector) -> float:
    """Active variance over the mean variance of the assets: the objective on scaled data."""
    return problem.risk.variance(weights - problem.benchmark) / mean_variance(problem)


def _verdict(form: StandardForm, x: Vector, solved: bool, infeasible: bool) -> Verdict:
    status: Literal["solved", "infeasible", "unsure"] = "infeasible" if infeasible else "unsure"
    return Verdict("solved" if solved else status, form.weights(x))
