"""Functions of one value over arrays: each gives what it gives cell by cell, or is not evaluated."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from written_book import F, Plain, written

from trackerr_xl.workbook.recalculate import recalculate

NUMBERS: dict[str, Plain] = {
    **{f"A{row}": value for row, value in enumerate([2.0, 3.0, 5.0, 8.0, 4.0], start=1)},
    **{f"B{row}": value for row, value in enumerate([1.0, 4.0, 2.0, 9.0, 7.0], start=1)},
    **{f"C{row}": value for row, value in enumerate(["abc", "b", "Cab", "12", ""], start=1)},
    **{f"D{row}": value for row, value in enumerate([45292.0, 45350.0, 45658.0, 46000.0, 44000.0], start=1)},
}
_ONE = (
    "ABS(-{a}) ACOS({a}/10) ACOSH({a}) ASIN({a}/10) ASINH({a}) ATAN({a}) ATANH({a}/10) COS({a}) COSH({a}) DEGREES({a}) "
    "EVEN({a}) EXP({a}) FACT({a}) INT({a}/3) LN({a}) LOG10({a}) ODD({a}) RADIANS({a}) SIGN({a}-3) SIN({a}) SINH({a}) "
    "SQRT({a}) TAN({a}) TANH({a}) POWER({a},{b}) POWER({a},2) DATE(2024,{a},{b}) DAY({d}) MONTH({d}) YEAR({d}) "
    "LEN({c}) LEFT({c},2) RIGHT({c},1) MID({c},2,1) UPPER({c}) LOWER({c}) PROPER({c}) TRIM({c}) REPT({c},2) "
    'SUBSTITUTE({c},"b","x") REPLACE({c},1,1,"z") EXACT({c},"b") IFERROR(FIND("b",{c}),0) IFERROR(SEARCH("B",{c}),0) '
    'TEXT({a},"0.0") IF({a}>3,{a},{b}) IF({a}>3,1,0) IFERROR({a}/({b}-1),-1) ISOWEEKNUM({d}) '
    # The engine does not carry these by itself.
    "ROUND({a}/3,1) ROUNDUP({a}/3,1) ROUNDDOWN({a}/3,1) TRUNC({a}/3) MOD({a},3) MROUND({a},3) CEILING({a},3) "
    "FLOOR({a},3) QUOTIENT({a},3) LOG({a},2) ATAN2({a},1) COMBIN({a},2) ISNUMBER({c}) ISTEXT({c}) ISEVEN({a}) "
    "ISERROR(1/({a}-2)) NOT({a}>3) N({a}>3) EOMONTH({d},0) EDATE({d},1) WEEKDAY({d}) DAYS({d},45000) "
    "YEARFRAC(45000,{d}) NORM.S.DIST({a}/10,TRUE) NORM.DIST({a},1,2,TRUE) NORM.INV({a}/10,0,1) NORMSINV({a}/10) "
    'PMT(0.01,{a},-100) PV(0.01,{a},-1) FV(0.01,{a},-1) EFFECT({a}/100,4) VALUE({a}&"") CHAR({a}+60) '
    "COUNTIF($A$1:$A$5,{a}) SUMIF($A$1:$A$5,{a},$B$1:$B$5) SUMIFS($B$1:$B$5,$A$1:$A$5,{a}) MATCH({a},$A$1:$A$5,0) "
    "VLOOKUP({a},$A$1:$B$5,2,FALSE) XLOOKUP({a},$A$1:$A$5,$B$1:$B$5) LOOKUP({a},{1,3,6},{10,20,30}) "
    'INDEX($B$1:$B$5,{a}-1-3*({a}>5)) LARGE($A$1:$A$5,{b}-2*({b}>5)) RANK({a},$A$1:$A$5) CODE(UPPER({c})&"x") '
    "TRUE=({a}>3) -{a}% {a}&{c} {a}^2*{b}"
)
ONE = _ONE.split()
"""Formulas of one value, most of them of numbers {a} and {b}, texts {c} or dates {d}."""


@pytest.mark.parametrize("how", ["range", "expression"])
def test_functions_of_one_value_give_the_same_over_an_array_as_cell_by_cell(tmp_path: Path, how: str) -> None:
    cells: dict[str, Plain | F] = dict(NUMBERS)
    rows = "{0}1:{0}5" if how == "range" else "IF({{1;1;1;1;1}},{0}1:{0}5)"
    for number, template in enumerate(ONE):
        top = 10 + 6 * number
        array = _filled(template, [rows.format(letter) for letter in "ABCD"])
        cells[f"F{top}"] = F(array, -999.0, f"F{top}:F{top + 4}", dynamic=False)
        for row in range(5):
            cells[f"F{top + row}"] = cells.get(f"F{top + row}", 0.0)
            cells[f"G{top + row}"] = F(_filled(template, [f"{letter}{row + 1}" for letter in "ABCD"]))
    done = recalculate(written(tmp_path, cells))
    assert done.not_evaluated == ()
    values = {(at.row, at.column): value for at, value in done.values.items()}
    different = []
    for number, template in enumerate(ONE):
        rows_of = range(10 + 6 * number, 15 + 6 * number)
        array, single = [values[row, 6] for row in rows_of], [values[row, 7] for row in rows_of]
        if array != single:
            different.append((template, array, single))
    assert different == []


def _filled(template: str, arguments: Sequence[str]) -> str:
    for letter, argument in zip("abcd", arguments, strict=True):
        template = template.replace("{" + letter + "}", argument)
    return template


# Numbers by hand from A = 2, 3, 5, 8, 4 and B = 1, 4, 2, 9, 7.


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("COUNT(_xlfn._xlws.FILTER(A1:A5,A1:A5>3))", 3),
        ("COUNT(IF(A1:A5>3,A1:A5))", 3),
        ("COUNT(1/(A1:A5-2))", 4),
        ("PRODUCT(1+A1:A3)-1", 71),
        ("PRODUCT(IF(A1:A5>3,A1:A5))", 160),
        ("PRODUCT(IF(A1:A5>100,A1:A5))", 0),
        ("IFERROR(PRODUCT(1/(A1:A5-2)),-1)", -1),
        ("COUNT(IF(A1:A5>100,A1:A5))", 0),
        ("AVERAGE(IF(A1:A5>3,A1:A5))", 17 / 3),
        ("MEDIAN(IF(A1:A5>3,A1:A5))", 5),
        ("AVERAGE(A1:A5*2)", 8.8),
        ("SUM(1/COUNTIF(A1:A5,A1:A5))", 5),
        ("SUMPRODUCT(ROUND(A1:A5/3,0))", 8),
        ("SUMPRODUCT(--ISNUMBER(C1:C5))", 0),
        ("MAX(MOD(A1:A5,3))", 2),
        ("SUM(N(A1:A5>3))", 3),
        ("INDEX(B1:B5,MATCH(1,(A1:A5=5)*(B1:B5=2),0))", 2),
        ("SUM(_xlfn.LET(_xlpm.x,A1:A5/3,ROUND(_xlpm.x,0)))", 8),
        ("SUM(_xlfn.BYROW(A1:B5,_xlfn.LAMBDA(_xlpm.r,MAX(_xlpm.r))))", 2 + 4 + 5 + 9 + 7),
        ("_xlfn.REDUCE(1,A1:A3,_xlfn.LAMBDA(_xlpm.a,_xlpm.v,_xlpm.a*_xlpm.v))", 30),
        ("_xlfn.REDUCE(0,A1:A3,_xlfn.LAMBDA(_xlpm.a,_xlpm.v,_xlpm.a+ROUND(_xlpm.v/3,1)))", 3.4),
        ("SUM(_xlfn.MAP(A1:A5,_xlfn.LAMBDA(_xlpm.x,ROUND(_xlpm.x/3,0))))", 8),
        ("_xlfn.LAMBDA(_xlpm.x,ROUND(_xlpm.x/3,1))(A1)", 0.7),
        ("MMULT(TRANSPOSE(A1:A5),B1:B5)", 124),
        ("STDEV(IF(A1:A5<>8,A1:A5))", (5 / 3) ** 0.5),
    ],
)
def test_arrays_inside_formulas(tmp_path: Path, formula: str, expected: float) -> None:
    done = recalculate(written(tmp_path, {**NUMBERS, "F1": F(formula, -999.0, "F1")}))
    assert done.not_evaluated == ()
    assert list(done.values.values()) == [pytest.approx(expected)]


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("SUM(ROUND(A1:A5,B1:B5))", "the engine does not carry ROUND over these arrays"),
        ("SUM(CHOOSE({1,2},A1:A5,B1:B5))", "the engine does not carry CHOOSE over these arrays"),
        ("SUM(N(A1:A5))", "the engine does not take N of a range"),
        ("NPV(0.1,A1:A5*1)", "the engine does not take NPV of an array that is not a range"),
        ("AVERAGE(A1:A5>3)", "the engine counts logical values in AVERAGE, which Excel skips"),
        (
            "SUM(_xlfn.XLOOKUP(3,A1:A5,A1:B5))",
            "the engine does not take whole rows or columns out of a table with XLOOKUP",
        ),
        (
            "SUM(A1:INDEX(A1:A5,3))",
            "it computes a corner of a range, as in A1:INDEX(…), which the engine cannot do",
        ),
        (
            "SUM(_xlfn.BYROW(A1:B5,_xlfn.LAMBDA(_xlpm.r,COUNT(_xlpm.r*1))))",
            "the engine does not take COUNT of an array that is not a range",
        ),
        (
            "SUM(_xlfn.BYROW(A1:B5,_xlfn.LAMBDA(_xlpm.r,MMULT(_xlpm.r,TRANSPOSE(_xlpm.r)))))",
            "the engine takes one value at a time from the LAMBDA of BYROW",
        ),
    ],
)
def test_what_the_engine_gets_wrong_is_not_evaluated(tmp_path: Path, formula: str, reason: str) -> None:
    done = recalculate(written(tmp_path, {**NUMBERS, "F1": F(formula, -999.0, "F1")}))
    assert [kept.reason for kept in done.not_evaluated] == [reason]
    assert done.values == {}
