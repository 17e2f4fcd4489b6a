"""TE_BRIDGE: the steps add up to the change, and each is what one thing alone does."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.evaluate import given_from_python

W_OLD, B_OLD = [0.6, 0.4], [0.5, 0.5]
W_NEW, B_NEW = [0.8, 0.2], [0.6, 0.4]
# Volatilities 0.2 and 0.3 with correlation 0.5, then 0.2 and 0.4 with correlation 0.25.
OLD, NEW = [[0.04, 0.03], [0.03, 0.09]], [[0.04, 0.02], [0.02, 0.16]]


def numbers(table: list[list[object]]) -> tuple[list[float], list[float]]:
    """Changes and levels of the five steps."""
    return [float(row[1]) for row in table[2:-1]], [float(row[2]) for row in table[2:-1]]  # type: ignore[arg-type]


def test_steps_match_the_hand_calculation() -> None:
    table = evaluate("TE_BRIDGE", W_OLD, B_OLD, OLD, W_NEW, B_NEW, NEW)
    assert [row[0] for row in table] == [
        "Step",
        "Old",
        "Portfolio",
        "Benchmark",
        "Volatility",
        "Correlation",
        "Specific",
        "New",
    ]
    assert table[0] == ["Step", "Change", "Tracking error"]
    # With active weights d and −d the tracking error is d times that of one name against the other.
    old = math.sqrt(0.04 + 0.09 - 2 * 0.03)
    volatile = math.sqrt(0.04 + 0.16 - 2 * 0.5 * 0.2 * 0.4)
    new = math.sqrt(0.04 + 0.16 - 2 * 0.02)
    levels = [0.1 * old, 0.3 * old, 0.2 * old, 0.2 * volatile, 0.2 * new, 0.2 * new]
    assert [row[2] for row in table[1:-1]] == pytest.approx(levels, rel=1e-14)
    assert table[1][1] == ""
    changes, _ = numbers(table)
    assert changes == pytest.approx(np.diff(levels), rel=1e-12, abs=1e-16)
    assert table[-1] == ["New", pytest.approx(0.2 * new - 0.1 * old), pytest.approx(0.2 * new)]


def test_specific_risk_of_factor_models_has_a_step_of_its_own() -> None:
    # One factor, exposures 1 and 1: only specific risk is left of active weights d and −d.
    old = evaluate("RISK_MODEL", [[1.0], [1.0]], [[0.04]], [0.01, 0.02])[0][0]
    new = evaluate("RISK_MODEL", [[1.0], [1.0]], [[0.09]], [0.02, 0.02])[0][0]
    table = evaluate("TE_BRIDGE", W_OLD, B_OLD, old, W_OLD, B_OLD, new)
    changes, levels = numbers(table)
    assert changes[:4] == pytest.approx([0.0] * 4, abs=1e-15)
    assert levels[-2:] == pytest.approx([0.1 * math.sqrt(0.03), 0.2 * 0.1], rel=1e-12)
    words = evaluate("TE_EXPLAIN", "TE_BRIDGE", W_OLD, B_OLD, old, W_OLD, B_OLD, new)
    assert [
        "Specific",
        "Volatility and correlation are those of what the factors explain; specific risk has its own row.",
    ] in words


def test_a_factor_model_beside_a_matrix_is_warned_of() -> None:
    model = evaluate("RISK_MODEL", [[1.0], [1.0]], [[0.04]], [0.01, 0.02])[0][0]
    words = evaluate("TE_EXPLAIN", "TE_BRIDGE", W_OLD, B_OLD, OLD, W_OLD, B_OLD, model)
    assert [
        "Warning",
        "One covariance is a risk model and the other a matrix: what is specific in one is volatility in the other.",
    ] in words


def test_a_name_without_volatility_before_is_uncorrelated_until_correlations_change() -> None:
    # A bond in default was riskless in the old matrix: volatility 0.3 alone, then its correlation of 0.5 too.
    old, new = [[0.04, 0.0], [0.0, 0.0]], [[0.04, 0.03], [0.03, 0.09]]
    _, levels = numbers(evaluate("TE_BRIDGE", W_OLD, B_OLD, old, W_OLD, B_OLD, new))
    assert levels[1:4] == pytest.approx(
        [0.02, 0.1 * math.sqrt(0.04 + 0.09), 0.1 * math.sqrt(0.04 + 0.09 - 0.06)], rel=1e-13
    )


def test_a_name_that_one_covariance_has_not_is_refused_with_the_argument() -> None:
    old = [[None, "AAA", "BBB"], ["AAA", 0.04, 0.03], ["BBB", 0.03, 0.09]]
    held, index = [["AAA", 0.6], ["BBB", 0.4]], [["AAA", 0.5], ["NEW", 0.5]]
    reply = call("TE_BRIDGE", [given_from_python(one) for one in (held, held, old, held, index, old)])
    assert reply.fault is not None
    assert reply.fault.sentence == (
        "TE-140 cov_old has no entry for NEW, must have a row and a column for each name, zeros for cash."
    )


@given(st.integers(2, 10), st.integers(0, 2**32 - 1), st.booleans(), st.floats(0.01, 100.0))
@settings(deadline=None)
def test_steps_add_up_exactly_and_neither_scale_nor_order_matters(
    n: int, seed: int, factors: bool, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(n), size=4)
    order = rng.permutation(n)

    def risk(seed: int, scale: float, order: np.ndarray) -> object:
        own = np.random.default_rng(seed)
        x, d = own.normal(size=(n, 3 if factors else n)), own.uniform(0.1, 1.0, n)
        if factors:
            return evaluate("RISK_MODEL", x[order], scale**2 * np.eye(3), scale**2 * d[order])[0][0]
        return scale**2 * (x @ x.T)[np.ix_(order, order)]

    def bridge(scale: float, order: np.ndarray) -> list[list[object]]:
        old, new = risk(seed % 1000, scale, order), risk(seed % 1000 + 1, scale, order)
        w, b, v, c = (one[order] for one in weights)
        return evaluate("TE_BRIDGE", w, b, old, v, c, new, 12)

    table = bridge(1.0, np.arange(n))
    changes, levels = numbers(table)
    assert sum(changes) == pytest.approx(float(table[-1][1]), rel=1e-9, abs=1e-13)  # type: ignore[arg-type]
    whole = np.arange(n)
    for at, (w, b) in ((1, weights[:2]), (-1, weights[2:])):
        expected = evaluate("TRACKING_ERROR", w, b, risk(seed % 1000 + (at < 0), 1.0, whole), 12)[0][0]
        assert table[at][2] == pytest.approx(expected, rel=1e-9)
    _, other = numbers(bridge(scale, order))
    assert other == pytest.approx([scale * level for level in levels], rel=1e-8, abs=1e-10 * scale)
