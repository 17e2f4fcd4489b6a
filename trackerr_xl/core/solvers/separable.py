"""A factor-model program laid out for its dual, where the variables separate."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Sides, Vector
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, FactorHessian, Program

LEAST_SPECIFIC = 1e-9
"""Specific curvature is raised to this, relative to the mean curvature of 1; the active set works on the true one."""


@dataclass(frozen=True, slots=True, eq=False)
class Bent:
    """Bent rows by variable, in the order in which each variable meets their bends; b of them, perhaps none.

    Parameters
    ----------
    points : ndarray of shape (b + 2, n)
        Lower limit, bends ascending, upper limit of each variable.
    order : ndarray of shape (b, n)
        Row of each bend.
    steps : ndarray of shape (b, n)
        Half the rise of that row's slope at it.
    bend, at : ndarray of shape (b, n)
        By row, as in `Bends`.
    rank : int8 ndarray of shape (b, n)
        As in `Bends`.
    """

    points: Matrix
    order: Indices
    steps: Matrix
    bend: Matrix
    at: Matrix
    rank: Sides

    def distances(self, x: Vector) -> Vector:
        """What the bends add to each row, shape (b,)."""
        return np.asarray(np.einsum("ij,ij->i", self.bend, np.abs(x - self.at)))

    def sides(self, names: Indices, places: Sides) -> Matrix:
        """What the bends add to the slope of each row at free names on given places, shape (names, b)."""
        left = 2 * self.rank[:, names] > places[names]
        return np.asarray(np.where(left, -self.bend[:, names], self.bend[:, names]).T)


@dataclass(frozen=True, slots=True, eq=False)
class Separable:
    """The program as the dual sees it.

    A dual point holds the k factor exposures, the multipliers of the hard equalities, those of the other rows and
    those of the bent rows; the last two make up the m' limited rows.

    Parameters
    ----------
    columns : ndarray of shape (n, k + m + b)
        Loadings, rows and slopes of the bent rows, side by side.
    specific, inverse : ndarray of shape (n,)
        Specific curvature and its inverse.
    linear, lower, upper : ndarray of shape (n,)
        As in the program.
    targets : ndarray of shape (e,)
        Right sides of the hard equalities.
    row_lower, row_upper, ceiling : ndarray of shape (m',)
        Limits of the limited rows and the largest size of their multipliers.
    factors : int
        k.
    curvature : ndarray of shape (k + m + b,)
        Estimated diagonal of the Newton matrix if every variable were free.
    bent : Bent
        Where the bent rows bend.
    soft : bool
        Whether any ceiling is finite.
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
    ceiling: Vector
    factors: int
    curvature: Vector
    bent: Bent
    soft: bool

    @property
    def smooth(self) -> int:
        """Number of dual variables that enter smoothly: factors and hard equalities."""
        return self.factors + int(self.targets.size)

    @property
    def bends(self) -> int:
        """Number of bent rows b."""
        return int(self.bent.order.shape[0])

    def primal(self, slope: Vector, duals: Vector) -> Vector:
        """The x that minimises each separate piece for a given slope; of the duals only the bent rows' are read."""
        b = self.bends
        if not b:
            return np.asarray(np.minimum(np.maximum(-slope * self.inverse, self.lower), self.upper))
        # On each segment the piece is a parabola. Its least point, cut at the segment's upper end, rises with the
        # segment up to the answer and falls behind it.
        rises = duals[-b:][self.bent.order] * self.bent.steps
        rising = slope - rises.sum(axis=0)
        x = np.minimum(-rising * self.inverse, self.bent.points[1])
        for j in range(b):
            rising += 2.0 * rises[j]
            np.maximum(x, np.minimum(-rising * self.inverse, self.bent.points[j + 2]), out=x)
        return np.asarray(np.maximum(x, self.lower, out=x))

    def places(self, x: Vector) -> Sides:
        """Where each variable stands, as in `ActiveSet`: odd where it is free."""
        if not self.bends:
            return np.asarray(np.add(x > self.lower, (x >= self.upper) & (x > self.lower), dtype=np.int8))
        below = (self.bent.points < x).sum(axis=0, dtype=np.int8)
        reached = (self.bent.points <= x).sum(axis=0, dtype=np.int8)
        return np.asarray(2 * below - (reached == below), dtype=np.int8)

    def active(self, program: Program, x: Vector, duals: Vector) -> ActiveSet:
        """What holds at x, where rows and bent rows have the given multipliers."""
        ceiling = np.concatenate([program.row_ceiling, program.bends.ceiling])
        sides = np.sign(duals) * (1.0 + (np.abs(duals) >= ceiling))
        m = program.rows.shape[0]
        rows, bends = sides[:m].astype(np.int8), sides[m:].astype(np.int8)
        equal = rows[: program.equalities]
        equal[np.abs(equal) < 2] = 1
        return ActiveSet(self.places(x), rows, bends)


def separable(hessian: FactorHessian, program: Program) -> Separable:
    """The program with `hessian` in place of its own, laid out for the dual."""
    n, k = hessian.loadings.shape
    bends, m = program.bends, program.rows.shape[0]
    columns = np.empty((n, k + m + bends.count))
    columns[:, :k] = hessian.loadings
    columns[:, k : k + m] = program.rows.T
    columns[:, k + m :] = bends.slope.T
    specific = np.maximum(hessian.specific, LEAST_SPECIFIC)
    inverse = 1.0 / specific
    e = _hard_equalities(program)
    ceiling = np.concatenate([program.row_ceiling[e:], bends.ceiling])
    return Separable(
        columns,
        specific,
        inverse,
        program.linear,
        program.lower,
        program.upper,
        program.row_upper[:e],
        np.concatenate([program.row_lower[e:], np.full(bends.count, -np.inf)]),
        np.concatenate([program.row_upper[e:], bends.upper]),
        ceiling,
        k,
        _curvature(columns, inverse, bends.bend),
        _bent(program),
        bool(np.isfinite(ceiling).any()),
    )


def active_set_near(program: Program, start: Candidate) -> ActiveSet:
    """What holds near an answer to a similar program: each variable takes one step along its own curvature."""
    hessian = program.hessian
    curvature = hessian.specific if isinstance(hessian, FactorHessian) else hessian.diagonal()
    alone = separable(FactorHessian(np.empty((program.size, 0)), curvature), program)
    slope = hessian.product(start.x) + program.linear
    duals = np.concatenate([start.row_duals, start.bent_duals])
    x = alone.primal(slope + alone.columns @ duals - alone.specific * start.x, duals)
    return alone.active(program, x, duals)


def _hard_equalities(program: Program) -> int:
    """A soft equality has a multiplier with a ceiling, like a range of no width; scaling sorts them last."""
    return int(np.count_nonzero(np.isinf(program.row_ceiling[: program.equalities])))


def _curvature(columns: Matrix, inverse: Vector, bend: Matrix) -> Vector:
    n = inverse.size
    sample = slice(0, n, max(1, n // 400))
    share = n / inverse[sample].size
    curvature = share * np.einsum("ij,ij,i->j", columns[sample], columns[sample], inverse[sample])
    if bend.size:
        curvature[-bend.shape[0] :] += share * np.einsum(
            "ij,ij,j->i", bend[:, sample], bend[:, sample], inverse[sample]
        )
    return np.asarray(curvature)


def _bent(program: Program) -> Bent:
    bends = program.bends
    order = np.argsort(bends.rank, axis=0)
    points = np.ascontiguousarray(bends.points.T)
    return Bent(
        points, order, np.take_along_axis(bends.bend, order, axis=0), bends.bend, bends.at, bends.rank
    )
