"""Primal-dual active set: guess which limits hold, solve the equalities exactly, mend the guess, repeat.

It ends at machine precision or not at all, and needs one or two steps from a good guess.

References
----------
.. [1] Hintermüller, Ito and Kunisch, "The primal-dual active set strategy as a semismooth Newton method",
   SIAM J. Optim. 13 (2002).
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Sides, Vector
from trackerr_xl.core.solvers.kkt import Factorised, factorise
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, DenseHessian, Hessian, Program

PRECISION = 1e-12
SIGN_TOLERANCE = 1e-10
SMALLEST_SLOPE = 1e-3
"""Signs of multipliers are judged relative to the largest slope or this: near a tracking error of 0 all is rounding."""
PATIENCE = 3
"""Steps without fewer wrong limits before only the worst half is changed."""


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """The exact answer for one guess, and how wrong each of its limits is (0 where it is right)."""

    x: Vector
    duals: Vector
    names: Sides
    rows: Sides
    name_errors: Vector


def minimise(program: Program, guess: ActiveSet, most_steps: int = 30) -> Candidate | None:
    """Follow the guess to the optimal active set, or return None when it leads nowhere."""
    names, rows = guess.names, guess.rows
    fewest, stalled, seen = program.size + rows.size + 1, 0, set[bytes]()
    for step in range(1, most_steps + 1):
        trial = _try(program, names, rows)
        if trial is None:
            return None
        wrong = int((trial.names != names).sum() + (trial.rows != rows).sum())
        if wrong == 0:
            return Candidate(trial.x, trial.duals, step)
        stalled = 0 if wrong < fewest else stalled + 1
        fewest = min(fewest, wrong)
        if stalled <= PATIENCE:
            names, rows = trial.names, trial.rows
            continue
        names, rows = _careful_change(trial, names, rows)
        key = names.tobytes() + rows.tobytes()
        if key in seen:
            return None
        seen.add(key)
    return None


def _careful_change(trial: _Trial, names: Sides, rows: Sides) -> tuple[Sides, Sides]:
    """Rows alone while any is wrong, then the worst half of the names: this breaks most cycles."""
    if (trial.rows != rows).any():
        return names, trial.rows
    wrong = np.flatnonzero(trial.names != names)
    worst = wrong[np.argsort(-trial.name_errors[wrong])][: max(1, wrong.size // 2)]
    changed = names.copy()
    changed[worst] = trial.names[worst]
    return changed, rows


def _try(program: Program, names: Sides, rows: Sides) -> _Trial | None:
    free, used = np.flatnonzero(names == 0), np.flatnonzero(rows)
    if not free.size:
        return None
    hessian = program.hessian
    x = np.where(names < 0, program.lower, np.where(names > 0, program.upper, 0.0))
    slope = hessian.product(x) + program.linear
    matrix = program.rows[used]
    targets = np.where(rows[used] > 0, program.row_upper[used], program.row_lower[used]) - matrix @ x
    solved = solve_equalities(hessian.part(free), matrix[:, free], -slope[free], targets)
    if solved is None:
        return None
    x[free] = solved[0]
    duals = np.zeros(rows.size)
    duals[used] = solved[1]
    gradient = hessian.product(x) + program.linear
    size = max(float(np.abs(program.linear).max() + np.abs(gradient).max()), SMALLEST_SLOPE)
    gradient = gradient + matrix.T @ solved[1]
    new_names, errors = _mended_names(program, names, x, gradient, SIGN_TOLERANCE * size)
    return _Trial(x, duals, new_names, _mended_rows(program, rows, x, duals, SIGN_TOLERANCE * size), errors)


def _mended_names(
    program: Program, names: Sides, x: Vector, gradient: Vector, tolerance: float
) -> tuple[Sides, Vector]:
    slack = PRECISION * max(1.0, float(np.abs(x).max()))
    below = (names == 0) & (x < program.lower - slack)
    above = (names == 0) & (x > program.upper + slack)
    held = (names != 0) & ~program.fixed
    freed = held & (np.where(names > 0, gradient, -gradient) > tolerance)
    errors = np.zeros(x.size)
    errors[below], errors[above] = (program.lower - x)[below], (x - program.upper)[above]
    errors[freed] = np.abs(gradient[freed])
    mended = names.copy()
    mended[below], mended[above], mended[freed] = -1, 1, 0
    return mended, errors


def _mended_rows(program: Program, rows: Sides, x: Vector, duals: Vector, tolerance: float) -> Sides:
    first = program.equalities
    if first == rows.size:
        return rows
    reached = program.rows[first:] @ x
    slack = PRECISION * np.maximum(1.0, np.abs(reached))
    state = rows[first:]
    mended = rows.copy()
    new = mended[first:]
    new[(state == 0) & (reached > program.row_upper[first:] + slack)] = 1
    new[(state == 0) & (reached < program.row_lower[first:] - slack)] = -1
    # A row's multiplier is compared after the row's own scale: n times its largest coefficient is near 1.
    new[(state != 0) & (state * duals[first:] < -tolerance * program.size)] = 0
    return mended


def solve_equalities(
    hessian: Hessian, rows: Matrix, right: Vector, row_right: Vector
) -> tuple[Vector, Vector] | None:
    """Solve Hx + R'y = right, Rx = row_right to rounding, H possibly singular; None if it cannot be done."""
    softness = np.zeros(rows.shape[0])
    steps = 3
    factors = factorise(hessian, _least_ridge(hessian), rows, softness)
    if factors is None:
        # A ridge makes any semidefinite H factorisable; each refinement step then is a proximal step.
        ridge = np.full(right.size, max(1e-9 * float(hessian.diagonal().mean()), 1e-300))
        factors = factorise(hessian, ridge, rows, softness)
        steps = 8
    if factors is None:
        return None
    return _refined(factors, hessian, rows, right, row_right, steps)


def _least_ridge(hessian: Hessian) -> Vector:
    """Zero for a dense H; for a factor model what specific risks too small to divide by need."""
    if isinstance(hessian, DenseHessian):
        return np.zeros(hessian.matrix.shape[0])
    specific = hessian.specific
    mean = float(specific.mean())
    common = float(np.einsum("ij,ij->", hessian.loadings, hessian.loadings)) / specific.size
    small = specific < 1e-6 * mean if mean > 0 else np.ones(specific.size, dtype=bool)
    return np.where(small, max(1e-7 * max(common, mean), 1e-300), 0.0)


def _refined(
    factors: Factorised, hessian: Hessian, rows: Matrix, right: Vector, row_right: Vector, steps: int
) -> tuple[Vector, Vector] | None:
    x, duals = factors.solve(right, row_right)
    size = float(np.abs(right).max(initial=1e-300))
    row_size = float(np.abs(row_right).max(initial=1e-300))
    last = np.inf
    for _ in range(steps):
        missing = right - hessian.product(x) - rows.T @ duals
        row_missing = row_right - rows @ x
        error = max(
            float(np.abs(missing).max()) / size, float(np.abs(row_missing).max(initial=0.0)) / row_size
        )
        if error < 1e-14 or error > 0.5 * last:
            break
        last = error
        dx, dy = factors.solve(missing, row_missing)
        x, duals = x + dx, duals + dy
    return (x, duals) if np.isfinite(x).all() else None
