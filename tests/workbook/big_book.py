"""A large workbook: a covariance of 500 assets and about five thousand formulas over it, some of them ours."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

CAP = 0.004
"""Largest weight in the constraints table; about a sixth of the benchmark's names lie above it."""


def big_data(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Covariance of shape (n, n) with twelve factors, benchmark and portfolio of shape (n,)."""
    rng = np.random.default_rng(1)
    loadings = rng.normal(size=(n, 12)) * 0.05
    cov = loadings @ loadings.T + np.diag(rng.uniform(0.01, 0.05, n))
    benchmark = rng.dirichlet(np.ones(n))
    portfolio = np.clip(benchmark + rng.normal(size=n) * 0.0005, 0, None)
    return cov, benchmark, portfolio / portfolio.sum()


def write_big_book(path: Path, n: int = 500, ours: Mapping[str, Sequence[float]] | None = None) -> None:
    """Write the workbook; its stored results are all zero.

    Parameters
    ----------
    path : Path
        Where it goes.
    n : int, optional
        Number of assets.
    ours : dict of str to sequence of float, optional
        Numbers to write in place of our formulas, by the first cell, downwards: a copy for programs that lack them.
    """
    cov, benchmark, portfolio = big_data(n)
    with xlsxwriter.Workbook(path) as book:
        inputs, covariance = book.add_worksheet("Inputs"), book.add_worksheet("Cov")
        optimal, summary = book.add_worksheet("Opt"), book.add_worksheet("Summary")
        last, edge = 3 + n, xl_col_to_name(n)
        book.define_name("cov", f"=Cov!$B$2:${edge}${n + 1}")
        book.define_name("bench", f"=Inputs!$C$4:$C${last}")
        book.define_name("port", f"=Inputs!$D$4:$D${last}")
        covariance.write_row(0, 1, [f"A{i:03d}" for i in range(n)])
        for i in range(n):
            covariance.write_row(1 + i, 0, [f"A{i:03d}", *cov[i]])
        active = f"Cov!$B${n + 3}:${edge}${n + 3}"
        covariance.write_array_formula(n + 2, 1, n + 2, n, f"{{=TRANSPOSE(Inputs!E4:E{last})}}", None, 0)
        headers = "Asset Sector Bench Port Active MCTR Contrib Flag Lookup Bp Opt Trade Rel Clip"
        inputs.write_row(2, 0, headers.split())
        for i in range(n):
            r = 4 + i
            inputs.write_row(r - 1, 0, [f"A{i:03d}", f"S{i % 10}", benchmark[i], portfolio[i]])
            formulas = (
                f"=D{r}-C{r}",
                f"=SUMPRODUCT(Cov!B{i + 2}:{edge}{i + 2},{active})",
                f"=E{r}*F{r}/Summary!$B$1",
                f'=IF(ABS(E{r})>0.0005,IF(E{r}>0,"OW","UW"),"")',
                f"=INDEX($D$4:$D${last},MATCH(A{r},$A$4:$A${last},0))",
                f"=ROUND(C{r}*10000,1)",
                f"=Opt!A{r}",
                f"=K{r}-C{r}",
                f"=IFERROR(L{r}/C{r},0)",
                f"=MAX(-0.01,MIN(0.01,L{r}))",
            )
            for column, formula in enumerate(formulas, start=4):
                inputs.write_formula(r - 1, column, formula, None, 0)
        optimal.write("A1", "optimal")
        optimal.write_row("C1", ["Type", "Item", "Min", "Max"])
        optimal.write_row("C2", ["Weight", "*", 0, CAP])
        _write_ours(optimal, f"A4:A{last}", "=TE_OPTIMIZE(bench,cov,C1:F2)", ours)
        _write_ours(summary, "B1", "=TRACKING_ERROR(port,bench,cov)", ours)
        _write_ours(summary, "B2", f"=TRACKING_ERROR(Opt!A4:A{last},bench,cov)", ours)
        summary.write_formula("B3", f"=SUM(Inputs!G4:G{last})", None, 0)
        summary.write_formula("B4", f"=SUM(Opt!A4:A{last})", None, 0)
        summary.write_formula("B5", f'=COUNTIF(Opt!A4:A{last},">0.000001")', None, 0)
        for j in range(10):
            summary.write(5 + j, 0, f"S{j}")
            by_sector = f"=SUMIF(Inputs!$B$4:$B${last},A{6 + j},Inputs!$E$4:$E${last})"
            summary.write_formula(5 + j, 1, by_sector, None, 0)
            _write_ours(summary, f"C{6 + j}", f"=TRACKING_ERROR(port,bench,cov,{j + 1})", ours)


def _write_ours(
    sheet: Worksheet, cells: str, formula: str, ours: Mapping[str, Sequence[float]] | None
) -> None:
    first = cells.partition(":")[0]
    if ours is not None:
        sheet.write_column(first, ours[f"{sheet.name}!{first}"])
    elif ":" in cells:
        sheet.write_dynamic_array_formula(cells, formula, None, 0)
    else:
        sheet.write_formula(cells, formula, None, 0)
