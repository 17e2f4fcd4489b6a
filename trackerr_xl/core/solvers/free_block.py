"""Equality-constrained steps of the active set: factorise the free block once, then follow small changes to it."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dgetrf, dgetrs, dpotrf, dtrtrs

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.solvers.kkt import ROW_SOFTNESS, Factorised, factorise
from trackerr_xl.core.solvers.program import DenseHessian, FactorHessian, Hessian

RIDGE = 1e-9
"""Share of the mean curvature that makes any semidefinite block factorisable; refinement takes it out again."""
MOST_CHANGES = 0.15
"""Share of the free names that may come and go before the block is factorised anew."""


@dataclass(frozen=True, slots=True, eq=False)
class FreeBlock:
    """Cholesky root of the dense Hessian over some names.

    Parameters
    ----------
    names : ndarray of shape (f,)
        The names, ascending.
    root : ndarray of shape (f, f)
        Lower Cholesky factor of their block.
    ridged : bool
        Whether a ridge was needed.
    """

    names: Indices
    root: Matrix
    ridged: bool


@dataclass(frozen=True, slots=True, eq=False)
class Equalities:
    """Factorised optimality system of some free names and the rows that hold.

    Parameters
    ----------
    factors : Factorised
        The system.
    block : FreeBlock or None
        What it was made from, to be handed to the next call; None with a factor model.
    exact : bool
        Whether refinement needs few steps: no ridge.
    fresh : bool
        Whether the block was factorised for these very names.
    """

    factors: Factorised
    block: FreeBlock | None
    exact: bool
    fresh: bool


def equalities(hessian: Hessian, free: Indices, rows: Matrix, block: FreeBlock | None) -> Equalities | None:
    """Factorise [H_ff, R'; R, 0] for the free names f, starting from an earlier block if it is near enough.

    Parameters
    ----------
    hessian : DenseHessian or FactorHessian
        H over all names.
    free : ndarray of shape (f,)
        The free names, ascending.
    rows : ndarray of shape (r, f)
        R, the rows that hold.
    block : FreeBlock or None
        From an earlier call.
    """
    if isinstance(hessian, FactorHessian):
        return _of_factors(hessian.part(free), rows)
    if block is not None:
        entered = np.setdiff1d(free, block.names, assume_unique=True)
        kept = np.isin(block.names, free, assume_unique=True)
        if entered.size + np.count_nonzero(~kept) <= MOST_CHANGES * free.size:
            updated = _bordered(hessian, block, free, entered, kept, rows)
            return None if updated is None else Equalities(updated, block, not block.ridged, fresh=False)
    block = _factorised(hessian, free)
    if block is None:
        return None
    nobody, all_kept = np.empty(0, dtype=np.intp), np.ones(free.size, dtype=bool)
    system = _bordered(hessian, block, free, nobody, all_kept, rows)
    return None if system is None else Equalities(system, block, not block.ridged, fresh=True)


def _factorised(hessian: DenseHessian, free: Indices) -> FreeBlock | None:
    for ridge in (0.0, RIDGE):
        matrix = hessian.block(free)
        if ridge:
            matrix.flat[:: free.size + 1] += max(ridge * float(matrix.diagonal().mean()), 1e-300)
        root, failed = dpotrf(matrix, lower=1, clean=0, overwrite_a=1)
        if not failed:
            return FreeBlock(free, root, ridged=ridge > 0)
    return None


def _of_factors(hessian: FactorHessian, rows: Matrix) -> Equalities | None:
    specific = hessian.specific
    mean = float(specific.mean())
    common = float(np.einsum("ij,ij->", hessian.loadings, hessian.loadings)) / specific.size
    small = specific < 1e-6 * mean if mean > 0 else np.ones(specific.size, dtype=bool)
    ridge = np.where(small, max(1e-7 * max(common, mean), 1e-300), 0.0)
    factors = factorise(hessian, ridge, rows, np.zeros(rows.shape[0]))
    return None if factors is None else Equalities(factors, None, not small.any(), fresh=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Bordered:
    """Block elimination on the old names; new names, rows and departed names form the border.

    A departed name stays in the block and is held at zero by a row of its own.
    """

    root: Matrix
    whitened: Matrix
    pivots: tuple[Matrix, Vector]
    here: Indices
    there: Indices
    kept: Indices
    rows: int

    def solve(self, right: Vector, row_right: Vector) -> tuple[Vector, Vector]:
        old = np.zeros(self.root.shape[0])
        old[self.kept] = right[self.here]
        half, _ = dtrtrs(self.root, old, lower=1)
        entered, border = self.there.size, self.whitened.shape[1]
        edge = np.zeros(border)
        edge[:entered] = right[self.there]
        edge[entered : entered + self.rows] = row_right
        if border:
            edge, _ = dgetrs(*self.pivots, edge - self.whitened.T @ half)
            half = half - self.whitened @ edge
        inner, _ = dtrtrs(self.root, half, lower=1, trans=1)
        step = np.empty(right.size)
        step[self.here] = inner[self.kept]
        step[self.there] = edge[:entered]
        return step, edge[entered : entered + self.rows]


def _bordered(
    hessian: DenseHessian, block: FreeBlock, free: Indices, entered: Indices, kept: Mask, rows: Matrix
) -> _Bordered | None:
    """Border the block so that it stands for the free names."""
    there = np.searchsorted(free, entered)
    here = np.searchsorted(free, block.names[kept])
    held, departed = np.flatnonzero(kept), np.flatnonzero(~kept)
    a, m, border = entered.size, rows.shape[0], entered.size + rows.shape[0] + departed.size
    edge = np.zeros((block.names.size, border), order="F")
    if a:
        edge[:, :a] = hessian.unit * hessian.matrix[np.ix_(block.names, entered)]
    edge[held, a : a + m] = rows[:, here].T
    edge[departed, np.arange(a + m, border)] = 1.0
    if not border:
        return _Bordered(block.root, edge, (edge, np.empty(0)), here, there, held, m)
    whitened, _ = dtrtrs(block.root, edge, lower=1, overwrite_b=1)
    schur = -(whitened.T @ whitened)
    if a:
        schur[:a, :a] += hessian.unit * hessian.matrix[np.ix_(entered, entered)]
        schur[a : a + m, :a] += rows[:, there]
        schur[:a, a : a + m] += rows[:, there].T
    inside = np.arange(a, a + m)
    # Repeated rows make the corner singular; this lets them share one multiplier.
    schur[inside, inside] -= ROW_SOFTNESS * np.abs(schur[inside, inside]) + 1e-300
    lu, pivots, failed = dgetrf(schur)
    return None if failed > 0 else _Bordered(block.root, whitened, (lu, pivots), here, there, held, m)
