"""The door for Python: what it takes, what it gives, and what it does not load."""

import math
import subprocess
import sys
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from trackerr_xl import evaluate
from trackerr_xl.errors import ChoiceError
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.sheet.evaluate import given_from_python

W, B = [0.5, 0.3, 0.2], [0.4, 0.3, 0.3]
COV = [[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]]


def test_the_answer_is_a_list_of_rows() -> None:
    assert evaluate("TRACKING_ERROR", W, B, COV) == [[pytest.approx(math.sqrt(0.002))]]


def test_a_fault_is_an_error_value_as_in_a_cell() -> None:
    grid = evaluate("TRACKING_ERROR", W, B, [[1.0]])
    assert grid == [[CellError("#VALUE!")]]
    assert str(grid[0][0]) == "#VALUE!"


def test_an_unknown_function_is_an_exception_with_the_nearest_name() -> None:
    with pytest.raises(ChoiceError) as caught:
        evaluate("TRACKING_EROR", W, B)
    assert caught.value.sentence == (
        'TE-120 name "TRACKING_EROR" is not known, the nearest known is "TRACKING_ERROR".'
    )


def test_answers_belong_to_the_caller() -> None:
    evaluate("TE_CONTRIB", W, B, COV)[0][0] = "spoiled"
    assert evaluate("TE_CONTRIB", W, B, COV)[0][0] == "Name"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (2, 2),
        (np.float64(2.5), 2.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ("text", "text"),
        (CellError("#N/A"), CellError("#N/A")),
        (date(2024, 1, 31), 45322.0),
        (datetime(2024, 1, 31, 12), 45322.5),
        (pd.Timestamp("2024-01-31"), 45322.0),
        (pd.NaT, None),
        ([pd.NaT, date(2024, 1, 31)], [[None], [45322.0]]),
        ([], None),
        ([1, "a", None], [[1], ["a"], [None]]),
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        (np.array("x"), "x"),
        (np.array(["a", "b"]), [["a"], ["b"]]),
        (pd.Series([1.0, np.nan]), [[1.0], [None]]),
        (pd.Series([1.0, 2.0], index=["a", "b"]), [["a", 1.0], ["b", 2.0]]),
        (pd.Series([1.0], index=pd.to_datetime(["2024-01-31"])), [[45322.0, 1.0]]),
        (pd.DataFrame([[1.0, 2.0]]), [[1.0, 2.0]]),
        (pd.DataFrame({"Type": ["Weight"], "Max": [pd.NA]}), [["Type", "Max"], ["Weight", None]]),
        (pd.DataFrame([[1.0]], index=["a"], columns=["b"]), [[None, "b"], ["a", 1.0]]),
        (pd.DataFrame({"when": [pd.NaT, pd.Timestamp("2024-01-31")]}), [["when"], [None], [45322.0]]),
    ],
)
def test_python_values_become_cells(value: object, expected: object) -> None:
    assert given_from_python(value) == expected


def test_arrays_of_numbers_stay_arrays() -> None:
    given = given_from_python(np.array([1, 2, 3]))
    assert isinstance(given, np.ndarray)
    assert given.dtype == np.float64
    assert given.tolist() == [[1.0], [2.0], [3.0]]


@pytest.mark.parametrize(
    "value", [np.zeros((0, 3)), np.zeros((2, 2, 2)), {"a": 1}, object(), 1j, [[1, [2]]], b"x"]
)
def test_what_is_no_range_is_refused_like_any_other_fault(value: object) -> None:
    assert evaluate("ACTIVE_SHARE", value, value) == [[CellError("#VALUE!")]]


def test_dates_of_a_series_match_serial_numbers() -> None:
    fund = pd.Series([0.01, 0.03], index=[date(2024, 1, 31), date(2024, 2, 29)])
    index = [[45351, 0.01], [45322, 0.01]]
    assert evaluate("TRACKING_ERROR", fund, index)[0][0] == pytest.approx(0.02 / math.sqrt(2), rel=1e-12)


def test_measuring_loads_neither_pandas_nor_an_optimiser() -> None:
    code = (
        "import sys, trackerr_xl\n"
        "trackerr_xl.evaluate('TRACKING_ERROR', [0.5, 0.5], [0.4, 0.6], [[1, 0], [0, 1]])\n"
        "print([name for name in ('pandas', 'scipy.optimize', 'trackerr_xl.core.solve') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == "[]"
