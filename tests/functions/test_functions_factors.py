"""TE_FACTORS against figures worked by hand, the full covariance, and Euler's theorem."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.example_sheet import NAMED
from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.sheet.evaluate import given_from_python

# Active weights and exposures are 0.1 and −0.1; 0.04·0.01 + 0.09·0.01 − 2·0.01·0.01 = 0.0011, specific 0.0003.
W, B = [0.6, 0.4], [0.5, 0.5]
X, F, D = [[1.0, 0.0], [0.0, 1.0]], [[0.04, 0.01], [0.01, 0.09]], [0.01, 0.02]
TE = math.sqrt(0.0014)


def sentence(*arguments: object) -> str:
    reply = call("TE_FACTORS", [given_from_python(one) for one in arguments])
    assert reply.fault is not None
    return reply.fault.sentence


def test_rows_match_the_hand_calculation() -> None:
    header, first, second, specific, total = evaluate("TE_FACTORS", W, B, X, F, D)
    assert header == [
        "Factor",
        "Active exposure",
        "Isolated TE",
        "Cumulative TE",
        "Change",
        "CTE",
        "% of TE",
    ]
    two = math.sqrt(0.0011)
    assert first[0] == "Factor 1"
    assert first[1:] == pytest.approx([0.1, 0.02, 0.02, 0.02, 0.0003 / TE, 3 / 14], rel=1e-12)
    assert second[1:] == pytest.approx([-0.1, 0.03, two, two - 0.02, 0.0008 / TE, 8 / 14], rel=1e-12)
    assert specific[:2] == ["Specific", ""]
    assert specific[2:] == pytest.approx([math.sqrt(0.0003), TE, TE - two, 0.0003 / TE, 3 / 14], rel=1e-12)
    assert total[:2] == ["Total", ""]
    assert total[2:] == pytest.approx([TE, TE, TE, TE, 1.0], rel=1e-12)


def test_periods_scale_tracking_errors_and_leave_exposures_and_shares() -> None:
    monthly = evaluate("TE_FACTORS", W, B, X, F, D)
    yearly = evaluate("TE_FACTORS", W, B, X, F, D, 12)
    for row, other in zip(yearly[1:3], monthly[1:3], strict=True):
        assert row[1] == other[1]
        assert row[2:6] == pytest.approx([math.sqrt(12) * one for one in other[2:6]], rel=1e-13)
        assert row[6] == pytest.approx(other[6], rel=1e-13)


def test_percent_squared_and_specific_risk_in_percent_give_the_same() -> None:
    percent = [[1e4 * one for one in row] for row in F]
    deviations = [100 * math.sqrt(one) for one in D]
    found = evaluate("TE_FACTORS", W, B, X, percent, deviations, 12, "Percent sd")
    for row, other in zip(found[1:3], evaluate("TE_FACTORS", W, B, X, F, D, 12)[1:3], strict=True):
        assert row[1:] == pytest.approx(other[1:], rel=1e-12)


def test_without_specific_risk_the_factors_are_all_and_it_is_told() -> None:
    table = evaluate("TE_FACTORS", W, B, X, F)
    assert table[3] == ["Specific", "", 0.0, pytest.approx(math.sqrt(0.0011)), 0.0, 0.0, 0.0]
    rows = evaluate("TE_EXPLAIN", "TE_FACTORS", W, B, X, F)
    assert [
        "Warning",
        "Specific risk is left out: the tracking error is that of the factors alone.",
    ] in rows


def test_a_portfolio_equal_to_its_benchmark_has_no_shares() -> None:
    table = evaluate("TE_FACTORS", B, B, X, F, D)
    nothing = CellError("#N/A")
    assert table[1] == ["Factor 1", 0.0, 0.0, 0.0, 0.0, 0.0, nothing]
    assert table[3] == ["Specific", "", 0.0, 0.0, 0.0, 0.0, nothing]
    assert table[4] == ["Total", "", 0.0, 0.0, 0.0, 0.0, nothing]


def test_a_hedge_has_a_negative_contribution_and_lowers_the_cumulative_tracking_error() -> None:
    # Two factors that move together, held long and short: 0.01·(0.04 + 0.04 − 2·0.036) = 0.00008.
    table = evaluate("TE_FACTORS", [0.7, 0.3], B, X, [[0.04, 0.036], [0.036, 0.04]], [0.0, 0.0])
    assert table[1][3] == pytest.approx(0.04, rel=1e-12)
    assert table[2][3] == pytest.approx(math.sqrt(0.00032), rel=1e-12)
    assert table[2][4] == pytest.approx(math.sqrt(0.00032) - 0.04, rel=1e-12)


def test_equal_factors_held_long_and_short_cancel_without_noise() -> None:
    table = evaluate("TE_FACTORS", W, B, X, [[0.04, 0.04], [0.04, 0.04]])
    assert table[2][3] == pytest.approx(0.0, abs=1e-10)


def test_names_of_both_portfolios_are_found_in_exposures_that_list_more() -> None:
    named = evaluate(
        "TE_FACTORS", NAMED["Portfolio"], NAMED["Benchmark"], NAMED["Exposures"], NAMED["FactorCov"]
    )
    more = [*NAMED["Exposures"], ["DDD", 9.0, 9.0]]  # type: ignore[misc]  # a list of rows
    assert evaluate("TE_FACTORS", NAMED["Portfolio"], NAMED["Benchmark"], more, NAMED["FactorCov"]) == named
    assert [row[0] for row in named[1:]] == ["Market", "Value", "Specific", "Total"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ([["AAA", 1.0]], [["XYZ", 1.0]], NAMED["Exposures"], NAMED["FactorCov"]),
            "TE-140 exposures has no entry for XYZ, must have a row for each name, zeros for cash.",
        ),
        (([1.0], [1.0], X, F), "TE-110 exposures has 2 rows, must have 1 like portfolio."),
        (
            ([1.0], [1.0], NAMED["Exposures"], NAMED["FactorCov"]),
            "TE-110 exposures has 3 rows, must have 1 like portfolio.",
        ),
        (
            (W, B, X, [[0.04, 0.01], [0.02, 0.09]]),
            "TE-130 factor_cov row 2, column 1 is 0.02 but its mirror image is 0.01, they must be equal.",
        ),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[object, ...], words: str) -> None:
    assert sentence(*arguments) == words


@given(st.integers(2, 30), st.integers(1, 6), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_parts_sum_and_telescope_to_the_tracking_error_of_the_full_covariance(
    n: int, k: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x, d = rng.normal(size=(n, k)), rng.uniform(0.0, 0.01, n)
    # Factors of very different volatility, as yields beside relative spreads.
    root = rng.normal(size=(k, k)) * 10.0 ** rng.uniform(-3, 0, k)[:, None]
    f = root @ root.T
    w, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    table = evaluate("TE_FACTORS", w, b, x, f, d, 52)
    body = np.array([[float(cell or 0.0) for cell in row[1:]] for row in table[1:-1]])
    a = w - b
    total = math.sqrt(52 * a @ (x @ f @ x.T + np.diag(d)) @ a)
    assert table[-1][5] == pytest.approx(total, rel=1e-9)
    assert body[:, 4].sum() == pytest.approx(total, rel=1e-9)
    assert body[:, 3].sum() == pytest.approx(total, rel=1e-9)
    assert body[:, 5].sum() == pytest.approx(1.0, rel=1e-9)
    e = x.T @ a
    np.testing.assert_allclose(body[:-1, 1], np.abs(e) * np.sqrt(52 * f.diagonal()), rtol=1e-12)
    for last in range(1, k + 1):
        part = math.sqrt(52 * max(e[:last] @ f[:last, :last] @ e[:last], 0.0))
        assert body[last - 1, 2] == pytest.approx(part, rel=1e-6, abs=1e-9 * total)


@given(st.integers(3, 12), st.integers(2, 5), st.integers(0, 2**32 - 1), st.floats(0.01, 100.0))
@settings(deadline=None)
def test_scale_order_of_names_and_order_of_factors_change_no_contribution(
    n: int, k: int, seed: int, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    x, root, d = rng.normal(size=(n, k)), rng.normal(size=(k, k)), rng.uniform(0.01, 1.0, n)
    f = root @ root.T
    w, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    rows, columns = rng.permutation(n), rng.permutation(k)
    straight = evaluate("TE_FACTORS", w, b, x, f, d)
    mixed = evaluate(
        "TE_FACTORS",
        w[rows],
        b[rows],
        x[np.ix_(rows, columns)],
        scale**2 * f[np.ix_(columns, columns)],
        scale**2 * d[rows],
    )
    total = float(straight[-1][5])  # type: ignore[arg-type]  # a number
    for at, place in enumerate(columns, start=1):
        for cell in (2, 5):
            expected = scale * float(straight[place + 1][cell])  # type: ignore[arg-type]  # a number
            assert mixed[at][cell] == pytest.approx(expected, rel=1e-8, abs=1e-10 * scale * total)
    assert mixed[-1][5] == pytest.approx(scale * total, rel=1e-10)
