"""Better portfolios by exchanging a name, the most promising exchanges first."""

from collections.abc import Iterator

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.whole.holdings import Holdings, Sides
from trackerr_xl.core.whole.restricted import Portfolio, Restrictions, block

NEW, OLD = 40, 20
"""Names that are tried to come in and to go out."""
SHAKEN = 4
"""One in so many names is exchanged at random."""
DROPPED = 3
"""Names whose smallest holding is too large that are tried to go out alone."""
TRIED = 8
"""Exchanges solved before the search gives up."""
BETTER = 1e-10
"""Share of the objective by which an exchange must be better."""


def chosen(score: Vector, holdings: Holdings, sides: Sides) -> Mask:
    """The names of highest score that the counts allow, those that are decided as decided."""
    held = sides.held.copy()
    order = np.argsort(-np.where(sides.barred, -np.inf, score), kind="stable")
    order = order[sides.open[order]]
    counts = holdings.counts(held)
    short = np.flatnonzero(counts < holdings.lower)
    for row in short.tolist():
        for name in order.tolist():
            if counts[row] >= holdings.lower[row]:
                break
            if holdings.members[row, name] and not held[name] and _room(holdings, counts, name):
                held[name] = True
                counts = counts + holdings.members[:, name]
    for name in order.tolist():
        if not held[name] and _room(holdings, counts, name):
            held[name] = True
            counts = counts + holdings.members[:, name]
    return held


def _room(holdings: Holdings, counts: Vector, name: int) -> bool:
    return bool((counts + holdings.members[:, name] <= holdings.upper).all())


def improved(restrictions: Restrictions, start: Portfolio, sides: Sides, most: int) -> Portfolio:
    """The portfolio after exchanges that make it better, until none does or `most` portfolios were solved."""
    best, end = start, restrictions.solved + most
    while restrictions.solved < end:
        for held in _exchanges(restrictions, best, sides):
            tried = restrictions.best(held)
            if tried is not None and tried.value < best.value - BETTER * abs(best.value):
                best = tried
                break
        else:
            break
    return best


def shaken(restrictions: Restrictions, now: Portfolio, sides: Sides, number: int) -> Mask | None:
    """The names of a portfolio with some exchanged at random for those of the largest gain; the same for the same number.

    None where the counts do not allow it.
    """
    held, open_names = now.held.copy(), np.flatnonzero(now.held & sides.open)
    gone = max(1, open_names.size // SHAKEN)
    if open_names.size <= gone:
        return None
    out = np.random.default_rng(number).choice(open_names, gone, replace=False)
    held[out] = False
    left = restrictions.best(held) if restrictions.holdings.allow(held) else now
    slope = (left or now).gradient
    gain = slope**2 / np.maximum(restrictions.problem.risk.diagonal(), 1e-300)
    gain[~_can_move(restrictions.problem.lower, slope) | held] = -1.0
    gain[out] = -1.0
    found = chosen(gain, restrictions.holdings, Sides(held, sides.barred))
    return found if restrictions.holdings.allow(found) else None


def _exchanges(restrictions: Restrictions, now: Portfolio, sides: Sides) -> Iterator[Mask]:
    """Sets of names worth solving, by a model of second order of what each exchange changes."""
    problem, holdings = restrictions.problem, restrictions.holdings
    inside, outside = np.flatnonzero(now.held), np.flatnonzero(~now.held & ~sides.barred)
    if not outside.size:
        yield from _dropped(now, holdings, sides)
        return
    variance = problem.risk.diagonal()
    matrix = block(problem.risk, inside, inside)
    matrix.flat[:: inside.size + 1] += 1e-12 * max(float(variance.mean()), 1e-300)
    inverse = np.linalg.inv(matrix)
    own = inverse.diagonal()
    weights = now.weights[inside]
    loss = weights**2 / (2.0 * own) - now.gradient[inside] * weights
    loss[~sides.open[inside]] = np.inf
    cross = block(problem.risk, outside, inside)
    through = cross @ inverse
    left = np.maximum(
        variance[outside] - np.einsum("ij,ij->i", through, cross), 1e-12 * variance[outside] + 1e-300
    )
    slope = now.gradient[outside]
    least = np.maximum(holdings.least, problem.lower)[outside]
    gain = -_rise(slope, left, least)
    new = np.argsort(-gain, kind="stable")[:NEW]
    old = np.argsort(loss, kind="stable")[:OLD]
    after = slope[new][:, None] - through[np.ix_(new, old)] * (weights[old] / own[old])[None, :]
    gains = -_rise(after, left[new][:, None], least[new][:, None])
    rise = loss[old][None, :] - gains
    counts = holdings.counts(now.held)
    yield from _dropped(now, holdings, sides)
    yield from _added(now, holdings, counts, outside[new])
    found = 0
    for place in np.argsort(rise, axis=None, kind="stable").tolist():
        one, other = divmod(place, old.size)
        name, gone = int(outside[new[one]]), int(inside[old[other]])
        if not np.isfinite(rise[one, other]) or found == TRIED:
            return
        changed = counts + holdings.members[:, name] - holdings.members[:, gone]
        if ((changed >= holdings.lower) & (changed <= holdings.upper)).all():
            found += 1
            held = now.held.copy()
            held[name], held[gone] = True, False
            yield held


def _dropped(now: Portfolio, holdings: Holdings, sides: Sides) -> Iterator[Mask]:
    """Without the names that only their smallest holding keeps so large: all of them, then the dearest alone."""
    kept_large = now.held & sides.open & (holdings.least > 0.0) & (now.gradient > 0.0)
    kept_large &= now.weights <= holdings.least * (1.0 + BETTER)
    dearest = np.argsort(-np.where(kept_large, now.gradient * holdings.least, -np.inf), kind="stable")
    several = now.held & ~kept_large
    if int(kept_large.sum()) > 1 and holdings.allow(several):
        yield several
    for name in dearest[: min(DROPPED, int(kept_large.sum()))].tolist():
        held = now.held.copy()
        held[name] = False
        if holdings.allow(held):
            yield held


def _added(now: Portfolio, holdings: Holdings, counts: Vector, names: Indices) -> Iterator[Mask]:
    """With one more name, where the counts leave room."""
    for name in names[:2].tolist():
        if _room(holdings, counts, name):
            held = now.held.copy()
            held[name] = True
            yield held


def _can_move(lower: Vector, slope: Vector) -> Mask:
    """A name that is not held can come in from below, or from above where it may be short."""
    return np.asarray((slope < 0.0) | (lower < 0.0))


def _rise(slope: Matrix, curvature: Matrix, least: Matrix) -> Matrix:
    """Least change of the objective when a name comes in at no less than its smallest holding, or is sold short."""
    weight = -slope / curvature
    weight = np.where(least >= 0.0, np.maximum(weight, least), weight)
    return np.asarray(weight * (slope + 0.5 * curvature * weight))
