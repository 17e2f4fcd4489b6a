"""A factor model close to a dense covariance, to guess from: good enough to find most limits that hold."""

from functools import lru_cache

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtrs

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.solvers.program import DenseHessian, FactorHessian

RANK = 20
LEAST_SPECIFIC_SHARE = 0.05
"""Share of each variance that stays specific; less would make the guess brittle."""
LEAST_SPECIFIC = 1e-6
"""Least specific curvature relative to the mean of 1, for cash and the like."""


def surrogate(hessian: DenseHessian) -> FactorHessian:
    """Randomised range finder with one power step; what it leaves of the diagonal is specific.

    References
    ----------
    .. [1] Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 53 (2011).
    """
    n = hessian.matrix.shape[0]
    diagonal = hessian.diagonal()
    rank = min(RANK, max(1, n // 4))
    basis, _ = np.linalg.qr(hessian.matrix @ _probes(n, rank))
    image = hessian.unit * (hessian.matrix @ basis)
    core = basis.T @ image
    core = 0.5 * (core + core.T)
    core.flat[:: rank + 1] += 1e-12 * np.trace(core)
    root, failed = dpotrf(core, lower=1, clean=1)
    if failed:
        return FactorHessian(np.zeros((n, 1)), np.maximum(diagonal, LEAST_SPECIFIC))
    loadings = np.ascontiguousarray(dtrtrs(root, image.T, lower=1)[0].T)
    explained = np.einsum("ij,ij->i", loadings, loadings)
    specific = np.maximum(diagonal - explained, LEAST_SPECIFIC_SHARE * diagonal)
    return FactorHessian(loadings, np.maximum(specific, LEAST_SPECIFIC))


@lru_cache(maxsize=8)
def _probes(n: int, rank: int) -> Matrix:
    """Random directions from a fixed seed: the same problem always gives the same answer, to the last bit."""
    return np.random.default_rng(0).standard_normal((n, rank))
