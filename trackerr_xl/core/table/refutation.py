"""Whether some rows of the constraints table leave any weights, and if not, which of the rows the proof rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Literal, Protocol

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Vector
from trackerr_xl.core.mandates.achieve import achieve
from trackerr_xl.core.mandates.impact import require_affordable
from trackerr_xl.core.mandates.mandate import Mandate
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import solve
from trackerr_xl.core.solvers.region import CLASH, Pressing, pressing, proof_of_clash, region_of
from trackerr_xl.core.table.bounds import DEFAULT
from trackerr_xl.core.table.constraints import Limits
from trackerr_xl.core.table.limits import Limit
from trackerr_xl.core.whole.feasible import feasible
from trackerr_xl.errors import NoAnswerError, NumericalError

Cell = Literal["Min", "Max"]
ASSUMED = DEFAULT
"""Stands for the budget that is assumed, where a row has a position."""
SECONDS = 1.0
"""After which costs are not asked about any more."""
LONG = 60
"""Rows beyond which a clash is not shortened."""
CROSSED = 1e-12
"""Bounds of one weight cross when it is by more than this: decimal fractions are not exact."""
ABOVE = 1e-9
"""Share of a cap on tracking error by which the least one must be above it."""
PRESSED = 1e-7
"""A limit of a least tracking error presses where its multiplier is above this share of the largest slope."""


class Meaning(Protocol):
    """What some declared limits come to, bounds let cross or refused."""

    def __call__(self, limits: Sequence[Limit], *, crossing: bool = False) -> Limits:
        """As `constraints.resolve`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What the rows of a table are asked about.

    Parameters
    ----------
    resolve : callable
        What some of them come to.
    benchmark : ndarray of shape (n,)
        Benchmark weights.
    risk : RiskModel
        Covariance, fraction squared per period.
    names : tuple of str
        One an asset.
    periods : float
        Periods a year; a cap on tracking error is a year's.
    end : float
        Time of `perf_counter` after which rows are left unshortened and repairs untightened.
    meanings, refutations : dict
        What was found so far: the same rows are asked about again and again.
    """

    resolve: Meaning
    benchmark: Vector
    risk: RiskModel
    names: tuple[str, ...]
    periods: float
    end: float = np.inf
    meanings: dict[tuple[Limit, ...], Limits] = field(default_factory=dict)
    refutations: dict[tuple[Limit, ...], "Refutation | None"] = field(default_factory=dict)

    @property
    def late(self) -> bool:
        """Whether the time for an explanation is over."""
        return perf_counter() > self.end

    def meaning(self, limits: Sequence[Limit]) -> Limits:
        """What limits come to, bounds let cross.

        Raises
        ------
        NoAnswerError
            If two of them fix a name at two values.
        """
        key = tuple(limits)
        if key not in self.meanings:
            self.meanings[key] = self.resolve(limits, crossing=True)
        return self.meanings[key]


@dataclass(frozen=True, slots=True, eq=False)
class Refutation:
    """A proof that some limits leave no weights.

    Parameters
    ----------
    cells : dict of int to set of str
        Positions of the limits it rests on, each with the cells that press: Min, Max, both, or none where a row has
        none. `ASSUMED` is the budget that no row speaks of.
    multipliers : ndarray, optional
        Of the rows of the region, where the proof is one of linear rows.
    crossing : float
        By how much the bounds of a name cross, where that is the proof.
    least_error : float
        The least tracking error a year, where that is above its cap; else zero.
    whole : bool
        Whether it takes whole names to prove: weights alone there would be.
    """

    cells: dict[int, set[Cell]]
    multipliers: Vector | None = None
    crossing: float = 0.0
    least_error: float = 0.0
    whole: bool = False

    @property
    def is_linear(self) -> bool:
        """Whether rows and bounds alone clash, whatever the risk and the costs."""
        return self.multipliers is not None or self.crossing > 0.0


def refuted(asked: Asked, limits: Sequence[Limit]) -> Refutation | None:
    """The proof that no weights satisfy the limits, or None if some do."""
    key = tuple(limits)
    if key not in asked.refutations:
        asked.refutations[key] = _refuted(asked, limits)
    return asked.refutations[key]


def _refuted(asked: Asked, limits: Sequence[Limit]) -> Refutation | None:
    try:
        meant = asked.meaning(limits)
    except NoAnswerError as error:
        # Two rows that fix one name at two values, told by their labels.
        clashing = {at: set[Cell]() for at, limit in enumerate(limits) if limit.label in error.rows}
        return Refutation(clashing or {at: set() for at in range(len(limits))})
    problem = problem_of(asked, meant)
    return (
        _crossed_bounds(meant)
        or _crossed_row(meant, limits)
        or _clash(meant, problem)
        or _above_cap(asked, meant, problem)
        or _too_dear(asked, meant, problem, limits)
        or _no_whole_names(meant, problem, limits)
    )


def _no_whole_names(meant: Limits, problem: TrackingProblem, limits: Sequence[Limit]) -> Refutation | None:
    """Every row, for the rows to be shortened one by one: the search that proves it names none."""
    if not meant.holdings.limiting or feasible(problem, meant.holdings).decided != "infeasible":
        return None
    return Refutation({at: _given(limit) for at, limit in enumerate(limits)}, whole=True)


def conflict(asked: Asked, limits: Sequence[Limit]) -> Refutation | None:
    """The proof that rests on an irreducible set of the limits, or None if all can hold.

    A row that names an asset or a group takes the place of those that speak of all, so that to drop one row may
    tighten the rest: rows are dropped one by one until none can be. More than `LONG` rows are left as the proof has
    them, with perhaps a few too many.
    """
    found = refuted(asked, limits)
    if found is None:
        return None
    kept = _resting_on(found, range(len(limits)))
    # What presses on a proof proves it alone, unless rounding says otherwise.
    if refuted(asked, [limits[at] for at in kept]) is None:
        kept = list(range(len(limits)))
    position = unchanged = 0
    while unchanged < len(kept) <= LONG and not asked.late:
        fewer = kept[:position] + kept[position + 1 :]
        clash = refuted(asked, [limits[at] for at in fewer])
        if clash is None:
            position, unchanged = (position + 1) % len(kept), unchanged + 1
            continue
        kept = _resting_on(clash, fewer)
        position, unchanged = position % max(len(kept), 1), 0
    final = refuted(asked, [limits[at] for at in kept])
    assert final is not None
    return _at_positions(final, kept)


def problem_of(asked: Asked, meant: Limits) -> TrackingProblem:
    """The hard limits as a problem; nothing in it was not checked before."""
    rows, bent = meant.rows, meant.bent
    return TrackingProblem(
        asked.benchmark,
        asked.risk,
        meant.lower,
        meant.upper,
        rows,
        asked.names,
        bent,
        np.zeros(asked.benchmark.size),
    )


def least_error(asked: Asked, limits: Sequence[Limit]) -> float:
    """The least tracking error a year within the hard limits, whatever its cap."""
    return _error(asked, _least(problem_of(asked, asked.meaning(limits))))


def _resting_on(found: Refutation, positions: Sequence[int]) -> list[int]:
    return [positions[at] for at in sorted(found.cells) if at != ASSUMED]


def _at_positions(found: Refutation, positions: list[int]) -> Refutation:
    """The proof with every row of the set, even one that only keeps a looser row from a tighter one's place."""
    cells: dict[int, set[Cell]] = {at: found.cells.get(i, set()) for i, at in enumerate(positions)}
    if ASSUMED in found.cells:
        cells[ASSUMED] = found.cells[ASSUMED]
    return Refutation(cells, found.multipliers, found.crossing, found.least_error, found.whole)


def _crossed_bounds(meant: Limits) -> Refutation | None:
    crossing = meant.lower - meant.upper
    if not crossing.size or crossing.max() <= CROSSED:
        return None
    at, origins = int(crossing.argmax()), meant.origins
    cells: dict[int, set[Cell]] = {}
    _press(cells, int(origins.lower[at]), "Min", float(origins.lower_factor[at]))
    _press(cells, int(origins.upper[at]), "Max", float(origins.upper_factor[at]))
    cells.pop(DEFAULT, None)
    return Refutation(cells, crossing=float(crossing[at]))


def _crossed_row(meant: Limits, limits: Sequence[Limit]) -> Refutation | None:
    crossing = np.where(meant.rows.hard, meant.rows.lower - meant.rows.upper, -np.inf)
    if not crossing.size or crossing.max() <= 0.0:
        return None
    at = int(crossing.argmax())
    return Refutation({int(meant.origins.rows[at]): {"Min", "Max"}}, crossing=float(crossing[at]))


def _clash(meant: Limits, problem: TrackingProblem) -> Refutation | None:
    # Bounds that cross within rounding are one.
    problem = replace(problem, lower=np.minimum(problem.lower, problem.upper))
    where = region_of(problem)
    found = proof_of_clash(where.polyhedron)
    if found.breach <= CLASH:
        return None
    return Refutation(_cells(meant, pressing(problem, where, found.multipliers)), found.multipliers)


def _cells(meant: Limits, pressed: Pressing) -> dict[int, set[Cell]]:
    origins = meant.origins
    cells: dict[int, set[Cell]] = {}
    bounds: tuple[tuple[Mask, Indices, Vector, Cell], ...] = (
        (pressed.lower, origins.lower, origins.lower_factor, "Min"),
        (pressed.upper, origins.upper, origins.upper_factor, "Max"),
    )
    for names, side, factors, cell in bounds:
        for origin in np.unique(side[names]).tolist():
            if origin != DEFAULT:
                for factor in np.unique(np.sign(factors[names & (side == origin)])).tolist():
                    _press(cells, origin, cell, factor)
    for row in np.flatnonzero(pressed.linear).tolist():
        side_ = "Max" if pressed.linear[row] > 0.0 else "Min"
        _press(
            cells, int(origins.rows[row]), "Max" if side_ == "Max" else "Min", float(origins.row_factor[row])
        )
    for row in np.flatnonzero(pressed.bent).tolist():
        _press(cells, int(origins.bent[row]), "Max", float(origins.bent_factor[row]))
    return cells


def _press(cells: dict[int, set[Cell]], origin: int, cell: Cell, factor: float) -> None:
    pressed = cells.setdefault(origin, set())
    # Where a reference is below zero, the Min of the table is the upper limit; where it is zero no cell moves it.
    if factor > 0.0 or origin == ASSUMED:
        pressed.add(cell)
    elif factor < 0.0:
        pressed.add("Max" if cell == "Min" else "Min")


def _least(problem: TrackingProblem) -> Solution:
    """The least tracking error within what must hold."""
    rows, bent = problem.rows, problem.bent
    must, hard = np.flatnonzero(rows.hard), np.flatnonzero(bent.hard)
    kept = replace(
        rows,
        matrix=rows.matrix[must],
        lower=rows.lower[must],
        upper=rows.upper[must],
        labels=tuple(rows.labels[at] for at in must),
        penalty=None,
    )
    kept_bent = replace(
        bent,
        slope=bent.slope[hard],
        bend=bent.bend[hard],
        at=bent.at[hard],
        upper=bent.upper[hard],
        penalty=bent.penalty[hard],
        labels=tuple(bent.labels[at] for at in hard),
    )
    return solve(replace(problem, rows=kept, bent=kept_bent))


def _error(asked: Asked, solution: Solution) -> float:
    return float(np.sqrt(solution.active_variance * asked.periods))


def _above_cap(asked: Asked, meant: Limits, problem: TrackingProblem) -> Refutation | None:
    cap = meant.cap
    if cap is None or np.isfinite(cap.penalty):
        return None
    solution = _least(problem)
    error = _error(asked, solution)
    if error <= cap.upper * (1.0 + ABOVE) + ABOVE * float(np.sqrt(asked.risk.diagonal().mean())):
        return None
    linear, bent = np.zeros(problem.rows.lower.size), np.zeros(problem.bent.upper.size)
    linear[problem.rows.hard], bent[problem.bent.hard] = solution.row_duals, solution.bent_duals
    reduced = solution.reduced_gradient
    steepest = float(np.abs(asked.risk.product(solution.weights - asked.benchmark)).max())
    nothing = PRESSED * steepest
    linear[np.abs(linear) * problem.rows.sizes <= nothing] = 0.0
    bent[bent * problem.bent.sizes <= nothing] = 0.0
    pressed = Pressing(linear, bent, reduced > nothing, reduced < -nothing)
    return Refutation(_cells(meant, pressed) | {meant.origins.te: {"Max"}}, least_error=error)


def _too_dear(
    asked: Asked, meant: Limits, problem: TrackingProblem, limits: Sequence[Limit]
) -> Refutation | None:
    """Costs are no linear rows: their tangents say whether they can be kept, and every row is suspected."""
    costs = tuple(row for row in meant.costs if np.isinf(row.penalty))
    if not costs:
        return None
    every = Refutation({at: _given(limit) for at, limit in enumerate(limits) if limit.hard})
    try:
        require_affordable(problem, costs, SECONDS)
        if meant.cap is not None and np.isinf(meant.cap.penalty):
            achieve(Mandate(problem, te_cap=meant.cap.upper / float(np.sqrt(asked.periods)), costs=costs))
    except NoAnswerError:
        return every
    except NumericalError:
        # So near the edge that neither side is proved.
        return None
    return None


def _given(limit: Limit) -> set[Cell]:
    cells: set[Cell] = set()
    if limit.lower > -np.inf:
        cells.add("Min")
    if limit.upper < np.inf:
        cells.add("Max")
    return cells
