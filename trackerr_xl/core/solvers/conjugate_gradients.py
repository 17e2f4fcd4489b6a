"""The optimality system of many free names by conjugate gradients: products with the covariance instead of a root of it.

The factor model of `surrogate` with the rows that hold preconditions, so every iterate keeps the rows. On covariances
with a factor structure 25 products give all digits, at a fifth of the cost of one factorisation of 1,500 names.

References
----------
.. [1] Gould, Hribar and Nocedal, "On the solution of equality constrained quadratic programming problems arising in
   optimization", SIAM J. Sci. Comput. 23 (2001).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg.blas import dsymv

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.solvers.kkt import Factorised, factorise
from trackerr_xl.core.solvers.program import DenseHessian, FactorHessian

LEAST_LEFT = 1e-9
"""No call takes more off the error: its own rounding is next, and refinement calls again."""
MOST_PRODUCTS = 50
"""Products in one call after which the surrogate is no likeness of the covariance and a factorisation is due."""


class Solves(Protocol):
    """Any other way to the same step."""

    def solve(self, right: Vector, row_right: Vector, left: float = 0.0) -> tuple[Vector, Vector]:
        """Step and row multipliers."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """The scaled covariance block of some names, gathered once and used as long as few names come and go."""

    names: Indices
    matrix: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Iterated:
    """The system over the free names: those inside the gathered block, then the new ones.

    Parameters
    ----------
    block : Gathered
        What it was made from, to be handed to the next call.
    names : ndarray of shape (f,)
        The free names in the order used here.
    inside : ndarray
        Places in the block of the free names that it holds.
    new, corner : ndarray of shape (a, block names) and (a, a)
        Covariances of the new names with the block's and among each other.
    rows : ndarray of shape (m, f)
        The rows that hold.
    model : Factorised
        The same system with the surrogate.
    otherwise : callable
        Makes the system by factorisation, for when the surrogate misleads.
    """

    block: Gathered
    names: Indices
    inside: Indices
    new: Matrix
    corner: Matrix
    rows: Matrix
    model: Factorised
    otherwise: Callable[[], Solves | None]
    fresh: bool = True

    def solve(self, right: Vector, row_right: Vector, left: float = 0.0) -> tuple[Vector, Vector]:
        """Step of shape (n,) and row multipliers, up to a share `left` of the error."""
        settled = self._settled(right[self.names], row_right, max(left, LEAST_LEFT))
        if settled is None:
            other = self.otherwise()
            return (
                (np.zeros(right.size), np.zeros(row_right.size))
                if other is None
                else other.solve(right, row_right)
            )
        step = np.zeros(right.size)
        step[self.names] = settled[0]
        return step, settled[1]

    def _settled(self, right: Vector, row_right: Vector, share: float) -> tuple[Vector, Vector] | None:
        nothing = np.zeros(row_right.size)
        x, duals = self.model.solve(right, row_right)
        missing = right - self._product(x) - duals @ self.rows
        steepest, change = self.model.solve(missing, nothing)
        duals += change
        missing -= change @ self.rows
        direction, left = steepest, float(missing @ steepest)
        enough = share**2 * left
        for _ in range(MOST_PRODUCTS):
            if left <= enough:
                return x, duals
            image = self._product(direction)
            curvature = float(direction @ image)
            if curvature <= 0.0:
                return None
            x += left / curvature * direction
            missing -= left / curvature * image
            steepest, change = self.model.solve(missing, nothing)
            duals += change
            # The multipliers are moved along, or rounding in them would be all that is left of the residual.
            missing -= change @ self.rows
            before, left = left, float(missing @ steepest)
            direction = steepest + left / before * direction
        return None

    def _product(self, x: Vector) -> Vector:
        count = self.inside.size
        padded = x
        if count < self.block.names.size or self.corner.size:
            padded = np.zeros(self.block.names.size)
            padded[self.inside] = x[:count]
        image = dsymv(1.0, self.block.matrix, padded, lower=1)
        if not self.corner.size:
            return np.asarray(image if padded is x else image[self.inside])
        entered = x[count:]
        image += entered @ self.new
        return np.concatenate([image[self.inside], self.new @ padded + self.corner @ entered])


def iterated(
    hessian: DenseHessian,
    model: FactorHessian,
    free: Mask,
    rows: Matrix,
    block: Gathered | None,
    otherwise: Callable[[], Solves | None],
) -> Iterated | None:
    """The system [H_ff, R'; R, 0] of the free names f, by way of a model of H.

    Parameters
    ----------
    hessian, model : DenseHessian, FactorHessian
        H over all names, and its likeness.
    free : ndarray of shape (n,)
        Which names are free.
    rows : ndarray of shape (r, n)
        R.
    block : Gathered or None
        From an earlier call.
    otherwise : callable
        Makes the system by factorisation.
    """
    if block is None:
        names = np.flatnonzero(free)
        block = Gathered(names, hessian.block(names))
    inside = np.flatnonzero(free[block.names])
    entered = free.copy()
    entered[block.names] = False
    new = np.flatnonzero(entered)
    names = np.concatenate([block.names[inside], new])
    part = rows[:, names]
    factors = factorise(model.part(names), np.zeros(names.size), part, np.zeros(rows.shape[0]))
    if factors is None:
        return None
    border = hessian.unit * hessian.matrix[new][:, block.names]
    corner = hessian.unit * hessian.matrix[np.ix_(new, new)]
    return Iterated(block, names, inside, border, corner, part, factors, otherwise)
