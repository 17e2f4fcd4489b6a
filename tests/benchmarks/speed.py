"""One solve beside the rivals, by size: dense covariances and factor models."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg.lapack import dpotrf

from tests.benchmarks.report import Table
from tests.benchmarks.rivals import RIVALS, Rival
from tests.benchmarks.scenarios import SCENARIOS, make_scenario
from tests.benchmarks.timing import Race, Run, milliseconds, race, together
from tests.oracles import scaled_variance, violation
from tests.strategies import plain
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.core.solve import solve

OURS, AGAIN, CHECKED = "ours", "ours, known Σ", "ours, checked"
DENSE_SIZES = (3, 50, 100, 500, 1000, 2000)
FACTOR_SIZES = ((500, 20), (2000, 60), (5000, 60), (10_000, 150))
ENDLESS = 10_000
"""Names from which on a round is one run, and only B and C are solved: a rival takes up to a quarter of a minute."""
TIMES_NOTE = (
    "A: budget and caps, about a quarter of the names excluded. B: also 20 groups and 3 exposures (fewer groups below "
    "n = 240). C: also turnover, Σ abs(w − current) (dense only at n = 50 and 500). Median milliseconds on one thread, "
    "over rounds in which all run in turn, each after an untimed run of its own; three instances up to n = 500, then "
    "one. *Ours* is `solve`, proof included, with a covariance not seen before; *known Σ* has seen it and remembers its "
    "surrogate, as in a frontier or a backtest; *checked* adds `TrackingProblem.build`, from bare arrays. The last two "
    "columns are medians of the ratio within a round, to *ours*. A dash: not entered, because it would take minutes, "
    "does not take the form or is not installed."
)
COSTS_NOTE = (
    "What a solve costs in units of the machine: for a dense covariance, Cholesky factorisations of the whole matrix; for "
    "a factor model, products of the n × k loadings with a vector, which is one pass over them. An interior point "
    "method needs ten to twenty of either factorisation."
)
ACCURACY_NOTE = (
    "Each cell: active variance above the best that keeps every limit, relative; then the largest breach of a limit. "
    "A negative excess is bought by breaking limits."
)


@dataclass(frozen=True)
class Result:
    """What all competitors did on the instances of one size."""

    label: str
    problem: TrackingProblem
    whole: Race
    excess: dict[str, float]
    breach: dict[str, float]


def dense_results(
    sizes: Sequence[int] = DENSE_SIZES, rivals: Sequence[Rival] = RIVALS, quick: bool = False
) -> list[Result]:
    """Every size of dense problem against every rival."""
    return [
        _result(f"n = {n}, {kind}", [make_scenario(kind, n, seed=s) for s in _seeds(n, quick)], rivals, quick)
        for n in sizes
        for kind in SCENARIOS
        if kind != "C" or n in (40, 50, 500)
    ]


def factor_results(
    sizes: Sequence[tuple[int, int]] = FACTOR_SIZES, rivals: Sequence[Rival] = RIVALS, quick: bool = False
) -> list[Result]:
    """Every size of factor model against every rival."""
    return [
        _result(
            f"n = {n}, k = {k}, {kind}",
            [make_scenario(kind, n, k=k, seed=s) for s in _seeds(n, quick)],
            rivals,
            quick,
        )
        for n, k in sizes
        for kind in SCENARIOS
        if kind != "A" or n < ENDLESS
    ]


def times_table(title: str, results: Sequence[Result]) -> Table:
    """Milliseconds by problem and solver."""
    names = _names(results)
    rows = [
        [r.label, *(_time(r, name) for name in names), _best(r, library=False), _best(r, library=True)]
        for r in results
    ]
    return Table(title, TIMES_NOTE, ["problem", *names, "best direct / ours", "CVXPY / ours"], rows)


def accuracy_table(title: str, results: Sequence[Result]) -> Table:
    """Excess and violation by problem and solver."""
    names = _names(results)
    rows = [
        [r.label, *(f"{r.excess[s]:.0e}, {r.breach[s]:.0e}" if s in r.excess else "–" for s in names)]
        for r in results
    ]
    return Table(title, ACCURACY_NOTE, ["problem", *names], rows)


def costs_table(title: str, results: Sequence[Result]) -> Table:
    """Our time in units of one factorisation, or of one pass over the loadings."""
    header = ["problem", "ours, ms", "ours, known Σ, ms", "unit", "unit, ms", "ours / unit", "known Σ / unit"]
    return Table(title, COSTS_NOTE, header, [_costs(r) for r in results])


def unseen(problem: TrackingProblem) -> TrackingProblem:
    """The same problem with a covariance of which nothing can be remembered, at no cost."""
    if isinstance(problem.risk, FactorModel):
        return problem
    assert isinstance(problem.risk, DenseCovariance)
    return replace(problem, risk=DenseCovariance(problem.risk.matrix.view()))


def our_runs(problem: TrackingProblem) -> dict[str, Run]:
    """Ours from a checked problem, from one whose covariance is known, and from bare arrays."""

    def from_arrays() -> Vector:
        strange = unseen(problem)
        fresh = TrackingProblem.build(
            strange.benchmark,
            plain(strange.risk),
            strange.upper,
            strange.lower,
            budget=None,
            rows=strange.rows,
            bent=strange.bent,
        )
        return solve(fresh).weights

    return {
        OURS: lambda: solve(unseen(problem)).weights,
        AGAIN: lambda: solve(problem).weights,
        CHECKED: from_arrays,
    }


def rounds_for(n: int, quick: bool = False) -> int:
    """More rounds where a round is short."""
    if quick:
        return 1
    return 15 if n <= 100 else 7 if n <= 500 else 3 if n < ENDLESS else 1


def _seeds(n: int, quick: bool) -> range:
    return range(1 if quick or n > 500 else 3)


def _result(label: str, problems: Sequence[TrackingProblem], rivals: Sequence[Rival], quick: bool) -> Result:
    entered = [rival for rival in rivals if rival.enters(problems[0])]
    rounds = rounds_for(problems[0].benchmark.size, quick)
    races = [race(our_runs(p) | {r.name: r.prepare(p) for r in entered}, rounds) for p in problems]
    pairs = list(zip(problems, races, strict=True))
    return Result(
        label,
        problems[0],
        together(races),
        {name: max(_excess(p, one, name) for p, one in pairs) for name in races[0].weights},
        {name: max(violation(p, one.weights[name]) for p, one in pairs) for name in races[0].weights},
    )


def _excess(problem: TrackingProblem, one: Race, name: str) -> float:
    kept = [scaled_variance(problem, w) for w in one.weights.values() if violation(problem, w) < 1e-9]
    return scaled_variance(problem, one.weights[name]) / min(kept) - 1.0


def _names(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(name for r in results for name in r.whole.seconds))


def _time(result: Result, name: str) -> str:
    return milliseconds(result.whole.median(name)) if name in result.whole.seconds else "–"


def _best(result: Result, library: bool) -> str:
    """The fastest rival's time over ours, among those called directly or among those behind CVXPY."""
    ratios = [
        result.whole.ratio(name, OURS)
        for name in result.whole.seconds
        if name not in (OURS, AGAIN, CHECKED) and name.startswith("CVXPY") == library
    ]
    return f"{min(ratios):.2g}" if ratios else "–"


def _costs(result: Result) -> list[str]:
    risk = result.problem.risk
    if isinstance(risk, FactorModel):
        name, unit = "pass", _seconds(lambda: risk.loadings.T @ result.problem.benchmark)
    else:
        assert isinstance(risk, DenseCovariance)
        scale = 1.0 / risk.matrix.diagonal().mean()
        # A little on the diagonal, or a singular covariance would stop the factorisation half way.
        matrix = np.asfortranarray(scale * risk.matrix + 1e-3 * np.eye(risk.size))
        name, unit = "Cholesky", _seconds(lambda: dpotrf(matrix, lower=1, clean=0)[0][0])
    ours, again = result.whole.median(OURS), result.whole.median(AGAIN)
    times = [milliseconds(ours), milliseconds(again), name, milliseconds(unit)]
    return [result.label, *times, f"{ours / unit:.2g}", f"{again / unit:.2g}"]


def _seconds(run: Run) -> float:
    return race({"unit": run}, rounds=9).median("unit")
