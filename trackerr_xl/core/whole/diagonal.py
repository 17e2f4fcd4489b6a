"""As much of a covariance as possible as specific risk: the diagonal part is what bounds on whole names live on."""

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel
from trackerr_xl.core.solvers.memory import Memory
from trackerr_xl.core.solvers.program import DenseHessian

STEPS = 60
FIRST, LAST, COOLING = 1.0, 1e-5, 0.3
"""Weight of the barrier beside the trace, at first and at last, and what it is multiplied by from step to step."""
_INSIDE = 0.95
"""Share of the way to the border that a step may go."""
_models: Memory[FactorModel] = Memory()


def split(risk: RiskModel) -> FactorModel:
    """The same covariance as loadings and specific variances; of a factor model itself.

    Of a dense one the specific variances are those of minimum trace factor analysis: the largest sum of d ≥ 0 for which
    Σ − diag(d) is a covariance still, a small semidefinite program solved by a barrier method.

    References
    ----------
    .. [1] J. M. F. ten Berge, T. A. B. Snijders and F. E. Zegers, "Computational Aspects of the Greatest Lower Bound to
       the Reliability and Constrained Minimum Trace Factor Analysis", *Psychometrika* 46(2), 1981, 201–213.
    """
    if isinstance(risk, FactorModel):
        return risk
    assert isinstance(risk, DenseCovariance)
    key = DenseHessian(risk.matrix, 1.0)
    model = _models.recall(key)
    if model is None:
        model = _made(risk.matrix)
        _models.keep(key, model)
    return model


def _made(matrix: Matrix) -> FactorModel:
    deviation = np.sqrt(np.maximum(matrix.diagonal(), 1e-300))
    share = _largest_diagonal(matrix / np.outer(deviation, deviation))
    specific = share * deviation**2
    values, vectors = np.linalg.eigh(matrix - np.diag(specific))
    # Rounding may leave a value below zero: what is missing is taken from the specific part, so the model is not above Σ.
    short = max(0.0, -float(values[0]))
    kept = values > 1e-12 * max(float(values[-1]), 0.0)
    loadings = vectors[:, kept] * np.sqrt(values[kept])
    return FactorModel(np.ascontiguousarray(loadings), np.maximum(specific - short, 0.0))


def _largest_diagonal(correlation: Matrix) -> Vector:
    """Diagonal of largest sum that leaves a correlation positive semidefinite."""
    n = len(correlation)
    floor = float(np.linalg.eigvalsh(correlation)[0])
    if floor <= 1e-10:
        return np.zeros(n)
    d = np.full(n, 0.5 * floor)
    barrier = FIRST / n
    for _ in range(STEPS):
        inverse = _inverse(correlation - np.diag(d))
        assert inverse is not None
        slope = 1.0 - barrier * (inverse.diagonal() - 1.0 / d)
        curvature = barrier * (inverse**2 + np.diag(1.0 / d**2))
        change = np.asarray(np.linalg.solve(curvature, slope), dtype=float)
        d = _moved(correlation, d, change)
        if float(change @ slope) < 0.1 * barrier * n:
            if barrier <= LAST / n:
                break
            barrier *= COOLING
    return np.asarray(d)


def _moved(correlation: Matrix, d: Vector, change: Vector) -> Vector:
    length = 1.0
    falling = change < 0.0
    if falling.any():
        length = min(1.0, _INSIDE * float((-d[falling] / change[falling]).min()))
    while _inverse(correlation - np.diag(d + length * change)) is None:
        length *= 0.5
    return np.asarray(d + length * change)


def _inverse(matrix: Matrix) -> Matrix | None:
    root, failed = dpotrf(matrix, lower=1, clean=1)
    if failed:
        return None
    half, failed = dpotri(root, lower=1)
    return None if failed else np.asarray(half + np.tril(half, -1).T, dtype=float)
