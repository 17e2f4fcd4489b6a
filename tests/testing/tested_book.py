"""A small workbook for the plugin, and pytest run on a folder as a user runs it."""

import os
import subprocess
import sys
from pathlib import Path

import ironcalc  # noqa: F401 - a run inside this process drops what it imported, and this cannot be loaded twice
import pytest
import xlsxwriter

import trackerr_xl.testing.collect  # noqa: F401 - loaded once, not once a run

_QUICKLY = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
"""Hypothesis takes longer to load than all the rest."""

CLOCK = 46112.75
"""31 March 2026, 18:00, as a number of days."""


def write_book(
    path: Path, *, total: float = 300.0, formula: str = "=Inputs!B1*Inputs!B2", extra: bool = False
) -> Path:
    """Write the workbook.

    Sheet *Inputs*: price, units and rate in B1:B3. Sheet *Totals*: their product, 300, in A1 and a quarter of it in A2.
    Sheet *Clock*: the year of today in A1. `total` is the value stored for Totals!A1, `formula` what fills it, `extra`
    adds a formula that no engine knows as Totals!A3.
    """
    with xlsxwriter.Workbook(path) as book:
        inputs = book.add_worksheet("Inputs")
        inputs.write_column("A1", ["Price", "Units", "Rate"])
        inputs.write_column("B1", [100, 3, 0.25])
        totals = book.add_worksheet("Totals")
        totals.write_formula("A1", formula, None, total)
        totals.write_formula("A2", "=A1*Inputs!B3", None, 75)
        if extra:
            totals.write_formula("A3", "=NOSUCHFUNCTION(A1)", None, 7)
        book.define_name("Rate", "=Inputs!$B$3")
    return path


def write_clock_book(path: Path, *, year: int) -> Path:
    """Write a workbook that reads the clock: the year stored for today, and the name of its own clock, in 2026."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Clock")
        sheet.write_formula("A1", "=YEAR(TODAY())", None, year)
        sheet.write_formula("A2", '=IF(NOW()>TODAY(),"TODAY() is over","midnight")', None, "TODAY() is over")
        sheet.write("B1", CLOCK)
        book.define_name("TEST_NOW", "=Clock!$B$1")
    return path


def run(pytester: pytest.Pytester, *words: object, code: int) -> str:
    """What pytest says, run inside this process in the folder of `pytester`; it must end with this exit code."""
    done = pytester.runpytest_inprocess(*_QUICKLY, *map(str, words))
    said = done.stdout.str() + done.stderr.str()
    assert done.ret == code, said
    return said


def run_alone(folder: Path, *words: object, code: int) -> str:
    """The same in a process of its own and any folder."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *_QUICKLY, *map(str, words)],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr
