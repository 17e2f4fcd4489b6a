"""Start-up: importing trackerr_xl costs little, and heavy packages load only where they are used."""

import json
import subprocess
import sys
import time
from statistics import median

import pytest

HEAVY = ("scipy", "pandas", "openpyxl", "ironcalc", "xlwings", "xlsxwriter", "typer", "rich")
PAIRS = 9


def test_import_takes_at_most_one_and_a_half_times_that_of_numpy():
    # Pairs, one right after the other, so that a busy machine slows both halves of a ratio.
    ratios = [seconds_to_run("import trackerr_xl") / seconds_to_run("import numpy") for _ in range(PAIRS)]
    assert median(ratios) < 1.5


def test_import_loads_no_heavy_package():
    assert packages_loaded_by("import trackerr_xl").isdisjoint(HEAVY)


@pytest.mark.parametrize(
    "statement",
    [
        "from trackerr_xl import evaluate; evaluate('ACTIVE_SHARE', [0.5, 0.5], [1.0, 0.0])",
        "from trackerr_xl import tracking_error",
        "from trackerr_xl import TrackingProblem, solve",
    ],
    ids=["a worksheet function", "a measure", "the solver"],
)
def test_calculating_loads_no_spreadsheet_package(statement):
    assert packages_loaded_by(statement).isdisjoint(set(HEAVY) - {"scipy"})


def seconds_to_run(statement):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def packages_loaded_by(statement):
    code = f"{statement}\nimport json, sys; sys.stdout.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout)}
