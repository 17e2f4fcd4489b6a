"""One solve beside the rivals, by size: dense covariances and factor models."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.report import Table
from tests.benchmarks.rivals import RIVALS, Rival
from tests.benchmarks.scenarios import SCENARIOS, make_scenario
from tests.benchmarks.timing import Race, Run, milliseconds, race, together
from tests.oracles import scaled_variance, violation
from tests.strategies import plain
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solve import solve

OURS, CHECKED = "ours", "ours, checked"
DENSE_SIZES = (3, 50, 100, 500, 1000, 2000)
FACTOR_SIZES = ((500, 20), (2000, 60), (5000, 60))
TIMES_NOTE = (
    "A: budget and caps, about a quarter of the names excluded. B: also 20 groups and 3 exposures (fewer groups below "
    "n = 240). Median milliseconds on one thread, over rounds in which all run in turn, each after an untimed run of its own (without it ours loses most: 4.2 to 5.1 times instead of 5.2 at n = 500, A); three instances up to n = 500, "
    "then one. *Ours* is `solve`, proof included; *checked* adds `TrackingProblem.build`, from bare arrays. The last two "
    "columns are medians of the ratio within a round. A dash: not entered, it would take minutes or is not installed."
)
ACCURACY_NOTE = (
    "Each cell: active variance above the best that keeps every limit, relative; then the largest breach of a limit. "
    "A negative excess is bought by breaking limits."
)


@dataclass(frozen=True)
class Result:
    """What all competitors did on the instances of one size."""

    label: str
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


def our_runs(problem: TrackingProblem) -> dict[str, Run]:
    """Ours from a checked problem, and from bare arrays."""

    def from_arrays() -> Vector:
        fresh = TrackingProblem.build(
            problem.benchmark,
            plain(problem.risk),
            problem.upper,
            problem.lower,
            budget=None,
            rows=problem.rows,
        )
        return solve(fresh).weights

    return {OURS: lambda: solve(problem).weights, CHECKED: from_arrays}


def rounds_for(n: int, quick: bool = False) -> int:
    """More rounds where a round is short."""
    if quick:
        return 1
    return 15 if n <= 100 else 7 if n <= 500 else 3


def _seeds(n: int, quick: bool) -> range:
    return range(1 if quick or n > 500 else 3)


def _result(label: str, problems: Sequence[TrackingProblem], rivals: Sequence[Rival], quick: bool) -> Result:
    entered = [rival for rival in rivals if rival.enters(problems[0])]
    rounds = rounds_for(problems[0].benchmark.size, quick)
    races = [race(our_runs(p) | {r.name: r.prepare(p) for r in entered}, rounds) for p in problems]
    pairs = list(zip(problems, races, strict=True))
    return Result(
        label,
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
        if name not in (OURS, CHECKED) and name.startswith("CVXPY") == library
    ]
    return f"{min(ratios):.2g}" if ratios else "–"
