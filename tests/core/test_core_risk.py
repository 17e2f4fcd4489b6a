"""Ex-ante tracking error, its contributions and active share, against figures worked by hand and identities."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl.core.risk import active_share, contributions, tracking_error
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.errors import InputError, MatrixError, ShapeError

# a = (0.1, 0, -0.1): a'Σa = 0.01·0.04 + 0.01·0.16 − 2·0.01·0 = 0.002; Σa = (0.004, −0.001, −0.016).
W = np.array([0.5, 0.3, 0.2])
B = np.array([0.4, 0.3, 0.3])
COV = np.array([[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]])


@st.composite
def portfolios(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Portfolio, benchmark (both summing to one) and a covariance of full rank."""
    n = draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    w, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    x = rng.normal(size=(n, 2 * n))
    return w, b, x @ x.T / n


def test_tracking_error_matches_the_hand_calculation() -> None:
    assert tracking_error(W, B, COV) == pytest.approx(math.sqrt(0.002), rel=1e-14)


def test_periods_scale_by_their_square_root() -> None:
    assert tracking_error(W, B, COV, 252.0) == pytest.approx(math.sqrt(0.002 * 252), rel=1e-14)


def test_holding_the_benchmark_has_no_tracking_error() -> None:
    assert tracking_error(B, B, COV) == 0.0


def test_two_assets_match_the_closed_form() -> None:
    # a = (d, −d): TE = d·sqrt(s1² + s2² − 2ρ s1 s2).
    d, s1, s2, rho = 0.1, 0.2, 0.3, 0.25
    cov = np.array([[s1**2, rho * s1 * s2], [rho * s1 * s2, s2**2]])
    expected = d * math.sqrt(s1**2 + s2**2 - 2 * rho * s1 * s2)
    assert tracking_error(np.array([0.6, 0.4]), np.array([0.5, 0.5]), cov) == pytest.approx(
        expected, rel=1e-14
    )


def test_a_factor_model_gives_the_same_as_its_matrix() -> None:
    loadings, specific = np.array([[0.1], [0.2], [0.3]]), np.array([0.01, 0.02, 0.03])
    dense = loadings @ loadings.T + np.diag(specific)
    expected = math.sqrt((W - B) @ dense @ (W - B))
    assert tracking_error(W, B, FactorModel(loadings, specific)) == pytest.approx(expected, rel=1e-13)
    assert tracking_error(W, B, DenseCovariance(dense)) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-30, 1e30, 1e99])
def test_the_size_of_the_covariance_costs_no_accuracy(scale: float) -> None:
    expected = math.sqrt(0.002) * math.sqrt(scale)
    assert tracking_error(W, B, COV * scale) == pytest.approx(expected, rel=1e-12)


def test_tiny_active_weights_do_not_underflow() -> None:
    tiny = 1e-200
    assert tracking_error(np.array([tiny]), np.array([0.0]), np.array([[0.04]])) == pytest.approx(
        0.2 * tiny, rel=1e-12
    )


def test_contributions_match_the_hand_calculation() -> None:
    parts = contributions(W, B, COV)
    total = math.sqrt(0.002)
    assert parts.marginal is not None
    assert parts.marginal == pytest.approx(np.array([0.004, -0.001, -0.016]) / total, rel=1e-13)
    assert parts.contribution == pytest.approx(np.array([0.0004, 0.0, 0.0016]) / total, rel=1e-13)


def test_benchmark_funding_takes_the_benchmarks_slope_off_every_margin() -> None:
    # b'Σa = 0.4·0.004 − 0.3·0.001 − 0.3·0.016 = −0.0035.
    parts = contributions(W, B, COV, funding="Benchmark")
    assert parts.marginal is not None
    assert parts.marginal == pytest.approx(np.array([0.0075, 0.0025, -0.0125]) / math.sqrt(0.002), rel=1e-12)


def test_marginal_contribution_is_the_derivative() -> None:
    parts = contributions(W, B, COV, periods=12.0)
    step = 1e-6
    for i in range(3):
        nudge = step * np.eye(3)[i]
        slope = (tracking_error(W + nudge, B, COV, 12.0) - tracking_error(W - nudge, B, COV, 12.0)) / (
            2 * step
        )
        assert parts.marginal is not None
        assert parts.marginal[i] == pytest.approx(slope, rel=1e-7)


def test_without_active_weights_there_are_no_marginal_contributions() -> None:
    parts = contributions(B, B, COV)
    assert parts.marginal is None
    assert parts.contribution.tolist() == [0.0, 0.0, 0.0]


@given(portfolios(), st.sampled_from(["Cash", "Benchmark"]), st.sampled_from([1.0, 12.0, 252.0]))
@settings(deadline=None)
def test_contributions_sum_to_the_tracking_error(
    case: tuple[np.ndarray, np.ndarray, np.ndarray], funding: str, periods: float
) -> None:
    w, b, cov = case
    total = tracking_error(w, b, cov, periods)
    assert contributions(w, b, cov, periods, funding).contribution.sum() == pytest.approx(total, rel=1e-10)


@given(portfolios(), st.floats(1e-3, 1e3))
@settings(deadline=None)
def test_tracking_error_scales_with_the_active_weights(
    case: tuple[np.ndarray, np.ndarray, np.ndarray], factor: float
) -> None:
    w, b, cov = case
    assert tracking_error(factor * w, factor * b, cov) == pytest.approx(
        factor * tracking_error(w, b, cov), rel=1e-9
    )


@given(portfolios())
@settings(deadline=None)
def test_order_of_the_assets_changes_nothing(case: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    w, b, cov = case
    turned = tracking_error(w[::-1], b[::-1], cov[::-1, ::-1])
    assert turned == pytest.approx(tracking_error(w, b, cov), rel=1e-10)


@given(portfolios())
@settings(deadline=None)
def test_tracking_error_squared_is_the_quadratic_form(
    case: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    w, b, cov = case
    expected = sum((w - b)[i] * (w - b)[j] * cov[i, j] for i in range(w.size) for j in range(w.size))
    assert tracking_error(w, b, cov) ** 2 == pytest.approx(expected, rel=1e-9)


def test_active_share_matches_the_hand_calculation() -> None:
    assert active_share(W, B) == pytest.approx(0.1, rel=1e-14)


@given(portfolios())
@settings(deadline=None)
def test_active_share_of_long_only_portfolios_is_between_zero_and_one(
    case: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    w, b, _ = case
    assert 0.0 <= active_share(w, b) <= 1.0 + 1e-15
    assert active_share(w, b) == active_share(b, w)


def test_other_sizes_are_refused() -> None:
    with pytest.raises(ShapeError) as caught:
        tracking_error(W, B[:2], COV)
    assert caught.value.sentence == "TE-110 benchmark has 2 weights, must have 3 like the portfolio."
    with pytest.raises(ShapeError) as caught:
        tracking_error(W, B, COV[:2, :2])
    assert caught.value.sentence == "TE-110 cov is 2 x 2, must be 3 x 3."
    with pytest.raises(ShapeError) as caught:
        tracking_error(W, B, COV[:2])
    assert caught.value.sentence == "TE-110 cov is 2 x 3, must be square."


def test_what_is_no_covariance_is_refused() -> None:
    with pytest.raises(MatrixError) as caught:
        tracking_error(W, B, np.array([[0.04, 0.01, 0.0], [0.02, 0.09, 0.02], [0.0, 0.02, 0.16]]))
    assert (
        caught.value.sentence
        == "TE-130 cov row 2, column 1 is 0.02 but its mirror image is 0.01, they must be equal."
    )
    with pytest.raises(MatrixError) as caught:
        tracking_error(W, B, np.diag([0.04, -0.01, 0.16]))
    assert caught.value.sentence == "TE-130 cov row 2, column 2 is the variance -0.01, must be zero or more."
    with pytest.raises(MatrixError) as caught:
        tracking_error(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([[1.0, 2.0], [2.0, 1.0]]))
    assert (
        caught.value.sentence == "TE-130 cov gives a negative active variance, must be positive semidefinite."
    )


def test_benchmark_funding_needs_neutral_active_weights() -> None:
    with pytest.raises(InputError) as caught:
        contributions(W, np.array([0.4, 0.3, 0.2]), COV, funding="Benchmark")
    assert caught.value.sentence == (
        "TE-100 funding Benchmark needs active weights that sum to 0, they sum to 0.1: add the cash line."
    )
