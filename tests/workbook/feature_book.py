"""One workbook with one feature of spreadsheets a formula, and what Excel shows for each.

Every expected value is worked out here with NumPy, by hand, or by the solver Clarabel; nothing of ours takes part.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import clarabel
import numpy as np
import scipy.sparse as sp
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

Value = float | str | bool

NAMES = ["AAA", "BBB", "CCC", "DDD", "EEE"]
SECTORS = ["Tech", "Bank", "Tech", "Oil", "Bank"]
BENCHMARK = np.array([0.30, 0.25, 0.20, 0.15, 0.10])
PORTFOLIO = np.array([0.35, 0.20, 0.25, 0.10, 0.10])


def _covariance() -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=(5, 8))
    return np.round((noise @ noise.T / 8) * 0.04 + np.eye(5) * 0.01, 6)


COV = _covariance()
BY_HAND = math.sqrt((PORTFOLIO - BENCHMARK) @ COV @ (PORTFOLIO - BENCHMARK))
"""Tracking error of the portfolio, √(a'Σa)."""


def least_tracking_error(cap: float, cov: np.ndarray = COV, benchmark: np.ndarray = BENCHMARK) -> np.ndarray:
    """Weights between 0 and `cap` that sum to 1 and have the least tracking error, by Clarabel."""
    n = len(benchmark)
    rows = sp.csc_matrix(np.vstack([np.ones((1, n)), np.eye(n), -np.eye(n)]))
    limits = np.concatenate([[1.0], np.full(n, cap), np.zeros(n)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-13
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(2 * n)]
    hessian = sp.csc_matrix(np.triu(cov))
    answer = clarabel.DefaultSolver(hessian, -cov @ benchmark, rows, limits, cones, settings).solve()
    return np.array(answer.x)


def tracking_error(weights: np.ndarray) -> float:
    """√(a'Σa) against the benchmark, in NumPy."""
    active = weights - BENCHMARK
    return math.sqrt(active @ COV @ active)


@dataclass
class FeatureBook:
    """The book while it is written; `expected` holds the value of every cell of every feature."""

    path: Path
    expected: dict[tuple[str, str], Value] = field(default_factory=dict)
    features: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._book = xlsxwriter.Workbook(self.path)
        self._inputs, self._cov = self._book.add_worksheet("Inputs"), self._book.add_worksheet("My Cov")
        self._scalars, self._arrays = self._book.add_worksheet("T"), self._book.add_worksheet("A")
        self._limits = self._book.add_worksheet("Limits")
        self._row = self._column = 0

    def scalar(self, label: str, formula: str, value: Value, *, dynamic: bool = False) -> None:
        """One formula in column B of sheet T."""
        write = self._scalars.write_dynamic_array_formula if dynamic else self._scalars.write_formula
        cell = xl_rowcol_to_cell(self._row, 1)
        write(f"{cell}:{cell}" if dynamic else cell, formula, None, value)
        self._expect(label, "T", cell, value)
        self._row += 1

    def array(
        self, label: str, formula: str, values: Sequence[object] | np.ndarray, *, fixed: bool = False
    ) -> None:
        """One formula that fills several cells, from row 2 of sheet A downwards."""
        rows = np.array(values, dtype=object)
        rows = rows[:, None] if rows.ndim == 1 else rows
        height, width = rows.shape
        area = (1, self._column, height, self._column + width - 1)
        write = self._arrays.write_array_formula if fixed else self._arrays.write_dynamic_array_formula
        write(*area, formula, None, rows[0, 0])
        for i in range(height):
            for j in range(width):
                cell = xl_rowcol_to_cell(1 + i, self._column + j)
                self._expect(label, "A", cell, rows[i, j])
                if i or j:
                    self._arrays.write(cell, rows[i, j])
        self._column += width + 1

    def _expect(self, label: str, sheet: str, cell: str, value: Value) -> None:
        assert label not in self.features or sheet == "A"
        self.features.setdefault(label, []).append((sheet, cell))
        self.expected[sheet, cell] = value

    def write(self) -> None:
        """Write inputs and all features."""
        self._write_inputs()
        self._write_arrays()
        self._write_our_scalars()
        self._write_lookups()
        self._write_statistics_and_text()
        self._book.close()

    def _write_inputs(self) -> None:
        self._inputs.write_row("A1", ["cap", 0.4, "periods", 252])
        columns = [{"header": name} for name in ("Asset", "Sector", "Bench", "Port", "Active")]
        columns[-1]["formula"] = "=[@Port]-[@Bench]"
        self._inputs.add_table("A3:E8", {"name": "Weights", "columns": columns})
        for i in range(5):
            self._inputs.write_row(3 + i, 0, [NAMES[i], SECTORS[i], BENCHMARK[i], PORTFOLIO[i]])
            own_row = "=Weights[[#This Row],[Port]]-Weights[[#This Row],[Bench]]"
            self._inputs.write_formula(3 + i, 4, own_row, None, PORTFOLIO[i] - BENCHMARK[i])
        self._cov.write_row(0, 1, NAMES)
        self._cov.write_column(1, 0, NAMES)
        for i in range(5):
            self._cov.write_row(1 + i, 1, COV[i])
        for top, cap in ((1, 0.28), (4, 0.24)):
            self._limits.write_row(f"A{top}", ["Type", "Item", "Min", "Max"])
            self._limits.write_row(f"A{top + 1}", ["Weight", "*", 0, cap])
        names = {
            "bench": "=Inputs!$C$4:$C$8",
            "port": "=Inputs!$D$4:$D$8",
            "cov": "='My Cov'!$B$2:$F$6",
            "cap": "=Inputs!$B$1",
            "K": "=252",
            "limits": "=Limits!$A$1:$D$2",
        }
        for name, meaning in names.items():
            self._book.define_name(name, meaning)

    def _write_arrays(self) -> None:
        tilted, even = least_tracking_error(0.28), least_tracking_error(0.24)
        self.array("our spill", "=TE_OPTIMIZE(Inputs!C4:C8,'My Cov'!B2:F6,Limits!A4:D5,,,)", even)
        self.array("our fixed array", "=TE_OPTIMIZE(bench,cov,limits)", tilted, fixed=True)
        self.array("our spill of a table", "=TE_OPTIMIZE(Weights[Bench],cov,limits)", tilted)
        self.array("TRANSPOSE", "=TRANSPOSE(Inputs!C4:C8)", BENCHMARK[None, :])
        self.array("MMULT", "=MMULT('My Cov'!B2:F6,Inputs!D4:D8)", COV @ PORTFOLIO)
        self.array("array arithmetic", "=Inputs!D4:D8-Inputs!C4:C8", PORTFOLIO - BENCHMARK)
        self.array("SEQUENCE", "=SEQUENCE(4,1,10,5)", [10, 15, 20, 25])
        large = [[NAMES[i], SECTORS[i], BENCHMARK[i]] for i in range(3)]
        self.array("FILTER", "=FILTER(Inputs!A4:C8,Inputs!C4:C8>=0.2)", large)
        self.array("SORT", "=SORT(Inputs!D4:D8,1,-1)", [0.35, 0.25, 0.20, 0.10, 0.10])
        self.array("SORTBY", "=SORTBY(Inputs!A4:A8,Inputs!D4:D8,-1)", ["AAA", "CCC", "BBB", "DDD", "EEE"])
        self.array("UNIQUE", "=UNIQUE(Inputs!B4:B8)", ["Tech", "Bank", "Oil"])
        self.array("HSTACK", "=HSTACK(Inputs!A4:A5,Inputs!C4:C5)", [["AAA", 0.3], ["BBB", 0.25]])
        self.array("BYROW", "=BYROW(cov,LAMBDA(_xlpm.r,SUM(_xlpm.r)))", COV.sum(axis=1))
        difference = "=MAP(bench,port,LAMBDA(_xlpm.x,_xlpm.y,_xlpm.y-_xlpm.x))"
        self.array("MAP", difference, PORTFOLIO - BENCHMARK)
        self.array("our fault in IFERROR", "=IFERROR(TE_OPTIMIZE(bench,'My Cov'!B2:E6),-1)", [-1])
        self.array("our spill of a row", "=TE_OPTIMIZE(TRANSPOSE(bench),cov,limits)", tilted[None, :])
        self.array("range over a spill", "=A2:A6*2", even * 2)
        self.array("A1#", "=_xlfn.ANCHORARRAY(A2)*2", even * 2)

    def _write_our_scalars(self) -> None:
        tilted, even = least_tracking_error(0.28), least_tracking_error(0.24)
        yearly = BY_HAND * math.sqrt(252)
        te = self.scalar
        te("our scalar", "=TRACKING_ERROR(Inputs!D4:D8,Inputs!C4:C8,'My Cov'!B2:F6)", BY_HAND)
        te("our named constant", "=TRACKING_ERROR(port,bench,cov,K)", yearly)
        te("our cell argument", "=TRACKING_ERROR(port,bench,cov,Inputs!D1)", yearly)
        te("our table columns", "=TRACKING_ERROR(Weights[Port],Weights[Bench],cov)", BY_HAND)
        te("our scalar in a formula", "=SQRT(252)*TRACKING_ERROR(port,bench,cov)", yearly)
        te("our name in lower case", "=tracking_error(port,bench,cov)", BY_HAND)
        te("our fault", "=TRACKING_ERROR(Inputs!D4:D7,bench,cov)", "#VALUE!")
        te("our fault caught", '=IFERROR(TRACKING_ERROR(Inputs!D4:D7,bench,cov),"bad")', "bad")
        te("our empty argument", "=TRACKING_ERROR(port,bench,cov,)", BY_HAND)
        te("our expressions", "=TRACKING_ERROR(port*1,bench+0,cov)", BY_HAND, dynamic=True)
        te("our reading of a spill", "=TRACKING_ERROR(A!A2:A6,bench,cov)", tracking_error(even))
        te("our reading of A1#", "=TRACKING_ERROR(_xlfn.ANCHORARRAY(A!A2),bench,cov)", tracking_error(even))
        te("SUM of A1#", "=SUM(_xlfn.ANCHORARRAY(A!A2))", 1.0)
        te("SUM of a spill", "=SUM(A!A2:A6)", 1.0)
        te("ours in ours", "=TRACKING_ERROR(TE_OPTIMIZE(bench,cov,limits),bench,cov)", tracking_error(tilted))
        te("INDEX of ours", "=INDEX(TE_OPTIMIZE(bench,cov,limits),2)", tilted[1])
        te("SUM of ours", "=SUM(TE_OPTIMIZE(bench,cov,limits))", 1.0)
        te("Office.js spelling", "=_xldudf_TRACKING_ERROR(port,bench,cov)", BY_HAND)
        te("error cell in our range", "=TRACKING_ERROR(T!B28:B32,bench,cov)", "#DIV/0!")
        te(
            "quadratic form",
            "=SQRT(SUM(MMULT(TRANSPOSE(Inputs!E4:E8),MMULT('My Cov'!B2:F6,Inputs!E4:E8))))",
            BY_HAND,
            dynamic=True,
        )
        te(
            "SUMPRODUCT of MMULT",
            "=SQRT(SUMPRODUCT(MMULT('My Cov'!B2:F6,Inputs!E4:E8),Inputs!E4:E8))",
            BY_HAND,
        )

    def _write_lookups(self) -> None:
        t = self.scalar
        t("IFERROR", '=IFERROR(1/0,"x")', "x")
        t("NA", "=NA()", "#N/A")
        t("IFNA", "=_xlfn.IFNA(NA(),7)", 7)
        t("SUM", "=SUM(Inputs!C4:C8)", 1.0)
        t("SUMPRODUCT", "=SUMPRODUCT(Inputs!C4:C8,Inputs!D4:D8)", float(BENCHMARK @ PORTFOLIO))
        t("SUMPRODUCT with a condition", '=SUMPRODUCT((Inputs!B4:B8="Tech")*Inputs!D4:D8)', 0.6)
        t("division by zero", "=1/0", "#DIV/0!")
        t("INDEX and MATCH", '=INDEX(Inputs!D4:D8,MATCH("CCC",Inputs!A4:A8,0))', 0.25)
        both = "=INDEX('My Cov'!B2:F6,MATCH(\"BBB\",'My Cov'!A2:A6,0),MATCH(\"DDD\",'My Cov'!B1:F1,0))"
        t("INDEX and MATCH both ways", both, COV[1, 3])
        t("VLOOKUP", '=VLOOKUP("DDD",Inputs!A4:D8,4,FALSE)', 0.10)
        t("XLOOKUP", '=_xlfn.XLOOKUP("CCC",Inputs!A4:A8,Inputs!D4:D8)', 0.25)
        t("XLOOKUP not found", '=_xlfn.XLOOKUP("ZZZ",Inputs!A4:A8,Inputs!D4:D8,-1)', -1)
        t("LET", "=_xlfn.LET(_xlpm.x,SUM(bench),_xlpm.y,2,_xlpm.x*_xlpm.y)", 2.0)
        t("LAMBDA", "=_xlfn.LAMBDA(_xlpm.x,_xlpm.x^2)(3)", 9)
        t("SUM of FILTER", '=SUM(_xlfn._xlws.FILTER(Inputs!D4:D8,Inputs!B4:B8="Tech"))', 0.6)
        t("SUM of SEQUENCE", "=SUM(_xlfn.SEQUENCE(10))", 55)
        t("named range", "=SUM(bench)", 1.0)
        t("named cell", "=cap*2", 0.8)
        t("named constant", "=SQRT(K)", math.sqrt(252))
        t("table column", "=SUM(Weights[Port])", 1.0)
        t("table's own row", "=Inputs!E4", PORTFOLIO[0] - BENCHMARK[0])
        t("table data", "=ROWS(Weights[#Data])", 5)
        t("table headers", "=INDEX(Weights[#Headers],1,3)", "Bench")
        t("table columns", "=SUM(Weights[[Bench]:[Port]])", 2.0)
        t("quoted sheet", "='My Cov'!B2", COV[0, 0])
        t("OFFSET", "=SUM(OFFSET(Inputs!C4,1,0,2,1))", 0.45)
        t("INDIRECT", '=SUM(INDIRECT("Inputs!C4:C5"))', 0.55)
        t("CHOOSE", "=CHOOSE(2,1,5)", 5)
        t("array constant", "=SUM({1,2;3,4})", 10)
        t("intersection", "=SUM(Inputs!C4:D5 Inputs!D5:D8)", 0.20)
        t("@ outside its rows", "=_xlfn.SINGLE(Inputs!C4:C8)", "#VALUE!")

    def _write_statistics_and_text(self) -> None:
        t = self.scalar
        t("MINVERSE", "=INDEX(MINVERSE('My Cov'!B2:F6),1,1)", float(np.linalg.inv(COV)[0, 0]))
        t("STDEV.S", "=_xlfn.STDEV.S(Inputs!C4:C8)", float(np.std(BENCHMARK, ddof=1)))
        t("SUMIFS", '=SUMIFS(Inputs!D4:D8,Inputs!B4:B8,"Bank")', 0.30)
        t("COUNTIF", '=COUNTIF(Inputs!D4:D8,">0.15")', 3)
        t("ROUND", "=ROUND(2.345,2)", 2.35)
        t("IF and AND", '=IF(AND(SUM(bench)>0.99,cap<1),"ok","no")', "ok")
        t("TEXT", '=TEXT(0.1234,"0.00%")', "12.34%")
        t("DATE", "=DATE(2024,2,29)", 45351)
        t("EDATE", "=EDATE(DATE(2024,1,31),1)", 45351)
        t("AGGREGATE", "=_xlfn.AGGREGATE(14,6,Inputs!D4:D8,1)", 0.35)
        t("SUBTOTAL", "=SUBTOTAL(109,Inputs!D4:D8)", 1.0)
        t("joined text", '="TE="&TEXT(0.05,"0.0%")', "TE=5.0%")
        t("TEXTJOIN", '=_xlfn.TEXTJOIN(",",TRUE,Inputs!A4:A6)', "AAA,BBB,CCC")
        t("percent", "=50%*2", 1.0)
        t("NORM.S.INV", "=_xlfn.NORM.S.INV(0.975)", 1.959963984540054)
        t("PERCENTILE.INC", "=_xlfn.PERCENTILE.INC(Inputs!C4:C8,0.5)", 0.2)
        sample = float(np.cov(BENCHMARK, PORTFOLIO)[0, 1])
        t("COVARIANCE.S", "=_xlfn.COVARIANCE.S(Inputs!C4:C8,Inputs!D4:D8)", sample)
        t("ISNUMBER of a spill", "=ISNUMBER(A!A2)", True)
        t("empty cell and number", "=Inputs!Z99+1", 1)
        t("ROWS of A1#", "=ROWS(_xlfn.ANCHORARRAY(A!A2))", 5)
        t("TAKE of SORT", "=SUM(_xlfn.TAKE(_xlfn._xlws.SORT(Inputs!D4:D8,1,-1),2))", 0.6)
