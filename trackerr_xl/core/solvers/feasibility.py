"""Why no weights satisfy the limits, in the user's labels: row by row first, then the smallest clashing set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solvers.presolve import reach
from trackerr_xl.core.solvers.region import CLASH, Region, least_move, proof_of_clash, region_of
from trackerr_xl.core.words import outward
from trackerr_xl.errors import NoAnswerError

ROUNDING = 1e-10
"""Relative to a row's largest coefficient: limits closer than this are not told apart."""
LONGEST = 230
"""Characters of a message beyond which the limits are counted instead of listed; they stay in `rows`."""
REPAIRS = 5
"""Repairs to tell at most; each costs a linear program."""


def check_each_row(problem: TrackingProblem) -> None:
    """Refuse a row that the names' limits alone make impossible.

    Raises
    ------
    NoAnswerError
        Naming the row, what it needs, what the limits allow, and the change of the row that makes room.
    """
    _check_linear(problem)
    if problem.bent.upper.size:
        _check_bent(problem)


def explain(problem: TrackingProblem) -> None:
    """Return if some weights satisfy all limits; otherwise name a smallest set of rows that clash.

    Raises
    ------
    NoAnswerError
        Naming the rows and the smallest changes of one of them that would make room.
    """
    check_each_row(problem)
    region = region_of(problem)
    found = proof_of_clash(region.polyhedron)
    if found.breach <= CLASH:
        return
    smallest = _smallest_clash(region, found.multipliers)
    parts = [_in_words(problem, region, demand) for demand in smallest]
    raise clash(parts, _repairs(problem, region, smallest, found.multipliers))


def clash(parts: Sequence[str], repairs: Sequence[str]) -> NoAnswerError:
    """The refusal of limits that cannot hold together, with the cheapest repair where the limits are too many."""
    whole = f"these limits cannot hold together: {'; '.join(parts)}"
    short = f"{len(parts)} limits cannot hold together"
    if len(whole) > LONGEST:
        whole = f"{short}. {repairs[0]}" if repairs and len(repairs[0]) + len(short) < LONGEST else short
    return NoAnswerError(whole, rows=parts, repairs=repairs)


@dataclass(frozen=True, slots=True)
class _Demand:
    """One limit of a region's row: side 1 for its upper one, −1 for its lower one."""

    row: int
    side: int


def _check_linear(problem: TrackingProblem) -> None:
    rows = problem.rows
    least, most = reach(rows.matrix, problem.lower, problem.upper)
    slack = ROUNDING * np.maximum(np.abs(rows.matrix).max(axis=1, initial=0.0), 1e-300)
    wrong = rows.hard & ((rows.lower > most + slack) | (rows.upper < least - slack))
    for row in np.flatnonzero(wrong):
        label = rows.labels[row]
        if rows.lower[row] > most[row]:
            raise _single(label, rows.lower[row], most[row], -1)
        raise _single(label, rows.upper[row], least[row], 1)


def _check_bent(problem: TrackingProblem) -> None:
    bent = problem.bent
    ends = problem.lower, problem.upper
    least = np.full(bent.slope.shape, np.inf)
    for place in (*ends, np.clip(bent.at, *ends)):
        with np.errstate(invalid="ignore"):
            value = bent.slope * place + bent.bend * np.abs(place - bent.at)
        # 0 × ∞, and ∞ − ∞ where the row is flat towards an infinite end: as high as at the bend.
        least = np.fmin(least, value)
    reached = least.sum(axis=1)
    for row in np.flatnonzero(bent.hard & (bent.upper < reached - ROUNDING * bent.sizes)):
        raise _single(bent.labels[row], bent.upper[row], reached[row], 1)


def _single(label: str, limit: float, reached: float, side: int) -> NoAnswerError:
    if side < 0:
        needs, allow = f"needs at least {limit:.6g}", f"allow at most {reached:.6g}"
    else:
        needs, allow = f"allows at most {limit:.6g}", f"force at least {reached:.6g}"
    return NoAnswerError(
        f"{label} {needs} but the names' limits {allow}",
        rows=(f"{label} {needs}", f"The names' limits {allow}"),
        repairs=(change_in_words(label, side, limit, outward(reached, side)),),
    )


def change_in_words(label: str, side: int, limit: float, needed: float) -> str:
    """The sentence for moving one limit outwards."""
    verb, word = ("Raise", "Max") if side > 0 else ("Lower", "Min")
    return f"{verb} the {word} of {label} from {limit:.6g} to {needed:.6g}"


def _smallest_clash(region: Region, multipliers: Vector) -> list[_Demand]:
    """Drop demands one by one while the rest still clash; what is left clashes and no part of it does."""
    demands = _demands(multipliers)
    position = 0
    while position < len(demands) and len(demands) > 1:
        fewer = demands[:position] + demands[position + 1 :]
        found = proof_of_clash(_only(region, fewer).polyhedron)
        if found.breach <= CLASH:
            position += 1
            continue
        # Only demands that press on the breach can belong to a clash: the others go in the same step.
        pressing = set(_demands(found.multipliers))
        demands = [demand for at, demand in enumerate(fewer) if at < position or demand in pressing]
    return demands


def _demands(multipliers: Vector) -> list[_Demand]:
    return [_Demand(row, 1 if multipliers[row] > 0 else -1) for row in np.flatnonzero(multipliers).tolist()]


def _only(region: Region, demands: Sequence[_Demand]) -> Region:
    low, high = np.full(region.sizes.size, -np.inf), np.full(region.sizes.size, np.inf)
    for demand in demands:
        if demand.side > 0:
            high[demand.row] = region.polyhedron.high[demand.row]
        else:
            low[demand.row] = region.polyhedron.low[demand.row]
    return replace(region, polyhedron=replace(region.polyhedron, low=low, high=high))


def _repairs(
    problem: TrackingProblem, region: Region, demands: Sequence[_Demand], multipliers: Vector
) -> list[str]:
    """Changes of one limit that make room, the smallest first, each measured in its row's largest coefficient."""
    # A limit with a large multiplier has the least way to go, as far as this proof goes.
    likely = sorted(demands, key=lambda demand: -abs(multipliers[demand.row]))
    moves: list[tuple[float, _Demand]] = []
    for demand in likely:
        move = least_move(region, demand.row, demand.side)
        if move is not None:
            moves.append((move, demand))
        if len(moves) == REPAIRS:
            break
    moves.sort(key=lambda pair: pair[0])
    return [_repair(problem, region, demand, move) for move, demand in moves]


def _in_words(problem: TrackingProblem, region: Region, demand: _Demand) -> str:
    label, limit = _limit(problem, region, demand)
    return f"{label} at {'most' if demand.side > 0 else 'least'} {limit:.6g}"


def _repair(problem: TrackingProblem, region: Region, demand: _Demand, move: float) -> str:
    label, limit = _limit(problem, region, demand)
    needed = limit + demand.side * move * float(region.sizes[demand.row])
    return change_in_words(label, demand.side, limit, outward(needed, demand.side))


def _limit(problem: TrackingProblem, region: Region, demand: _Demand) -> tuple[str, float]:
    split = region.linear.size
    if demand.row >= split:
        row = int(region.bent[demand.row - split])
        return problem.bent.labels[row], float(problem.bent.upper[row])
    row = int(region.linear[demand.row])
    limit = problem.rows.upper[row] if demand.side > 0 else problem.rows.lower[row]
    return problem.rows.labels[row], float(limit)
