"""Equality-constrained steps of the active set: factorise the free block once, then follow small changes to it."""

from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from scipy.linalg.lapack import dgetrf, dgetrs, dpotrf, dtrtrs

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.solvers.conjugate_gradients import Gathered, iterated
from trackerr_xl.core.solvers.kkt import ROW_SOFTNESS, Factorised, factorise
from trackerr_xl.core.solvers.memory import Memory
from trackerr_xl.core.solvers.program import DenseHessian, FactorHessian, Hessian

RIDGE = 1e-9
"""Share of the mean curvature that makes any semidefinite block factorisable; refinement takes it out again."""
MOST_CHANGES = 0.15
"""Share of the free names that may come and go before the block is factorised anew."""


MANY = 600
"""Free names from which on products with their covariance are cheaper than a root of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Rooted:
    """Cholesky root of the dense Hessian over some names.

    Parameters
    ----------
    names : ndarray of shape (f,)
        The names, ascending.
    root : ndarray of shape (f, f)
        Lower Cholesky factor of their block.
    """

    names: Indices
    root: Matrix


FreeBlock = Rooted | Gathered
_roots: Memory[Rooted] = Memory()


class Equalities(Protocol):
    """Factorised optimality system of the free names and the rows that hold; a step moves free names only."""

    @property
    def block(self) -> FreeBlock | None:
        """What it was made from, to be handed to the next call; None with a factor model."""
        ...

    @property
    def fresh(self) -> bool:
        """Whether it was factorised for these very names."""
        ...

    def solve(self, right: Vector, row_right: Vector, left: float = 0.0) -> tuple[Vector, Vector]:
        """Step of shape (n,) and row multipliers; `right` has shape (n,), read at the free names.

        What iterates may stop where this share of the error is left.
        """
        ...


def equalities(hessian: Hessian, free: Mask, rows: Matrix, block: FreeBlock | None) -> Equalities | None:
    """Factorise [H_ff, R'; R, 0] for the free names f, from an earlier block if that is near enough.

    Parameters
    ----------
    hessian : DenseHessian or FactorHessian
        H over all names.
    free : ndarray of shape (n,)
        Which names are free.
    rows : ndarray of shape (r, n)
        R, the rows that hold.
    block : FreeBlock or None
        From an earlier call.
    """
    if isinstance(hessian, FactorHessian):
        return _of_factors(hessian, np.flatnonzero(free), rows)
    if hessian.model is not None and np.count_nonzero(free) >= MANY:
        gathered = block if isinstance(block, Gathered) else None
        return iterated(
            hessian, hessian.model, free, rows, gathered, cache(lambda: _anew(hessian, free, rows))
        )
    if isinstance(block, Rooted):
        entered = free.copy()
        entered[block.names] = False
        new, departed = np.flatnonzero(entered), np.flatnonzero(~free[block.names])
        if new.size + departed.size <= MOST_CHANGES * block.names.size:
            return _bordered(hessian, block, new, departed, rows, fresh=False)
    return _anew(hessian, free, rows)


def last_block(hessian: Hessian) -> FreeBlock | None:
    """The root last worked out for this covariance, for a solve that begins near where another ended."""
    return _roots.recall(hessian) if isinstance(hessian, DenseHessian) else None


def _anew(hessian: DenseHessian, free: Mask, rows: Matrix) -> "_Bordered | None":
    block = _factorised(hessian, np.flatnonzero(free))
    if block is None:
        return None
    if block.names.size < MANY:
        _roots.keep(hessian, block)
    nobody = np.empty(0, dtype=np.intp)
    return _bordered(hessian, block, nobody, nobody, rows, fresh=True)


def _factorised(hessian: DenseHessian, names: Indices) -> Rooted | None:
    for ridge in (0.0, RIDGE):
        matrix = hessian.block(names)
        if ridge:
            matrix.flat[:: names.size + 1] += max(ridge * float(matrix.diagonal().mean()), 1e-300)
        root, failed = dpotrf(matrix, lower=1, clean=0, overwrite_a=1)
        if not failed:
            return Rooted(names, root)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Bordered:
    """Block elimination on the block's names; new names, rows and departed names form the border.

    A departed name stays in the block and is held still by a row of its own.
    """

    block: Rooted
    whitened: Matrix
    lu: Matrix
    pivots: Indices
    new: Indices
    departed: Indices
    rows: int
    fresh: bool

    def solve(self, right: Vector, row_right: Vector, left: float = 0.0) -> tuple[Vector, Vector]:
        half, _ = dtrtrs(self.block.root, right[self.block.names], lower=1)
        count, border = self.new.size, self.whitened.shape[1]
        edge = np.zeros(border)
        edge[:count] = right[self.new]
        edge[count : count + self.rows] = row_right
        if border:
            edge, _ = dgetrs(self.lu, self.pivots, edge - half @ self.whitened)
            half = half - self.whitened @ edge
        inner, _ = dtrtrs(self.block.root, half, lower=1, trans=1)
        inner[self.departed] = 0.0
        step = np.zeros(right.size)
        step[self.block.names] = inner
        step[self.new] = edge[:count]
        return step, edge[count : count + self.rows]


def _bordered(
    hessian: DenseHessian, block: Rooted, new: Indices, departed: Indices, rows: Matrix, *, fresh: bool
) -> _Bordered | None:
    a, m = new.size, rows.shape[0]
    border = a + m + departed.size
    edge = np.zeros((block.names.size, border), order="F")
    if a:
        edge[:, :a] = hessian.unit * hessian.matrix[new][:, block.names].T
    edge[:, a : a + m] = rows[:, block.names].T
    edge[departed, np.arange(a + m, border)] = 1.0
    if not border:
        return _Bordered(block, edge, edge, new, new, departed, m, fresh)
    whitened, _ = dtrtrs(block.root, edge, lower=1, overwrite_b=1)
    schur = -(whitened.T @ whitened)
    if a:
        schur[:a, :a] += hessian.unit * hessian.matrix[np.ix_(new, new)]
        schur[a : a + m, :a] += rows[:, new]
        schur[:a, a : a + m] += rows[:, new].T
    inside = np.arange(a, a + m)
    # Repeated rows make the corner singular; this lets them share one multiplier.
    schur[inside, inside] -= ROW_SOFTNESS * np.abs(schur[inside, inside]) + 1e-300
    lu, pivots, failed = dgetrf(schur)
    return None if failed > 0 else _Bordered(block, whitened, lu, pivots, new, departed, m, fresh)


@dataclass(frozen=True, slots=True, eq=False)
class _OfFactors:
    """The system of a factor model, cheap enough to be made anew each time."""

    factors: Factorised
    names: Indices
    block: None = None
    fresh: bool = True

    def solve(self, right: Vector, row_right: Vector, left: float = 0.0) -> tuple[Vector, Vector]:
        step = np.zeros(right.size)
        step[self.names], duals = self.factors.solve(right[self.names], row_right)
        return step, duals


def _of_factors(hessian: FactorHessian, names: Indices, rows: Matrix) -> _OfFactors | None:
    part = hessian.part(names)
    specific = part.specific
    mean = float(specific.mean())
    common = float(np.einsum("ij,ij->", part.loadings, part.loadings)) / specific.size
    small = specific < 1e-6 * mean if mean > 0 else np.ones(specific.size, dtype=bool)
    ridge = np.where(small, max(1e-7 * max(common, mean), 1e-300), 0.0)
    factors = factorise(part, ridge, rows[:, names], np.zeros(rows.shape[0]))
    return None if factors is None else _OfFactors(factors, names)
