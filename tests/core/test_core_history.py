"""Ex-post tracking error, against figures worked by hand, Python's statistics module and pandas."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl.core import history
from trackerr_xl.errors import InputError, ShapeError

R = np.array([0.02, -0.01, 0.03, 0.00])
Q = np.array([0.01, 0.01, 0.01, 0.01])
# x = (0.01, −0.02, 0.02, −0.01): mean 0, Σx² = 0.001.

returns = st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=30)


def test_standard_deviation_removes_the_mean_and_divides_by_one_less() -> None:
    assert history.standard_deviation(R, Q) == pytest.approx(math.sqrt(0.001 / 3), rel=1e-13)
    assert history.standard_deviation(R + 0.05, Q) == pytest.approx(math.sqrt(0.001 / 3), rel=1e-12)


def test_root_mean_square_counts_the_drift() -> None:
    assert history.root_mean_square(R, Q) == pytest.approx(math.sqrt(0.001 / 4), rel=1e-13)
    # x + 0.05: Σx² = 0.001 + 4·0.0025.
    assert history.root_mean_square(R + 0.05, Q) == pytest.approx(math.sqrt(0.011 / 4), rel=1e-13)


def test_mean_absolute_deviation_is_taken_from_the_mean() -> None:
    assert history.mean_absolute_deviation(R, Q) == pytest.approx(0.015, rel=1e-13)
    assert history.mean_absolute_deviation(R + 0.05, Q) == pytest.approx(0.015, rel=1e-12)


def test_downside_counts_shortfalls_over_all_dates() -> None:
    assert history.downside_deviation(R, Q) == pytest.approx(math.sqrt(0.0005 / 4), rel=1e-13)


def test_geometric_divides_growth_by_growth() -> None:
    ratios = [1.02 / 1.01 - 1, 0.99 / 1.01 - 1, 1.03 / 1.01 - 1, 1.0 / 1.01 - 1]
    assert history.geometric_deviation(R, Q) == pytest.approx(statistics.stdev(ratios), rel=1e-12)


@pytest.mark.parametrize(
    "measure",
    [
        history.standard_deviation,
        history.root_mean_square,
        history.mean_absolute_deviation,
        history.downside_deviation,
        history.geometric_deviation,
        lambda r, q, p=1.0: history.weighted_deviation(r, q, 2.0, p),
    ],
)
def test_every_measure_scales_by_the_root_of_the_periods(measure: object) -> None:
    assert callable(measure)
    assert measure(R, Q, 12.0) == pytest.approx(measure(R, Q) * math.sqrt(12.0), rel=1e-13)


@given(returns, st.floats(0.5, 100.0))
@settings(deadline=None)
def test_weighted_deviation_is_the_last_of_pandas(values: list[float], halflife: float) -> None:
    x = np.round(values, 6)
    expected = pd.Series(x).ewm(halflife=halflife).std().iloc[-1]
    actual = history.weighted_deviation(x, np.zeros(x.size), halflife)
    assert actual == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_an_endless_halflife_gives_the_sample_standard_deviation() -> None:
    expected = history.standard_deviation(R, Q)
    assert history.weighted_deviation(R, Q, 1e12) == pytest.approx(expected, rel=1e-9)


def test_weights_halve_after_the_halflife() -> None:
    weights = history.decay(7, 3.0)
    assert weights.sum() == pytest.approx(1.0, rel=1e-14)
    assert weights[6] / weights[3] == pytest.approx(2.0, rel=1e-14)


@given(returns)
@settings(deadline=None)
def test_standard_deviation_is_that_of_the_statistics_module(values: list[float]) -> None:
    x = [round(value, 6) for value in values]
    actual = history.standard_deviation(np.array(x), np.zeros(len(x)))
    assert actual == pytest.approx(statistics.stdev(x), rel=1e-9, abs=1e-15)


@given(returns)
@settings(deadline=None)
def test_mean_square_is_variance_plus_squared_mean(values: list[float]) -> None:
    x = np.array(values)
    zero = np.zeros(x.size)
    t = x.size
    parts = history.standard_deviation(x, zero) ** 2 * (t - 1) / t + x.mean() ** 2
    assert history.root_mean_square(x, zero) ** 2 == pytest.approx(parts, rel=1e-9, abs=1e-18)


def test_tiny_returns_do_not_underflow() -> None:
    expected = history.standard_deviation(R, Q) * 1e-200
    assert history.standard_deviation(R * 1e-200, Q * 1e-200) == pytest.approx(expected, rel=1e-12)


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ShapeError) as caught:
        history.standard_deviation(R, Q[:3])
    assert caught.value.sentence == "TE-110 benchmark has 3 returns, must have 4 like the portfolio."
    with pytest.raises(ShapeError) as caught:
        history.standard_deviation(R[:1], Q[:1])
    assert caught.value.sentence == "TE-110 portfolio has 1 return, must have 2 or more."
    with pytest.raises(InputError) as lost:
        history.geometric_deviation(R, np.array([0.1, -1.0, 0.0, 0.0]))
    assert (
        lost.value.sentence
        == "TE-100 benchmark has the return -1, must be above -1 for the geometric method."
    )
    with pytest.raises(ShapeError) as caught:
        history.weighted_deviation(R, Q, 0.001)
    assert caught.value.sentence == (
        "TE-110 method EWMA 0.001 leaves one date with all the weight, must be longer."
    )
