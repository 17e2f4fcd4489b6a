"""Bonds without a price history: key-rate durations, duration times spread and specific risk make a risk model.

r ≈ −Σ KRD·Δy − DTS·(Δs/s) + specific: yields in fractions a year, DTS = spread duration · spread as a fraction, and the
covariance of yield changes and relative spread changes give Σ = KRD·F_y·KRD' + DTS·F_s·DTS' + D.
"""

import math

import numpy as np
import pytest

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.evaluate import given_from_python

# Two bonds against an index of the same: a 2-year and a 10-year with spreads of 100 and 150 basis points.
KRD = np.array([[1.9, 0.0], [0.5, 7.5]])
DTS = np.array([[1.9 * 0.01], [8.0 * 0.015]])
# Yields move by 80 and 60 basis points a year with correlation 0.8, spreads by 30 % of themselves.
F_Y = np.array([[0.008**2, 0.8 * 0.008 * 0.006], [0.8 * 0.008 * 0.006, 0.006**2]])
F_S = np.array([[0.3**2]])
SPECIFIC = np.array([0.004, 0.009])
W, B = [0.3, 0.7], [0.5, 0.5]


def block_diagonal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    top = np.hstack([one, np.zeros((len(one), len(other)))])
    return np.vstack([top, np.hstack([np.zeros((len(other), len(one))), other])])


def test_a_five_year_zero_bond_has_five_times_the_volatility_of_its_yield() -> None:
    model = evaluate("RISK_MODEL", [[5.0], [0.0]], [[0.01**2]], [0.0, 0.0])[0][0]
    assert evaluate("TRACKING_ERROR", [1.0, 0.0], [0.0, 1.0], model) == [[pytest.approx(0.05, rel=1e-14)]]


def test_spreads_of_150_basis_points_that_move_by_30_percent_cost_four_years_180_basis_points() -> None:
    model = evaluate("RISK_MODEL", [[4.0 * 0.015], [0.0]], [[0.3**2]], [0.0, 0.0])[0][0]
    assert evaluate("TRACKING_ERROR", [1.0, 0.0], [0.0, 1.0], model) == [[pytest.approx(0.018, rel=1e-14)]]


def test_two_bonds_match_the_hand_calculation_bucket_by_bucket() -> None:
    # Active weights −0.2 and 0.2: key-rate durations −0.28 and 1.5, DTS 0.2·(0.12 − 0.019) = 0.0202.
    table = evaluate(
        "TE_FACTORS",
        W,
        B,
        [
            [None, "KRD 2Y", "KRD 10Y", "DTS"],
            ["A", *KRD[0], *DTS[0]],
            ["B", *KRD[1], *DTS[1]],
        ],
        block_diagonal(F_Y, F_S).tolist(),
        SPECIFIC,
        1,
        "Decimal sd",
    )
    curve = 0.28**2 * 0.008**2 + 1.5**2 * 0.006**2 - 2 * 0.28 * 1.5 * 0.8 * 0.008 * 0.006
    spread, own = (0.0202 * 0.3) ** 2, 0.04 * (0.004**2 + 0.009**2)
    te = math.sqrt(curve + spread + own)
    assert [row[0] for row in table[1:]] == ["KRD 2Y", "KRD 10Y", "DTS", "Specific", "Total"]
    assert [row[1] for row in table[1:4]] == pytest.approx([-0.28, 1.5, 0.0202], rel=1e-12)
    assert [row[2] for row in table[1:5]] == pytest.approx(
        [0.28 * 0.008, 1.5 * 0.006, 0.0202 * 0.3, math.sqrt(own)], rel=1e-12
    )
    assert [row[3] for row in table[1:5]] == pytest.approx(
        [0.28 * 0.008, math.sqrt(curve), math.sqrt(curve + spread), te], rel=1e-12
    )
    assert table[3][5] == pytest.approx(spread / te, rel=1e-12)
    assert table[4][5] == pytest.approx(own / te, rel=1e-12)
    assert table[5][5] == pytest.approx(te, rel=1e-12)


def test_blocks_of_factors_are_split_like_factors() -> None:
    exposures = [
        [None, "KRD 2Y", "DTS", "KRD 10Y"],
        ["A", KRD[0, 0], DTS[0, 0], KRD[0, 1]],
        ["B", KRD[1, 0], DTS[1, 0], KRD[1, 1]],
    ]
    order = np.ix_([0, 2, 1], [0, 2, 1])
    cov = block_diagonal(F_Y, F_S)[order]
    blocks = [["KRD 10Y", "Curve"], ["krd 2y", "curve"], ["DTS", "Spreads"]]
    table = evaluate("TE_FACTORS", W, B, exposures, cov, SPECIFIC, 1, "Decimal sd", blocks)
    curve = 0.28**2 * 0.008**2 + 1.5**2 * 0.006**2 - 2 * 0.28 * 1.5 * 0.8 * 0.008 * 0.006
    spread, own = (0.0202 * 0.3) ** 2, 0.04 * (0.004**2 + 0.009**2)
    te = math.sqrt(curve + spread + own)
    assert [row[0] for row in table] == ["Block", "curve", "Spreads", "Specific", "Total"]
    assert table[1][1:] == pytest.approx(
        [1.22, math.sqrt(curve), math.sqrt(curve), math.sqrt(curve), curve / te, curve / te**2], rel=1e-12
    )
    both = math.sqrt(curve + spread)
    assert table[2][1:] == pytest.approx(
        [0.0202, math.sqrt(spread), both, both - math.sqrt(curve), spread / te, spread / te**2], rel=1e-12
    )
    assert table[4][5] == pytest.approx(te, rel=1e-12)
    across = evaluate(
        "TE_FACTORS", W, B, exposures, cov, SPECIFIC, 1, "Decimal sd", [["curve", "Spreads", "Curve"]]
    )
    assert across == table


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (["Curve", "Curve"], "TE-110 blocks has 2 entries, must have 3 like the columns of exposures."),
        (
            [["KRD 2Y", "Curve"], ["KRD 10Y", "Curve"]],
            "TE-140 blocks has no entry for DTS, must have a block for each factor.",
        ),
    ],
)
def test_a_factor_without_a_block_is_refused(blocks: list[object], words: str) -> None:
    exposures = [[None, "KRD 2Y", "KRD 10Y", "DTS"], ["A", *KRD[0], *DTS[0]], ["B", *KRD[1], *DTS[1]]]
    arguments = (W, B, exposures, block_diagonal(F_Y, F_S), SPECIFIC, 1, "Decimal sd", blocks)
    reply = call("TE_FACTORS", [given_from_python(one) for one in arguments])
    assert reply.fault is not None
    assert reply.fault.sentence == words


def test_three_hundred_bonds_in_four_sectors_agree_with_the_full_matrix() -> None:
    rng = np.random.default_rng(6)
    n, buckets, sectors = 300, 6, 4
    krd = rng.dirichlet(np.full(buckets, 0.5), n) * rng.uniform(0.5, 15.0, (n, 1))
    sector = rng.integers(0, sectors, n)
    dts = np.zeros((n, sectors))
    dts[np.arange(n), sector] = krd.sum(axis=1) * rng.uniform(0.002, 0.05, n)
    level = rng.normal(size=(buckets, 40)) * 0.002
    of_yields = level @ level.T
    moves = rng.normal(size=(sectors, 10)) * 0.1
    of_spreads = moves @ moves.T
    specific = rng.uniform(0.001, 0.02, n)
    full = krd @ of_yields @ krd.T + dts @ of_spreads @ dts.T + np.diag(specific**2)
    w, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    ranges = (np.hstack([krd, dts]), block_diagonal(of_yields, of_spreads), specific)
    model = evaluate("RISK_MODEL", *ranges, "Decimal sd")[0][0]
    expected = math.sqrt((w - b) @ full @ (w - b))
    assert evaluate("TRACKING_ERROR", w, b, model)[0][0] == pytest.approx(expected, rel=1e-12)
    table = evaluate("TE_FACTORS", w, b, *ranges, 1, "Decimal sd")
    assert table[-1][5] == pytest.approx(expected, rel=1e-12)
    assert sum(row[5] for row in table[1:-1]) == pytest.approx(expected, rel=1e-12)  # type: ignore[misc]
    # What the six curve buckets contribute together is a'KRD·F_y·KRD'a over the whole.
    curve = (krd.T @ (w - b)) @ of_yields @ (krd.T @ (w - b)) / expected
    assert sum(row[5] for row in table[1:7]) == pytest.approx(curve, rel=1e-10)  # type: ignore[misc]


def test_yields_in_percentage_points_are_told_by_the_units() -> None:
    percent = evaluate("RISK_MODEL", KRD, 1e4 * F_Y, 100 * SPECIFIC, "Percent sd")[0][0]
    decimal = evaluate("RISK_MODEL", KRD, F_Y, SPECIFIC, "Decimal sd")[0][0]
    usual = evaluate("TRACKING_ERROR", W, B, decimal)[0][0]
    assert evaluate("TRACKING_ERROR", W, B, percent)[0][0] == pytest.approx(usual, rel=1e-13)


def test_percentage_points_go_with_duration_times_spread_in_years_times_percent() -> None:
    decimal = evaluate("RISK_MODEL", np.hstack([KRD, DTS]), block_diagonal(F_Y, F_S), SPECIFIC, "Decimal sd")
    percent = evaluate(
        "RISK_MODEL",
        np.hstack([KRD, 100 * DTS]),
        block_diagonal(1e4 * F_Y, F_S),
        100 * SPECIFIC,
        "Percent sd",
    )
    usual = evaluate("TRACKING_ERROR", W, B, decimal[0][0])[0][0]
    assert evaluate("TRACKING_ERROR", W, B, percent[0][0])[0][0] == pytest.approx(usual, rel=1e-13)
