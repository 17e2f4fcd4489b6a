"""How a proof that limits clash gives way as one cell of the table is moved outwards."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solvers.region import region_of
from trackerr_xl.core.table.constraints import Limits
from trackerr_xl.core.table.limits import Limit
from trackerr_xl.core.table.refutation import Asked, Cell, Refutation, problem_of


def breach_by(asked: Asked, limits: Sequence[Limit], proof: Refutation) -> float:
    """What is left of a proof under other limits; zero or less where it is void."""
    return _left_of(problem_of(asked, asked.meaning(limits)), proof)


def rate_of(
    asked: Asked, limits: Sequence[Limit], proof: Refutation, at: int, cell: Cell, step: float
) -> float:
    """How fast a proof gives way as one cell of a limit is moved outwards."""
    meant = asked.meaning(limits)
    problem = problem_of(asked, meant)
    if at in meant.origins.rows[list(meant.origins.denominators)]:
        # The cell of a ratio stands among the coefficients.
        moved = _eased(limits[at], cell, step)
        there = problem_of(asked, asked.meaning([*limits[:at], moved, *limits[at + 1 :]]))
    else:
        there = _moved(problem, meant, at, cell, step)
    return (_left_of(problem, proof) - _left_of(there, proof)) / step


def _eased(limit: Limit, cell: Cell, step: float) -> Limit:
    if cell == "Max":
        return replace(limit, upper=limit.upper + step)
    return replace(limit, lower=limit.lower - step)


def _left_of(problem: TrackingProblem, proof: Refutation) -> float:
    if proof.multipliers is not None:
        return region_of(problem).polyhedron.certain_breach(proof.multipliers)
    crossing = (problem.lower - problem.upper, problem.rows.lower - problem.rows.upper)
    return max(float(part.max(initial=0.0)) for part in crossing)


def _moved(problem: TrackingProblem, meant: Limits, at: int, cell: Cell, step: float) -> TrackingProblem:
    """The problem with all that comes from one cell moved outwards, as long as nothing else takes its place."""
    origins, sign = meant.origins, 1.0 if cell == "Max" else -1.0

    def shift(origin: Indices, factor: Vector, side: float) -> Vector:
        # A cell is the upper limit where its factor is above zero and it is a Max, or neither.
        return np.where((origin == at) & (factor * sign * side > 0.0), sign * step * factor, 0.0)

    rows, bent = problem.rows, problem.bent
    return replace(
        problem,
        lower=problem.lower + shift(origins.lower, origins.lower_factor, -1.0),
        upper=problem.upper + shift(origins.upper, origins.upper_factor, 1.0),
        rows=replace(
            rows,
            lower=rows.lower + shift(origins.rows, origins.row_factor, -1.0),
            upper=rows.upper + shift(origins.rows, origins.row_factor, 1.0),
        ),
        bent=replace(bent, upper=bent.upper + shift(origins.bent, origins.bent_factor, 1.0)),
    )
