"""TE_FRONTIER as a cell sees it."""

import numpy as np
import pytest

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError

BENCHMARK = [["Bond", 0.4], ["Stock", 0.6]]
COV = [[None, "Bond", "Stock"], ["Bond", 0.04, 0.0], ["Stock", 0.0, 0.09]]
ALPHA = [["Stock", 0.05], ["Bond", 0.02]]


def test_two_names_move_on_one_line() -> None:
    # All in the stock: a = (−0.4, 0.4), TE² = 0.16 · 0.13, active return 0.4 · 0.03.
    table = evaluate("TE_FRONTIER", BENCHMARK, COV, ALPHA)
    error = 0.4 * np.sqrt(0.13)
    assert table[0] == ["TE", "Active return", "IR", "Names", "Bond", "Stock"]
    assert table[1] == [
        pytest.approx(0.0, abs=1e-12),
        pytest.approx(0.0, abs=1e-12),
        CellError("#N/A"),
        2,
        0.4,
        0.6,
    ]
    assert table[2] == pytest.approx([error, 0.012, 0.012 / error, 1, 0.0, 1.0], abs=1e-12)


def test_periods_make_both_annual_and_percent_makes_weights_percent() -> None:
    options = [["Option", "Value"], ["Periods", 12], ["Units", "Percent"]]
    table = evaluate("TE_FRONTIER", [["Bond", 40], ["Stock", 60]], COV, ALPHA, None, None, None, options)
    error = 0.4 * np.sqrt(0.13 * 12)
    assert table[2] == pytest.approx([error, 0.144, 0.144 / error, 1, 0.0, 100.0], abs=1e-9)


def test_points_are_evenly_spaced_in_tracking_error() -> None:
    options = [["Option", "Value"], ["Points", 5]]
    table = evaluate("TE_FRONTIER", BENCHMARK, COV, ALPHA, None, None, None, options)
    errors = [row[0] for row in table[1:]]
    assert errors == pytest.approx(np.linspace(0.0, 0.4 * np.sqrt(0.13), 5), abs=0.1 * np.sqrt(0.13) * 0.11)


def test_a_limit_on_tracking_error_ends_it() -> None:
    limits = [["Type", "Item", "Min", "Max"], ["TE", None, None, 0.1]]
    table = evaluate("TE_FRONTIER", BENCHMARK, COV, ALPHA, limits)
    assert table[-1][0] == pytest.approx(0.1)
    assert table[-1][1] == pytest.approx(0.1 * 0.03 / np.sqrt(0.13))


def test_a_name_without_a_return_is_an_error() -> None:
    reply = call("TE_FRONTIER", [BENCHMARK, COV, [["Stock", 0.05]]])
    assert reply.fault is not None
    assert str(reply.fault.error) == "TE-140 alpha has no entry for Bond, must have a return for each name."
