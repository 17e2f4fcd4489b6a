"""What a little more room in some limits is worth, where the multipliers of an answer are not unique too.

Where limits that bind overlap, many multipliers prove the same answer. The value of a convex problem falls, as limits
are moved outwards together, by the least that any of these multipliers say [1]_: more is only what other limits would
have given. The least is found by a linear program over the multipliers, by its dual: one row for each way in which the
multipliers can change, one column for each sign they have to keep.

References
----------
.. [1] R. T. Rockafellar, *Convex Analysis*, Princeton University Press 1970, section 29.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.rows import BentRows, LinearRows
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solvers.dual_simplex import Polyhedron
from trackerr_xl.core.solvers.region import least

AT_LIMIT = 1e-9
"""A weight or row this near to its limit, in units of the row's largest coefficient, is at it."""
DEPENDENT = 1e-8
"""Singular values below this share of the largest one are zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """How far each limit moves outwards per unit.

    Parameters
    ----------
    lower, upper : ndarray of shape (n,)
        Bounds of the weights.
    row_lower, row_upper : ndarray of shape (m,)
        Limits of the linear rows.
    bent : ndarray of shape (b,)
        Limits of the bent rows.
    """

    lower: Vector
    upper: Vector
    row_lower: Vector
    row_upper: Vector
    bent: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Limited:
    """The limits of an answer.

    Parameters
    ----------
    lower, upper : ndarray of shape (n,)
        Bounds of the weights.
    rows : LinearRows
        Linear rows.
    bent : BentRows
        Bent rows.
    """

    lower: Vector
    upper: Vector
    rows: LinearRows
    bent: BentRows


@dataclass(frozen=True, slots=True, eq=False)
class _Proofs:
    """All multipliers that prove an answer: those given, plus any combination of `ways` that keeps the signs.

    Parameters
    ----------
    ways : ndarray of shape (m + b, q)
        Changes of the row multipliers, linear rows first, that leave the slope along free weights as it is.
    signs : ndarray of shape (s, q)
        What each change does to each sign that must be kept.
    room : ndarray of shape (s,)
        How far each is from losing its sign.
    """

    ways: Matrix
    signs: Matrix
    room: Vector


def relaxation_prices(limited: Limited, solution: Solution, moves: Sequence[Move]) -> Vector:
    """How much the objective falls per unit of each move, shape (moves,), in the unit of the multipliers.

    Multipliers of soft rows are taken as they are; so is what holds a weight that stands on a bend.

    Parameters
    ----------
    limited : Limited
        The limits.
    solution : Solution
        The answer with its multipliers.
    moves : sequence of Move
        Each for itself.
    """
    plain = np.array([_plain(solution, move) for move in moves])
    proofs = _proofs(limited, solution)
    if not proofs.ways.size:
        return plain
    slopes = _slopes(limited, solution)
    return np.array(
        [
            max(value - _excess(proofs, _change(limited, solution, move, slopes) @ proofs.ways), 0.0)
            for value, move in zip(plain, moves, strict=True)
        ]
    )


def _plain(solution: Solution, move: Move) -> float:
    """What the multipliers given say."""
    reduced, duals = solution.reduced_gradient, solution.row_duals
    parts = (
        move.lower @ np.maximum(reduced, 0.0),
        move.upper @ np.maximum(-reduced, 0.0),
        move.row_lower @ np.maximum(-duals, 0.0),
        move.row_upper @ np.maximum(duals, 0.0),
        move.bent @ solution.bent_duals,
    )
    return float(sum(parts))


def _change(limited: Limited, solution: Solution, move: Move, slopes: Matrix) -> Vector:
    """How the price of a move changes with each row's multiplier."""
    rows, weights = limited.rows, solution.weights
    reached, slack = rows.matrix @ weights, AT_LIMIT * rows.sizes
    names = _facing(
        weights - limited.lower,
        limited.upper - weights,
        AT_LIMIT,
        solution.reduced_gradient,
        (move.lower, move.upper),
    )
    own = _facing(
        reached - rows.lower,
        rows.upper - reached,
        slack,
        -solution.row_duals,
        (move.row_lower, move.row_upper),
    )
    return np.asarray(slopes @ names + np.concatenate([-own, move.bent]))


def _facing(
    from_lower: Vector, to_upper: Vector, slack: Vector | float, held_up: Vector, move: tuple[Vector, Vector]
) -> Vector:
    """The move of the limit each thing is at, up to it or down; of one at both the limit that presses."""
    below, above = from_lower <= slack, to_upper <= slack
    below, above = below & ~(above & (held_up < 0.0)), above & ~(below & (held_up >= 0.0))
    return np.where(below, move[0], 0.0) - np.where(above, move[1], 0.0)


def _excess(proofs: _Proofs, change: Vector) -> float:
    """By how much the price can be lowered, least room'u over u ≥ 0 with signs'u = change; endless if there is no u."""
    size = float(np.abs(change).max(initial=0.0))
    if size <= DEPENDENT:
        return 0.0
    count = proofs.room.size
    columns = proofs.signs.T
    sizes = np.maximum(np.abs(columns).max(axis=1), DEPENDENT)
    target = change / sizes
    everything = Polyhedron(columns / sizes[:, None], target, target, np.zeros(count), np.full(count, np.inf))
    found = least(everything, proofs.room)
    return np.inf if found is None else max(found, 0.0)


def _slopes(limited: Limited, solution: Solution) -> Matrix:
    """Slope that each row adds along each weight per unit of its multiplier, shape (m + b, n)."""
    bent = limited.bent
    sides = np.sign(solution.weights - bent.at)
    return np.vstack([limited.rows.matrix, bent.slope + bent.bend * sides])


def _proofs(limited: Limited, solution: Solution) -> _Proofs:
    weights, bent = solution.weights, limited.bent
    at_lower, at_upper = weights <= limited.lower + AT_LIMIT, weights >= limited.upper - AT_LIMIT
    on_bend = ((bent.bend > 0.0) & (np.abs(weights - bent.at) <= AT_LIMIT)).any(axis=0)
    slopes = _slopes(limited, solution)
    movable = _movable(limited, solution)
    free = ~(at_lower | at_upper) & ~on_bend
    lengths = np.maximum(np.linalg.norm(slopes, axis=1), 1e-300)
    ways = np.zeros((slopes.shape[0], 0))
    if movable.any():
        unit = slopes[movable] / lengths[movable, None]
        vanishing = _vanishing(unit[:, free])
        ways = np.zeros((slopes.shape[0], vanishing.shape[1]))
        ways[movable] = vanishing / lengths[movable, None]
    signs, room = _signs(limited, solution, ways, slopes, (at_lower & ~on_bend, at_upper & ~on_bend))
    return _Proofs(ways, signs, room)


def _movable(limited: Limited, solution: Solution) -> Mask:
    """Hard rows at a limit: the others' multipliers are zero or their penalties."""
    rows, bent = limited.rows, limited.bent
    reached, slack = rows.matrix @ solution.weights, AT_LIMIT * rows.sizes
    at = (reached <= rows.lower + slack) | (reached >= rows.upper - slack)
    bent_at = bent.reached(solution.weights) >= bent.upper - AT_LIMIT * bent.sizes
    return np.concatenate([at & rows.hard, bent_at & bent.hard])


def _signs(
    limited: Limited, solution: Solution, ways: Matrix, slopes: Matrix, held: tuple[Mask, Mask]
) -> tuple[Matrix, Vector]:
    """Signs to keep: of the multipliers of bounds at one end, of rows at one limit."""
    rows, duals, reduced = limited.rows, solution.row_duals, solution.reduced_gradient
    at_lower, at_upper = held
    along = slopes.T @ ways
    m = rows.lower.size
    equal = rows.upper - rows.lower <= AT_LIMIT * rows.sizes
    reached, slack = rows.matrix @ solution.weights, AT_LIMIT * rows.sizes
    above, below = reached >= rows.upper - slack, reached <= rows.lower + slack
    signs = [
        along[at_lower & ~at_upper],
        -along[at_upper & ~at_lower],
        ways[:m][above & ~equal],
        -ways[:m][below & ~equal & ~above],
        ways[m:],
    ]
    room = [
        reduced[at_lower & ~at_upper],
        -reduced[at_upper & ~at_lower],
        duals[above & ~equal],
        -duals[below & ~equal & ~above],
        solution.bent_duals,
    ]
    return np.vstack(signs), np.maximum(np.concatenate(room), 0.0)


def _vanishing(rows: Matrix) -> Matrix:
    """Combinations of rows that vanish, shape (rows, combinations)."""
    if not rows.shape[1]:
        return np.eye(rows.shape[0])
    values, vectors = np.linalg.eigh(rows @ rows.T)
    return np.asarray(vectors[:, values <= DEPENDENT])
