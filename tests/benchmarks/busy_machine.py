"""One solve while every core is busy with other people's linear algebra, as on a server or behind a recalculation."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from threadpoolctl import threadpool_limits

from tests.benchmarks.report import Table
from tests.benchmarks.rivals import prepare_piqp
from tests.benchmarks.scenarios import WITHOUT_TURNOVER, make_scenario
from tests.benchmarks.speed import OURS
from tests.benchmarks.timing import Race, milliseconds, race
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solve import solve

OTHER_WORK = (
    "import numpy as np\nmatrix = np.random.default_rng(0).random((700, 700))\nwhile True: matrix @ matrix\n"
)
NOTE = (
    "Milliseconds, median and slowest of the rounds, with the threads a program gets when it sets nothing. *Busy*: one "
    "process a core multiplies matrices with as many threads as it likes. *Cap lifted* is the same solve without its "
    "limit of one BLAS thread."
)


def busy_machine_table(n: int = 500, rounds: int = 15, workers: int | None = None) -> Table:
    """The same solves on a quiet and on a loaded machine."""
    cores = os.cpu_count() or 1
    rows = []
    for kind in WITHOUT_TURNOVER:
        problem = make_scenario(kind, n)
        runs = {
            OURS: lambda p=problem: solve(p).weights,
            "ours, cap lifted": lambda p=problem: _solve_uncapped(p),
            "PIQP": prepare_piqp(problem),
        }
        with threadpool_limits(cores):
            quiet = race(runs, rounds)
            with other_work(cores if workers is None else workers):
                busy = race(runs, rounds)
        rows += [[f"n = {n}, {kind}", name, _spread(quiet, name), _spread(busy, name)] for name in runs]
    return Table(f"A loaded machine, {cores} cores", NOTE, ("problem", "run", "quiet", "busy"), rows)


def _solve_uncapped(problem: TrackingProblem) -> Vector:
    with patch("trackerr_xl.core.solve.one_thread", nullcontext):
        return solve(problem).weights


@contextmanager
def other_work(workers: int) -> Iterator[None]:
    """Processes that keep the cores busy, ended on the way out."""
    started = [subprocess.Popen([sys.executable, "-c", OTHER_WORK]) for _ in range(workers)]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def _spread(result: Race, name: str) -> str:
    return f"{milliseconds(result.median(name))}, {milliseconds(max(result.seconds[name]))}"
