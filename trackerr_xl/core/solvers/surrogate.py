"""A factor model close to a dense covariance, to guess from: good enough to find most limits that hold."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg.lapack import dgeqrf, dorgqr, dpotrf, dtrtrs

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers.memory import Memory
from trackerr_xl.core.solvers.program import DenseHessian, FactorHessian

RANK = 20
COLUMNS_MIXED = 5
"""Columns of the covariance in each column of the sketch."""
LEAST_SPECIFIC_SHARE = 0.05
"""Share of each variance that stays specific; less would make the guess brittle."""
LEAST_SPECIFIC = 1e-6
"""Least specific curvature relative to the mean of 1, for cash and the like."""


@dataclass(frozen=True, slots=True, eq=False)
class Surrogate:
    """A factor model with what it misses: the size of the rest beside its specific curvature, in root mean squares.

    Sampling noise of twice as many periods as assets gives 0.7, of half as many 1.3; weights that fade within a tenth
    of the assets' number 4.
    """

    model: FactorHessian
    missed: float


_surrogates: Memory[Surrogate] = Memory()


def surrogate(hessian: DenseHessian) -> Surrogate:
    """Randomised range finder with one power step; what it leaves of the diagonal is specific.

    Asked again for the same array it answers from memory: frontiers, prices and backtests solve many problems on one
    covariance.

    References
    ----------
    .. [1] Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 53 (2011).
    """
    answer = _surrogates.recall(hessian)
    if answer is None:
        model = _made(hessian)
        answer = Surrogate(model, _missed(hessian, model))
        _surrogates.keep(hessian, answer)
    return answer


def _made(hessian: DenseHessian) -> FactorHessian:
    n, diagonal = hessian.matrix.shape[0], hessian.diagonal()
    rank = min(RANK, max(1, n // 4))
    basis = _orthonormal(_sketch(hessian.matrix, rank))
    # Symmetric either way round, and the long side first is read at three quarters of the time.
    image = hessian.unit * (basis.T @ hessian.matrix)
    core = image @ basis
    core = 0.5 * (core + core.T)
    core.flat[:: rank + 1] += 1e-12 * np.trace(core)
    root, failed = dpotrf(core, lower=1, clean=1)
    if failed:
        return FactorHessian(np.zeros((n, 1)), np.maximum(diagonal, LEAST_SPECIFIC))
    loadings = np.ascontiguousarray(dtrtrs(root, image, lower=1)[0].T)
    explained = np.einsum("ij,ij->i", loadings, loadings)
    specific = np.maximum(diagonal - explained, LEAST_SPECIFIC_SHARE * diagonal)
    return FactorHessian(loadings, np.maximum(specific, LEAST_SPECIFIC))


def _missed(hessian: DenseHessian, model: FactorHessian) -> float:
    """A random sign vector times a matrix is on average as long as the matrix is large."""
    signs = _signs(model.specific.size)
    rest = hessian.product(signs) - model.product(signs)
    return float(np.linalg.norm(rest) / np.linalg.norm(model.specific))


def _sketch(matrix: Matrix, rank: int) -> Matrix:
    """The matrix times sparse random signs: each column of the sketch mixes a few columns, and costs next to nothing."""
    n = matrix.shape[0]
    mixed = min(COLUMNS_MIXED, max(1, n // rank))
    chosen = np.linspace(0, n - 1, rank * mixed).round().astype(np.intp)
    signs = _signs(rank * mixed)
    return np.asarray((signs[:, None] * matrix[chosen]).reshape(mixed, rank, n).sum(axis=0).T)


def _orthonormal(columns: Matrix) -> Matrix:
    """Orthonormal basis of the columns; LAPACK directly, at half the time of `numpy.linalg.qr`."""
    reflectors, scales, _, _ = dgeqrf(columns)
    return np.asarray(dorgqr(reflectors, scales)[0])


@lru_cache(maxsize=8)
def _signs(count: int) -> Vector:
    """From a fixed seed: the same problem always gives the same answer, to the last bit."""
    return np.random.default_rng(0).choice([-1.0, 1.0], count)
