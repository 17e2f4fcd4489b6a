"""The convex program every solver here takes, in units where all numbers are near one."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.blas import dsymv

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Sides, Vector
from trackerr_xl.core.solvers.bends import Bends

LARGE = 400
"""Variables from which on half a matrix is read faster than a whole one."""
STRIP = 128


@dataclass(frozen=True, slots=True, eq=False)
class DenseHessian:
    """The matrix `unit` × `matrix`, kept apart so that a large covariance is never copied just to scale it.

    `model` is a factor model near it, once somebody has worked one out.
    """

    matrix: Matrix
    unit: float
    model: "FactorHessian | None" = None

    def product(self, x: Vector) -> Vector:
        """Hessian times x."""
        if x.size < LARGE or not self.matrix.flags.c_contiguous:
            return np.asarray(self.unit * (self.matrix @ x))
        # One triangle is half the memory to read. Seen in columns the matrix is its transpose, the same.
        return np.asarray(dsymv(self.unit, self.matrix.T, x, lower=1))

    def diagonal(self) -> Vector:
        """Curvature along each variable."""
        return np.asarray(self.unit * self.matrix.diagonal())

    def part(self, names: Indices) -> "DenseHessian":
        """Rows and columns of some variables."""
        return DenseHessian(self.matrix[names][:, names], self.unit)

    def block(self, names: Indices) -> Matrix:
        """The scaled block of some variables in column order, the caller's to overwrite."""
        block = np.empty((names.size, names.size))
        # A strip of rows stays in the cache between being picked and being thinned out.
        for first in range(0, names.size, STRIP):
            strip = block[first : first + STRIP]
            rows = self.matrix.take(names[first : first + STRIP], axis=0)
            # With "clip" the entries are written where they belong, without a copy in between.
            rows.take(names, axis=1, out=strip, mode="clip")
            strip *= self.unit
        return block.T


@dataclass(frozen=True, slots=True, eq=False)
class FactorHessian:
    """The matrix LL' + diag(specific) with L of shape (n, k)."""

    loadings: Matrix
    specific: Vector

    def product(self, x: Vector) -> Vector:
        """Hessian times x."""
        return np.asarray(self.loadings @ (self.loadings.T @ x) + self.specific * x)

    def diagonal(self) -> Vector:
        """Curvature along each variable."""
        return np.asarray(np.einsum("ij,ij->i", self.loadings, self.loadings) + self.specific)

    def part(self, names: Indices) -> "FactorHessian":
        """Rows and columns of some variables."""
        return FactorHessian(self.loadings[names], self.specific[names])


Hessian = DenseHessian | FactorHessian


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Least ½x'Hx + q'x + the price of soft breaches, within a box, rows and bent rows.

    Parameters
    ----------
    hessian : DenseHessian or FactorHessian
        H, positive semidefinite, mean diagonal near 1.
    linear : ndarray of shape (n,)
        q.
    lower, upper : ndarray of shape (n,)
        Box; equal where a variable is fixed, infinite where it has no limit.
    rows : ndarray of shape (m, n)
        R, the equalities first; n times the largest coefficient of each row is near 1.
    row_lower, row_upper : ndarray of shape (m,)
        Limits of the rows.
    equalities : int
        How many of the first rows have equal limits.
    row_ceiling : ndarray of shape (m,)
        Largest size of each row's multiplier: the penalty of a soft row, infinite for a hard one.
    bends : Bends
        Bent rows; none of them in most programs, and then nothing of them costs time.
    """

    hessian: Hessian
    linear: Vector
    lower: Vector
    upper: Vector
    rows: Matrix
    row_lower: Vector
    row_upper: Vector
    equalities: int
    row_ceiling: Vector
    bends: Bends

    @property
    def size(self) -> int:
        """Number of variables."""
        return int(self.linear.size)

    @property
    def fixed(self) -> Mask:
        """Mask of the variables without freedom."""
        return np.asarray(self.lower >= self.upper)


@dataclass(frozen=True, slots=True, eq=False)
class ActiveSet:
    """Which limits hold with equality.

    Parameters
    ----------
    places : int8 ndarray of shape (n,)
        Where each variable stands: 2j when held at its breakpoint j, 2j + 1 when free between breakpoints j and
        j + 1. Without bends: 0 at the lower limit, 1 free, 2 at the upper limit. A fixed one is at its lower limit.
    rows : int8 ndarray of shape (m,)
        Side of each row: −1 at the lower limit, 1 at the upper one, 0 at neither, an equality always 1; −2 and 2 when
        a soft row is broken on that side and its multiplier is its ceiling.
    bends : int8 ndarray of shape (b,)
        1 at the limit, 0 below it, 2 when a soft row is broken and its multiplier is its ceiling.
    """

    places: Sides
    rows: Sides
    bends: Sides


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """What a solver claims, still unproved.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Point inside the box.
    row_duals : ndarray of shape (m,)
        Multipliers y with Hx + q + R'y + the bent rows' slopes = 0 on the free variables; positive at an upper limit,
        and of a soft row no larger than its ceiling.
    iterations : int
        Steps made.
    bent_duals : ndarray of shape (b,)
        Multipliers of the bent rows, from zero to their ceilings.
    """

    x: Vector
    row_duals: Vector
    iterations: int
    bent_duals: Vector
