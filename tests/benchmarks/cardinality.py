"""At most K names: how soon a gap is proved, beside SCIP on the perspective formulation and beside heuristics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from tests.benchmarks.report import Table
from tests.covariances import equity_factors
from tests.scip_whole import searched
from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.core.solve import solve
from trackerr_xl.core.whole.holdings import Holdings
from trackerr_xl.core.whole.restricted import Portfolio, Restrictions
from trackerr_xl.core.whole.tree import Whole, best_whole

NOTE = (
    "Least active variance with at most K names, medians over the seeds. *To 1 %* and *to 0.1 %* are seconds until no portfolio can "
    "have an active variance lower by more; – where the limit came first. *Left* is the gap then. SCIP has the perspective "
    "formulation, one thread and the same limit. Heuristics are worse than our best by so much: the weights forward by gain, "
    "reweighted l1, and the K largest of the relaxation. *Dense* is a covariance without factors: of T weeks of returns, or of the "
    "true one for four fifths and of 450 weeks for a fifth."
)


@dataclass(frozen=True)
class Size:
    """One line of the table."""

    label: str
    n: int
    k: int
    count: int
    seconds: float
    weeks: int = 0
    rows: bool = False
    sampled: float = 1.0


SIZES = (
    Size("n = 225, k = 15, K = 40", 225, 15, 40, 20.0),
    Size("n = 500, k = 20, K = 30", 500, 20, 30, 20.0),
    Size("n = 500, k = 20, K = 100", 500, 20, 100, 20.0),
    Size("n = 500, k = 20, K = 30, groups and turnover", 500, 20, 30, 20.0, rows=True),
    Size("n = 1000, k = 40, K = 50", 1000, 40, 50, 60.0),
    Size("n = 2000, k = 60, K = 100", 2000, 60, 100, 60.0),
    Size("n = 225, K = 40, dense, a fifth sampled", 225, 15, 40, 30.0, weeks=450, sampled=0.2),
    Size("n = 225, K = 40, dense, T = 520", 225, 15, 40, 30.0, weeks=520),
    Size("n = 225, K = 40, dense, T = 1040", 225, 15, 40, 30.0, weeks=1040),
)


def cardinality_table(sizes: Sequence[Size] = SIZES, seeds: int = 5, *, with_scip: bool = True) -> Table:
    """Every size over the seeds; SCIP on the first seed only."""
    header = [
        "problem",
        "to 1 %",
        "to 0.1 %",
        "left",
        "nodes",
        "SCIP left",
        "forward",
        "reweighted l1",
        "K largest",
    ]
    return Table("At most K names", NOTE, header, [_line(size, seeds, with_scip) for size in sizes])


def _line(size: Size, seeds: int, with_scip: bool) -> list[str]:
    soon, late, left, nodes, worse = [], [], [], [], []
    scip_left = "–"
    for seed in range(seeds):
        problem, holdings = instance(size, seed)
        first, second = (_timed(problem, holdings, gap, size.seconds) for gap in (0.01, 0.001))
        soon.append(first[0])
        late.append(second[0])
        best = second[1]
        left.append(gap_of(best))
        nodes.append(best.nodes)
        assert best.portfolio is not None
        worse.append([_worse(heuristic(problem, holdings), best.portfolio) for heuristic in HEURISTICS])
        if seed == 0 and with_scip and not size.rows:
            scip_left = _percent(_scip_gap(problem, size.count, size.seconds))
    middle = np.median(np.array(worse), axis=0)
    return [
        size.label,
        _seconds(soon),
        _seconds(late),
        _percent(float(np.median(left))),
        f"{np.median(nodes):.0f}",
        scip_left,
        *map(_percent, middle.tolist()),
    ]


def _timed(problem: TrackingProblem, holdings: Holdings, gap: float, seconds: float) -> tuple[float, Whole]:
    start = perf_counter()
    found = best_whole(problem, holdings, gap=gap, seconds=seconds)
    return (perf_counter() - start if found.finished else np.inf), found


def gap_of(found: Whole) -> float:
    """How much lower the active variance could be, as a share."""
    assert found.portfolio is not None
    return 1.0 - found.bound / found.portfolio.value


def _percent(share: float) -> str:
    if np.isinf(share):
        return "none"
    return f"{100.0 * share:.0f} %" if share >= 0.995 else f"{100.0 * share:.2g} %"


def _seconds(times: Sequence[float]) -> str:
    middle = float(np.median(times))
    return "–" if np.isinf(middle) else f"{middle:.2f} s"


def _worse(found: Portfolio | None, best: Portfolio) -> float:
    return np.inf if found is None else found.value / best.value - 1.0


def instance(size: Size, seed: int) -> tuple[TrackingProblem, Holdings]:
    """A market of equity factors, a benchmark of many sizes, at most K names."""
    rng = np.random.default_rng([seed, size.n, size.count])
    benchmark = np.exp(rng.normal(0.0, 1.2, size.n))
    benchmark /= benchmark.sum()
    model = equity_factors(size.n, size.k, rng)
    problem = TrackingProblem.build(benchmark, _dense(model, size, rng) if size.weeks else model)
    if size.rows:
        problem = _with_rows(problem, rng)
    count = Holdings(
        np.zeros(size.n), np.ones((1, size.n)), np.array([-np.inf]), np.array([float(size.count)]), ("Names",)
    )
    return problem, count


def _dense(model: FactorModel, size: Size, rng: np.random.Generator) -> DenseCovariance:
    """The covariance of so many weeks of returns, or a mixture of the true one and that."""
    factors = rng.standard_normal((size.weeks, model.loadings.shape[1]))
    own = rng.standard_normal((size.weeks, model.size)) * np.sqrt(model.specific)
    sample = np.cov((factors @ model.loadings.T + own).T)
    true = model.loadings @ model.loadings.T + np.diag(model.specific)
    return DenseCovariance(size.sampled * sample + (1.0 - size.sampled) * true)


def _with_rows(problem: TrackingProblem, rng: np.random.Generator) -> TrackingProblem:
    """Ten groups within 2 % of the benchmark, and a turnover of at most 80 % from other holdings."""
    n, b = problem.benchmark.size, problem.benchmark
    groups = np.eye(10)[rng.integers(0, 10, n)].T
    centre = groups @ b
    rows = LinearRows(
        np.vstack([problem.rows.matrix, groups]),
        np.concatenate([problem.rows.lower, centre - 0.02]),
        np.concatenate([problem.rows.upper, centre + 0.02]),
        (*problem.rows.labels, *(f"Group {at}" for at in range(10))),
    )
    held = np.where(rng.random(n) < 0.1, b, 0.0)
    held /= held.sum()
    bent = (np.zeros((1, n)), np.full((1, n), 0.5), held[None], np.array([0.8]), np.array([np.inf]))
    return replace(problem, rows=rows, bent=BentRows(*bent, ("Turnover",)))


def forward(problem: TrackingProblem, holdings: Holdings) -> Portfolio | None:
    """The name that would lower the variance most, again and again."""
    restrictions, held = Restrictions(problem, holdings), np.zeros(problem.benchmark.size, dtype=np.bool_)
    diagonal, best = problem.risk.diagonal(), None
    slope = problem.risk.product(-problem.benchmark)
    for _ in range(int(holdings.upper[0])):
        gain = np.where(held | (slope >= 0.0), -1.0, slope**2 / diagonal)
        held[
            int(gain.argmax()) if gain.max() > 0.0 else int(np.where(held, -1.0, problem.benchmark).argmax())
        ] = True
        found = restrictions.best(held)
        slope = problem.risk.product(-problem.benchmark) if found is None else found.gradient
        best = found or best
    return best


def reweighted(problem: TrackingProblem, holdings: Holdings) -> Portfolio | None:
    """Prices on weights that fall as the weights grow, their size found by halving; the K largest refitted."""
    restrictions, count = Restrictions(problem, holdings), int(holdings.upper[0])
    low, high, best = -9.0, 1.0, None
    scale = float(np.abs(problem.risk.product(problem.benchmark)).mean())
    for _ in range(10):
        price, weights = scale * 10.0 ** (0.5 * (low + high)), problem.benchmark
        for _ in range(6):
            linear = price / problem.benchmark.size / (weights + 1e-2 / problem.benchmark.size)
            weights = solve(replace(problem, linear=linear)).weights
        found = restrictions.best(_largest(weights, count))
        best = found if best is None or (found is not None and found.value < best.value) else best
        if np.count_nonzero(weights > 1e-6) > count:
            low = 0.5 * (low + high)
        else:
            high = 0.5 * (low + high)
    return best


def largest(problem: TrackingProblem, holdings: Holdings) -> Portfolio | None:
    """The K largest weights of the problem without the count, refitted."""
    count = int(holdings.upper[0])
    return Restrictions(problem, holdings).best(_largest(solve(problem).weights, count))


HEURISTICS: tuple[Callable[[TrackingProblem, Holdings], Portfolio | None], ...] = (
    forward,
    reweighted,
    largest,
)


def _largest(weights: Vector, count: int) -> Mask:
    held = np.zeros(weights.size, dtype=np.bool_)
    held[np.argsort(-weights, kind="stable")[:count]] = True
    return held


def _scip_gap(problem: TrackingProblem, count: int, seconds: float) -> float:
    """The gap SCIP is left with, infinite without a solution."""
    found = searched(problem, count, seconds=seconds)
    return 1.0 - found.bound / found.value if np.isfinite(found.value) else np.inf
