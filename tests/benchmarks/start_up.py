"""What a fresh Python pays before the first answer."""

import subprocess
import sys
from functools import partial
from importlib.util import find_spec

from tests.benchmarks.report import Table
from tests.benchmarks.timing import milliseconds, race
from trackerr_xl.core.arrays import Vector

FIRST_SOLVE = """
import numpy as np
from trackerr_xl import TrackingProblem, solve
solve(TrackingProblem.build(np.array([0.4, 0.3, 0.3]), np.diag([1.0, 2.0, 3.0]), 0.35))
"""
FIRST_FORMULA = """
from trackerr_xl import evaluate
evaluate("TE_OPTIMIZE", [[0.4], [0.3], [0.3]], [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]])
"""
PROGRAMS = {
    "bare Python": "pass",
    "import numpy": "import numpy",
    "import trackerr_xl": "import trackerr_xl",
    "and a first solve": FIRST_SOLVE,
    "and a first formula, through the sheet": FIRST_FORMULA,
    "import scipy.optimize": "import scipy.optimize",
    "import piqp": "import numpy, piqp",
    "import cvxpy": "import cvxpy",
}
NOTE = "A new process each time, median milliseconds over rounds in turn; the first line is what Python itself costs."


def start_up_table(rounds: int = 9) -> Table:
    """Whole life of a process that does one thing."""
    programs = {name: code for name, code in PROGRAMS.items() if name != "import cvxpy" or find_spec("cvxpy")}
    result = race({name: partial(_live, code) for name, code in programs.items()}, rounds)
    bare = result.median("bare Python")
    rows = [
        [name, milliseconds(result.median(name)), milliseconds(result.median(name) - bare)]
        for name in result.seconds
    ]
    return Table("Start-up", NOTE, ("program", "ms", "over bare Python"), rows)


def _live(code: str) -> Vector:
    subprocess.run([sys.executable, "-c", code], check=True)
    return []
