"""A factor-model program laid out for its dual, where the variables separate."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers.program import FactorHessian, Program

LEAST_SPECIFIC = 1e-9
"""Specific curvature is raised to this, relative to the mean curvature of 1; the active set works on the true one."""


@dataclass(frozen=True, slots=True, eq=False)
class Separable:
    """The program as the dual sees it.

    Parameters
    ----------
    columns : ndarray of shape (n, k + m)
        Loadings, then rows, side by side.
    specific, inverse : ndarray of shape (n,)
        Specific curvature and its inverse.
    linear, lower, upper : ndarray of shape (n,)
        As in the program.
    targets : ndarray of shape (e,)
        Right sides of the equality rows.
    row_lower, row_upper : ndarray of shape (m − e,)
        Limits of the range rows.
    factors : int
        k.
    curvature : ndarray of shape (k + m,)
        Estimated diagonal of the Newton matrix if every variable were free.
    """

    columns: Matrix
    specific: Vector
    inverse: Vector
    linear: Vector
    lower: Vector
    upper: Vector
    targets: Vector
    row_lower: Vector
    row_upper: Vector
    factors: int
    curvature: Vector

    @property
    def smooth(self) -> int:
        """Number of dual variables that enter smoothly: factors and equalities."""
        return self.factors + int(self.targets.size)

    def primal(self, slope: Vector) -> Vector:
        """The x that minimises each separate piece for a given slope."""
        return np.asarray(np.minimum(np.maximum(-slope * self.inverse, self.lower), self.upper))


def separable(hessian: FactorHessian, program: Program) -> Separable:
    """The program with `hessian` in place of its own, laid out for the dual."""
    n, k = hessian.loadings.shape
    columns = np.empty((n, k + program.rows.shape[0]))
    columns[:, :k] = hessian.loadings
    columns[:, k:] = program.rows.T
    specific = np.maximum(hessian.specific, LEAST_SPECIFIC)
    inverse = 1.0 / specific
    sample = slice(0, n, max(1, n // 400))
    share = n / inverse[sample].size
    curvature = share * np.einsum("ij,ij,i->j", columns[sample], columns[sample], inverse[sample])
    e = program.equalities
    return Separable(
        columns,
        specific,
        inverse,
        program.linear,
        program.lower,
        program.upper,
        program.row_upper[:e],
        program.row_lower[e:],
        program.row_upper[e:],
        k,
        curvature,
    )
