"""TRACKING_ERROR and ACTIVE_SHARE as cells see them, against plain NumPy and figures worked by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call

W, B = [0.5, 0.3, 0.2], [0.4, 0.3, 0.3]
COV = [[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]]
NAMES = ["AAA", "BBB", "CCC"]
R = [0.02, -0.01, 0.03, 0.00]
Q = [0.01, 0.01, 0.01, 0.01]


def named(names: list[str], values: list[float]) -> list[list[object]]:
    return [[name, value] for name, value in zip(names, values, strict=True)]


def named_cov(names: list[str], cov: np.ndarray) -> list[list[object]]:
    return [["", *names], *([name, *row] for name, row in zip(names, cov.tolist(), strict=True))]


def number(name: str, *arguments: object) -> float:
    grid = evaluate(name, *arguments)
    assert len(grid) == len(grid[0]) == 1
    assert isinstance(grid[0][0], float), grid
    return grid[0][0]


def test_ex_ante_is_the_root_of_the_quadratic_form() -> None:
    assert number("TRACKING_ERROR", W, B, COV) == pytest.approx(math.sqrt(0.002), rel=1e-13)


def test_periods_annualise() -> None:
    assert number("TRACKING_ERROR", W, B, COV, 252) == pytest.approx(math.sqrt(0.002 * 252), rel=1e-13)


def test_rows_and_columns_are_the_same_weights() -> None:
    assert number("TRACKING_ERROR", [W], [[0.4], [0.3], [0.3]], COV) == pytest.approx(
        math.sqrt(0.002), rel=1e-13
    )


def test_names_are_matched_whatever_their_order_case_or_spaces() -> None:
    index = [[" ccc", 0.3], ["Aaa ", 0.4], ["bbb", 0.3]]
    cov = named_cov(["BBB", "CCC", "AAA"], np.array(COV)[np.ix_([1, 2, 0], [1, 2, 0])])
    assert number("TRACKING_ERROR", named(NAMES, W), index, cov) == pytest.approx(math.sqrt(0.002), rel=1e-13)


def test_names_held_in_one_place_only_count_as_zero_in_the_other() -> None:
    # a = (0.5, −0.5) over AAA and CCC: 0.25·(0.04 + 0.16).
    value = number(
        "TRACKING_ERROR",
        [["AAA", 0.5], ["BBB", 0.5]],
        [["CCC", 0.5], ["BBB", 0.5]],
        named_cov(NAMES, np.array(COV)),
    )
    assert value == pytest.approx(math.sqrt(0.05), rel=1e-13)


def test_whole_numbers_can_be_names() -> None:
    cov = [[None, 7203, 700], [7203, 0.04, 0.0], [700, 0.0, 0.09]]
    # a = (−0.1, 0.1): 0.01·0.13.
    value = number("TRACKING_ERROR", [[700, 0.6], [7203, 0.4]], [[7203, 0.5], [700, 0.5]], cov)
    assert value == pytest.approx(math.sqrt(0.0013), rel=1e-13)


@given(st.permutations(range(6)), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_order_of_named_ranges_changes_nothing(order: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"N{i}" for i in range(6)]
    w, b = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
    x = rng.normal(size=(6, 12))
    cov = x @ x.T
    expected = math.sqrt((w - b) @ cov @ (w - b))
    shuffled = [names[i] for i in order]
    got = number(
        "TRACKING_ERROR", named(shuffled, w[order].tolist()), named(names, b.tolist()), named_cov(names, cov)
    )
    assert got == pytest.approx(expected, rel=1e-10)
    other = number(
        "TRACKING_ERROR",
        named(names, w.tolist()),
        named(names, b.tolist()),
        named_cov(shuffled, cov[np.ix_(order, order)]),
    )
    assert other == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (None, math.sqrt(0.001 / 3)),
        ("Std", math.sqrt(0.001 / 3)),
        ("rms", math.sqrt(0.001 / 4)),
        ("MAD", 0.015),
        ("Downside", math.sqrt(0.0005 / 4)),
        ("Geometric", np.std([1.02 / 1.01, 0.99 / 1.01, 1.03 / 1.01, 1 / 1.01], ddof=1)),
        ("EWMA 2", pd.Series([0.01, -0.02, 0.02, -0.01]).ewm(halflife=2).std().iloc[-1]),
        ("ewma 2.5", pd.Series([0.01, -0.02, 0.02, -0.01]).ewm(halflife=2.5).std().iloc[-1]),
        ("EWMA", pd.Series([0.01, -0.02, 0.02, -0.01]).ewm(halflife=60).std().iloc[-1]),
    ],
)
def test_every_ex_post_method(method: str | None, expected: float) -> None:
    assert number("TRACKING_ERROR", R, Q, None, None, method) == pytest.approx(expected, rel=1e-11)
    assert number("TRACKING_ERROR", R, Q, None, 12, method) == pytest.approx(
        expected * math.sqrt(12), rel=1e-11
    )


@pytest.mark.parametrize("method", ["Std", "RMS", "MAD", "Downside", "EWMA 3"])
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 50.0))
@settings(deadline=None, max_examples=40)
def test_active_returns_times_a_number_are_that_many_times_the_tracking_error(
    method: str, seed: int, times: float
) -> None:
    rng = np.random.default_rng(seed)
    index, active = rng.normal(0.0, 0.03, 14), rng.normal(0.001, 0.01, 14)
    once = number("TRACKING_ERROR", (index + active).tolist(), index.tolist(), None, 12, method)
    scaled = number("TRACKING_ERROR", (index + times * active).tolist(), index.tolist(), None, 12, method)
    assert scaled == pytest.approx(times * once, rel=1e-9)


def test_returns_are_matched_by_date_and_put_in_order() -> None:
    dates = pd.date_range("2024-01-31", periods=4, freq="ME")
    fund = pd.Series(R, index=dates)
    index = pd.Series([0.02, 0.00, 0.01, 0.01], index=dates)
    expected = (fund - index).ewm(halflife=2).std().iloc[-1]
    turned = index.iloc[::-1]
    assert number("TRACKING_ERROR", fund, turned, None, None, "EWMA 2") == pytest.approx(expected, rel=1e-11)
    assert number("TRACKING_ERROR", fund.iloc[::-1], turned, None, None, "EWMA 2") == pytest.approx(
        expected, rel=1e-11
    )


def test_active_share_over_the_union_of_the_names() -> None:
    # |0.2| + |0.3 − 0.5| + |0.5 − 0.3| + |−0.2|, halved.
    fund = [["AAA", 0.2], ["BBB", 0.3], ["Cash", 0.5]]
    index = [["bbb", 0.5], ["CASH", 0.3], ["DDD", 0.2]]
    assert number("ACTIVE_SHARE", fund, index) == pytest.approx(0.4, rel=1e-13)


def test_nothing_in_common_is_an_active_share_of_one() -> None:
    assert number("ACTIVE_SHARE", [["AAA", 1.0]], [["BBB", 1.0]]) == 1.0


def test_the_notes_name_the_convention() -> None:
    assert call("TRACKING_ERROR", [[[x] for x in W], [[x] for x in B], COV, 12.0]).notes == (
        ("Measure", "Ex-ante tracking error, a standard deviation: √(a'Σa)·√12."),
        ("Names", "3 names, matched by position."),
    )
    assert call("TRACKING_ERROR", [[R], [Q], None, 12.0, "EWMA 2"]).notes == (
        (
            "Measure",
            # λ = 2^(−1/2): (1 + λ + λ² + λ³)² / (1 + λ² + λ⁴ + λ⁶) = 2.56066² / 1.875 effective dates.
            "Ex-post tracking error, method EWMA 2, of 4 returns times √12. λ = 0.707107, effective dates 3.497.",
        ),
    )
