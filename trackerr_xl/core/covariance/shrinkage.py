r"""Linear shrinkage: a weighted mean of the sample covariance and a target with fewer parameters.

The intensity is what makes the expected squared distance from the true covariance least, estimated from the returns.
All four divide by T, as published.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """A shrunk covariance.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Fraction squared per period.
    intensity : float
        Share of the target, 0 to 1.
    """

    matrix: Matrix
    intensity: float


def towards_identity(returns: Matrix) -> Shrunk:
    """Towards the mean variance on the diagonal and zeros beside it.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns per period, without gaps.

    References
    ----------
    .. [1] O. Ledoit and M. Wolf, "A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices", *Journal of
       Multivariate Analysis* 88, 2004.
    """
    deviations, sample = _moments(returns)
    target = np.eye(len(sample)) * (np.trace(sample) / len(sample))
    return _shrunk(sample, target, _noise(deviations, sample).sum(), 0.0, len(returns))


def towards_index(returns: Matrix) -> Shrunk:
    """Towards Sharpe's single index, the index being the mean of the names. Parameters as `towards_identity`.

    References
    ----------
    .. [1] O. Ledoit and M. Wolf, "Improved Estimation of the Covariance Matrix of Stock Returns with an Application to
       Portfolio Selection", *Journal of Empirical Finance* 10, 2003.
    """
    deviations, sample = _moments(returns)
    index = deviations.mean(axis=1)
    with_index, variance = deviations.T @ index / len(returns), float(index @ index) / len(returns)
    noise = _noise(deviations, sample)
    if variance <= 0.0:
        # Names that cancel leave an index without variance, and a target without covariances.
        return _shrunk(sample, np.diag(sample.diagonal()), noise.sum(), np.trace(noise), len(returns))
    target = np.outer(with_index, with_index) / variance
    np.fill_diagonal(target, sample.diagonal())
    # Asymptotic covariances of the entries of the target with those of the sample.
    tilted = deviations * index[:, None]
    one = (deviations**2).T @ tilted / len(returns) - with_index[:, None] * sample
    both = tilted.T @ tilted / len(returns) - variance * sample
    first = _beside_diagonal(one * with_index[None, :]) / variance
    second = _beside_diagonal(both * np.outer(with_index, with_index)) / variance**2
    return _shrunk(sample, target, noise.sum(), np.trace(noise) + 2.0 * first - second, len(returns))


def towards_correlation(returns: Matrix) -> Shrunk:
    """Towards the mean correlation for every two names, variances kept. Parameters as `towards_identity`; all names vary.

    References
    ----------
    .. [1] O. Ledoit and M. Wolf, "Honey, I Shrunk the Sample Covariance Matrix", *Journal of Portfolio Management* 30(4),
       2004.
    """
    deviations, sample = _moments(returns)
    n = len(sample)
    volatility = np.sqrt(sample.diagonal())
    scale = np.outer(volatility, volatility)
    mean_correlation = _beside_diagonal(sample / scale) / max(n * (n - 1), 1)
    target = mean_correlation * scale
    np.fill_diagonal(target, sample.diagonal())
    noise = _noise(deviations, sample)
    # Asymptotic covariance of each name's variance with its covariances.
    theta = (deviations**3).T @ deviations / len(returns) - sample.diagonal()[:, None] * sample
    shared = mean_correlation * _beside_diagonal(theta * volatility[None, :] / volatility[:, None])
    return _shrunk(sample, target, noise.sum(), np.trace(noise) + shared, len(returns))


def oracle_approximating(returns: Matrix) -> Shrunk:
    """Towards the mean variance with the intensity that suits normal returns, as scikit-learn has it.

    Parameters as `towards_identity`.

    References
    ----------
    .. [1] Y. Chen, A. Wiesel, Y. C. Eldar and A. O. Hero, "Shrinkage Algorithms for MMSE Covariance Estimation", *IEEE
       Transactions on Signal Processing* 58, 2010; equation 23 without its terms of 2/n.
    """
    _, sample = _moments(returns)
    n = len(sample)
    level = float(np.trace(sample)) / n
    size = float((sample**2).mean())
    uneven = (len(returns) + 1.0) * (size - level**2 / n)
    intensity = 1.0 if uneven <= 0.0 else min((size + level**2) / uneven, 1.0)
    return _mixed(sample, level * np.eye(n), intensity)


def _moments(returns: Matrix) -> tuple[Matrix, Matrix]:
    deviations = returns - returns.mean(axis=0)
    return deviations, deviations.T @ deviations / len(returns)


def _noise(deviations: Matrix, sample: Matrix) -> Matrix:
    """Asymptotic variance of each entry of √T times the sample covariance."""
    squares: Matrix = deviations**2
    return np.asarray(squares.T @ squares / len(deviations) - sample**2)


def _beside_diagonal(matrix: Matrix) -> float:
    return float(matrix.sum() - np.trace(matrix))


def _shrunk(sample: Matrix, target: Matrix, noise: Vector | float, shared: float, dates: int) -> Shrunk:
    distance = float(((sample - target) ** 2).sum())
    # What is the target already needs no shrinking towards it.
    wanted = (float(noise) - float(shared)) / distance / dates if distance > 0.0 else 0.0
    return _mixed(sample, target, min(max(wanted, 0.0), 1.0))


def _mixed(sample: Matrix, target: Matrix, intensity: float) -> Shrunk:
    return Shrunk(intensity * target + (1.0 - intensity) * sample, intensity)
