"""TE_CONTRIB against figures worked by hand, plain NumPy and Euler's theorem."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.cells import CellError

W, B = [0.5, 0.3, 0.2], [0.4, 0.3, 0.3]
COV = [[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]]
TE = math.sqrt(0.002)


def test_rows_match_the_hand_calculation() -> None:
    header, first, second, third, diversification, total = evaluate("TE_CONTRIB", W, B, COV)
    assert header == ["Name", "Active weight", "MCTE", "CTE", "% of TE", "Stand-alone TE"]
    assert first[0] == "Asset 1"
    assert first[1:] == pytest.approx([0.1, 0.004 / TE, 0.0004 / TE, 0.2, 0.02], rel=1e-12)
    assert second[1:] == pytest.approx([0.0, -0.001 / TE, 0.0, 0.0, 0.0], rel=1e-12)
    assert third[1:] == pytest.approx([-0.1, -0.016 / TE, 0.0016 / TE, 0.8, 0.04], rel=1e-12)
    assert diversification[:5] == ["Diversification", "", "", "", ""]
    assert diversification[5] == pytest.approx(TE - 0.06, rel=1e-12)
    assert total == ["Total", pytest.approx(0.0, abs=1e-15), "", pytest.approx(TE), 1.0, pytest.approx(TE)]


def test_groups_match_the_hand_calculation() -> None:
    # Banks: a = (0.1, 0, ·): stand-alone 0.1·0.2; CTE 0.0004/TE; marginal CTE over active weight.
    _, banks, oil, diversification, total = evaluate("TE_CONTRIB", W, B, COV, ["Banks", "banks", "Oil"], 12)
    root = math.sqrt(12)
    assert banks[0] == "Banks"
    assert banks[1:] == pytest.approx(
        [0.1, 0.004 / TE * root, 0.0004 / TE * root, 0.2, 0.02 * root], rel=1e-12
    )
    assert oil[1:] == pytest.approx(
        [-0.1, -0.016 / TE * root, 0.0016 / TE * root, 0.8, 0.04 * root], rel=1e-12
    )
    assert diversification[5] == pytest.approx((TE - 0.06) * root, rel=1e-12)
    assert total[3] == pytest.approx(TE * root, rel=1e-12)


def test_groups_are_matched_by_name() -> None:
    fund = [["AAA", 0.5], ["BBB", 0.3], ["CCC", 0.2]]
    index = [["CCC", 0.3], ["BBB", 0.3], ["AAA", 0.4]]
    cov = [
        ["", "AAA", "BBB", "CCC"],
        *([name, *row] for name, row in zip(("AAA", "BBB", "CCC"), COV, strict=True)),
    ]
    table = evaluate(
        "TE_CONTRIB", fund, index, cov, [["CCC", "Oil"], ["BBB", "Banks"], ["AAA", "Banks"], ["ZZZ", "Gas"]]
    )
    assert [row[0] for row in table] == ["Group", "Banks", "Oil", "Diversification", "Total"]
    assert [row[3] for row in table[1:3]] == pytest.approx([0.0004 / TE, 0.0016 / TE], rel=1e-12)


def test_a_group_whose_active_weights_cancel_has_no_marginal_contribution() -> None:
    table = evaluate("TE_CONTRIB", W, B, COV, ["All", "All", "All"])
    assert table[1][2] == CellError("#N/A")
    assert table[1][3] == pytest.approx(TE, rel=1e-12)


def test_a_tracking_error_of_zero_has_no_shares() -> None:
    table = evaluate("TE_CONTRIB", B, B, COV)
    assert table[1] == ["Asset 1", 0.0, CellError("#N/A"), 0.0, CellError("#N/A"), 0.0]
    assert table[-1] == ["Total", 0.0, "", 0.0, CellError("#N/A"), 0.0]


@given(st.integers(2, 7), st.integers(0, 2**32 - 1), st.sampled_from(["Cash", "Benchmark"]))
@settings(deadline=None)
def test_contributions_of_names_and_of_groups_sum_to_the_total(n: int, seed: int, funding: str) -> None:
    rng = np.random.default_rng(seed)
    w, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    x = rng.normal(size=(n, n))
    cov = x @ x.T
    groups = [f"G{g}" for g in rng.integers(0, 3, n)]
    expected = math.sqrt((w - b) @ cov @ (w - b))
    names = evaluate("TE_CONTRIB", w, b, cov, None, None, funding)
    parts = evaluate("TE_CONTRIB", w, b, cov, groups, None, funding)
    contributions = np.array([row[3] for row in names[1:-2]])
    assert contributions.sum() == pytest.approx(expected, rel=1e-9)
    assert names[-1][3] == pytest.approx(expected, rel=1e-9)
    for row in parts[1:-2]:
        members = [at for at, group in enumerate(groups) if group == row[0]]
        assert row[3] == pytest.approx(contributions[members].sum(), rel=1e-9, abs=1e-12)
        own = np.where(np.isin(np.arange(n), members), w - b, 0.0)
        assert row[5] == pytest.approx(math.sqrt(own @ cov @ own), rel=1e-9, abs=1e-12)
    alone = sum(row[5] for row in parts[1:-2])
    assert parts[-2][5] == pytest.approx(expected - alone, rel=1e-9, abs=1e-12)


@given(st.permutations(range(6)), st.integers(0, 2**32 - 1), st.floats(0.01, 100.0))
@settings(deadline=None)
def test_order_moves_rows_only_and_the_scale_of_risk_scales_contributions(
    order: list[int], seed: int, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    names = [f"N{i}" for i in range(6)]
    w, b = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
    x = rng.normal(size=(6, 12))
    cov = x @ x.T
    straight = evaluate("TE_CONTRIB", w, b, cov)
    fund = [[names[at], w[at]] for at in order]
    index = [[name, weight] for name, weight in zip(names, b.tolist(), strict=True)]
    edged = [["", *(names[at] for at in order)]]
    edged += [[names[at], *(scale**2 * cov[at, order]).tolist()] for at in order]
    moved = {row[0]: row[1:] for row in evaluate("TE_CONTRIB", fund, index, edged)}
    for name, row in zip(names, straight[1:7], strict=True):
        active, marginal, contribution, share, alone = row[1:]
        expected = [active, scale * marginal, scale * contribution, share, scale * alone]
        assert moved[name] == pytest.approx(expected, rel=1e-8, abs=1e-10 * scale)
    assert moved["Total"][2] == pytest.approx(scale * straight[-1][3], rel=1e-9)
