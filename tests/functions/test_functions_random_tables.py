"""Random constraints tables, read a second time from the words of docs/methods.md and solved by Clarabel.

The reading here goes cell by cell through names and sides, and shares nothing with the one in `core`.
"""

import numpy as np
import pytest

from tests.oracles import clarabel_verdict
from trackerr_xl import NoAnswerError, TrackingProblem, evaluate
from trackerr_xl.core.problem import LinearRows

TABLES_A_BATCH = 50
MIN, MAX = 2, 3
SECTORS = ["Gov", "Corp", "Mortgage"]

# Ranges of Min and of Max that leave most tables feasible.
RANGES = {
    ("Weight", "Absolute"): ((0.0, 0.05), (0.1, 0.6)),
    ("Weight", "Active"): ((-0.2, 0.0), (0.0, 0.2)),
    ("Weight", "Relative"): ((0.0, 0.9), (1.0, 2.0)),
    ("Group", "Absolute"): ((0.0, 0.3), (0.3, 0.9)),
    ("Group", "Active"): ((-0.1, 0.0), (0.0, 0.1)),
    ("Group", "Relative"): ((0.5, 1.0), (1.0, 1.5)),
    ("Exposure", "Absolute"): ((1.0, 5.0), (5.0, 9.0)),
    ("Exposure", "Active"): ((-0.5, 0.0), (0.0, 0.5)),
    ("Exposure", "Relative"): ((0.8, 1.0), (1.0, 1.2)),
    ("Budget", "Absolute"): ((0.8, 1.0), (1.0, 1.1)),
}


class Case:
    """A market, holdings and a table of limits."""

    def __init__(self, rng):
        self.n = int(rng.integers(3, 12))
        self.names = [f"Bond {at}" for at in range(self.n)]
        self.benchmark, self.current = rng.dirichlet(np.ones(self.n)), rng.dirichlet(np.ones(self.n))
        roots = rng.normal(size=(self.n, self.n + 3))
        self.cov = roots @ roots.T * 10.0 ** rng.integers(-6, 2)
        self.cov = (self.cov + self.cov.T) / 2
        self.sectors = rng.choice(SECTORS, self.n).tolist()
        self.durations = rng.uniform(1.0, 10.0, self.n)
        self.limits = [self._limit(rng) for _ in range(rng.integers(1, 5))]

    def _limit(self, rng):
        kind = str(rng.choice(["Weight", "Weight", "Group", "Exposure", "Budget", "Exclude", "Hold"]))
        basis = "Absolute" if kind == "Budget" else str(rng.choice(["Absolute", "Active", "Relative"]))
        sector = f"Sector={rng.choice([*set(self.sectors), '*' if kind == 'Group' else self.sectors[0]])}"
        name = str(rng.choice(self.names))
        if kind in ("Exclude", "Hold"):
            return [kind, name if rng.random() < 0.7 else sector, None, None, None]
        item = {"Weight": name if rng.random() < 0.6 else "*", "Group": sector, "Exposure": "Duration"}.get(
            kind
        )
        low, high = (float(rng.uniform(*ends)) for ends in RANGES[kind, basis])
        sides = [(low, high), (low, high), (None, high), (low, None)][rng.integers(4)]
        return [kind, item, *sides, basis]

    def arguments(self, rng):
        """What stands in the sheet, every table in an order of its own."""
        order = rng.permutation(self.n)
        top = [self.names[at] for at in order]
        return (
            self._named(self.benchmark, range(self.n)),
            [[None, *top], *([self.names[at], *self.cov[at, order].tolist()] for at in order)],
            [["Type", "Item", "Min", "Max", "Basis"], *self.limits],
            [["Name", "Sector", "Duration"], *self._attributes(rng.permutation(self.n))],
            self._named(self.current, rng.permutation(self.n)),
        )

    def problem(self):
        """The same problem by the words of the page."""
        bounds = [self._bounds_of(at) for at in range(self.n)]
        rows = list(self._rows())
        if not any(limit[0] == "Budget" for limit in self.limits):
            rows.append((np.ones(self.n), 1.0, 1.0))
        coefficients, lower, upper = (np.array(part) for part in zip(*rows, strict=True))
        linear = LinearRows(coefficients, lower, upper, ("row",) * len(rows))
        least, most = np.array(bounds).T
        return TrackingProblem.build(self.benchmark, self.cov, most, least, budget=None, rows=linear)

    def _bounds_of(self, at):
        mine = (self.names[at], f"Sector={self.sectors[at]}")
        held = {"Exclude": 0.0, "Hold": self.current[at]}
        fixed = [held[kind] for kind, item, *_ in self.limits if kind in held and item in mine]
        if fixed:
            # To exclude a name and to hold it is a contradiction: bounds that cross.
            return max(fixed), min(fixed)
        return max(self._sides(at, MIN, 0.0)), min(self._sides(at, MAX, 1.0))

    def _sides(self, at, side, default):
        for basis in ("Absolute", "Active", "Relative"):
            spoken = {
                item: [limit for limit in self.limits if limit[:2] == ["Weight", item] and limit[4] == basis]
                for item in (self.names[at], "*")
            }
            in_force = _speaking(spoken[self.names[at]], side) or _speaking(spoken["*"], side)
            for limit in in_force:
                yield _absolute(limit[side], basis, self.benchmark[at])
            if basis == "Absolute" and not in_force:
                yield default

    def _rows(self):
        named = {
            (limit[1], limit[4], side)
            for limit in self.limits
            for side in (MIN, MAX)
            if limit[side] is not None
        }
        for kind, item, low, high, basis in self.limits:
            if kind == "Budget":
                yield self._row(np.ones(self.n), low, high, basis)
            elif kind == "Exposure":
                yield self._row(self.durations, low, high, basis)
            elif kind == "Group":
                sectors = set(self.sectors) if item == "Sector=*" else {item.removeprefix("Sector=")}
                for sector in sectors:
                    outright = f"Sector={sector}"
                    held = np.array([float(each == sector) for each in self.sectors])
                    overruled = [
                        item == "Sector=*" and (outright, basis, side) in named for side in (MIN, MAX)
                    ]
                    yield self._row(
                        held, None if overruled[0] else low, None if overruled[1] else high, basis
                    )

    def _row(self, coefficients, low, high, basis):
        reference = float(coefficients @ self.benchmark)
        least = -np.inf if low is None else _absolute(low, basis, reference)
        most = np.inf if high is None else _absolute(high, basis, reference)
        return coefficients, least, most

    def _named(self, weights, order):
        return [[self.names[at], float(weights[at])] for at in order]

    def _attributes(self, order):
        return [[self.names[at], self.sectors[at], float(self.durations[at])] for at in order]


@pytest.mark.parametrize("batch", range(20))
def test_answer_is_that_of_clarabel_on_a_second_reading_of_the_table(batch):
    rng = np.random.default_rng(batch)
    for _ in range(TABLES_A_BATCH):
        case = Case(rng)
        answer = evaluate("TE_OPTIMIZE", *case.arguments(rng))
        impossible, least = oracle(case)
        if impossible:
            assert str(answer[0][0]) == "#N/A", case.limits
            continue
        assert [row[0] for row in answer] == case.names, case.limits
        assert variance(case, [row[1] for row in answer]) == pytest.approx(least, rel=1e-7, abs=1e-11), (
            case.limits
        )


def oracle(case):
    """Whether no weights will do, and the least active variance over the mean variance."""
    try:
        verdict = clarabel_verdict(case.problem())
    except NoAnswerError:
        return True, 0.0
    assert verdict.status != "unsure"
    return verdict.status == "infeasible", variance(case, verdict.weights)


def variance(case, weights):
    active = np.array(weights) - case.benchmark
    return active @ case.cov @ active / case.cov.diagonal().mean()


def _speaking(limits, side):
    return [limit for limit in limits if limit[side] is not None]


def _absolute(limit, basis, reference):
    return limit + reference if basis == "Active" else limit * reference if basis == "Relative" else limit
