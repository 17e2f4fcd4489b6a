"""A whole formula beside its solve: what the sheet around the solver costs."""

from collections.abc import Sequence

import numpy as np

from tests.benchmarks.report import Table
from tests.benchmarks.speed import rounds_for
from tests.benchmarks.timing import Run, milliseconds, race
from tests.covariances import FAMILIES
from trackerr_xl import evaluate
from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solve import solve
from trackerr_xl.sheet.call import call

NOTE = (
    "*Call* is what a cell does once a host has handed over its ranges as rows of plain numbers: read, check, solve, prove, "
    "write. *Evaluate* is the same from Python, with NumPy arrays and with nested lists. Every call is given a covariance "
    "it has not seen; solve alone takes a checked problem."
)


def end_to_end_table(sizes: Sequence[int] = (50, 500, 1000)) -> Table:
    """`=TE_OPTIMIZE(benchmark, cov, limits)` by size, each weight capped at 1.5 / n."""
    rows = []
    for n in sizes:
        result = race(_runs(n), rounds_for(n))
        names = list(result.seconds)
        rows.append([f"n = {n}", *(milliseconds(result.median(name)) for name in names)])
    return Table("A formula, end to end", NOTE, ["problem", *names], rows)


def _runs(n: int) -> dict[str, Run]:
    rng = np.random.default_rng(n)
    cov = FAMILIES["factors and noise"](n, rng)
    benchmark = rng.dirichlet(np.ones(n))
    cap = 1.5 / n
    problem = TrackingProblem.build(benchmark, cov, cap)
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, cap]]
    # The reply to equal ranges may be remembered: each call sees a covariance of another unit, which changes no weight.
    scales = iter(1.0 + 1e-3 * np.arange(1000))

    def unseen() -> Matrix:
        return cov * next(scales)

    column = benchmark[:, None]
    return {
        "solve alone, ms": lambda: solve(problem).weights,
        "call, rows, ms": lambda: call("TE_OPTIMIZE", [column.tolist(), unseen().tolist(), limits]).grid,
        "evaluate, arrays, ms": lambda: evaluate("TE_OPTIMIZE", column, unseen(), limits),
        "evaluate, lists, ms": lambda: evaluate("TE_OPTIMIZE", column.tolist(), unseen().tolist(), limits),
    }
