"""TE_HEADROOM: after the trade it allows, the tracking error is the limit."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.cells import CellError

W, B = [0.5, 0.3, 0.2], [0.4, 0.3, 0.3]
COV = [[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]]


def plain_tracking_error(w: np.ndarray, b: np.ndarray, cov: np.ndarray) -> float:
    return math.sqrt((w - b) @ cov @ (w - b))


def test_rows_match_the_hand_calculation() -> None:
    # TE² = 0.002, limit 0.05: 0.04 δ² + 2 · 0.004 δ − 0.0005 = 0 for the first name.
    header, first, _, third = evaluate("TE_HEADROOM", W, B, COV, 0.05)
    assert header == ["Name", "Weight", "Active weight", "Most to buy", "Most to sell"]
    root = math.sqrt(0.004**2 + 0.04 * 0.0005)
    assert first[1:] == pytest.approx([0.5, 0.1, (root - 0.004) / 0.04, (root + 0.004) / 0.04], rel=1e-12)
    root = math.sqrt(0.016**2 + 0.16 * 0.0005)
    assert third[3:] == pytest.approx([(root + 0.016) / 0.16, (root - 0.016) / 0.16], rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["Cash", "Benchmark"]), st.floats(1.05, 4.0))
def test_after_the_largest_trade_the_tracking_error_is_the_limit(
    seed: int, funding: str, times: float
) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    factor = rng.normal(size=(n, n))
    cov = factor @ factor.T / n
    w, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    limit = times * plain_tracking_error(w, b, cov)
    rows = evaluate("TE_HEADROOM", w, b, cov, limit, 1, funding)[1:]
    for at, (_, _, _, buy, sell) in enumerate(rows):
        direction = np.eye(n)[at] - (b if funding == "Benchmark" else 0.0)
        assert plain_tracking_error(w + buy * direction, b, cov) == pytest.approx(limit, rel=1e-9)
        assert plain_tracking_error(w - sell * direction, b, cov) == pytest.approx(limit, rel=1e-9)


def test_the_limit_is_annual() -> None:
    monthly = evaluate("TE_HEADROOM", W, B, COV, 0.05 * math.sqrt(12), 12)
    assert np.array(monthly[1:], dtype=object)[:, 3:].tolist() == [
        pytest.approx(row[3:], rel=1e-9) for row in evaluate("TE_HEADROOM", W, B, COV, 0.05)[1:]
    ]


def test_above_the_limit_only_trades_that_end_within_it_are_shown() -> None:
    # a = (0.1, −0.1), uncorrelated: the first can be sold for 0.05 … 0.15 around 0.1, never bought.
    rows = evaluate("TE_HEADROOM", [0.6, 0.4], [0.5, 0.5], [[0.04, 0], [0, 0.01]], 0.015)
    over = 0.0001 + 0.0004 - 0.015**2
    far = (0.004 + math.sqrt(0.004**2 - 0.04 * over)) / 0.04
    assert rows[1][3] == CellError("#N/A")
    assert rows[1][4] == pytest.approx(far, rel=1e-12)
    assert rows[2][3:] == [CellError("#N/A"), CellError("#N/A")]
    words = evaluate("TE_EXPLAIN", "TE_HEADROOM", [0.6, 0.4], [0.5, 0.5], [[0.04, 0], [0, 0.01]], 0.015)
    assert any(topic == "Warning" and "above the limit" in text for topic, text in words)
    assert ["Without trade", "Asset 2: no trade of it alone ends within the limit."] in words


def test_a_name_without_risk_has_no_limit() -> None:
    rows = evaluate("TE_HEADROOM", [0.6, 0.4], [0.5, 0.5], [[0.04, 0], [0, 0]], 0.05)
    assert rows[2][3:] == [CellError("#N/A"), CellError("#N/A")]
    words = evaluate("TE_EXPLAIN", "TE_HEADROOM", [0.6, 0.4], [0.5, 0.5], [[0.04, 0], [0, 0]], 0.05)
    assert ["Without limit", "Asset 2: adds no risk, no trade of it reaches the limit."] in words
