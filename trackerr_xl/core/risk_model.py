"""Covariance in two forms behind one small protocol, so that a factor model is never multiplied out."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Vector
from trackerr_xl.core.semidefinite import checked_covariance
from trackerr_xl.errors import ShapeError


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

    def part(self, places: Indices) -> "RiskModel":
        """The covariance of some of the assets, in the order of `places`."""
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

    def part(self, places: Indices) -> "DenseCovariance":
        """The covariance of some of the assets."""
        return DenseCovariance(self.matrix[np.ix_(places, places)])


@dataclass(frozen=True, slots=True, eq=False)
class CheckedCovariance(DenseCovariance):
    """A matrix that `TrackingProblem.build` has looked through; given to it again it passes without another look."""


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

    @classmethod
    def from_exposures(cls, exposures: Matrix, factor_cov: Matrix, specific: Vector) -> "FactorModel":
        """The model XFX' + diag(specific) of a risk vendor.

        Parameters
        ----------
        exposures : ndarray of shape (n, k)
            Exposure X of each asset to each factor.
        factor_cov : ndarray of shape (k, k)
            Covariance F of the factors' returns, fraction squared per period; may be singular.
        specific : ndarray of shape (n,)
            Specific variances, fraction squared per period.

        Raises
        ------
        ShapeError
            If the parts do not describe the same assets and factors.
        MatrixError
            If F is not symmetric and positive semidefinite.
        """
        n, k = exposures.shape
        if factor_cov.shape != (k, k):
            rows, columns = factor_cov.shape
            raise ShapeError(f"is {rows} x {columns}, must be {k} x {k}", argument="factor_cov")
        if specific.shape != (n,):
            raise ShapeError(f"has {specific.size} entries, must have {n}", argument="specific")
        return cls(np.ascontiguousarray(exposures @ root(factor_cov)), specific)

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

    def part(self, places: Indices) -> "FactorModel":
        """The covariance of some of the assets: their rows of the loadings."""
        return FactorModel(self.loadings[places], self.specific[places])


def root(factor_cov: Matrix) -> Matrix:
    """A square root R of a factor covariance RR', shape (k, k); it may be singular, where Cholesky gives up.

    Raises
    ------
    MatrixError
        If it is not symmetric and positive semidefinite.
    """
    matrix = checked_covariance(factor_cov, "factor_cov")
    deviation = np.sqrt(matrix.diagonal())
    # Yields beside spreads differ by powers of ten: as correlations both keep all their digits.
    unit = np.where(deviation > 0.0, deviation, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(unit, unit))
    return np.asarray(deviation[:, None] * vectors * np.sqrt(np.maximum(values, 0.0)))
