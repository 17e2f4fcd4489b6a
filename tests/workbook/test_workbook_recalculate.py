"""Small workbooks with known answers: spills, names, tables, our calls in every position, and what is refused."""

from collections.abc import Mapping
from datetime import datetime
from math import sqrt
from pathlib import Path

import pytest
from written_book import F, Plain, written

from trackerr_xl.errors import InputError
from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.book import Address, parse_location
from trackerr_xl.workbook.file.addresses import area_address
from trackerr_xl.workbook.recalculate import Recalculation, recalculate

# Two assets without correlation, so that a tracking error is √(0.04 a₁² + 0.09 a₂²) by hand.
TWO_ASSETS: Mapping[str, Plain] = {
    "A1": 0.6,
    "A2": 0.4,
    "B1": 0.5,
    "B2": 0.5,
    "C1": 0.04,
    "C2": 0.0,
    "D1": 0.0,
    "D2": 0.09,
}
TE = sqrt(0.04 * 0.1**2 + 0.09 * 0.1**2)
CALL = "TRACKING_ERROR(A1:A2,B1:B2,C1:D2)"


def at(text: str) -> Address:
    return parse_location(text if "!" in text else f"Sheet1!{text}")


def shown(done: Recalculation) -> dict[str, Cell]:
    """Every calculated value, by address; the sheet is left out for Sheet1."""
    return {str(where).removeprefix("Sheet1!"): value for where, value in done.values.items()}


def kept(done: Recalculation) -> dict[str, str]:
    """Why each formula was not evaluated."""
    return {str(found.address).removeprefix("Sheet1!"): found.reason for found in done.not_evaluated}


# Spills


def test_a_spill_grows_and_those_who_read_it_follow(tmp_path: Path) -> None:
    book = written(
        tmp_path,
        {
            "A1": 2.0,
            "B1": F("_xlfn.SEQUENCE(A1)", 1.0, "B1:B2"),
            "B2": 2.0,
            "C1": F("SUM(_xlfn.ANCHORARRAY(B1))", 3.0),
        },
    )
    done = recalculate(book, inputs={at("A1"): 4.0})
    assert shown(done) == {"B1": 1.0, "B2": 2.0, "B3": 3.0, "B4": 4.0, "C1": 10.0}
    assert {str(first): area_address(area) for first, area in done.extents.items()} == {"Sheet1!B1": "B1:B4"}


def test_a_spill_shrinks_and_leaves_its_old_cells(tmp_path: Path) -> None:
    book = written(tmp_path, {"A1": 3.0, "B1": F("_xlfn.SEQUENCE(A1)", 1.0, "B1:B3"), "B2": 2.0, "B3": 3.0})
    done = recalculate(book, inputs={at("A1"): 1.0})
    assert shown(done) == {"B1": 1.0}
    assert done.stored[at("B3")] == 3.0


def test_texts_left_from_an_old_spill_do_not_block_the_new_one(tmp_path: Path) -> None:
    book = written(
        tmp_path, {"A1": "x", "A2": "y", "B1": F("A1:A2&A1", "ax", "B1:B2"), "B2": "old", "B3": "mine"}
    )
    assert shown(recalculate(book)) == {"B1": "xx", "B2": "yx"}


def test_a_spill_blocked_by_a_typed_cell_shows_spill(tmp_path: Path) -> None:
    book = written(tmp_path, {"B1": F("_xlfn.SEQUENCE(3)", "#SPILL!", "B1"), "B3": "mine"})
    assert shown(recalculate(book)) == {"B1": CellError("#SPILL!")}


def test_our_own_spill_grows_with_its_inputs(tmp_path: Path) -> None:
    # With the unit matrix and no limits in the way the benchmark itself has no tracking error.
    text = "TE_OPTIMIZE(_xlfn.SEQUENCE(E1,1,1/E1,0),_xlfn.MUNIT(E1))"
    cells = {"E1": 2.0, "A1": F(text, 0.5, "A1:A2"), "A2": 0.5, "C1": F("SUM(_xlfn.ANCHORARRAY(A1))", 1.0)}
    done = recalculate(written(tmp_path, cells), inputs={at("E1"): 4.0})
    assert shown(done) == pytest.approx({"A1": 0.25, "A2": 0.25, "A3": 0.25, "A4": 0.25, "C1": 1.0})


def test_a_fixed_array_fills_its_cells_and_no_others(tmp_path: Path) -> None:
    book = written(
        tmp_path,
        {"A1": 1.0, "A2": 2.0, "B1": F("A1:A2*2", 0.0, "B1:B3", dynamic=False), "B2": 0.0, "B3": 0.0},
    )
    assert shown(recalculate(book)) == {"B1": 2.0, "B2": 4.0, "B3": CellError("#N/A")}


def test_a_normal_formula_shows_the_first_value_of_our_answer(tmp_path: Path) -> None:
    cells = {**TWO_ASSETS, "F1": F("TE_OPTIMIZE(B1:B2,C1:D2)"), "G1": F("2*TE_OPTIMIZE(B1:B2,C1:D2)")}
    assert shown(recalculate(written(tmp_path, cells))) == pytest.approx({"F1": 0.5, "G1": 1.0})


# Names of our functions


@pytest.mark.parametrize(
    "name",
    [
        "TRACKING_ERROR",
        "tracking_error",
        "Tracking_Error",
        "_xldudf_TRACKING_ERROR",
        "_xldudf_TE_TRACKING_ERROR",
        "_xll.TRACKING_ERROR",
        "[1]!TRACKING_ERROR",
        "'C:\\Users\\me\\add-ins\\trackerr.xlam'!TRACKING_ERROR",
        "trackerr.xlam!TRACKING_ERROR",
    ],
)
def test_our_functions_are_known_under_every_spelling(tmp_path: Path, name: str) -> None:
    book = written(tmp_path, {**TWO_ASSETS, "F1": F(f"{name}(A1:A2,B1:B2,C1:D2)")})
    assert shown(recalculate(book)) == pytest.approx({"F1": TE})


def test_a_function_of_another_add_in_is_not_evaluated(tmp_path: Path) -> None:
    done = recalculate(
        written(tmp_path, {"F1": F("[1]!THEIRS(1)", 7.0), "F2": F("_xldudf_NS_OTHER(1)", 8.0)})
    )
    assert kept(done) == {
        "F1": "[1]!THEIRS is a function of an add-in",
        "F2": "_XLDUDF_NS_OTHER is a function of an add-in",
    }


# Our calls in every position


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (CALL, TE),
        (f"100*{CALL}", 100 * TE),
        (f"SQRT(252)*{CALL}^1", sqrt(252) * TE),
        (f'IF({CALL}>0,"some","none")', "some"),
        ("TRACKING_ERROR(A1:A2,B1:B2,C1:D2,)", TE),
        ("TRACKING_ERROR(A1:A2,B1:B2,C1:D2,,)", TE),
        ("TRACKING_ERROR( A1:A2 , B1:B2 , (C1:D2) , 4 )", 2 * TE),
        ("TRACKING_ERROR({0.6;0.4},{0.5,0.5},{0.04,0;0,0.09})", TE),
        ("TRACKING_ERROR(A1:A2,B1:B2,C1:D2,-(-4))", 2 * TE),
        ("TRACKING_ERROR(TE_OPTIMIZE(B1:B2,C1:D2),B1:B2,C1:D2)", 0.0),
        ("SUM(TE_OPTIMIZE(B1:B2,C1:D2))", 1.0),
        ("INDEX(TE_OPTIMIZE(B1:B2,C1:D2),2)", 0.5),
        ("_xlfn.LET(_xlpm.w,A1:A2,TRACKING_ERROR(_xlpm.w,B1:B2,C1:D2))", TE),
        ("_xlfn.LET(_xlpm.w,A1:A2,_xlpm.v,_xlpm.w*1,TRACKING_ERROR(_xlpm.v,B1:B2,C1:D2)*2)", 2 * TE),
        ("_xlfn.LET(_xlpm.w,TE_OPTIMIZE(B1:B2,C1:D2),SUM(_xlpm.w))", 1.0),
        ("_xlfn.LET(_xlpm.w,TE_OPTIMIZE(B1:B2,C1:D2),TRACKING_ERROR(_xlpm.w,B1:B2,C1:D2))", 0.0),
        ("_xlfn.LET(_xlpm.f,_xlfn.LAMBDA(_xlpm.k,_xlpm.k*A1:A2),TRACKING_ERROR(_xlpm.f(1),B1:B2,C1:D2))", TE),
        (f"_xlfn.LAMBDA(_xlpm.x,_xlpm.x*2)({CALL})", 2 * TE),
        ("SUM(_xlfn.MAP(A1:A2,_xlfn.LAMBDA(_xlpm.x,_xlpm.x*TRACKING_ERROR(A1:A2,B1:B2,C1:D2))))", TE),
        ("TRACKING_ERROR(A:A,B1:B2,C1:D2)", TE),
    ],
)
def test_our_calls_stand_anywhere_in_a_formula(tmp_path: Path, formula: str, expected: float | str) -> None:
    done = recalculate(written(tmp_path, {**TWO_ASSETS, "F1": F(formula, -999.0, "F1")}))
    assert kept(done) == {}
    value = done.values[at("F1")]
    assert value == (expected if isinstance(expected, str) else pytest.approx(expected, abs=1e-12))


def test_a_call_that_depends_on_a_lambda_parameter_is_not_evaluated(tmp_path: Path) -> None:
    text = "_xlfn.BYROW(A1:B2,_xlfn.LAMBDA(_xlpm.r,TRACKING_ERROR(_xlpm.r,B1:B2,C1:D2)))"
    done = recalculate(written(tmp_path, {**TWO_ASSETS, "F1": F(text, 5.0, "F1:F2"), "F2": 6.0}))
    assert kept(done) == {"F1": "its call of TRACKING_ERROR depends on r, a parameter of a LAMBDA"}
    assert shown(done) == {}


def test_our_calls_may_read_each_other_through_formulas(tmp_path: Path) -> None:
    cells = {
        **TWO_ASSETS,
        "F1": F("TE_OPTIMIZE(B1:B2,C1:D2)", 0.0, "F1:F2"),
        "F2": 0.0,
        "G1": F("F1+0.1"),
        "G2": F("F2-0.1"),
        "H1": F("TRACKING_ERROR(G1:G2,B1:B2,C1:D2)"),
        "I1": F("TRACKING_ERROR(G1:G2,B1:B2,C1:D2,H1/H1*4)"),
    }
    done = recalculate(written(tmp_path, cells))
    assert shown(done)["H1"] == pytest.approx(TE)
    assert shown(done)["I1"] == pytest.approx(2 * TE)


def test_text_of_a_spill_of_ours_reaches_other_formulas(tmp_path: Path) -> None:
    cells = {
        "A1": "Bond A",
        "A2": "Bond B",
        "B1": 0.5,
        "B2": 0.5,
        "C1": 0.04,
        "C2": 0.0,
        "D1": 0.0,
        "D2": 0.09,
    }
    done = recalculate(
        written(tmp_path, {**cells, "F1": F("TE_OPTIMIZE(A1:B2,C1:D2)", 0.0, "F1"), "H1": F('F1&"!"')})
    )
    assert shown(done) == {"F1": "Bond A", "G1": 0.5, "F2": "Bond B", "G2": 0.5, "H1": "Bond A!"}


# Names and references


def test_names_of_the_workbook_and_of_a_sheet(tmp_path: Path) -> None:
    cells = {
        **TWO_ASSETS,
        "Other!A1": 7.0,
        "F1": F("SUM(port)"),
        "F2": F("rate*10"),
        "F3": F("our_te*2"),
        "F4": F("twice(4)"),
        "F5": F("here"),
        "Other!F5": F("here"),
        "F6": F("Other!here"),
        "F7": F("left_of"),
        "F8": F('greeting&"!"'),
    }
    names = [
        ("port", "Sheet1!$A$1:$A$2"),
        ("rate", "0.25"),
        ("our_te", "TRACKING_ERROR(Sheet1!$A$1:$A$2,Sheet1!$B$1:$B$2,Sheet1!$C$1:$D$2)"),
        ("twice", "_xlfn.LAMBDA(_xlpm.x,_xlpm.x*rate*8)"),
        ("here", "Sheet1!$A$1"),
        ("here", "Other!$A$1", 1),
        # Stored as it reads from A1: the cell five columns to the left of its user, in its row.
        ("left_of", "Sheet1!XFC1"),
        ("greeting", '"hello"'),
    ]
    done = recalculate(written(tmp_path, {**cells, "D7": 3.0}, names=names))
    assert kept(done) == {}
    expected = {"F1": 1.0, "F2": 2.5, "F4": 8.0, "F5": 0.6, "Other!F5": 7.0, "F6": 7.0, "F7": 3.0}
    values = shown(done)
    assert {where: values[where] for where in expected} == pytest.approx(expected)
    assert values["F3"] == pytest.approx(2 * TE)
    assert values["F8"] == "hello!"


def test_names_in_a_circle_are_not_evaluated(tmp_path: Path) -> None:
    done = recalculate(written(tmp_path, {"A1": F("one", 5.0)}, names=[("one", "two+1"), ("two", "one+1")]))
    assert kept(done) == {"A1": "its name one refers to itself"}


def test_quoted_sheets_and_other_sheets(tmp_path: Path) -> None:
    cells = {f"O'Neil & Co!{cell}": value for cell, value in TWO_ASSETS.items()}
    call = "TRACKING_ERROR('O''Neil & Co'!A1:A2,'O''Neil & Co'!B1:B2,'o''neil & co'!C1:D2)"
    path = written(tmp_path, {"F1": F(call), **{k.replace("&", "&amp;"): v for k, v in cells.items()}})
    assert shown(recalculate(path)) == pytest.approx({"F1": TE})


def test_an_old_style_formula_takes_the_cell_of_its_own_row(tmp_path: Path) -> None:
    cells = {
        "A1": 1.0,
        "A2": 2.0,
        "A3": 3.0,
        "B2": F("A1:A3*10"),
        "C3": F("SUM(A1:A3*10)"),
        "D2": F("ROUND(A1:A3,0)"),
        "E1": F("SUMPRODUCT(A1:A3*10)"),
        "F9": F("A1:A3"),
        "G2": F("IF(A1:A3>1,A1:A3,0)"),
        "H3": F("VLOOKUP(A1:A3,A1:A3,1,FALSE)"),
    }
    assert shown(recalculate(written(tmp_path, cells))) == {
        "B2": 20.0,
        "C3": 30.0,
        "D2": 2.0,
        "E1": 60.0,
        "F9": CellError("#VALUE!"),
        "G2": 2.0,
        "H3": 3.0,
    }


def test_shared_formulas_are_written_out(tmp_path: Path) -> None:
    cells = {
        "A1": 1.0,
        "A2": 2.0,
        "A3": 3.0,
        "B1": F("A1*$A$3+COUNT(A$1:A1)", attributes='t="shared" ref="B1:B3" si="0"'),
        "B2": F("", attributes='t="shared" si="0"'),
        "B3": F("", attributes='t="shared" si="0"'),
    }
    done = recalculate(written(tmp_path, cells))
    assert shown(done) == {"B1": 4.0, "B2": 8.0, "B3": 12.0}
    assert done.formulas[at("B3")].text == "=A3*$A$3+COUNT(A$1:A3)"


def test_an_empty_cell_is_zero_where_a_value_is_shown(tmp_path: Path) -> None:
    cells = {"A1": F("Z9"), "A2": F('Z9&"x"'), "A3": F('""'), "B1": F("Z8:Z9", 1.0, "B1:B2"), "B2": 1.0}
    assert shown(recalculate(written(tmp_path, cells))) == {
        "A1": 0.0,
        "A2": "x",
        "A3": "",
        "B1": 0.0,
        "B2": 0.0,
    }


def test_booleans_texts_and_errors_keep_their_kinds(tmp_path: Path) -> None:
    cells = {
        "A1": True,
        "A2": "#DIV/0!",
        "A3": "TRUE",
        "B1": F("A1"),
        "B2": F("A2"),
        "B3": F("A3"),
        "B4": F("A3=A1"),
    }
    done = recalculate(written(tmp_path, cells))
    assert shown(done) == {"B1": True, "B2": CellError("#DIV/0!"), "B3": "TRUE", "B4": False}


# The clock


def test_now_and_today_follow_the_clock_that_is_given(tmp_path: Path) -> None:
    cells = {
        "A1": F("NOW()"),
        "A2": F("TODAY()"),
        "A3": F("YEAR(TODAY())"),
        "A4": F('TEXT(NOW(),"yyyy-mm-dd")'),
    }
    done = recalculate(written(tmp_path, cells), now=datetime(2024, 2, 29, 12))
    assert shown(done) == {"A1": 45351.5, "A2": 45351.0, "A3": 2024.0, "A4": "2024-02-29"}


def test_dates_from_1904_are_counted_or_left_alone(tmp_path: Path) -> None:
    cells = {"A1": F("TODAY()"), "A2": F("A1+1"), "A3": F("YEAR(A1)", 2020.0)}
    done = recalculate(written(tmp_path, cells, from_1904=True), now=datetime(2024, 2, 29))
    # 29 February 2024 is day 45351 counted from 1900 and 1462 days fewer from 1904.
    assert shown(done) == {"A1": 43889.0, "A2": 43890.0}
    assert kept(done) == {"A3": "YEAR would count days from 1900, this workbook counts from 1904"}


@pytest.mark.parametrize("name", ["RAND()", "RANDBETWEEN(1,6)", "_xlfn.RANDARRAY(2)"])
def test_random_numbers_and_what_reads_them_keep_their_stored_values(tmp_path: Path, name: str) -> None:
    done = recalculate(written(tmp_path, {"A1": F(name, 0.5), "A2": F("A1*2", 1.0), "A3": F("1+1", 0.0)}))
    function = name.partition("(")[0].removeprefix("_xlfn.")
    assert kept(done) == {
        "A1": f"{function} gives another value every time",
        "A2": "it reads Sheet1!A1, which was not evaluated",
    }
    assert shown(done) == {"A3": 2.0}


# What is not evaluated


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("_xlfn.GROUPBY(A1:A2,A1:A2,SUM)", "the engine has no GROUPBY"),
        ("IFERROR(_xlfn.GROUPBY(A1:A2,A1:A2,SUM),0)", "the engine has no GROUPBY"),
        ("[2]Prices!A1*2", "it reads another workbook ([2]Prices!A1)"),
        ("'C:\\data\\[p.xlsx]S'!A1", "it reads another workbook ('C:\\data\\[p.xlsx]S'!A1)"),
        (
            "SUM(Sheet1:Sheet3!A1)",
            "it reads through several sheets (Sheet1:Sheet3!A1), which the engine cannot do",
        ),
        ("SUM((A1,A2))", "it unites ranges with a comma, which the engine cannot do"),
        ("1+unheard_of", "the workbook has no name unheard_of"),
        ("Weights[Port]", "it reads a table that does not exist (Weights)"),
        ("Nowhere!A1", "it reads a sheet that does not exist (Nowhere)"),
        ('CELL("filename")', "CELL asks for more than values, which only Excel knows"),
        ("_xlfn.FORMULATEXT(A1)", "FORMULATEXT asks for more than values, which only Excel knows"),
        ("A1+", "its formula ends too early"),
        ("A1 A1 ?", "its formula cannot be read at '?'"),
        ('INFO("osversion")', "INFO asks for more than values, which only Excel knows"),
        ("IF(1,2,3,4)", "the engine cannot read its formula"),
    ],
)
def test_what_cannot_be_evaluated_is_kept_with_all_that_reads_it(
    tmp_path: Path, formula: str, reason: str
) -> None:
    cells = {"A1": 1.0, "A2": 2.0, "B1": F(formula, 5.0), "B2": F("B1+1", 6.0), "B3": F("IFERROR(B2,0)", 6.0)}
    done = recalculate(written(tmp_path, {**cells, "C1": F("A1+A2", 0.0)}))
    assert kept(done) == {
        "B1": reason,
        "B2": "it reads Sheet1!B1, which was not evaluated",
        "B3": "it reads Sheet1!B2, which was not evaluated",
    }
    assert shown(done) == {"C1": 3.0}


def test_our_call_on_a_cell_not_evaluated_is_not_evaluated_either(tmp_path: Path) -> None:
    cells = {**TWO_ASSETS, "A1": F("[1]Prices!A1", 0.6), "F1": F(CALL, 0.9)}
    assert kept(recalculate(written(tmp_path, cells)))["F1"] == "it reads Sheet1!A1, which was not evaluated"


def test_a_data_table_is_left_to_excel(tmp_path: Path) -> None:
    table = 't="dataTable" ref="B2:B3" dt2D="0" dtr="0" r1="A1"'
    cells = {"A1": 1.0, "B1": F("A1*2"), "B2": F("", 4.0, attributes=table), "B3": 6.0, "C1": F("B3")}
    done = recalculate(written(tmp_path, cells))
    assert kept(done) == {
        "B2": "it is a data table, which only Excel fills",
        "C1": "it reads Sheet1!B2, which was not evaluated",
    }


def test_a_word_that_excel_does_not_know_either_stays_an_error(tmp_path: Path) -> None:
    cells = {"A1": F("SUMM(1,2)", "#NAME?"), "A2": F("A1+1", "#NAME?"), "A3": F("typo", "#NAME?")}
    done = recalculate(written(tmp_path, cells))
    assert kept(done) == {}
    assert shown(done) == {"A1": CellError("#NAME?"), "A2": CellError("#NAME?"), "A3": CellError("#NAME?")}


def test_an_error_of_the_users_own_is_a_value(tmp_path: Path) -> None:
    done = recalculate(written(tmp_path, {"A1": F("1/0"), "A2": F("NA()"), "A3": F("IFERROR(A1,7)")}))
    assert shown(done) == {"A1": CellError("#DIV/0!"), "A2": CellError("#N/A"), "A3": 7.0}


def test_hidden_rows_are_not_mixed_up_with_others(tmp_path: Path) -> None:
    cells = {"A1": 1.0, "A2": 2.0, "B1": F("SUBTOTAL(109,A1:A2)", 1.0), "B5": F("SUM(A1:A2)")}
    done = recalculate(written(tmp_path, cells, row_attributes={2: 'hidden="1"'}))
    assert kept(done) == {"B1": "SUBTOTAL reads hidden rows, which the engine does not tell from the others"}
    assert shown(done) == {"B5": 3.0}


def test_a_reference_that_is_computed_depends_on_what_it_may_reach(tmp_path: Path) -> None:
    cells = {
        "A1": F("RAND()", 0.5),
        "A2": 2.0,
        "Other!A1": 3.0,
        "B1": F("OFFSET(A1,1,0)"),
        "B2": F("OFFSET(A3,A2-4,0)", 0.5),
        "B3": F("OFFSET(Other!A2,A2-3,0)"),
        "B4": F('INDIRECT("A2")'),
        "B5": F('INDIRECT("A"&A2-1)', 0.5),
        "B6": F('INDIRECT("A1")', 0.5),
    }
    done = recalculate(written(tmp_path, cells))
    assert shown(done) == {"B1": 2.0, "B3": 3.0, "B4": 2.0}
    assert set(kept(done)) == {"A1", "B2", "B5", "B6"}


def test_numbers_as_displayed_are_left_to_excel(tmp_path: Path) -> None:
    done = recalculate(written(tmp_path, {"A1": 0.125, "B1": F("A1*2", 0.26)}, as_displayed=True))
    assert kept(done) == {"B1": "this workbook calculates with numbers as displayed, which only Excel does"}


def test_a_formula_over_the_whole_sheet_is_not_tried(tmp_path: Path) -> None:
    done = recalculate(
        written(tmp_path, {"A1": 1.0, "C3": F("SUM(A:A*1:1)", 1.0, "C3"), "D4": F("A:A*1:1", 1.0)})
    )
    reason = "it calculates with whole columns and whole rows at once, which no program can"
    assert kept(done)["C3"] == reason


def test_whole_columns_and_rows_are_read_as_far_as_they_are_used(tmp_path: Path) -> None:
    cells = {**TWO_ASSETS, "F1": F("TRACKING_ERROR(A:A,B:B,C1:D2)"), "H9": F("SUM(A:A)+COUNT(C:D)")}
    assert shown(recalculate(written(tmp_path, cells))) == pytest.approx({"F1": TE, "H9": 5.0})


def test_arrays_that_overlap_are_not_evaluated(tmp_path: Path) -> None:
    # No spreadsheet program writes this; a damaged file may hold it.
    cells = {
        "A1": F("_xlfn.SEQUENCE(2,2)", 1.0, "A1:B2", dynamic=False),
        "B2": F("1+1", 2.0, "B2:C2", dynamic=False),
        "D1": F("SUM(A1:C2)", 9.0),
    }
    assert kept(recalculate(written(tmp_path, cells))) == {
        "B2": "the engine refuses its formula",
        "D1": "it reads Sheet1!B2, which was not evaluated",
    }


# Inputs


def test_an_input_replaces_a_typed_cell(tmp_path: Path) -> None:
    book = written(tmp_path, {"Data!A1": 1.0, "B1": F("Data!A1*2"), "B2": F("Data!A2")})
    done = recalculate(book, inputs={Address("data", 1, 1): 5.0, Address("Data", 2, 1): "new"})
    assert shown(done) == {"B1": 10.0, "B2": "new"}
    assert {str(where): value for where, value in done.inputs.items()} == {"Data!A1": 5.0, "Data!A2": "new"}


def test_an_input_may_empty_a_cell(tmp_path: Path) -> None:
    done = recalculate(written(tmp_path, {"A1": 1.0, "B1": F("COUNT(A1)")}), inputs={at("A1"): None})
    assert shown(done) == {"B1": 0.0}


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("Sheet1!B1", "TE-100 inputs Sheet1!B1 is filled by a formula, an input needs a cell without one."),
        ("Sheet1!B2", "TE-100 inputs Sheet1!B2 is filled by a formula, an input needs a cell without one."),
        ("Gone!B1", "TE-100 inputs names the sheet Gone, which written.xlsx does not have."),
    ],
)
def test_an_input_that_cannot_be_set_is_refused(tmp_path: Path, where: str, sentence: str) -> None:
    book = written(tmp_path, {"B1": F("_xlfn.SEQUENCE(2)", 1.0, "B1:B2"), "B2": 2.0})
    with pytest.raises(InputError) as refused:
        recalculate(book, inputs={parse_location(where): 1.0})
    assert refused.value.sentence == sentence


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    book = written(tmp_path, {**TWO_ASSETS, "F1": F(CALL), "F2": F(CALL)})
    done = recalculate(book, progress=lambda *step: told.append(step))
    assert told == [("Reading", 0, 1), ("Calculating", 0, 2), ("Calculating", 1, 2), ("Calculating", 2, 2)]
    assert (done.calls, done.passes) == (2, 2)


def test_the_file_is_not_touched(tmp_path: Path) -> None:
    book = written(tmp_path, {**TWO_ASSETS, "F1": F(CALL)})
    before = book.read_bytes()
    recalculate(book, inputs={at("A1"): 0.7})
    assert book.read_bytes() == before
