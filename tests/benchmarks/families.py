"""Eleven families of covariance, the weak ones included, to see whether a method holds away from its favourite."""

from collections.abc import Sequence

from tests.benchmarks.report import Table
from tests.benchmarks.rivals import prepare_piqp
from tests.benchmarks.scenarios import WITHOUT_TURNOVER, make_scenario
from tests.benchmarks.speed import OURS, rounds_for, unseen
from tests.benchmarks.timing import milliseconds, race, together
from tests.covariances import FAMILIES
from tests.oracles import excess_variance_bound, scaled_variance, violation
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solve import solve

NOTE = (
    "Dense, three instances each, medians on one thread in turn; *slowest* is our slowest of all rounds. *Proved* is the largest relative excess that our "
    "multipliers leave possible, bounded by code of the tests alone; *beside PIQP* is our active variance over PIQP's, "
    "less one, at its worst for us."
)


def families_table(n: int = 500, families: Sequence[str] = tuple(FAMILIES), quick: bool = False) -> Table:
    """Times, roads taken and proofs, family by family."""
    rows = []
    for kind in WITHOUT_TURNOVER:
        for family in families:
            seeds = range(1 if quick else 3)
            problems = [make_scenario(kind, n, family=family, seed=seed) for seed in seeds]
            rows.append([f"{family}, {kind}", *_cells(problems, rounds_for(n, quick))])
    header = (
        "family",
        "ours, ms",
        "slowest",
        "PIQP, ms",
        "PIQP / ours",
        "proved",
        "beside PIQP",
        "violation",
        "method",
    )
    return Table(f"Covariance families, n = {n}", NOTE, header, rows)


def _cells(problems: Sequence[TrackingProblem], rounds: int) -> list[str]:
    races = [
        race({OURS: lambda p=p: solve(unseen(p)).weights, "PIQP": prepare_piqp(p)}, rounds) for p in problems
    ]
    whole, solutions = together(races), [solve(p) for p in problems]
    proofs = [
        excess_variance_bound(p, s.weights, s.row_duals) / p.risk.variance(s.weights - p.benchmark)
        for p, s in zip(problems, solutions, strict=True)
    ]
    beside = [
        scaled_variance(p, one.weights[OURS]) / scaled_variance(p, one.weights["PIQP"]) - 1.0
        for p, one in zip(problems, races, strict=True)
    ]
    breaches = [violation(p, s.weights) for p, s in zip(problems, solutions, strict=True)]
    return [
        milliseconds(whole.median(OURS)),
        milliseconds(max(whole.seconds[OURS])),
        milliseconds(whole.median("PIQP")),
        f"{whole.ratio('PIQP', OURS):.2g}",
        f"{max(proofs):.0e}",
        f"{max(beside):.0e}",
        f"{max(breaches):.0e}",
        ", ".join(sorted({f"{s.method} ({s.iterations})" for s in solutions})),
    ]
