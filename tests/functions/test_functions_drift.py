"""TE_DRIFT: weights after returns worked by hand, and the tracking error of what they have become."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call

W, B = [["AAA", 0.5], ["BBB", 0.5]], [["BBB", 0.4], ["CCC", 0.6]]
RETURNS = [["CCC", 0.05], ["AAA", 0.1], ["BBB", -0.1]]
COV = [["", "AAA", "BBB", "CCC"], ["AAA", 0.04, 0.0, 0.0], ["BBB", 0.0, 0.01, 0.0], ["CCC", 0.0, 0.0, 0.09]]


def test_weights_drift_with_the_returns() -> None:
    # Portfolio 0.55 and 0.45 of 1.00; benchmark 0.36 and 0.63 of 0.99.
    rows = evaluate("TE_DRIFT", W, B, RETURNS)
    assert rows[0] == [
        *("Name", "Weight then", "Weight now", "Benchmark then", "Benchmark now", "Active then", "Active now")
    ]
    assert rows[1][1:] == pytest.approx([0.5, 0.55, 0.0, 0.0, 0.5, 0.55], rel=1e-13)
    assert rows[2][1:] == pytest.approx([0.5, 0.45, 0.4, 0.36 / 0.99, 0.1, 0.45 - 0.36 / 0.99], rel=1e-13)
    assert rows[3][1:] == pytest.approx([0.0, 0.0, 0.6, 0.63 / 0.99, -0.6, -0.63 / 0.99], rel=1e-13)
    assert rows[4] == ["Total", *(pytest.approx(total, abs=1e-15) for total in (1, 1, 1, 1, 0, 0))]


def test_the_verdict_compares_the_tracking_error_of_a_year_with_the_limit() -> None:
    then = math.sqrt(0.25 * 0.04 + 0.01 * 0.01 + 0.36 * 0.09)
    now = math.sqrt(0.55**2 * 0.04 + (0.45 - 0.36 / 0.99) ** 2 * 0.01 + (0.63 / 0.99) ** 2 * 0.09)
    *_, errors, limit, over = evaluate("TE_DRIFT", W, B, RETURNS, COV, 2 * then + 1e-9, 4)
    assert errors[0] == "Tracking error"
    assert errors[5:] == pytest.approx([2 * then, 2 * now], rel=1e-13)
    assert limit[5:] == [2 * then + 1e-9] * 2
    assert (over[0], over[5:]) == ("Over the limit", [False, True])


def test_several_periods_are_compounded() -> None:
    panel = [["Date", "AAA", "BBB", "CCC"], [45000, 0.1, -0.1, 0.0], [45031, 0.1, 0.2, 0.05]]
    rows = evaluate("TE_DRIFT", W, B, panel)
    once = evaluate("TE_DRIFT", W, B, [["AAA", 1.1 * 1.1 - 1], ["BBB", 0.9 * 1.2 - 1], ["CCC", 0.05]])
    for row, other in zip(rows[1:], once[1:], strict=True):
        assert row[1:] == pytest.approx(other[1:], abs=1e-14)


def test_cash_that_is_not_listed_earns_nothing() -> None:
    rows = evaluate("TE_DRIFT", [[0.5]], [[1.0]], [[0.1]])
    assert rows[1][2] == pytest.approx(0.55 / 1.05, rel=1e-13)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 100_000))
def test_drifted_weights_are_those_of_the_values_held(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 20))
    shares, prices, later = rng.uniform(1.0, 9.0, (3, n))
    then, now = shares * prices, shares * later
    rows = evaluate("TE_DRIFT", then / then.sum(), np.full(n, 1 / n), later / prices - 1)
    assert [row[2] for row in rows[1:-1]] == pytest.approx((now / now.sum()).tolist(), rel=1e-12)
    equal = later / prices
    assert [row[4] for row in rows[1:-1]] == pytest.approx((equal / equal.sum()).tolist(), rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.permutations(range(5)), st.permutations(range(5)), st.permutations(range(5)), st.integers(0, 100_000)
)
def test_the_order_of_the_names_changes_nothing(
    held: list[int], indexed: list[int], returned: list[int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    names = np.array([f"N{place}" for place in range(5)])
    w, b, r = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5)), rng.uniform(-0.3, 0.5, 5)
    x = rng.normal(size=(5, 9))
    cov = x @ x.T

    def drifted(*orders: list[int]) -> dict[object, list[object]]:
        columns = [
            [[name, value] for name, value in zip(names[order], values[order].tolist(), strict=True)]
            for order, values in zip(orders, (w, b, r), strict=True)
        ]
        edges = names[orders[2]].tolist()
        ordered = cov[np.ix_(orders[2], orders[2])].tolist()
        matrix = [["", *edges], *([name, *row] for name, row in zip(edges, ordered, strict=True))]
        return {row[0]: row[1:] for row in evaluate("TE_DRIFT", *columns, matrix)[1:]}

    plain = drifted(*[list(range(5))] * 3)
    shuffled = drifted(held, indexed, returned)
    assert set(shuffled) == set(plain)
    for name, row in plain.items():
        numbers = [cell for cell in row if isinstance(cell, float)]
        assert [cell for cell in shuffled[name] if isinstance(cell, float)] == pytest.approx(
            numbers, rel=1e-10, abs=1e-14
        )


def test_what_is_missing_is_named() -> None:
    def sentence(*arguments: object) -> str:
        fault = call("TE_DRIFT", arguments).fault  # type: ignore[arg-type]  # what a host would hand over
        assert fault is not None
        return fault.sentence

    assert sentence(W, B, RETURNS[:2]) == (
        "TE-140 period_returns has no return for BBB, must have one for each name, zero for cash."
    )
    assert sentence(W, B, RETURNS, None, 0.02) == "TE-100 cov is missing, te_limit needs it."
    assert sentence([[1.0]], [[1.0]], [[-1.0]]) == (
        "TE-100 weights_then earn -1 over the period, must earn more than -1: nothing is left."
    )
