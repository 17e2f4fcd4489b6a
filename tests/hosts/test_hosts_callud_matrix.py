"""What our functions are given for every kind of cell in every kind of argument, read by xlwings' own server.

Excel hands over a reference as a range, whose cells are read, and everything calculated inside a formula as a bare
value or a tuple of rows. Error values arrive as 0x800A0000 plus their number in Microsoft's XlCVError, signed.
"""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from tests.asked_excel import LEFT_OUT, Excel, cells, value
from tests.example_sheet import parsed
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.hosts.com_values import com_from_grid
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError

# Microsoft's XlCVError enumeration (Excel VBA reference), and the ones of newer versions.
ERROR_VALUES = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
}


def error(number):
    """The integer that COM delivers: #N/A is -2146826246, as xlwings 0.37.8 lists it in _xlwindows.cell_errors."""
    return -0x7FF60000 + number


# A cell: what COM delivers, and what our functions are to be given. Dates are days since 1899-12-30: Microsoft KB
# 213719 shows 35464 for 1997-02-03.
KINDS = {
    "number": (0.25, 0.25),
    "zero": (0.0, 0.0),
    "one": (1.0, 1.0),
    "negative": (-1.5e-7, -1.5e-7),
    "largest number": (1.7976931348623157e308, 1.7976931348623157e308),
    "smallest number": (5e-324, 5e-324),
    "typed number equal to the code of #N/A": (-2146826246.0, -2146826246.0),
    "typed number equal to what is left out": (-2147352572.0, -2147352572.0),
    "whole number of VBA": (7, 7.0),
    "whole number of VBA, one": (1, 1.0),
    "huge whole number of VBA": (2**62, 4611686018427387904.0),
    "currency": (Decimal("1234.5678"), 1234.5678),
    "negative currency": (Decimal("-0.0001"), -0.0001),
    "date": (datetime(1997, 2, 3), 35464.0),
    "date with zone": (datetime(1997, 2, 3, 18, tzinfo=UTC), 35464.75),
    "true": (True, True),
    "false": (False, False),
    "empty": (None, None),
    "text": ("Bond A", "Bond A"),
    "empty text": ("", ""),
    "text of digits": ("1.5", "1.5"),
    "text of an error value": ("#N/A", "#N/A"),
    "text with quotes": ("5% \"GOLD\" 'A'", "5% \"GOLD\" 'A'"),
    "text of other scripts": ("東証 Ωμέγα \u200fעברית é 🏦", "東証 Ωμέγα \u200fעברית é 🏦"),
    "half of a surrogate pair": ("A\ud83c", "A\ud83c"),
    "text with line breaks": ("first\r\nsecond\tthird", "first\r\nsecond\tthird"),
    "longest text of a cell": ("x" * 32767, "x" * 32767),
    "formula-like text": ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    "text with a plus in front": ("+1+cmd|'!A0", "+1+cmd|'!A0"),
    "text with a minus in front": ("-2+3", "-2+3"),
    "text with an at in front": ("@SUM(1+1)", "@SUM(1+1)"),
    "#N/A": (error(2042), CellError("#N/A")),
    "#SPILL!": (error(2045), CellError("#SPILL!")),
    "bytes of VBA": (b"\x01\x02", CellError("#VALUE!")),
}

# An argument: how it is made of a cell's content and one beside it, and where that content must be found again.
SHAPES = {
    "cell": (lambda cell, _: cells([[cell]]), None),
    "typed value": (lambda cell, _: value(cell), None),
    "row": (lambda cell, beside: cells([[beside, cell, beside]]), (0, 1)),
    "column": (lambda cell, beside: cells([[beside], [beside], [cell]]), (2, 0)),
    "matrix": (lambda cell, beside: cells([[beside, beside], [beside, cell], [beside, beside]]), (1, 1)),
    "first of a matrix": (lambda cell, beside: cells([[cell, beside], [beside, beside]]), (0, 0)),
    "calculated row": (lambda cell, beside: value(((beside, cell),)), (0, 1)),
    "calculated column": (lambda cell, beside: value(((beside,), (cell,))), (1, 0)),
    "calculated matrix": (lambda cell, beside: value(((beside, cell), (beside, beside))), (0, 1)),
    "array of one dimension": (lambda cell, beside: value((beside, cell)), (0, 1)),
}


@pytest.fixture(scope="module")
def excel():
    excel = Excel()
    yield excel
    excel.close()


def same(one, other):
    """Equal, and of one type: True is not 1, and a text not a number."""
    if isinstance(one, float):
        return isinstance(other, float) and one == other
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("beside", [0.5, "Beside"], ids=["beside numbers", "beside texts"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_cell_arrives_as_itself_at_its_place(excel, kind, shape, beside):
    content, expected = KINDS[kind]
    make, at = SHAPES[shape]
    given = excel.ask("read", make(content, beside))
    if at is None:
        assert same(expected, given)
        return
    assert same(expected, given[at[0]][at[1]])
    others = [given[i][j] for i in range(len(given)) for j in range(len(given[0])) if (i, j) != at]
    assert others
    assert all(same(beside, other) for other in others)


@pytest.mark.parametrize("number", range(2000, 2060))
def test_every_code_of_an_error_value_is_recognised(excel, number):
    expected = CellError(ERROR_VALUES.get(number, "#UNKNOWN!"))
    assert excel.ask("read", value(error(number))) == expected
    assert excel.ask("read", cells([[error(number)]])) == expected
    assert excel.ask("read", cells([[0.5, 0.5], [0.5, error(number)]]))[1][1] == expected
    assert excel.ask("read", cells([["A", 0.5], [0.5, error(number)]]))[1][1] == expected


@pytest.mark.parametrize("number", ERROR_VALUES)
def test_error_value_passes_through_a_function_as_itself(excel, number):
    column = cells([[0.5], [error(number)]])
    assert excel.formula("ACTIVE_SHARE", column, cells([[0.5], [0.5]])) == f"#XL:{number}"


@pytest.mark.parametrize("number", [1999, 2060])
def test_whole_number_beside_the_codes_is_a_number(excel, number):
    assert excel.ask("read", value(error(number))) == float(error(number))


@pytest.mark.parametrize(
    ("rows", "shape"),
    [
        ([[1.5, 2.5, 3.5]], (1, 3)),
        ([[1.5], [2.5], [3.5]], (3, 1)),
        ([[1.5, 2.5], [3.5, 4.5]], (2, 2)),
        ([[0.0, 1.0], [1.0, 0.0]], (2, 2)),
    ],
    ids=["row", "column", "matrix", "matrix of zeros and ones"],
)
def test_plain_numbers_arrive_as_one_array(excel, rows, shape):
    for argument in (cells(rows), value(tuple(map(tuple, rows)))):
        given = excel.ask("read", argument)
        assert isinstance(given, np.ndarray)
        assert given.dtype == np.float64
        assert given.shape == shape
        np.testing.assert_array_equal(given, rows)


def test_empty_range_arrives_empty(excel):
    given = excel.ask("read", cells([[None, None], [None, None]]))
    assert [list(row) for row in given] == [[None, None], [None, None]]


@pytest.mark.parametrize("content", [(), ((),)], ids=["nothing", "a row of nothing"])
def test_array_without_cells_counts_as_left_out(excel, content):
    assert excel.ask("read", value(content)) is None


def test_argument_left_out_is_none(excel):
    assert excel.ask("read", LEFT_OUT) is None


@pytest.mark.parametrize(
    "argument",
    [
        cells([[1.0]], areas=2),
        cells([[1.0]], broken="too large"),
        cells([[1.0]], broken="busy"),
        cells([[1.0]], broken="no memory"),
        ("object", None, {}),
        value(((1.0, 2.0), (3.0,))),
        value(((1.0, 2.0), 3.0)),
    ],
    ids=["several areas", "too large", "Excel is busy", "no memory", "no range", "jagged", "row and number"],
)
def test_what_is_no_rectangle_of_cells_is_a_value_error(excel, argument):
    assert excel.ask("read", argument) == CellError("#VALUE!")


def test_array_of_three_dimensions_holds_no_cells(excel):
    assert excel.ask("read", value((((1.0, 2.0),),)))[0][0] == CellError("#VALUE!")


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        ([[0.25], [0.75]], (1048576, 1)),
        ([["A", 0.25], ["B", 0.75]], (1048576, 16384)),
        ([[1.5, 2.5]] * 10, (10, 16384)),
        ([[1.0] * 400] * 400, (400, 400)),
    ],
    ids=["whole columns", "whole sheet", "whole rows", "large range in use"],
)
def test_whole_columns_and_rows_are_read_as_far_as_the_sheet_is_in_use(excel, rows, size):
    # A range of this size that is in use nowhere near as far cannot be read at all: see `fake_com.fake_range`.
    given = excel.ask("read", cells(rows, size=size if size != (400, 400) else None))
    assert [list(row) for row in given] == rows


def test_whole_column_beyond_what_is_in_use_is_empty(excel):
    argument = cells([[None]], size=(1048576, 1))
    assert excel.ask("read", argument) is None


def calculated(answer):
    """An answer as Excel hands it to the function around it."""
    return value(tuple(tuple(row) if isinstance(row, list) else (row,) for row in answer))


def test_weights_of_one_function_are_read_by_the_next(excel):
    # Variances alike and nothing in common: what is above the cap goes to the others in equal parts, and the active
    # share is half of 0.05 + 0.025 + 0.025.
    benchmark = cells([["A", 0.4], ["B", 0.3], ["C", 0.3]])
    cov = cells([[0.01, 0.0, 0.0], [0.0, 0.01, 0.0], [0.0, 0.0, 0.01]])
    limits = cells([["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.35]])
    weights = excel.formula("TE_OPTIMIZE", benchmark, cov, limits)
    answer = excel.formula("ACTIVE_SHARE", calculated(weights), benchmark)
    assert answer == pytest.approx(0.05, abs=1e-12)


def test_covariance_of_one_function_is_read_by_the_next(excel):
    # A covariance that needs no mending comes back as it is; (0.1, -0.1) on it is 0.01 (0.04 + 0.09 - 2 x 0.006).
    cov = excel.formula("COV_NEAREST", cells([[0.04, 0.006], [0.006, 0.09]]))
    arguments = cells([[0.6], [0.4]]), cells([[0.5], [0.5]]), calculated(cov)
    assert excel.formula("TRACKING_ERROR", *arguments) == pytest.approx(0.00118**0.5, rel=1e-12)


def test_error_value_of_one_function_passes_through_the_next(excel):
    assert excel.formula("ACTIVE_SHARE", value(error(2042)), cells([[0.5], [0.5]])) == "#XL:2042"


def as_com(given):
    if given is None:
        return LEFT_OUT
    return cells(given) if isinstance(given, list) else value(given)


def rows_of(answer):
    """The server hands over a single cell bare, and a single row flat."""
    rows = answer if isinstance(answer, list) else [answer]
    return rows if isinstance(rows[0], list) else [rows]


@pytest.mark.parametrize("name", CATALOGUE)
def test_example_of_every_function_answers_as_it_does_without_excel(excel, name):
    function, given = parsed(CATALOGUE[name].example)
    answer = rows_of(excel.formula(function, *map(as_com, given)))
    expected = com_from_grid(call(function, given).grid)
    assert [len(row) for row in answer] == [len(row) for row in expected]
    for row, wanted in zip(answer, expected, strict=True):
        for cell, other in zip(row, wanted, strict=True):
            assert cell == (pytest.approx(other, rel=1e-9, abs=1e-12) if isinstance(other, float) else other)


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1+1"]
)
def test_formula_like_names_come_out_as_the_texts_they_are(excel, name):
    benchmark = [[name, 0.6], ["Bond B", 0.4]]
    weights = excel.formula("TE_OPTIMIZE", cells(benchmark), cells([[0.04, 0.006], [0.006, 0.09]]))
    assert [row[0] for row in weights] == [name.strip(), "Bond B"]


@pytest.mark.parametrize("text", ["#XL:2042", " #XL:2042", "#XL:1"])
def test_text_that_looks_like_a_marker_is_not_made_an_error_value(excel, text):
    assert excel.ask("written", [[text]]) == f" {text}"


def test_every_error_value_goes_out_as_its_marker(excel):
    grid = [[CellError(shown)] for shown in ERROR_VALUES.values()]
    assert excel.ask("written", grid) == [[f"#XL:{number}"] for number in ERROR_VALUES]


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_argument_may_be_left_out_without_an_exception(excel, name):
    declared = CATALOGUE[name]
    answer = excel.formula(name, *[LEFT_OUT for _ in declared.arguments])
    needed = any(argument.required for argument in declared.arguments)
    assert (answer == "#XL:2015") if needed else answer
