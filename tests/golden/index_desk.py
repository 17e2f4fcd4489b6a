"""Writes `index_desk.xlsx`: a small desk's workbook whose stored values come from NumPy, pandas and Clarabel, not from us.

`python -m tests.golden.index_desk` writes it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import clarabel
import numpy as np
import pandas as pd
import xlsxwriter
from numpy.typing import NDArray
from scipy import sparse
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Vector = NDArray[np.float64]

PATH = Path(__file__).parent / "index_desk.xlsx"
NAMES = ["Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple", "Oak", "Pine"]
SECTORS = ["Banks", "Banks", "Energy", "Energy", "Retail", "Retail", "Retail", "Tech", "Tech", "Tech"]
MONTHS = 60
PERIODS = 12
CAP, SECTOR_WIDTH, DURATION_WIDTH = 0.2, 0.02, 0.1


@dataclass(frozen=True)
class Desk:
    """The inputs of the workbook, from a fixed seed, rounded as a person would type them."""

    benchmark: Vector
    portfolio: Vector
    duration: Vector
    cov: NDArray[np.float64]
    fund: Vector
    index: Vector


def desk() -> Desk:
    rng = np.random.default_rng(20261122)
    loadings = rng.normal(0.0, 0.03, (10, 3))
    cov = np.round(loadings @ loadings.T + np.diag(rng.uniform(0.0004, 0.002, 10)), 6)
    benchmark = np.round(rng.dirichlet(np.full(10, 4.0)), 4)
    benchmark[0] += 1.0 - benchmark.sum()
    portfolio = np.round(rng.dirichlet(np.full(10, 4.0)), 4)
    portfolio[0] += 1.0 - portfolio.sum()
    index = np.round(rng.normal(0.006, 0.04, MONTHS), 6)
    fund = np.round(index + rng.normal(0.0005, 0.004, MONTHS), 6)
    return Desk(benchmark, portfolio, np.round(rng.uniform(1.0, 9.0, 10), 2), cov, fund, index)


def history(fund: Vector, index: Vector) -> dict[str, float]:
    """Ex-post tracking error a year by method, as docs/methods.md defines them."""
    active, geometric = fund - index, (1.0 + fund) / (1.0 + index) - 1.0
    newest = pd.Series(active).ewm(halflife=24).std().iloc[-1]
    measured = {
        "Std": np.std(active, ddof=1),
        "RMS": np.sqrt(np.mean(active**2)),
        "MAD": np.mean(np.abs(active - active.mean())),
        "Downside": np.sqrt(np.mean(np.minimum(active, 0.0) ** 2)),
        "Geometric": np.std(geometric, ddof=1),
        "EWMA 24": newest,
    }
    return {method: float(value) * PERIODS**0.5 for method, value in measured.items()}


def sectors_split(given: Desk) -> list[list[object]]:
    """TE_CONTRIB by sector: Euler contributions, stand-alone errors, diversification, total."""
    active = given.portfolio - given.benchmark
    marginal = given.cov @ active
    whole = float(np.sqrt(PERIODS * (active @ marginal)))
    rows: list[list[object]] = [["Group", "Active weight", "MCTE", "CTE", "% of TE", "Stand-alone TE"]]
    alone_sum = 0.0
    # Groups stand in the order of the portfolio, which the sheet lists from the last name to the first.
    for sector in dict.fromkeys(reversed(SECTORS)):
        inside = np.array([each == sector for each in SECTORS])
        weight = float(active[inside].sum())
        part = float(PERIODS * (active[inside] @ marginal[inside]) / whole)
        one = np.where(inside, active, 0.0)
        alone = float(np.sqrt(PERIODS * (one @ given.cov @ one)))
        alone_sum += alone
        rows.append([sector, weight, part / weight, part, part / whole, alone])
    rows.append(["Diversification", "", "", "", "", whole - alone_sum])
    rows.append(["Total", float(active.sum()), "", whole, 1.0, whole])
    return rows


def least(given: Desk) -> Vector:
    """Clarabel's weights of least tracking error under the table of the sheet Limits."""
    n = 10
    sector_rows = np.array([[float(each == s) for each in SECTORS] for s in dict.fromkeys(SECTORS)])
    ones = np.ones((1, n))
    held = sector_rows @ given.benchmark
    exposure = given.duration[None, :]
    upper = np.full(n, CAP)
    upper[NAMES.index("Elm")] = 0.0
    blocks = [ones, np.eye(n), -np.eye(n), sector_rows, -sector_rows, exposure, -exposure]
    duration = float(given.duration @ given.benchmark)
    limits = [
        [1.0],
        upper,
        np.zeros(n),
        held + SECTOR_WIDTH,
        SECTOR_WIDTH - held,
        [duration + DURATION_WIDTH],
        [DURATION_WIDTH - duration],
    ]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-13
    scale = 1.0 / float(given.cov.diagonal().mean())
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix(np.triu(scale * given.cov)),
        -scale * (given.cov @ given.benchmark),
        sparse.csc_matrix(np.vstack(blocks)),
        np.concatenate([np.asarray(block, dtype=float) for block in limits]),
        [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(2 * n + 2 * len(sector_rows) + 2)],
        settings,
    )
    answer = solver.solve()
    assert str(answer.status) == "Solved", answer.status
    weights = np.array(answer.x)
    weights[np.abs(weights) < 1e-10] = 0.0
    return weights


def write(path: Path) -> None:
    given = desk()
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2026, 11, 22)})
        _inputs(book.add_worksheet("Inputs"), given)
        _returns(book.add_worksheet("Returns"), given)
        _limits(book.add_worksheet("Limits"))
        for name, place in {
            "Benchmark": "=Inputs!$A$2:$B$11",
            "Portfolio": "=Inputs!$F$2:$G$11",
            "Cov": "=Inputs!$I$1:$S$11",
            "Assets": "=Inputs!$A$1:$D$11",
            "Limits": "=Limits!$A$1:$E$6",
        }.items():
            book.define_name(name, place)
        _answers(book.add_worksheet("Answers"), given, book.add_format())


def _inputs(sheet: Worksheet, given: Desk) -> None:
    sheet.write_row(0, 0, ["Name", "Weight", "Sector", "Duration"])
    sheet.write_row(0, 5, ["Name", "Weight"])
    sheet.write_row(0, 9, NAMES)
    for at, name in enumerate(NAMES):
        sheet.write_row(at + 1, 0, [name, given.benchmark[at], SECTORS[at], given.duration[at]])
        # The portfolio stands in another order: names are matched, not places.
        back = len(NAMES) - 1 - at
        sheet.write_row(at + 1, 5, [NAMES[back].upper(), given.portfolio[back]])
        sheet.write_row(at + 1, 8, [name, *given.cov[at]])


def _returns(sheet: Worksheet, given: Desk) -> None:
    sheet.write_row(0, 0, ["Fund", "Index"])
    for at, pair in enumerate(zip(given.fund, given.index, strict=True)):
        sheet.write_row(at + 1, 0, pair)


def _limits(sheet: Worksheet) -> None:
    rows: list[list[object]] = [
        ["Type", "Item", "Min", "Max", "Basis"],
        ["Weight", "*", 0, CAP, "Absolute"],
        ["Group", "Sector=*", -SECTOR_WIDTH, SECTOR_WIDTH, "Active"],
        ["Exposure", "Duration", -DURATION_WIDTH, DURATION_WIDTH, "Active"],
        ["Exclude", "Elm", "", "", ""],
        ["Budget", "", 1, 1, ""],
    ]
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)


def _answers(sheet: Worksheet, given: Desk, empty: Format) -> None:
    active = given.portfolio - given.benchmark
    whole = float(np.sqrt(PERIODS * (active @ given.cov @ active)))
    weights = least(given)
    tilt = weights - given.benchmark
    fund, index = f"Returns!A2:A{MONTHS + 1}", f"Returns!B2:B{MONTHS + 1}"
    one_cell: list[tuple[str, str, float]] = [
        ("Ex-ante", "=TRACKING_ERROR(Portfolio,Benchmark,Cov,12)", whole),
        ("Active share", "=ACTIVE_SHARE(Portfolio,Benchmark)", float(np.abs(active).sum() / 2)),
        *(
            (method, f'=TRACKING_ERROR({fund},{index},,12,"{method}")', value)
            for method, value in history(given.fund, given.index).items()
        ),
        ("Std in Excel", f"=STDEV({fund}-{index})*SQRT(12)", history(given.fund, given.index)["Std"]),
        ("Optimum", "=TRACKING_ERROR(D2:E11,Benchmark,Cov,12)", _error(tilt, given.cov)),
        (
            "Optimum, MMULT",
            "=SQRT(12*SUM(MMULT(TRANSPOSE(F2:F11),MMULT(Inputs!J2:S11,F2:F11))))",
            _error(tilt, given.cov),
        ),
        ("Invested", "=SUM(E2:E11)", 1.0),
    ]
    sheet.write_row(0, 0, ["Measure", "Value"])
    for at, (label, formula, value) in enumerate(one_cell, start=1):
        sheet.write(at, 0, label)
        sheet.write_dynamic_array_formula(at, 1, at, 1, formula, None, value)
    sheet.write_row(0, 3, ["Name", "Weight", "Active"])
    optimum = [[name, float(weight)] for name, weight in zip(NAMES, weights, strict=True)]
    _spill(sheet, 1, 3, "=TE_OPTIMIZE(Benchmark,Cov,Limits,Assets)", optimum, empty)
    for at in range(10):
        sheet.write_formula(at + 1, 5, f"=E{at + 2}-Inputs!B{at + 2}", None, float(tilt[at]))
    for at, pair in enumerate(zip(NAMES, SECTORS, strict=True)):
        sheet.write_row(at + 1, 7, pair)
    _spill(sheet, 13, 3, "=TE_CONTRIB(Portfolio,Benchmark,Cov,H2:I11,12)", sectors_split(given), empty)


def _error(active: Vector, cov: NDArray[np.float64]) -> float:
    return float(np.sqrt(PERIODS * (active @ cov @ active)))


def _spill(
    sheet: Worksheet, top: int, left: int, formula: str, rows: Sequence[Sequence[object]], empty: Format
) -> None:
    bottom, right = top + len(rows) - 1, left + len(rows[0]) - 1
    sheet.write_dynamic_array_formula(top, left, bottom, right, formula, None, rows[0][0])
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value == "":
                # An empty cell must be written too, or the writer leaves its own zero there.
                sheet.write_blank(top + i, left + j, None, empty)
            elif (i, j) != (0, 0):
                sheet.write(top + i, left + j, value)


if __name__ == "__main__":
    write(PATH)
