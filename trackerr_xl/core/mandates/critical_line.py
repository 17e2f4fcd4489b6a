"""Every corner of the trade-off between risk and return: Markowitz's critical line, each piece of it proved.

For least ½(w − b)'Σ(w − b) − t α'w under linear limits, weights and multipliers move on straight lines as t grows, until a
limit is met or stops pulling. A piece is proved by checking the optimality conditions at both its ends, since between
them everything is a mean of the two. Where several limits change at once, the limits of the next piece are read off a
solution a little further on, found and proved by the optimizer.

References
----------
.. [1] Markowitz, "The optimization of a quadratic function subject to linear constraints", Naval Research Logistics
   Quarterly 3 (1956).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.mandates.piece import ON_LIMIT, Held, Line, line_of
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import solve
from trackerr_xl.errors import NumericalError

SAME = 1e-10
"""Relative difference between two t that are one."""
FURTHER = 1e-6
"""How much further on, relative, the limits of the next piece are read off."""
JOINED = 1e-8
"""Largest jump of a weight between two pieces, relative to the largest weight."""
SMALLEST, LARGEST = 1e-7, 1e9
"""Where the search for limits begins and ends, in units of the t at which return and risk pull alike."""
MOST_PIECES = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Weights base + t · direction from one t to another.

    Parameters
    ----------
    begin, end : float
        Prices of a unit of return in half variance; the last piece ends at infinity and does not move.
    base, direction : ndarray of shape (n,)
        Weights and their change with t.
    """

    begin: float
    end: float
    base: Vector
    direction: Vector

    def weights(self, t: float) -> Vector:
        """Weights at a t of the piece."""
        return self.base + t * self.direction


def critical_line(problem: TrackingProblem, alpha: Vector) -> Iterator[Piece]:
    """The pieces from least risk to most return.

    Parameters
    ----------
    problem : TrackingProblem
        With linear limits that all must hold; its linear term is not used.
    alpha : ndarray of shape (n,)
        Expected returns.

    Raises
    ------
    NoAnswerError
        If no weights satisfy the limits.
    NumericalError
        If a piece was not proved, or the return has no end.
    """
    spread = float(np.abs(alpha - alpha.mean()).max())
    unit = float(problem.risk.diagonal().mean()) / spread if spread > 0.0 else 1.0
    for begin, end, base, direction in _Walk(problem, unit * alpha).lines():
        yield Piece(begin * unit, end * unit, base, direction / unit)


def _joins(before: Vector | None, line: Line, t: float) -> bool:
    """Whether a line goes on from where the last one ended."""
    return before is None or float(np.abs(line.at(t) - before).max()) <= JOINED * float(np.abs(before).max())


class _Walk:
    """The walk along the line, t counted so that 1 is where return and risk pull alike."""

    def __init__(self, problem: TrackingProblem, alpha: Vector) -> None:
        self._problem, self._alpha = problem, alpha
        self._last: Solution | None = None

    def lines(self) -> Iterator[tuple[float, float, Vector, Vector]]:
        """Begin, end, base and direction of every piece."""
        t, held = 0.0, self._read_off(self._solved(SMALLEST))
        before: Vector | None = None
        for _ in range(MOST_PIECES):
            line = line_of(self._problem, self._alpha, held)
            if line is None or not line.holds_at(t) or not _joins(before, line, t):
                begin, line = self._next(t, before)
                if before is not None and begin > t * (1.0 + SAME):
                    yield t, begin, before, np.zeros(before.size)
                if line is None:
                    return
                t = begin
            end, hit = line.reach(t)
            if np.isinf(end) and np.abs(line.direction).max() > ON_LIMIT:
                raise NumericalError(
                    "the return has no end: weights without an upper limit can grow for ever"
                )
            if end > t * (1.0 + SAME):
                yield t, end, line.base, line.direction
            if np.isinf(end):
                return
            before, t, held = line.at(end), end, line.held.after(hit)
        raise NumericalError(f"the frontier has more than {MOST_PIECES} corners")

    def _next(self, t: float, before: Vector | None) -> tuple[float, Line | None]:
        """The next piece that moves and where it begins, where several limits change at once; none at the end."""
        probe, ceiling = max(t * (1.0 + FURTHER), SMALLEST), np.inf
        while probe < LARGEST:
            line = line_of(self._problem, self._alpha, self._read_off(self._solved(probe)))
            if line is None or not line.holds_at(probe):
                nearer = np.sqrt(probe * ceiling) if np.isfinite(ceiling) else 4.0 * probe
            else:
                begin = max(line.since(probe), t)
                if begin <= t * (1.0 + FURTHER) + SMALLEST or _joins(before, line, begin):
                    return begin, line
                ceiling, nearer = begin, np.sqrt(max(t, SMALLEST) * begin)
            if abs(nearer - probe) <= SAME * probe:
                raise NumericalError("a piece of the frontier could not be proved")
            probe = nearer
        if before is None:
            raise NumericalError("no piece of the frontier could be proved")
        return np.inf, None

    def _solved(self, t: float) -> Solution:
        self._last = solve(replace(self._problem, linear=-t * self._alpha), self._last)
        return self._last

    def _read_off(self, solution: Solution) -> Held:
        """Which limits hold a solution."""
        problem, weights = self._problem, solution.weights
        near = ON_LIMIT * float(np.abs(weights).max())
        names = np.where(weights <= problem.lower + near, -1, np.where(weights >= problem.upper - near, 1, 0))
        slope = solution.reduced_gradient - problem.rows.matrix.T @ solution.row_duals
        pull = solution.row_duals * problem.rows.sizes
        pulling = np.abs(pull) > ON_LIMIT * float(np.abs(slope).max(initial=0.0))
        rows = np.where(pulling, np.sign(pull), 0.0)
        return Held.of(problem, names, rows)
