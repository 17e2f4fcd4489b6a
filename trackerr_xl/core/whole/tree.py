"""The best portfolio of whole names with a proven bound: best-first branch and bound."""

import heapq
from dataclasses import dataclass, field

import numpy as np

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solvers import clock
from trackerr_xl.core.threads import one_thread
from trackerr_xl.core.whole.bound import Bound, bound, root_bound
from trackerr_xl.core.whole.diagonal import split
from trackerr_xl.core.whole.feasible import feasible
from trackerr_xl.core.whole.holdings import Holdings, Sides, decided
from trackerr_xl.core.whole.learned import Learned
from trackerr_xl.core.whole.relaxation import Relaxation, relaxation
from trackerr_xl.core.whole.restricted import Portfolio, Restrictions
from trackerr_xl.core.whole.swaps import chosen, improved, shaken

ROOT_SOLVES, NODE_SOLVES = 150, 20
"""Portfolios solved in the search for a good one at the root and, now and then, further down."""
SHAKES = 12
"""Times the best portfolio of the root is shaken."""
EVERY = 10
"""Nodes from one such search to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """The best portfolio found and what is known of better ones.

    Parameters
    ----------
    portfolio : Portfolio or None
        None where none was found.
    bound : float
        No portfolio has a lower objective; infinite where none exists.
    nodes : int
        Nodes of the tree looked at.
    finished : bool
        Whether the gap was reached; if not the time was over.
    """

    portfolio: Portfolio | None
    bound: float
    nodes: int
    finished: bool


@dataclass(order=True, slots=True)
class _Node:
    value: float
    number: int
    sides: Sides = field(compare=False)
    bound: Bound = field(compare=False)


def best_whole(
    problem: TrackingProblem,
    holdings: Holdings,
    gap: float = 0.01,
    seconds: float | None = None,
    first: Mask | None = None,
) -> Whole:
    """The best weights on names that the counts allow.

    Parameters
    ----------
    problem : TrackingProblem
        Its rows must hold; none may be soft.
    holdings : Holdings
        How many names and how small.
    gap : float
        Largest share of the objective by which a better portfolio may remain unfound.
    seconds : float, optional
        Time after which the best so far is returned.
    first : ndarray of shape (n,), optional
        Names of a good portfolio, to begin with.

    Notes
    -----
    Every choice depends on the numbers alone: without the time limit the same input gives the same answer.
    """
    with one_thread(), clock.within(seconds):
        return _Search(problem, holdings, gap).run(first)


class _Search:
    """The search; from the root on it looks at the names that the root's bound has not barred only."""

    def __init__(self, problem: TrackingProblem, holdings: Holdings, gap: float) -> None:
        self.gap = gap
        self.restrictions = Restrictions(problem, holdings)
        self.sides = decided(problem, holdings)
        self.names = np.arange(problem.benchmark.size)
        self.holdings = holdings
        self.relaxed: Relaxation = relaxation(problem, split(problem.risk), holdings)
        self.best: Portfolio | None = None
        self.nodes = 0
        self.learned = Learned(0)
        # The lowest bound among what was cut off.
        self.floor = np.inf
        self.heap: list[_Node] = []

    def run(self, first: Mask | None) -> Whole:
        root = root_bound(self.relaxed, self.sides)
        self.nodes = 1
        # Where nothing is specific the dual stands on little, and any number of names is the better bound.
        least, free = self.restrictions.least()
        value = max(root.value, least / self.relaxed.objective)
        if np.isinf(value):
            return Whole(None, np.inf, 1, finished=True)
        self._start(root, free, first)
        if self.best is None:
            # Starts by score alone can miss what little the rows allow.
            found = feasible(self.restrictions.problem, self.restrictions.holdings)
            if found.decided == "infeasible":
                return Whole(None, np.inf, 1, finished=True)
            if found.held is not None:
                self._try(found.held, ROOT_SOLVES)
        heapq.heappush(self.heap, self._with_fewer_names(_Node(value, 0, self.sides, root)))
        lowest = value
        while self.heap:
            lowest = self.heap[0].value
            if lowest >= self._enough():
                return self._ended(lowest, finished=True)
            if clock.over():
                return self._ended(lowest, finished=False)
            self._branch(heapq.heappop(self.heap))
        return self._ended(np.inf, finished=True)

    def _with_fewer_names(self, root: _Node) -> _Node:
        """The root without the names that cannot be in anything better."""
        self.sides = self._narrowed(root)
        self.names = names = np.flatnonzero(~self.sides.barred)
        self.holdings, self.relaxed = self.holdings.part(names), self.relaxed.part(names)
        found = root.bound
        self.learned = Learned(names.size)
        few = Bound(found.value, found.y, found.share[names], found.to_hold[names], found.to_bar[names])
        return _Node(root.value, 0, self.sides.part(names), few)

    def _everywhere(self, mask: Mask) -> Mask:
        """A choice among the names looked at as one among all."""
        whole = np.zeros(self.sides.held.size, dtype=np.bool_)
        whole[self.names] = mask
        return whole

    def _ended(self, lowest: float, *, finished: bool) -> Whole:
        # What was cut off was worse than the gap allows, and may still be better than what was found.
        value = min(lowest, self.floor) * self.relaxed.objective
        if self.best is None:
            return Whole(None, np.inf if finished else value, self.nodes, finished=finished)
        return Whole(self.best, min(value, self.best.value), self.nodes, finished=finished)

    def _enough(self) -> float:
        """The bound from which on a node cannot lead to anything better by more than the gap."""
        if self.best is None:
            return np.inf
        value = self.best.value / self.relaxed.objective
        return value - self.gap * abs(value)

    def _start(self, root: Bound, free: Vector, first: Mask | None) -> None:
        benchmark = self.restrictions.problem.benchmark
        scores = [
            root.to_bar - root.to_hold + 1e-6 * root.share,
            root.share + 1e-6 * benchmark,
            benchmark,
            np.abs(free),
        ]
        starts = [chosen(score, self.holdings, self.sides) for score in scores]
        wanted = starts[0] & (self.sides.held | (root.share > 0.0))
        if self.holdings.least.any() and self.holdings.allow(wanted):
            starts.append(wanted)
        if first is not None:
            starts.insert(0, first)
        for held in starts:
            self._try(held, ROOT_SOLVES)
            # A portfolio to begin with is there to be improved upon, however good it is.
            if first is None and root.value >= self._enough():
                return
        for number in range(SHAKES):
            if self.best is None or root.value >= self._enough() or clock.over():
                break
            self._shake(number)

    def _shake(self, number: int) -> None:
        """Begin again near the best portfolio so far."""
        assert self.best is not None
        held = shaken(self.restrictions, self.best, self.sides, number)
        if held is not None:
            self._try(held, NODE_SOLVES)

    def _try(self, held: Mask, most: int) -> None:
        restrictions = self.restrictions
        found = restrictions.best(held) if restrictions.holdings.allow(held) else None
        if found is None:
            return
        if most:
            found = improved(restrictions, found, self.sides, most)
        if self.best is None or found.value < self.best.value:
            self.best = found

    def _branch(self, node: _Node) -> None:
        sides = self._narrowed(node)
        counts = self.holdings.counts(sides.held)
        open_names = sides.open
        possible = counts + self.holdings.counts(open_names)
        if (counts > self.holdings.upper).any() or (possible < self.holdings.lower).any():
            return
        full = ((self.holdings.members > 0) & (counts >= self.holdings.upper)[:, None]).any(
            axis=0
        ) & open_names
        if full.any():
            sides = Sides(sides.held, sides.barred | full)
            open_names = sides.open
        if not open_names.any():
            self._try(self._everywhere(sides.held), 0)
            return
        if self._all_may_be_held(sides):
            self._try(self._everywhere(sides.held | open_names), 0)
            return
        name = self._undecided(node.bound, open_names)
        for held in (True, False):
            mark = np.zeros(open_names.size, dtype=np.bool_)
            mark[name] = True
            below = Sides(sides.held | mark, sides.barred) if held else Sides(sides.held, sides.barred | mark)
            self._add(node, below, name, held=held)

    def _all_may_be_held(self, sides: Sides) -> bool:
        """Whether the open names no longer need deciding: all could be held, and none has a smallest holding."""
        everything = sides.held | sides.open
        return (
            not self.holdings.least[sides.open].any()
            and self.holdings.allow(everything)
            and not (np.isfinite(self.holdings.lower).any())
        )

    def _add(self, node: _Node, sides: Sides, name: int, *, held: bool) -> None:
        found = bound(self.relaxed, sides, node.bound.y.copy(), self._enough())
        self.nodes += 1
        value = max(node.value, found.value)
        self.learned.tell(name, held=held, share=float(node.bound.share[name]), rise=value - node.value)
        if self.nodes % EVERY == 0:
            self._look_around(found, sides)
        if value >= self._enough():
            self.floor = min(self.floor, value)
        else:
            heapq.heappush(self.heap, _Node(value, self.nodes, sides, found))

    def _look_around(self, found: Bound, sides: Sides) -> None:
        """Try for a better portfolio, by turns near this node and near the best so far."""
        if self.nodes % (2 * EVERY) == 0 or self.best is None:
            score = found.share + 1e-9 * self.restrictions.problem.benchmark[self.names]
            self._try(self._everywhere(chosen(score, self.holdings, sides)), NODE_SOLVES)
        else:
            self._shake(self.nodes)

    def _narrowed(self, node: _Node) -> Sides:
        """What the bound decides by itself: names whose other side would raise it too far."""
        room = self._enough() - node.value
        open_names = node.sides.open
        barred = open_names & (node.bound.to_hold >= room)
        held = open_names & (node.bound.to_bar >= room)
        for decided_here, rise in ((barred, node.bound.to_hold), (held, node.bound.to_bar)):
            self.floor = min(self.floor, node.value + float(rise[decided_here].min(initial=np.inf)))
        return Sides(node.sides.held | held, node.sides.barred | barred)

    def _undecided(self, found: Bound, open_names: Mask) -> int:
        """The name that is expected to raise the bound most on both sides, of equals the one that matters most."""
        score = self.learned.score(found.share) + 1e-9 * (found.to_hold + found.to_bar)
        return int(np.argmax(np.where(open_names, score, -1.0)))
