"""A covariance without names in which one number was typed as a text."""

import pytest

from trackerr_xl.sheet.call import call


@pytest.mark.parametrize(("row", "column"), [(1, 3), (3, 1)])
def test_a_text_on_the_edge_of_numbers_makes_no_names_of_them(row, column):
    cov = [[0.04, 0.01, 0.01], [0.01, 0.04, 0.01], [0.01, 0.01, 0.04]]
    cov[row - 1][column - 1] = "0,01"
    fault = call("TE_OPTIMIZE", [[[0.4], [0.3], [0.3]], cov]).fault
    assert str(fault.value) == "#VALUE!"
    assert fault.sentence == (
        f'TE-100 cov row {row}, column {column} is the text "0,01", must be a number: '
        "numbers stored as text are not read."
    )
