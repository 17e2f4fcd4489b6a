"""Factorised optimality systems [H + diag(θ), R'; R, −diag(ω)], by Cholesky and Schur complement."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg.blas import dsyrk
from scipy.linalg.lapack import dpotrf, dpotrs, dtrtrs

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers.program import FactorHessian, Hessian

ROW_SOFTNESS = 1e-13
"""Relative softening of the rows that keeps repeated rows factorisable; refinement removes what it changes."""


class Factorised(Protocol):
    """A factorised system."""

    def solve(self, right: Vector, row_right: Vector) -> tuple[Vector, Vector]:
        """Step and row multipliers."""
        ...


def factorise(hessian: Hessian, extra: Vector, rows: Matrix, softness: Vector) -> Factorised | None:
    """Factorise, or say None when the matrix is not positive definite.

    Parameters
    ----------
    hessian : DenseHessian or FactorHessian
        H of the variables in the system, n of them.
    extra : ndarray of shape (n,)
        θ, added to the diagonal of H. With a factor model the diagonal must end up positive.
    rows : ndarray of shape (m, n)
        R.
    softness : ndarray of shape (m,)
        ω, zero or more.
    """
    if isinstance(hessian, FactorHessian):
        return _factorise_factors(hessian, extra, rows, softness)
    # The transpose of a symmetric matrix is itself, and copies without reordering.
    matrix = hessian.matrix if hessian.matrix.flags.f_contiguous else hessian.matrix.T
    block = np.array(matrix, order="F")
    block *= hessian.unit
    block.flat[:: block.shape[0] + 1] += extra
    root, failed = dpotrf(block, lower=1, clean=0, overwrite_a=1)
    if failed:
        return None
    if not rows.shape[0]:
        return _DenseFactors(root, np.empty((root.shape[0], 0)), np.empty((0, 0)))
    whitened, _ = dtrtrs(root, rows.T, lower=1)
    schur = dsyrk(1.0, whitened, trans=1, lower=1)
    schur.flat[:: schur.shape[0] + 1] += softness + ROW_SOFTNESS * schur.diagonal()
    row_root, failed = dpotrf(schur, lower=1, clean=0, overwrite_a=1)
    return None if failed else _DenseFactors(root, whitened, row_root)


@dataclass(frozen=True, slots=True, eq=False)
class _DenseFactors:
    root: Matrix
    whitened: Matrix
    row_root: Matrix

    def solve(self, right: Vector, row_right: Vector) -> tuple[Vector, Vector]:
        half, _ = dtrtrs(self.root, right, lower=1)
        duals = np.zeros(0)
        if row_right.size:
            duals, _ = dpotrs(self.row_root, self.whitened.T @ half - row_right, lower=1)
            half = half - self.whitened @ duals
        step, _ = dtrtrs(self.root, half, lower=1, trans=1)
        return step, duals


@dataclass(frozen=True, slots=True, eq=False)
class _LowRankFactors:
    inverse_root: Vector
    whitened: Matrix
    root: Matrix
    factors: int

    def solve(self, right: Vector, row_right: Vector) -> tuple[Vector, Vector]:
        scaled = self.inverse_root * right
        inner = self.whitened.T @ scaled
        inner[self.factors :] -= row_right
        if inner.size:
            inner, _ = dpotrs(self.root, inner, lower=1)
        step = self.inverse_root * (scaled - self.whitened @ inner)
        return step, inner[self.factors :]


def _factorise_factors(
    hessian: FactorHessian, extra: Vector, rows: Matrix, softness: Vector
) -> _LowRankFactors | None:
    n, k = hessian.loadings.shape
    inverse_root = 1.0 / np.sqrt(hessian.specific + extra)
    whitened = np.empty((n, k + rows.shape[0]))
    np.multiply(hessian.loadings, inverse_root[:, None], out=whitened[:, :k])
    np.multiply(rows.T, inverse_root[:, None], out=whitened[:, k:])
    if not whitened.shape[1]:
        return _LowRankFactors(inverse_root, whitened, np.empty((0, 0)), 0)
    schur = dsyrk(1.0, whitened.T, lower=1)
    diagonal = schur.diagonal().copy()
    diagonal[:k] += 1.0
    diagonal[k:] += softness + ROW_SOFTNESS * diagonal[k:]
    schur.flat[:: schur.shape[0] + 1] = diagonal
    root, failed = dpotrf(schur, lower=1, clean=0, overwrite_a=1)
    return None if failed else _LowRankFactors(inverse_root, whitened, root, k)
