"""What COM delivers, read without Excel. Codes of error values: Microsoft's XlCVError enumeration."""

import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackerr_xl.hosts.com_values import cell_from_com, com_from_grid, given_from_com
from trackerr_xl.sheet.cells import ERROR_VALUES, CellError

# The same errors as COM delivers them: 0x800A07D0 + n is 0x800A0000 + XlCVError, signed. Written out by hand for the
# seven that xlwings 0.37.8 lists in _xlwindows.cell_errors, and for #SPILL! and #CALC!, which it does not know.
ARRIVING = {
    "#DIV/0!": -2146826281,
    "#N/A": -2146826246,
    "#NAME?": -2146826259,
    "#NULL!": -2146826288,
    "#NUM!": -2146826252,
    "#REF!": -2146826265,
    "#VALUE!": -2146826273,
    "#SPILL!": -2146826243,
    "#CALC!": -2146826238,
}

# A cell as COM can deliver it.
com_cells = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(-(2**31), 2**31 - 1),
    st.text(max_size=5),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.datetimes(),
    st.binary(max_size=3),
    st.builds(object),
)


@pytest.mark.parametrize(("shown", "arriving"), ARRIVING.items())
def test_error_value_is_recognised(shown, arriving):
    assert cell_from_com(arriving) == CellError(shown)


def test_error_value_newer_than_this_version_is_unknown():
    assert cell_from_com(-2146828288 + 2059) == CellError("#UNKNOWN!")


def test_whole_number_beside_the_error_values_is_a_number():
    assert cell_from_com(-2146826289) == -2146826289.0
    assert cell_from_com(-2146828288 + 2060) == -2146826228.0


def test_typed_number_equal_to_an_error_code_stays_a_number():
    assert cell_from_com(-2146826246.0) == -2146826246.0
    np.testing.assert_array_equal(given_from_com(((-2146826246.0, 1.0),)), [[-2146826246.0, 1.0]])


def test_argument_left_out_is_none():
    assert given_from_com(-2147352572) is None


def test_plain_numbers_become_one_array():
    cells = given_from_com(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)))
    assert isinstance(cells, np.ndarray)
    assert cells.dtype == np.float64
    np.testing.assert_array_equal(cells, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize("values", [((1.0,), (2.0,)), ((1.0, 2.0),)], ids=["column", "row"])
def test_column_and_row_keep_their_shape(values):
    assert given_from_com(values).shape == np.shape(values)


def test_flat_array_is_a_row():
    np.testing.assert_array_equal(given_from_com((1.0, 2.0)), [[1.0, 2.0]])


def test_text_of_digits_stays_text():
    assert given_from_com((("1.5", 2.0),))[0][0] == "1.5"


def test_mixed_range_keeps_every_kind_of_cell():
    rows = given_from_com((("Bond A", 0.4, None), (True, -2146826246, "")))
    assert [list(row) for row in rows] == [["Bond A", 0.4, None], [True, CellError("#N/A"), ""]]


def test_truth_value_is_not_taken_for_a_number():
    rows = given_from_com(((True, 2.0), (1.0, 0.0)))
    assert rows[0][0] is True


def test_whole_numbers_of_vba_become_floats():
    assert given_from_com(((1, 2),)) == [[1.0, 2.0]]


def test_currency_of_vba_becomes_a_float():
    assert cell_from_com(Decimal("1234.5678")) == 1234.5678


# Microsoft KB 213719 shows 35464 for 1997-02-03; ECMA-376 part 1 gives 2,958,465 for the last day of 9999.
@pytest.mark.parametrize(
    ("moment", "serial"),
    [
        (datetime(1997, 2, 3), 35464.0),
        (datetime(1997, 2, 3, 12), 35464.5),
        (datetime(1997, 2, 3, 12, tzinfo=UTC), 35464.5),
        (date(9999, 12, 31), 2958465.0),
    ],
)
def test_date_becomes_its_serial_number(moment, serial):
    assert cell_from_com(moment) == serial


@pytest.mark.parametrize(
    "value",
    [object(), b"bytes", ((1.0, 2.0), (3.0,)), ((1.0, 2.0), 3.0)],
    ids=["object", "bytes", "jagged", "row and number"],
)
def test_what_is_no_range_is_a_value_error(value):
    assert given_from_com(value) == CellError("#VALUE!")


@pytest.mark.parametrize("value", [(), ((),)])
def test_array_without_cells_is_left_out(value):
    assert given_from_com(value) is None


@given(st.lists(st.lists(com_cells, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple))
def test_anything_arriving_becomes_cells(values):
    cells = given_from_com(values)
    if isinstance(cells, np.ndarray):
        assert cells.shape == np.shape(values)
    elif isinstance(cells, CellError):
        assert len(set(map(len, values))) > 1
    else:
        allowed = (float, str, bool, CellError, type(None))
        assert all(isinstance(cell, allowed) for row in cells for cell in row)


def test_answer_goes_out_as_rows_with_marked_errors():
    grid = [["Bond A", 0.4], [True, CellError("#N/A")], [CellError("#VALUE!"), CellError("#NUM!")]]
    assert com_from_grid(grid) == [["Bond A", 0.4], [True, "#XL:2042"], ["#XL:2015", "#XL:2036"]]


def test_empty_cell_goes_out_as_empty_text():
    assert com_from_grid([[None]]) == [[""]]


def test_every_error_value_goes_out_and_comes_back():
    for value in ERROR_VALUES:
        ((marker,),) = com_from_grid([[CellError(value)]])
        number = int(marker.removeprefix("#XL:"))
        assert cell_from_com(number - 2146828288) == CellError(value)


def memory_beyond(work):
    """Most bytes in use at once while something is done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("corner", [0.5, "Name"], ids=["plain numbers", "a name in the corner"])
def test_reading_a_million_cells_takes_little_more_memory_than_their_numbers(corner):
    rows = [(0.5, *[1.0] * 999)] * 999 + [(corner, *[1.0] * 999)]
    # Eight bytes a number, the references to its cells, and the marks of those looked at again.
    assert memory_beyond(lambda: given_from_com(tuple(rows))) < 24e6


def test_writing_a_million_cells_takes_their_references_only():
    rows = [[0.5] * 1000 for _ in range(1000)]
    assert memory_beyond(lambda: com_from_grid(rows)) < 10e6


def test_answer_that_goes_out_is_not_the_one_that_is_remembered():
    kept = [[0.5, 0.25]]
    com_from_grid(kept)[0][0] = 9.0
    assert kept == [[0.5, 0.25]]
