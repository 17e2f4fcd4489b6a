"""Covariance in two forms behind one small protocol, so that a factor model is never multiplied out."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector


class RiskModel(Protocol):
    """What the measures and the solvers ask of a covariance of n assets."""

    @property
    def size(self) -> int:
        """Number of assets n."""
        ...

    def product(self, x: Vector) -> Vector:
        """Covariance times x, shape (n,)."""
        ...

    def variance(self, x: Vector) -> float:
        """The quadratic form x'Σx, never negative."""
        ...

    def diagonal(self) -> Vector:
        """Variance of each asset, shape (n,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class DenseCovariance:
    """A covariance held as the full matrix.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Symmetric, positive semidefinite, fraction squared per period.
    """

    matrix: Matrix

    @property
    def size(self) -> int:
        """Number of assets."""
        return int(self.matrix.shape[0])

    def product(self, x: Vector) -> Vector:
        """Covariance times x."""
        return np.asarray(self.matrix @ x)

    def variance(self, x: Vector) -> float:
        """The quadratic form x'Σx."""
        return max(float(x @ (self.matrix @ x)), 0.0)

    def diagonal(self) -> Vector:
        """Variance of each asset."""
        return self.matrix.diagonal()


@dataclass(frozen=True, slots=True, eq=False)
class FactorModel:
    """A covariance held as LL' + diag(specific); n × n is never formed.

    Parameters
    ----------
    loadings : ndarray of shape (n, k)
        Exposures times the Cholesky factor of the factor covariance.
    specific : ndarray of shape (n,)
        Specific variances, fraction squared per period, zero or more.
    """

    loadings: Matrix
    specific: Vector

    @property
    def size(self) -> int:
        """Number of assets."""
        return int(self.loadings.shape[0])

    def product(self, x: Vector) -> Vector:
        """Covariance times x, one pass over the loadings each way."""
        return np.asarray(self.loadings @ (self.loadings.T @ x) + self.specific * x)

    def variance(self, x: Vector) -> float:
        """The quadratic form x'Σx, as a sum of squares."""
        factors = self.loadings.T @ x
        return float(factors @ factors + (self.specific * x) @ x)

    def diagonal(self) -> Vector:
        """Variance of each asset."""
        return np.asarray(np.einsum("ij,ij->i", self.loadings, self.loadings) + self.specific)
