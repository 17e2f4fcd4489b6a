"""Rows that decide their own names, or nothing at all, are taken out before a solver sees them.

A row whose limit is just what the names' limits can reach leaves the names in it no freedom: they are fixed. Solvers
need room around the answer, and this is how a single feasible point usually comes about (caps that sum to the budget).
"""

from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Vector
from trackerr_xl.core.solvers import bends
from trackerr_xl.core.solvers.program import Candidate, Program

ROUNDING = 1e-13
"""Slack of a row, whose own scale is near one, that counts as none."""


@dataclass(frozen=True, slots=True, eq=False)
class Forcing:
    """A row that fixed some names: side 1 if its upper limit did, −1 if its lower one did."""

    row: int
    side: int
    names: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Presolved:
    """The smaller program and what it takes to give the removed rows their multipliers.

    Parameters
    ----------
    program : Program
        Same variables, some of them fixed; only the rows that still matter.
    original : Program
        Before the presolve.
    kept : ndarray of shape (rows of `program`,)
        Index of each row in `original`.
    forcing : tuple of Forcing
        In the order they were found.
    """

    program: Program
    original: Program
    kept: Indices
    forcing: tuple[Forcing, ...]


def presolve(program: Program) -> Presolved:
    """Fix what is forced and drop what cannot bind; loses no feasible point but rounding."""
    lower, upper = program.lower.copy(), program.upper.copy()
    forcing: list[Forcing] = []
    while True:
        least, most = reach(program.rows, lower, upper)
        found = _forced_by_rows(program, lower, upper, least, most)
        if not found:
            break
        forcing += found
    matters = (np.abs(program.rows) * (lower < upper)).max(axis=1, initial=0.0) > 0
    matters &= (least < program.row_lower) | (most > program.row_upper)
    kept = np.flatnonzero(matters)
    smaller = replace(
        program,
        lower=lower,
        upper=upper,
        rows=program.rows[kept],
        row_lower=program.row_lower[kept],
        row_upper=program.row_upper[kept],
        equalities=int(np.count_nonzero(kept < program.equalities)),
        row_ceiling=program.row_ceiling[kept],
        bends=_narrowed(program, lower, upper),
    )
    return Presolved(smaller, program, kept, tuple(forcing))


def restored(presolved: Presolved, candidate: Candidate) -> Candidate:
    """The candidate with multipliers for all rows of the original program.

    The last row to fix its names is the first to get its multiplier: names fixed later have no weight in rows that
    fixed their names earlier.
    """
    original = presolved.original
    duals = np.zeros(original.rows.shape[0])
    duals[presolved.kept] = candidate.row_duals
    if presolved.forcing:
        slope = original.hessian.product(candidate.x) + original.linear + original.rows.T @ duals
        for forced in reversed(presolved.forcing):
            row = original.rows[forced.row]
            # The least multiplier that holds every name at the limit where the row put it.
            needed = forced.side * -slope[forced.names] / row[forced.names]
            change = forced.side * max(0.0, float(needed.max()))
            duals[forced.row] += change
            slope += change * row
    return replace(candidate, row_duals=duals)


def _narrowed(program: Program, lower: Vector, upper: Vector) -> bends.Bends:
    bent = program.bends
    return bends.within(bent.slope, bent.bend, bent.at, bent.upper, bent.ceiling, lower, upper)


def reach(rows: Matrix, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
    """Least and largest value of each row over the box."""
    rising, falling = np.maximum(rows, 0.0), np.minimum(rows, 0.0)
    if np.isfinite(lower).all() and np.isfinite(upper).all():
        return rising @ lower + falling @ upper, rising @ upper + falling @ lower
    with np.errstate(invalid="ignore"):
        # 0 × ∞ is a name outside the row.
        least = np.where(rows > 0, rows * lower, np.where(rows < 0, rows * upper, 0.0))
        most = np.where(rows > 0, rows * upper, np.where(rows < 0, rows * lower, 0.0))
    return least.sum(axis=1), most.sum(axis=1)


def _forced_by_rows(
    program: Program, lower: Vector, upper: Vector, least: Vector, most: Vector
) -> list[Forcing]:
    """Fix, in place, the names of every row that has no slack."""
    found = []
    hard = np.isinf(program.row_ceiling)
    at_least = hard & (program.row_upper - least <= ROUNDING)
    at_most = hard & (most - program.row_lower <= ROUNDING)
    for row in np.flatnonzero(at_least | at_most):
        coefficients = program.rows[row]
        names = np.flatnonzero((coefficients != 0) & (lower < upper))
        if not names.size:
            continue
        side = 1 if at_least[row] else -1
        held = np.where(side * coefficients[names] > 0, lower[names], upper[names])
        lower[names] = upper[names] = held
        found.append(Forcing(int(row), side, names))
    return found
