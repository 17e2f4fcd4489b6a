"""Panels: names on top, dates or names at the left, and what is no panel."""

import numpy as np
import pytest

from trackerr_xl.errors import TrackerrError
from trackerr_xl.functions.values import Panel
from trackerr_xl.sheet.cells import Given
from trackerr_xl.sheet.panel import read_panel
from trackerr_xl.sheet.ranges import range_of

NUMBERS = [[0.01, 0.02], [0.03, -0.04]]
LATE = [45291.0, 45322.0]


def panel(given: Given, blanks: bool = False) -> Panel:
    cells = range_of(given)
    assert cells is not None
    return read_panel(cells, blanks)


def beside(left: list, top: list | None = None) -> list:
    rows = [[label, *row] for label, row in zip(left, NUMBERS, strict=True)]
    return rows if top is None else [top, *rows]


@pytest.mark.parametrize(
    ("given", "rows", "columns"),
    [
        (NUMBERS, None, None),
        (np.array(NUMBERS), None, None),
        (beside(["Jan", "Feb"]), ("Jan", "Feb"), None),
        (beside(LATE), ("45291", "45322"), None),
        (np.array(beside(LATE)), ("45291", "45322"), None),
        ([["AAA", "BBB"], *NUMBERS], None, ("AAA", "BBB")),
        (beside(LATE, [None, "AAA", "BBB"]), ("45291", "45322"), ("AAA", "BBB")),
        (beside(LATE, ["Date", "AAA", "BBB"]), ("45291", "45322"), ("AAA", "BBB")),
        (beside([1.0, 2.0], ["Months", "AAA", "BBB"]), ("1", "2"), ("AAA", "BBB")),
        (beside(LATE, ["Datum", "AAA", "BBB"]), ("45291", "45322"), ("AAA", "BBB")),
        (beside(["x", "y"], ["Anleihe", "KRD", "DTS"]), ("x", "y"), ("KRD", "DTS")),
        (beside([6758.0, 7203.0], [None, 1301.0, 1332.0]), ("6758", "7203"), ("1301", "1332")),
        (beside(["x", "y"], ["Name", 7203.0, 6758.0]), ("x", "y"), ("7203", "6758")),
    ],
)
def test_labels_are_told_from_numbers(
    given: Given, rows: tuple[str, ...] | None, columns: tuple[str, ...] | None
) -> None:
    read = panel(given)
    assert read.values.tolist() == NUMBERS
    assert (read.rows, read.columns) == (rows, columns)


def test_a_single_column_may_have_a_name() -> None:
    read = panel([["Index"], [0.01], [0.02]])
    assert read.values.tolist() == [[0.01], [0.02]]
    assert (read.rows, read.columns) == (None, ("Index",))


def test_a_first_name_with_numbers_below_is_a_column_like_the_others() -> None:
    read = panel([["AAA", "BBB"], [1.0, 0.5], [1.0, 0.25]])
    assert read.values.tolist() == [[1.0, 0.5], [1.0, 0.25]]


def test_names_left_of_exposures_of_zero_and_one_need_no_header() -> None:
    read = panel([["AAA", 1.0, 0.0], ["BBB", 0.0, 1.0]])
    assert read.values.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert (read.rows, read.columns) == (("AAA", "BBB"), None)


def test_bonds_and_stocks_may_be_columns_of_returns() -> None:
    read = panel([["Bonds", "Stocks"], *NUMBERS])
    assert read.values.tolist() == NUMBERS
    assert (read.rows, read.columns) == (None, ("Bonds", "Stocks"))
    unheaded = panel([["Stock", 0.1, 0.2], ["Bond", 0.3, 0.1]])
    assert (unheaded.rows, unheaded.columns) == (("Stock", "Bond"), None)


def test_a_first_number_that_is_missing_makes_no_header_of_its_row() -> None:
    read = panel([[None, 0.01], [0.02, 0.03]], blanks=True)
    np.testing.assert_array_equal(read.values, [[np.nan, 0.01], [0.02, 0.03]])
    assert (read.rows, read.columns) == (None, None)


def test_blank_cells_are_missing_numbers_where_they_may_be() -> None:
    read = panel([[None, "AAA", "BBB"], [45291.0, None, 0.02], [45322.0, 0.03, ""]], blanks=True)
    np.testing.assert_array_equal(read.values, [[np.nan, 0.02], [0.03, np.nan]])
    whole = panel(np.array(NUMBERS), blanks=True)
    assert whole.values.tolist() == NUMBERS


@pytest.mark.parametrize(
    ("given", "blanks", "sentence"),
    [
        (
            [["AAA", "BBB"], [0.01, None]],
            False,
            "TE-100 row 2, column 2 is empty, must be a number.",
        ),
        (
            [["AAA", "BBB"], [0.01, "n/a"]],
            True,
            'TE-100 row 2, column 2 is the text "n/a", must be a number.',
        ),
        (
            [["AAA", "BBB"], ["n/a", 0.1], [0.01, 0.2]],
            False,
            'TE-100 row 2, column 1 is the text "n/a", must be a number.',
        ),
        (
            [["AAA", "BBB"], [0.01, float("inf")]],
            True,
            "TE-100 row 2, column 2 is not a finite number, must be a number.",
        ),
        (
            [[None, "AAA", "aaa"], [45291.0, 0.01, 0.02]],
            False,
            "TE-140 row 1, column 3 names aaa a second time, must name everything once.",
        ),
        (
            [[None, "AAA"], [45291.0, 0.01], [45291.0, 0.02]],
            False,
            "TE-140 row 3, column 1 names 45291 a second time, must name everything once.",
        ),
        (
            [["Jan", 0.01], [None, 0.02]],
            False,
            "TE-100 row 2, column 1 is empty, must be a name.",
        ),
        (
            [[None, "AAA"], [0.5, 0.01]],
            False,
            "TE-100 row 2, column 1 is 0.5, must be a name.",
        ),
        (
            [["AAA", "BBB"]],
            False,
            "TE-110 has names on top and nothing under them, must have rows of numbers.",
        ),
    ],
)
def test_what_is_no_panel_is_refused_with_its_place(given: Given, blanks: bool, sentence: str) -> None:
    with pytest.raises(TrackerrError) as refused:
        panel(given, blanks)
    assert refused.value.sentence == sentence
