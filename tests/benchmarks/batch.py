"""Thousands of accounts on one risk model, beside loops over other solvers that keep their workspace."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from tests.benchmarks.report import Table
from tests.benchmarks.rivals import (
    ACCURACY,
    HUGE,
    prepare_clarabel,
    prepare_daqp,
    prepare_osqp,
    prepare_piqp,
)
from tests.benchmarks.scenarios import EXPOSURE_WIDTHS, capped_benchmark
from tests.benchmarks.timing import Run, race
from tests.covariances import equity_factors
from tests.oracles import violation
from tests.standard_form import StandardForm, dense_form, sparse_form
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.batch import solve_all
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.core.solution import Solution

OURS = "ours"
TILT = 0.2
"""Slope of the expected returns, in mean variances a name."""
Loop = Callable[[], Matrix]
"""Solves every account; a row of weights each."""


@dataclass(frozen=True)
class Firm:
    """Accounts of n names on k factors, or on a full matrix where k is None, with groups of names or the budget alone."""

    n: int
    k: int | None
    groups: int = 0

    @property
    def label(self) -> str:
        """As the table names it."""
        rows = f", {self.groups + 4} rows" if self.groups else ""
        return f"n = {self.n}{'' if self.k is None else f', k = {self.k}'}{rows}"


FIRMS = (
    Firm(100, 10),
    Firm(500, 20),
    Firm(500, 20, 40),
    Firm(50, None),
    Firm(100, None),
    Firm(500, None),
)
ACCOUNTS = 1000
SAMPLED = 40
"""Accounts of a loop that is not ours: its time grows with their number, ours by account falls with it."""
NOTE = (
    f"{ACCOUNTS:,} accounts, each with its own exclusions, 2 to 25 % of the names, and appetite for return; 44 rows are the budget, 40 "
    "groups within a percent of the benchmark and 3 exposures, as far as each account can reach. Accounts a second, medians of "
    f"rounds in turn on one thread. *Ours* is `solve_all`, every answer proved. The others solve {SAMPLED} of the accounts in a "
    "loop, set up for each; *kept*: set up once and told the new limits, with what they know of the last account. All are asked for "
    "1e-9 (OSQP: 1e-8, polished). The last columns are ratios to the best of either kind, and what "
    "the best of all lacks: its objective above ours, in active variances, and the largest breach of a limit."
)


def batch_table(firms: Sequence[Firm] = FIRMS, accounts: int = ACCOUNTS, rounds: int = 3) -> Table:
    """Rates of all, firm by firm."""
    header = ["problem", *(f"{name}, accounts/s" for name in (OURS, *LOOPS))]
    header += ["ours / best", "ours / best kept", "excess", "breach"]
    return Table("Many accounts", NOTE, header, [_row(firm, accounts, rounds) for firm in firms])


def firm_accounts(firm: Firm, count: int, seed: int = 0) -> list[TrackingProblem]:
    """Accounts that differ in exclusions, appetite for return and the limits of their rows."""
    rng = np.random.default_rng([seed, firm.n])
    benchmark = np.exp(rng.normal(0.0, 1.2, firm.n))
    benchmark /= benchmark.sum()
    model = equity_factors(firm.n, firm.k or 10, rng)
    assert isinstance(model, FactorModel)
    risk = model if firm.k else DenseCovariance(model.loadings @ model.loadings.T + np.diag(model.specific))
    variance = float(model.diagonal().mean())
    alpha, sectors = rng.standard_normal(firm.n), rng.integers(0, max(firm.groups, 1), firm.n)
    members = [(sectors == group).astype(float) for group in range(firm.groups)]
    exposures = [rng.uniform(0.5, 12.0, firm.n), rng.normal(1.0, 0.3, firm.n), rng.standard_normal(firm.n)]
    matrix = np.array([*members, *exposures])
    problems: list[TrackingProblem] = []
    for _ in range(count):
        upper = np.minimum(1.0, np.maximum(2.0 * benchmark, 1.5 / firm.n))
        upper[rng.random(firm.n) < rng.uniform(0.02, 0.25)] = 0.0
        upper *= max(1.0, 1.1 / upper.sum())
        rows = _around(matrix, benchmark, capped_benchmark(benchmark, upper)) if firm.groups else None
        # What has been checked once is shared, and so it is by the command.
        shared = problems[0].risk if problems else risk
        appetite = rng.uniform(0.3, 1.5) * TILT * variance / firm.n
        problems.append(TrackingProblem.build(benchmark, shared, upper, rows=rows, linear=-appetite * alpha))
    return problems


def _around(matrix: Matrix, benchmark: Vector, held: Vector) -> LinearRows:
    """Groups within a percent of the benchmark, and three exposures, as far as is attainable."""
    groups = len(matrix) - len(EXPOSURE_WIDTHS)
    widths = np.array([0.01] * groups + list(EXPOSURE_WIDTHS))
    target, attained = matrix @ benchmark, matrix @ held
    lower = np.minimum(target, attained + 0.5 * widths) - widths
    upper = np.maximum(target, attained - 0.5 * widths) + widths
    return LinearRows(matrix, lower, upper, tuple(f"Row {at}" for at in range(len(matrix))))


def _row(firm: Firm, accounts: int, rounds: int) -> list[str]:
    problems = firm_accounts(firm, accounts)
    sample = problems[: min(SAMPLED, accounts)]
    loops: dict[str, Loop] = {OURS: lambda: _weights(problems)}
    loops |= {name: prepare(sample) for name, prepare in LOOPS.items()}
    whole = race(loops, rounds)
    rates = {name: (accounts if name == OURS else len(sample)) / whole.median(name) for name in whole.seconds}
    best = max(LOOPS, key=lambda name: rates[name])
    ours, theirs = whole.weights[OURS], whole.weights[best]
    excess = [
        (_value(problem, weights) - _value(problem, our)) / problem.risk.variance(our - problem.benchmark)
        for problem, weights, our in zip(sample, theirs, ours, strict=False)
    ]
    breach = [violation(problem, weights) for problem, weights in zip(sample, theirs, strict=True)]
    return [
        firm.label,
        *(f"{rates[name]:,.0f}" for name in (OURS, *LOOPS)),
        *(_ratio(rates, kind) for kind in (ANEW, KEPT)),
        f"{max(excess, key=abs):.0e}",
        f"{max(breach):.0e}",
    ]


def _ratio(rates: Mapping[str, float], kind: Iterable[str]) -> str:
    best = max(kind, key=lambda name: rates[name])
    return f"{rates[OURS] / rates[best]:.2g} ({best.partition(',')[0]})"


def _value(problem: TrackingProblem, weights: Vector) -> float:
    active = weights - problem.benchmark
    return 0.5 * problem.risk.variance(active) + float(problem.linear @ active)


def _weights(problems: Sequence[TrackingProblem]) -> Matrix:
    answers = solve_all(problems)
    assert all(isinstance(answer, Solution) for answer in answers)
    return np.stack([answer.weights for answer in answers if isinstance(answer, Solution)])


def piqp_loop(problems: Sequence[TrackingProblem]) -> Loop:
    """PIQP with one workspace."""
    import piqp

    dense = isinstance(problems[0].risk, DenseCovariance)
    forms = [dense_form(each) if dense else sparse_form(each) for each in problems]
    first = forms[0]
    equal = first.row_lower == first.row_upper
    matrices = [first.hessian, first.rows[equal], first.rows[~equal]]
    hessian, equations, limited = [np.asfortranarray(m) if dense else sp.csc_matrix(m) for m in matrices]

    def run() -> Matrix:
        solver = piqp.DenseSolver() if dense else piqp.SparseSolver()
        solver.settings.eps_abs = solver.settings.eps_rel = ACCURACY
        solver.settings.max_iter = 300
        found = []
        for form in forms:
            limits = (form.row_lower[~equal], form.row_upper[~equal], form.lower, form.upper)
            if form is first:
                solver.setup(hessian, form.cost, equations, form.row_upper[equal], limited, *limits)
            else:
                low, high, lower, upper = limits
                solver.update(c=form.cost, b=form.row_upper[equal], h_l=low, h_u=high, x_l=lower, x_u=upper)
            solver.solve()
            found.append(form.weights(solver.result.x))
        return np.stack(found)

    return run


def osqp_loop(problems: Sequence[TrackingProblem]) -> Loop:
    """OSQP with one factorisation, each account beginning at the answer of the last."""
    import osqp

    forms = [sparse_form(each) for each in problems]
    first = forms[0]
    block = sp.csc_matrix(sp.vstack([sp.csr_array(first.rows), sp.eye_array(first.lower.size)]))
    hessian = sp.csc_matrix(sp.triu(first.hessian))
    settings = {"eps_abs": 1e-8, "eps_rel": 1e-8, "max_iter": 50_000, "polishing": True, "verbose": False}

    def run() -> Matrix:
        solver, found = osqp.OSQP(), []
        for form in forms:
            lower, upper = _both(form)
            if form is first:
                solver.setup(hessian, form.cost, block, lower, upper, **settings)
            else:
                solver.update(q=form.cost, l=lower, u=upper)
            found.append(form.weights(solver.solve(raise_error=False).x))
        return np.stack(found)

    return run


def daqp_loop(problems: Sequence[TrackingProblem]) -> Loop:
    """DAQP with one workspace, its covariance factored once."""
    import daqp

    forms = [dense_form(each) for each in problems]
    first = forms[0]
    rows = np.ascontiguousarray(first.rows)

    def run() -> Matrix:
        solver, found = daqp.Model(), []
        solver.settings = {"primal_tol": 1e-10, "dual_tol": 1e-10, "iter_limit": 20_000}
        for form in forms:
            lower, upper = (
                np.clip(np.concatenate([box, row]), -HUGE, HUGE)
                for box, row in ((form.lower, form.row_lower), (form.upper, form.row_upper))
            )
            kinds = np.where(lower == upper, 5, 0).astype(np.int32)
            if form is first:
                solver.setup(form.hessian.copy(), form.cost, rows.copy(), upper, lower, kinds)
            else:
                solver.update(f=form.cost, bupper=upper, blower=lower, sense=kinds)
            found.append(form.weights(solver.solve()[0].copy()))
        return np.stack(found)

    return run


def anew(prepare: Callable[[TrackingProblem], Run]) -> Callable[[Sequence[TrackingProblem]], Loop]:
    """A loop that sets the solver up for every account."""

    def loop(problems: Sequence[TrackingProblem]) -> Loop:
        runs = [prepare(each) for each in problems]
        return lambda: np.stack([run() for run in runs])

    return loop


ANEW = {
    "PIQP": anew(prepare_piqp),
    "OSQP": anew(prepare_osqp),
    "Clarabel": anew(prepare_clarabel),
    "DAQP": anew(prepare_daqp),
}
KEPT = {"PIQP, kept": piqp_loop, "OSQP, kept": osqp_loop, "DAQP, kept": daqp_loop}
LOOPS: dict[str, Callable[[Sequence[TrackingProblem]], Loop]] = ANEW | KEPT


def _both(form: StandardForm) -> tuple[Matrix, Matrix]:
    return np.concatenate([form.row_lower, form.lower]), np.concatenate([form.row_upper, form.upper])
