"""A small workbook for the command line: two assets whose tracking error is known by hand."""

from math import sqrt
from pathlib import Path

import xlsxwriter

TRACKING_ERROR = sqrt(0.1**2 * 0.04 + 0.1**2 * 0.01)
"""Of active weights 0.1 and −0.1 under variances 0.04 and 0.01 without correlation."""


def write_book(path: Path, *, tracking_error: float = TRACKING_ERROR, unknown: bool = False) -> Path:
    """Write the workbook; `tracking_error` is the value stored for it, `unknown` adds a formula no engine knows.

    Sheet *Inputs*: portfolio in A1:A2, benchmark in B1:B2, covariance in D1:E2. Sheet *My results*: the tracking
    error in A1, its double in A2, the held names spilled from C1.
    """
    with xlsxwriter.Workbook(path) as book:
        inputs = book.add_worksheet("Inputs")
        inputs.write_column("A1", [0.5, 0.5])
        inputs.write_column("B1", [0.4, 0.6])
        inputs.write_column("C1", ["One", "Two"])
        inputs.write_row("D1", [0.04, 0])
        inputs.write_row("D2", [0, 0.01])
        results = book.add_worksheet("My results")
        results.write_formula(
            "A1", "=TRACKING_ERROR(Inputs!A1:A2,Inputs!B1:B2,Inputs!D1:E2)", None, tracking_error
        )
        results.write_formula("A2", "=A1*2", None, 2 * tracking_error)
        results.write_dynamic_array_formula("C1:C2", "=FILTER(Inputs!C1:C2,Inputs!A1:A2>0)", None, "One")
        results.write("C2", "Two")
        if unknown:
            results.write_formula("A3", "=NOSUCHFUNCTION(A1)", None, 7)
    return path
