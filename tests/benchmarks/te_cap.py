"""The most return within a cap on tracking error, against Clarabel's second-order cone; frontiers, against PIQP point by point."""

from collections.abc import Sequence
from dataclasses import replace

import clarabel
import numpy as np
import scipy.sparse as sp

from tests.benchmarks.report import Table
from tests.benchmarks.rivals import prepare_piqp
from tests.benchmarks.scenarios import Scenario, make_scenario
from tests.benchmarks.speed import OURS, unseen
from tests.benchmarks.timing import Run, milliseconds, race
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.mandates.achieve import achieve
from trackerr_xl.core.mandates.frontier import frontier
from trackerr_xl.core.mandates.mandate import Mandate
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.core.solve import solve

CASES: tuple[tuple[Scenario, int, int | None], ...] = (
    ("A", 500, None),
    ("B", 500, None),
    ("A", 2000, 60),
    ("A", 10_000, 150),
)
FRONTIERS: tuple[tuple[Scenario, int, int | None], ...] = (("A", 500, None), ("A", 2000, 60))
POINTS = 30
ACCURACY = 1e-9
NOTE = (
    "Twice the least tracking error is allowed; medians on one thread in turn, Clarabel asked for 1e-9. *Return* is how much "
    "less of it Clarabel finds, relative; *off the cap* how far the tracking errors are from it, relative."
)
FRONTIER_NOTE = (
    f"*Prices*: the same {POINTS} programs for both, their prices of return spread evenly in logarithms; ours starts each at "
    f"the last answer. *Even*: {POINTS} portfolios evenly spaced in tracking error, found by TE_FRONTIER with Points; *corners*: all "
    "corner portfolios. All of ours are proved, on a covariance not seen before."
)


def te_cap_table(cases: Sequence[tuple[Scenario, int, int | None]] = CASES, rounds: int = 3) -> Table:
    """Times of both, case by case."""
    header = (
        "problem",
        "ours, ms",
        "Clarabel, ms",
        "Clarabel / ours",
        "return",
        "off the cap, ours",
        "Clarabel's",
    )
    return Table("Most return within a tracking error", NOTE, header, [_row(*case, rounds) for case in cases])


def _row(kind: Scenario, n: int, k: int | None, rounds: int) -> list[str]:
    problem, alpha = make_scenario(kind, n, k=k), 0.01 * np.random.default_rng(1).normal(size=n)
    cap = 2.0 * float(np.sqrt(solve(problem).active_variance))

    def ours() -> Vector:
        return achieve(Mandate(unseen(problem), "Max return", alpha, te_cap=cap)).solution.weights

    whole = race({OURS: ours, "Clarabel": prepare_cone(problem, alpha, cap)}, rounds)
    errors = [
        abs(float(np.sqrt(problem.risk.variance(whole.weights[who] - problem.benchmark))) / cap - 1.0)
        for who in (OURS, "Clarabel")
    ]
    return [
        f"n = {n}{f', k = {k}' if k else ''}, {kind}",
        milliseconds(whole.median(OURS)),
        milliseconds(whole.median("Clarabel")),
        f"{whole.ratio('Clarabel', OURS):.2g}",
        f"{1.0 - alpha @ whole.weights['Clarabel'] / (alpha @ whole.weights[OURS]):.0e}",
        *(f"{error:.0e}" for error in errors),
    ]


def prepare_cone(problem: TrackingProblem, alpha: Vector, cap: float) -> Run:
    """Clarabel with the tracking error as the length of a vector: of factors and specific parts, or of Σ's root."""
    n, rows = problem.benchmark.size, problem.rows
    if isinstance(problem.risk, FactorModel):
        loadings, k = problem.risk.loadings, problem.risk.loadings.shape[1]
        exposure = sp.hstack([sp.csr_array(loadings.T), -sp.eye_array(k)])
        length = sp.block_diag([sp.diags_array(np.sqrt(problem.risk.specific)), sp.eye_array(k)])
        centre = np.concatenate([np.sqrt(problem.risk.specific) * problem.benchmark, np.zeros(k)])
        level = loadings.T @ problem.benchmark
    else:
        assert isinstance(problem.risk, DenseCovariance)
        root, k = np.linalg.cholesky(problem.risk.matrix).T, 0
        exposure, level = sp.csr_array((0, n)), np.empty(0)
        length, centre = sp.csr_array(root), root @ problem.benchmark
    wide = sp.csr_array((1, n + k))
    limits = sp.hstack(
        [sp.vstack([sp.csr_array(rows.matrix), sp.eye_array(n)]), sp.csr_array((rows.upper.size + n, k))]
    )
    low, high = np.concatenate([rows.lower, problem.lower]), np.concatenate([rows.upper, problem.upper])
    limits, equal = sp.csr_array(limits), low == high
    above, below = ~equal & np.isfinite(high), ~equal & np.isfinite(low)
    matrix = sp.vstack([limits[equal], exposure, limits[above], -limits[below], wide, -length])
    right = np.concatenate([high[equal], level, high[above], -low[below], [cap], -centre])
    cones = [
        clarabel.ZeroConeT(int(equal.sum()) + k),
        clarabel.NonnegativeConeT(int(above.sum() + below.sum())),
        clarabel.SecondOrderConeT(n + k + 1),
    ]
    settings = clarabel.DefaultSettings()
    settings.verbose, settings.max_threads = False, 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = ACCURACY
    cost, nothing, columns = (
        np.concatenate([-alpha, np.zeros(k)]),
        sp.csc_matrix((n + k, n + k)),
        sp.csc_matrix(matrix),
    )

    def run() -> Vector:
        answer = clarabel.DefaultSolver(nothing, cost, columns, right, cones, settings).solve()
        return np.array(answer.x)[:n]

    return run


def frontier_table(cases: Sequence[tuple[Scenario, int, int | None]] = FRONTIERS, rounds: int = 3) -> Table:
    """Times of a whole frontier, ours in three kinds."""
    header = (
        "problem",
        "prices, ms",
        "even, ms",
        "corners, ms",
        "corners",
        "PIQP, prices, ms",
        "PIQP / prices",
        "PIQP / even",
        "PIQP / corners",
    )
    return Table("Frontiers", FRONTIER_NOTE, header, [_frontier_row(*case, rounds) for case in cases])


def _frontier_row(kind: Scenario, n: int, k: int | None, rounds: int) -> list[str]:
    problem, alpha = make_scenario(kind, n, k=k), 0.01 * np.random.default_rng(1).normal(size=n)
    unit = float(problem.risk.diagonal().mean()) / float(np.abs(alpha).max()) / n
    prices = (unit * np.geomspace(1e-2, 1e3, POINTS)).tolist()
    programs = [prepare_piqp(replace(problem, linear=-t * alpha)) for t in prices]

    def at_prices() -> Vector:
        fresh, last = unseen(problem), None
        for t in prices:
            last = solve(replace(fresh, linear=-t * alpha), last)
        assert last is not None
        return last.weights

    def grid(points: int | None) -> Vector:
        found = frontier(Mandate(unseen(problem), "Max return", alpha), points)
        return np.asarray(found.weights[-1])

    runs: dict[str, Run] = {
        OURS: at_prices,
        "even": lambda: grid(POINTS),
        "corners": lambda: grid(None),
        "PIQP": lambda: [run() for run in programs][-1],
    }
    whole = race(runs, rounds)
    count = len(frontier(Mandate(problem, "Max return", alpha)).weights)
    return [
        f"n = {n}{f', k = {k}' if k else ''}, {kind}",
        milliseconds(whole.median(OURS)),
        milliseconds(whole.median("even")),
        milliseconds(whole.median("corners")),
        str(count),
        milliseconds(whole.median("PIQP")),
        f"{whole.ratio('PIQP', OURS):.2g}",
        f"{whole.ratio('PIQP', 'even'):.2g}",
        f"{whole.ratio('PIQP', 'corners'):.2g}",
    ]
