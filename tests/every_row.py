"""Random tables of every convex row and objective, read a second time cell by cell and handed to CVXPY and Clarabel.

The reading here follows the words of docs/methods.md through names and sides one by one, and shares nothing with the one
in the package.
"""

from dataclasses import dataclass, field
from typing import Any

import cvxpy as cp
import numpy as np

from trackerr_xl.core.arrays import Vector

SECTORS = ("Gov", "Corp", "Mortgage")
OBJECTIVES = ("Min TE", "Min TE", "Max return", "Max utility", "Min turnover", "Min variance")
MIN, MAX = 2, 3

KINDS = (
    *("Weight", "Weight", "Group", "Exposure", "Ratio", "Budget", "Gross", "Turnover", "Turnover", "Trade"),
    *("Cost", "Exclude", "Hold", "TE", "Return", "Beta", "ActiveShare"),
)
WITH_A_BASIS = ("Weight", "Group", "Exposure", "Gross", "Return", "Beta")

# Ranges of Min and of Max that leave most tables feasible.
RANGES = {
    ("Weight", "Absolute"): ((-0.1, 0.05), (0.15, 0.7)),
    ("Weight", "Active"): ((-0.3, -0.05), (0.05, 0.3)),
    ("Weight", "Relative"): ((0.0, 0.6), (1.3, 3.0)),
    ("Group", "Absolute"): ((0.0, 0.2), (0.4, 0.9)),
    ("Group", "Active"): ((-0.3, 0.0), (0.0, 0.3)),
    ("Group", "Relative"): ((0.3, 1.0), (1.0, 1.7)),
    ("Exposure", "Absolute"): ((1.0, 4.0), (6.0, 9.0)),
    ("Exposure", "Active"): ((-1.0, 0.0), (0.0, 1.0)),
    ("Exposure", "Relative"): ((0.7, 1.0), (1.0, 1.3)),
    ("Ratio", "Absolute"): ((0.1, 0.5), (1.5, 4.0)),
    ("Budget", "Absolute"): ((0.8, 1.0), (1.0, 1.1)),
    ("Gross", "Absolute"): ((0.0, 0.0), (1.0, 1.6)),
    ("Gross", "Active"): ((0.0, 0.0), (0.3, 1.2)),
    ("Gross", "Relative"): ((0.0, 0.0), (1.0, 1.6)),
    ("Turnover", "Absolute"): ((0.0, 0.0), (0.1, 0.6)),
    ("Trade", "Absolute"): ((-0.5, -0.05), (0.05, 0.5)),
    ("Cost", "Absolute"): ((0.0, 0.0), (0.0005, 0.005)),
    ("TE", "Absolute"): ((0.0, 0.0), (0.01, 0.3)),
    ("Return", "Absolute"): ((-0.02, 0.0), (0.01, 0.03)),
    ("Return", "Active"): ((-0.02, 0.0), (0.0, 0.02)),
    ("Return", "Relative"): ((0.2, 1.0), (1.0, 2.0)),
    ("Beta", "Absolute"): ((0.5, 1.0), (1.0, 1.5)),
    ("Beta", "Active"): ((-0.4, 0.0), (0.0, 0.4)),
    ("Beta", "Relative"): ((0.6, 1.0), (1.0, 1.4)),
    ("ActiveShare", "Absolute"): ((0.0, 0.0), (0.15, 0.7)),
}


@dataclass
class Question:
    """A market, holdings, a table of limits and options."""

    names: list[str]
    benchmark: Vector
    current: Vector
    cov: Vector
    attributes: list[list[Any]]
    limits: list[list[Any]]
    options: list[list[Any]]
    column: dict[str, Any] = field(default_factory=dict)

    @property
    def option(self) -> dict[str, Any]:
        """Options by name."""
        return {"Objective": "Min TE", "Periods": 1.0, "Turnover": "One-way", "Risk aversion": 1.0} | dict(
            self.options
        )

    def arguments(self) -> list[Any]:
        """The six arguments of TE_OPTIMIZE, by name."""
        named = [[name, float(w)] for name, w in zip(self.names, self.benchmark, strict=True)]
        held = [[name, float(w)] for name, w in zip(self.names, self.current, strict=True)]
        square = [[None, *self.names]] + [
            [name, *map(float, row)] for name, row in zip(self.names, self.cov, strict=True)
        ]
        return [
            named,
            square,
            [["Type", "Item", "Min", "Max", "Basis", "Penalty"], *self.limits],
            [["Name", *self.column], *self.attributes],
            held,
            [["Option", "Value"], *self.options],
        ]


def random_question(seed: int) -> Question:
    """A question of three to ten names; most have an answer."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 11))
    names = [f"Bond {at}" for at in range(n)]
    benchmark, current = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    # Names outside the benchmark, and a short position now and then.
    benchmark[rng.random(n) < 0.1] = 0.0
    if rng.random() < 0.1:
        benchmark[0] -= 0.1
    benchmark /= benchmark.sum()
    loads = rng.normal(size=(n, 3)) * 0.1
    cov = loads @ loads.T + np.diag(rng.uniform(0.02, 0.15, n) ** 2)
    column = {
        "Sector": rng.choice(SECTORS, n).tolist(),
        "Duration": rng.uniform(1.0, 10.0, n),
        "Alpha": rng.normal(size=n) * 0.03,
        "Cost": rng.uniform(0.0, 0.01, n),
    }
    if rng.random() < 0.3:
        column |= {"Impact": rng.uniform(0.0, 0.02, n), "Quadratic cost": rng.uniform(0.0, 0.02, n)}
    if "Impact" in column and rng.random() < 0.5:
        column["ADV"] = rng.uniform(0.1, 2.0, n)
    attributes = [[name, *(values[at] for values in column.values())] for at, name in enumerate(names)]
    objective = OBJECTIVES[rng.integers(len(OBJECTIVES))]
    options = [["Objective", objective], ["Periods", float(rng.choice([1.0, 12.0]))]]
    options += [["Risk aversion", float(10.0 ** rng.uniform(-1, 1.5))]]
    options += [["Turnover", str(rng.choice(["One-way", "Two-way"]))]]
    question = Question(names, benchmark, current, cov, attributes, [], options, column)
    for _ in range(rng.integers(1, 7)):
        question.limits.append(_limit(rng, question, objective))
    kinds = [row[0] for row in question.limits]
    if kinds.count("TE") > 1 or (objective == "Min variance" and "TE" in kinds):
        question.limits = [row for row in question.limits if row[0] != "TE"]
    return question


def _limit(rng: Any, question: Question, objective: str) -> list[Any]:
    kind = str(rng.choice(KINDS))
    sectors = question.column["Sector"]
    sector, name = f"Sector={rng.choice(sectors)}", str(rng.choice(question.names))
    # In the unit of the objective, from next to nothing to more than any limit is worth.
    penalty = float(10.0 ** rng.uniform(-3, 1)) if rng.random() < 0.35 else None
    if kind in ("Exclude", "Hold"):
        return [kind, name if rng.random() < 0.7 else sector, None, None, None, penalty]
    basis = str(rng.choice(["Absolute", "Active", "Relative"])) if kind in WITH_A_BASIS else "Absolute"
    low, high = (float(rng.uniform(*ends)) for ends in RANGES[kind, basis])
    only_max = kind in ("Gross", "Turnover", "Cost", "TE", "ActiveShare")
    sides = (None, high) if only_max else [(low, high), (None, high), (low, None)][rng.integers(3)]
    item = {
        "Weight": name if rng.random() < 0.4 else "*",
        "Trade": name if rng.random() < 0.4 else "*",
        "Group": "Sector=*" if rng.random() < 0.4 else sector,
        "Exposure": "Duration",
        "Ratio": f"{sector} / Sector={rng.choice(sectors)}" if rng.random() < 0.7 else f"{name} / {sector}",
        "Gross": None if rng.random() < 0.7 else sector,
        "Turnover": None if rng.random() < 0.7 else sector,
    }.get(kind)
    return [kind, item, *sides, basis, penalty]


class Model:
    """The same question in CVXPY."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.w = cp.Variable(len(question.names))
        self.must: list[Any] = []
        self.priced: list[Any] = []
        root = np.linalg.cholesky(question.cov)
        self.te = cp.norm(root.T @ (self.w - question.benchmark)) * np.sqrt(question.option["Periods"])
        self.volatility = cp.norm(root.T @ self.w) * np.sqrt(question.option["Periods"])
        self._bounds()
        for row in question.limits:
            self._row(row)
        if not any(row[0] == "Budget" for row in question.limits):
            self.must.append(cp.sum(self.w) == 1.0)

    def least(self) -> tuple[str, float]:
        """Status, and the least objective, returns counted below zero."""
        problem = cp.Problem(cp.Minimize(100.0 * (self.objective() + sum(self.priced))), self.must)
        for tolerance in (1e-10, 1e-8):
            # Where it cannot reach the finer one it gives up on the whole problem.
            try:
                settings = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas"), tolerance)
                problem.solve(solver="CLARABEL", **settings)
                break
            except cp.error.SolverError:
                continue
        return problem.status, float("nan") if problem.value is None else problem.value / 100.0

    def objective(self) -> Any:
        """What is made least."""
        question, option = self.question, self.question.option
        if option["Objective"] in ("Max return", "Max utility"):
            gain = question.column["Alpha"] @ self.w
            if option["Objective"] == "Max return":
                return -gain
            return 0.5 * option["Risk aversion"] * cp.square(self.te) / option["Periods"] - gain
        if option["Objective"] == "Min turnover":
            return 0.5 * cp.norm1(self.w - question.current)
        return self.te if option["Objective"] == "Min TE" else self.volatility

    def value_at(self, weights: Vector) -> tuple[float, float]:
        """Objective with every breach priced, and the largest breach of what must hold, at given weights."""
        self.w.value = weights
        value = float(self.objective().value) + sum(float(part.value) for part in self.priced)
        return value, max(float(np.max(limit.violation())) for limit in self.must)

    def _keep(self, excess: Any, penalty: float | None) -> None:
        """The excess must not be above zero, or costs its penalty."""
        if penalty is None:
            self.must.append(excess <= 0.0)
        else:
            self.priced.append(penalty * cp.sum(cp.pos(excess)))

    def _bounds(self) -> None:
        """Each name, each side and basis: rows that name it take the place of those that speak of all."""
        question = self.question
        fixed = self._fixed()
        for at in range(len(question.names)):
            if at in fixed:
                self.must.append(self.w[at] == fixed[at])
                continue
            for kind in ("Weight", "Trade"):
                for basis in ("Absolute", "Active", "Relative"):
                    for side in (MIN, MAX):
                        self._side(at, kind, basis, side)

    def _fixed(self) -> dict[int, float]:
        fixed: dict[int, float] = {}
        for row in self.question.limits:
            if row[0] in ("Exclude", "Hold") and row[5] is None:
                for at in self._members(row[1]):
                    value = 0.0 if row[0] == "Exclude" else float(self.question.current[at])
                    if fixed.setdefault(at, value) != value:
                        self.must.append(self.w[at] == value)
        return fixed

    def _side(self, at: int, kind: str, basis: str, side: int) -> None:
        question = self.question
        rows = [
            row for row in question.limits if row[0] == kind and row[4] == basis and row[side] is not None
        ]
        for hard in (True, False):
            group = [row for row in rows if (row[5] is None) == hard]
            named = [row for row in group if row[1] == question.names[at]]
            chosen = named or [row for row in group if row[1] == "*"]
            if not chosen and hard and kind == "Weight" and basis == "Absolute":
                chosen = [[kind, "*", 0.0, 1.0, basis, None]]
            # Of rows equally specific all hold; among soft ones the tightest is priced.
            if not hard and len(chosen) > 1:
                chosen = [(max if side == MIN else min)(chosen, key=lambda row: row[side])]
            for row in chosen:
                self._one_side(at, kind, basis, side, row)

    def _one_side(self, at: int, kind: str, basis: str, side: int, row: list[Any]) -> None:
        question = self.question
        limit = row[side]
        reference = float(question.benchmark[at])
        if kind == "Trade":
            limit = limit + float(question.current[at])
        elif basis == "Active":
            limit = limit + reference
        elif basis == "Relative":
            limit = limit * reference
        upper = (side == MAX) != (basis == "Relative" and reference < 0.0)
        self._keep(self.w[at] - limit if upper else limit - self.w[at], row[5])

    def _row(self, row: list[Any]) -> None:
        kind, item, low, high, basis, penalty = row
        question = self.question
        if kind in ("Exclude", "Hold") and penalty is not None:
            for at in self._members(item):
                target = 0.0 if kind == "Exclude" else question.current[at]
                self.priced.append(penalty * cp.abs(self.w[at] - target))
        elif kind == "Group":
            self._group(row)
        elif kind == "Ratio":
            above, below = (cp.sum(self.w[self._members(part.strip())]) for part in item.split("/"))
            if low is not None:
                self._keep(low * below - above, penalty)
            if high is not None:
                self._keep(above - high * below, penalty)
        elif kind in ("Budget", "Exposure", "Return", "Beta"):
            self._linear(self._coefficients(kind), low, high, basis, penalty)
        elif kind in ("Gross", "Turnover", "ActiveShare", "Cost", "TE"):
            whole = 1.0
            if basis == "Relative":
                members = self._members(item) if item else slice(None)
                whole = float(np.abs(question.benchmark[members]).sum())
            self._keep(self._size(kind, item, basis) - high * whole, penalty)

    def _coefficients(self, kind: str) -> Vector:
        question = self.question
        if kind == "Beta":
            slope = question.cov @ question.benchmark
            return slope / (question.benchmark @ slope)
        return {"Budget": np.ones(len(question.names))}.get(
            kind, question.column["Duration" if kind == "Exposure" else "Alpha"]
        )

    def _linear(
        self, coefficients: Vector, low: float | None, high: float | None, basis: str, penalty: float | None
    ) -> None:
        reference = float(coefficients @ self.question.benchmark)
        ends = [low, high]
        if basis == "Active":
            ends = [None if end is None else end + reference for end in ends]
        if basis == "Relative":
            ends = [None if end is None else end * reference for end in ends]
            ends = ends[::-1] if reference < 0.0 else ends
        reached = coefficients @ self.w
        if ends[0] is not None:
            self._keep(ends[0] - reached, penalty)
        if ends[1] is not None:
            self._keep(reached - ends[1], penalty)

    def _group(self, row: list[Any]) -> None:
        _, item, low, high, basis, penalty = row
        value = item.partition("=")[2]
        for sector in dict.fromkeys(self.question.column["Sector"]) if value == "*" else [value]:
            sides = {MIN: low, MAX: high}
            if value == "*":
                for other in self.question.limits:
                    same = other[0] == "Group" and other[1] == f"Sector={sector}" and other[4] == basis
                    for side in (MIN, MAX):
                        if same and other[side] is not None and (other[5] is None) == (penalty is None):
                            sides[side] = None
            members = np.array([one == sector for one in self.question.column["Sector"]], dtype=float)
            self._linear(members, sides[MIN], sides[MAX], basis, penalty)

    def _size(self, kind: str, item: str | None, basis: str) -> Any:
        question = self.question
        if kind == "TE":
            return self.te
        members = self._members(item) if item else list(range(len(question.names)))
        if kind == "Turnover":
            share = 0.5 if question.option["Turnover"] == "One-way" else 1.0
            return share * cp.norm1(self.w[members] - question.current[members])
        if kind == "ActiveShare":
            return 0.5 * cp.norm1(self.w - question.benchmark)
        if kind == "Cost":
            return self._cost()
        if basis == "Active":
            return cp.norm1(self.w[members] - question.benchmark[members])
        return cp.norm1(self.w[members])

    def _cost(self) -> Any:
        column = self.question.column
        trade = cp.abs(self.w - self.question.current)
        cost = column["Cost"] @ trade
        if "Impact" in column:
            impact = column["Impact"] / np.sqrt(column.get("ADV", 1.0))
            cost = cost + impact @ cp.power(trade, 1.5) + column["Quadratic cost"] @ cp.square(trade)
        return cost

    def _members(self, item: str) -> list[int]:
        question = self.question
        if item in question.names:
            return [question.names.index(item)]
        sector = item.partition("=")[2]
        return [at for at, one in enumerate(question.column["Sector"]) if one == sector]
