"""Random mandates of every objective, and their best value by Clarabel's cones, laid out here from nothing but the definitions."""

from dataclasses import dataclass, field
from typing import get_args

import clarabel
import numpy as np
import scipy.sparse as sp

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.mandates.costs import CostRow
from trackerr_xl.core.mandates.mandate import Mandate, Objective
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import FactorModel

OBJECTIVES: tuple[Objective, ...] = get_args(Objective)


def random_mandate(seed: int, *, with_costs: bool) -> Mandate:
    """A mandate of a few names with rows, caps and penalties drawn; not all have an answer."""
    rng = np.random.default_rng([seed, 5])
    n = int(rng.integers(3, 25))
    objective = OBJECTIVES[seed % len(OBJECTIVES)]
    loadings, specific = 0.02 * rng.normal(size=(n, 3)), rng.uniform(0.005, 0.03, n) ** 2
    benchmark, current = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    model = FactorModel(loadings, specific)
    problem = TrackingProblem.build(
        benchmark,
        model if rng.random() < 0.5 else loadings @ loadings.T + np.diag(specific),
        np.maximum(benchmark, current) + rng.uniform(0.02, 0.3, n),
        rows=_rows(benchmark, rng),
        bent=_turnover(current, rng) if rng.random() < 0.7 else None,
    )
    costs = (
        tuple(_cost(current, benchmark, rng) for _ in range(int(rng.integers(1, 3)))) if with_costs else ()
    )
    cap = np.inf if rng.random() < 0.4 else 10.0 ** rng.uniform(-3.0, -1.5)
    penalty = np.inf if rng.random() < 0.6 else 10.0 ** rng.uniform(-2.0, 1.0)
    if objective == "Min variance":
        soft = problem.rows.penalty is not None or np.isfinite(problem.bent.penalty).any()
        cap = np.inf if soft or any(np.isfinite(row.penalty) for row in costs) else cap
        penalty = np.inf
    alpha, aversion = 0.01 * rng.normal(size=n), 10.0 ** rng.uniform(-1.0, 3.0)
    return Mandate(problem, objective, alpha, aversion, current, cap, penalty, costs=costs)


def _rows(benchmark: Vector, rng: np.random.Generator) -> LinearRows | None:
    m = int(rng.integers(0, 3))
    if not m:
        return None
    matrix = rng.normal(size=(m, benchmark.size))
    soft, middle = rng.random(m) < 0.5, matrix @ benchmark
    upper = middle + np.where(soft, rng.uniform(-0.05, 0.1, m), 0.1)
    penalty = np.where(soft, 10.0 ** rng.uniform(-3.0, 1.0, m), np.inf)
    return LinearRows(matrix, middle - 0.1, upper, tuple(f"Row {j}" for j in range(m)), penalty)


def _turnover(current: Vector, rng: np.random.Generator) -> BentRows:
    n = current.size
    penalty = np.inf if rng.random() < 0.5 else 10.0 ** rng.uniform(-3.0, 0.0)
    parts = np.zeros((1, n)), np.full((1, n), 0.5), current[None]
    return BentRows(*parts, rng.uniform(0.02, 0.5, 1), np.array([penalty]), ("Turnover",))


def _cost(current: Vector, benchmark: Vector, rng: np.random.Generator) -> CostRow:
    n, parts = current.size, int(rng.integers(1, 8))
    rate, quadratic = rng.uniform(0.0, 0.004, n) * (parts & 1), rng.uniform(0.0, 0.1, n) * (parts >> 1 & 1)
    impact = rng.uniform(0.0, 0.02, n) * (parts >> 2 & 1)
    full = CostRow(rate, quadratic, impact, current, 0.0, np.inf, "Cost").cost(benchmark)
    if rng.random() < 0.5:
        return CostRow(rate, quadratic, impact, current, full * rng.uniform(0.05, 1.0), np.inf, "Cost")
    upper = 0.0 if rng.random() < 0.7 else 0.3 * full
    return CostRow(rate, quadratic, impact, current, upper, 10.0 ** rng.uniform(-1.0, 1.0), "Cost")


@dataclass
class _Cones:
    """A cone problem in the making: variables by their places, rows s = offset − A z in a cone."""

    size: int
    cost: list[float] = field(default_factory=list)
    rows: list[tuple[sp.csr_array, Vector]] = field(default_factory=list)
    cones: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cost = [0.0] * self.size

    def new(self, count: int, cost: float = 0.0) -> np.ndarray:
        """Places of new variables."""
        self.cost += [cost] * count
        self.size += count
        return np.arange(self.size - count, self.size)

    def add(self, terms: list[tuple[np.ndarray, Matrix]], offset: Vector, cone: object) -> None:
        """Σ matrix · z[places] + offset in a cone."""
        matrix = sp.lil_array((offset.size, max(int(places.max()) for places, _ in terms) + 1))
        for places, block in terms:
            matrix[:, places] += np.atleast_2d(block)
        self.rows.append((-sp.csr_array(matrix), offset))
        self.cones.append(cone)

    def at_least_zero(self, terms: list[tuple[np.ndarray, Matrix]], offset: Vector) -> None:
        """Σ matrix · z[places] + offset ≥ 0."""
        self.add(terms, offset, clarabel.NonnegativeConeT(offset.size))

    def limit(self, terms: list[tuple[np.ndarray, Matrix]], upper: float, penalty: float) -> None:
        """Σ matrix · z[places] ≤ upper, or the breach priced."""
        negative = [(places, -np.atleast_2d(block)) for places, block in terms]
        if np.isfinite(penalty):
            breach = self.new(1, penalty)
            self.at_least_zero([(breach, np.eye(1))], np.zeros(1))
            negative.append((breach, np.eye(1)))
        self.at_least_zero(negative, np.array([upper]))

    def square(self, of: np.ndarray, unit: float) -> np.ndarray:
        """New variables at least the squares of others counted in a unit: |(q − 1, 2x)| ≤ q + 1."""
        squares = self.new(of.size)
        for place, one in zip(squares, of, strict=True):
            block = np.array([[1.0], [1.0], [0.0]]), np.array([[0.0], [0.0], [2.0 / unit]])
            offset, cone = np.array([1.0, -1.0, 0.0]), clarabel.SecondOrderConeT(3)
            self.add([(np.array([place]), block[0]), (np.array([one]), block[1])], offset, cone)
        return squares

    def best(self) -> tuple[str, float, Vector]:
        """Status, least cost and the variables."""
        wide = [
            sp.csr_array((m.data, m.indices, m.indptr), shape=(m.shape[0], self.size)) for m, _ in self.rows
        ]
        settings = clarabel.DefaultSettings()
        settings.verbose, settings.max_threads = False, 1
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
        cost, offsets = np.array(self.cost), np.concatenate([offset for _, offset in self.rows])
        unit = max(float(np.abs(cost).max()), 1e-300)
        empty = sp.csc_matrix((self.size, self.size))
        matrix = sp.csc_matrix(sp.vstack(wide))
        answer = clarabel.DefaultSolver(empty, cost / unit, matrix, offsets, self.cones, settings).solve()
        return str(answer.status), answer.obj_val * unit, np.array(answer.x)


def value_by_cones(mandate: Mandate) -> tuple[str, float]:
    """Clarabel's status and the best value of a mandate, to be made small whatever the objective."""
    problem, cones = mandate.problem, _Cones(mandate.problem.benchmark.size)
    n = problem.benchmark.size
    weights = np.arange(n)
    cones.at_least_zero([(weights, np.eye(n))], -problem.lower)
    cones.at_least_zero([(weights, -np.eye(n))], problem.upper)
    rows, bent = problem.rows, problem.bent
    for j, row in enumerate(rows.matrix):
        penalty = np.inf if rows.penalty is None else rows.penalty[j]
        if rows.lower[j] == rows.upper[j] and np.isinf(penalty):
            cones.add([(weights, row)], -rows.upper[j : j + 1], clarabel.ZeroConeT(1))
            continue
        for side, end in ((row, rows.upper[j]), (-row, -rows.lower[j])):
            if np.isfinite(end):
                cones.limit([(weights, side)], end, penalty)
    for j in range(bent.upper.size):
        distance = _distance(cones, weights, bent.at[j])
        terms = [(weights, bent.slope[j]), (distance, bent.bend[j])]
        cones.limit(terms, float(bent.upper[j]), bent.penalty[j])
    for row in mandate.costs:
        _add_cost(cones, weights, row)
    _add_objective(cones, weights, mandate)
    status, value, _ = cones.best()
    return status, value


def _distance(cones: _Cones, weights: np.ndarray, at: Vector) -> np.ndarray:
    n = weights.size
    distance = cones.new(n)
    cones.at_least_zero([(distance, np.eye(n)), (weights, -np.eye(n))], at)
    cones.at_least_zero([(distance, np.eye(n)), (weights, np.eye(n))], -at)
    return distance


def _add_cost(cones: _Cones, weights: np.ndarray, row: CostRow) -> None:
    distance = _distance(cones, weights, row.at)
    terms = [(distance, row.rate)]
    if row.quadratic.any():
        terms.append((cones.square(distance, 0.1), 0.01 * row.quadratic))
    if row.impact.any():
        powers = cones.new(weights.size)
        for power, one in zip(powers, distance, strict=True):
            # The cone x^(2/3) y^(1/3) ≥ |z| with y = 1.
            blocks = [(np.array([power]), np.array([[1.0], [0.0], [0.0]]))]
            blocks.append((np.array([one]), np.array([[0.0], [0.0], [1.0]])))
            cones.add(blocks, np.array([0.0, 1.0, 0.0]), clarabel.PowerConeT(2.0 / 3.0))
        terms.append((powers, row.impact))
    cones.limit(terms, row.upper, row.penalty)


def _add_objective(cones: _Cones, weights: np.ndarray, mandate: Mandate) -> None:
    objective, benchmark = mandate.objective, mandate.problem.benchmark
    if objective == "Min TE":
        cones.cost[int(_norm(cones, weights, mandate.problem, benchmark)[0])] = 1.0
    if objective == "Min variance":
        cones.cost[int(_norm(cones, weights, mandate.problem, np.zeros(weights.size))[0])] = 1.0
    if objective in ("Max return", "Max utility"):
        assert mandate.alpha is not None
        cones.cost[: weights.size] = list(-mandate.alpha)
    if objective == "Max utility":
        error = _norm(cones, weights, mandate.problem, benchmark)
        cones.cost[int(cones.square(error, 0.01)[0])] = 0.5 * mandate.risk_aversion * 0.01**2
    if objective == "Min turnover":
        assert mandate.current is not None
        for place in _distance(cones, weights, mandate.current):
            cones.cost[int(place)] = 0.5
    if np.isfinite(mandate.te_cap):
        error = _norm(cones, weights, mandate.problem, benchmark)
        cones.limit([(error, np.eye(1))], mandate.te_cap, mandate.te_penalty)


def _norm(cones: _Cones, weights: np.ndarray, problem: TrackingProblem, centre: Vector) -> np.ndarray:
    """A new variable at least the root of (w − centre)'Σ(w − centre)."""
    risk = problem.risk
    if isinstance(risk, FactorModel):
        root = np.vstack([risk.loadings.T, np.diag(np.sqrt(risk.specific))])
    else:
        root = np.linalg.cholesky(np.column_stack([risk.product(unit) for unit in np.eye(weights.size)])).T
    length = cones.new(1)
    first = np.zeros((root.shape[0] + 1, 1))
    first[0] = 1.0
    block = np.vstack([np.zeros((1, weights.size)), root])
    offset = np.concatenate([[0.0], -root @ centre])
    cones.add([(length, first), (weights, block)], offset, clarabel.SecondOrderConeT(offset.size))
    return length
