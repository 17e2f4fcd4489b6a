"""The answer of another solver to the question a template asks, from the cells a user sees."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import clarabel
import numpy as np
import openpyxl
from numpy.typing import NDArray
from openpyxl.workbook.workbook import Workbook
from scipy import sparse

Vector = NDArray[np.float64]
Rows = tuple[Vector, Vector, Vector]
"""Coefficients, least and largest values of some limits; NaN where there is none."""


def independent_weights(path: Path, changes: Mapping[str, float]) -> Vector:
    """Weights of least tracking error from the tables of a template, read by openpyxl and solved by Clarabel.

    Parameters
    ----------
    path : Path
        A template with the sheets Index, Covariance and Limits.
    changes : dict of str to float
        Inputs to move first, such as ``{"Limits!E6": 0.05}``.

    Returns
    -------
    ndarray of shape (n,)
        In the order of the index.
    """
    book = openpyxl.load_workbook(path)
    for cell, value in changes.items():
        sheet, _, place = cell.partition("!")
        book[sheet][place].value = value
    names, *rows = zip(*book["Index"].iter_cols(min_row=5, min_col=2, values_only=True), strict=True)
    table = dict(zip(names, zip(*rows, strict=True), strict=True))
    benchmark = np.array(table["Weight"], dtype=float)
    n = len(benchmark)
    cov = np.array(
        [row[2 : 2 + n] for row in book["Covariance"].iter_rows(min_row=6, max_row=5 + n, values_only=True)]
    )
    blocks = []
    for kind, item, low, high, basis, on, _ in book["Limits"].iter_rows(
        min_row=6, max_row=5 + _limit_count(book), min_col=2, max_col=8, values_only=True
    ):
        if on == "Yes":
            blocks.append(_block(kind, item, (low, high), basis, table, benchmark))
    return least_tracking_error(cov, benchmark, blocks)


def least_tracking_error(cov: Vector, benchmark: Vector, blocks: Sequence[Rows]) -> Vector:
    """Weights that minimise (w − b)′Σ(w − b) with Σw = 1 under blocks of limits, by Clarabel."""
    n = len(benchmark)
    matrix, right = [], []
    for rows, low, high in blocks:
        matrix += [rows[~np.isnan(high)], -rows[~np.isnan(low)]]
        right += [high[~np.isnan(high)], -low[~np.isnan(low)]]
    scale = 1.0 / np.trace(cov) * n
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-13
    right_side = np.concatenate([np.ones(1), *right])
    solution = clarabel.DefaultSolver(
        sparse.csc_matrix(np.triu(cov * scale)),
        -(cov @ benchmark) * scale,
        sparse.csc_matrix(np.vstack([np.ones((1, n)), *matrix])),
        right_side,
        [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(len(right_side) - 1)],
        settings,
    ).solve()
    assert str(solution.status) in ("Solved", "AlmostSolved")
    return np.array(solution.x)


def _limit_count(book: Workbook) -> int:
    first, last = book["Limits"].tables["Limits"].ref.split(":")
    return int(last[1:]) - int(first[1:])


def _block(
    kind: str,
    item: str,
    bounds: tuple[float | None, float | None],
    basis: str | None,
    table: dict[str, tuple[object, ...]],
    benchmark: Vector,
) -> Rows:
    n = len(benchmark)
    if kind == "Weight":
        matrix = np.eye(n)
    elif kind == "Exclude":
        header, _, word = item.partition("=")
        matrix = np.array([[float(cell == word) for cell in table[header]]])
        return matrix, np.zeros(1), np.zeros(1)
    elif kind == "Group":
        header = item.partition("=")[0]
        matrix = np.array(
            [[float(cell == group) for cell in table[header]] for group in dict.fromkeys(table[header])]
        )
    else:
        matrix = np.array([table[item]], dtype=float)
    at_index = matrix @ benchmark
    low, high = (np.full(len(matrix), np.nan if bound is None else bound) for bound in bounds)
    if basis == "Active":
        low, high = low + at_index, high + at_index
    if basis == "Relative":
        low, high = low * at_index, high * at_index
    return matrix, low, high
