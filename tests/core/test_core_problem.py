"""The only door into the solvers: what it lets in, and the sentence with which it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.errors import NoAnswerError, TrackerrError

B = np.array([0.5, 0.3, 0.2])
COV = np.array([[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]])
NAMES = ("Ann", "Bob", "Cid")


def changed(row: int, column: int, value: float) -> np.ndarray:
    cov = COV.copy()
    cov[row, column] = value
    return cov


def one_row(coefficients: list[float], lower: float, upper: float) -> LinearRows:
    return LinearRows(np.array([coefficients]), np.array([lower]), np.array([upper]), ("Duration",))


def soft_row(penalty: float | list[float]) -> LinearRows:
    return replace(one_row([1.0, 2.0, 3.0], 0.0, 2.0), penalty=np.atleast_1d(penalty))


def turnover(**changes: object) -> BentRows:
    """Half the distances from (0.5, 0.3, 0.2) at most 0.1."""
    whole = BentRows(
        np.zeros((1, 3)),
        np.full((1, 3), 0.5),
        B[None, :],
        np.array([0.1]),
        np.array([np.inf]),
        ("Turnover (row 7)",),
    )
    return replace(whole, **changes)


def test_the_budget_becomes_the_first_row() -> None:
    problem = TrackingProblem.build(B, COV, rows=one_row([1.0, 2.0, 3.0], -np.inf, 2.0))
    assert problem.rows.labels == ("Budget", "Duration")
    np.testing.assert_array_equal(problem.rows.matrix, [[1, 1, 1], [1, 2, 3]])
    np.testing.assert_array_equal(problem.rows.lower, [1, -np.inf])
    np.testing.assert_array_equal(problem.rows.upper, [1, 2])


def test_a_pair_is_a_range_for_the_budget() -> None:
    problem = TrackingProblem.build(B, COV, budget=(0.95, 1.0))
    assert (problem.rows.lower[0], problem.rows.upper[0]) == (0.95, 1.0)


def test_the_budget_before_soft_rows_must_hold() -> None:
    problem = TrackingProblem.build(B, COV, rows=soft_row(0.5))
    assert problem.rows.penalty is not None
    np.testing.assert_array_equal(problem.rows.penalty, [np.inf, 0.5])


def test_no_bent_rows_and_no_slope_where_none_are_given() -> None:
    problem = TrackingProblem.build(B, COV)
    assert problem.bent.labels == ()
    np.testing.assert_array_equal(problem.linear, [0, 0, 0])


def test_no_budget_leaves_no_row() -> None:
    assert TrackingProblem.build(B, COV, budget=None).rows.labels == ()


def test_one_limit_serves_all_names() -> None:
    problem = TrackingProblem.build(B, COV, 0.6, -0.1)
    np.testing.assert_array_equal(problem.upper, [0.6, 0.6, 0.6])
    np.testing.assert_array_equal(problem.lower, [-0.1, -0.1, -0.1])


def test_a_difference_within_rounding_is_averaged_away() -> None:
    risk = TrackingProblem.build(B, changed(0, 1, 0.01 + 1e-11)).risk
    assert isinstance(risk, DenseCovariance)
    np.testing.assert_array_equal(risk.matrix, risk.matrix.T)
    assert risk.matrix[1, 0] == pytest.approx(0.01 + 0.5e-11, abs=1e-15)


def test_the_callers_arrays_are_left_alone() -> None:
    cov, benchmark = changed(0, 1, 0.01 + 1e-11), B.copy()
    before = cov.copy()
    TrackingProblem.build(benchmark, cov)
    np.testing.assert_array_equal(cov, before)
    np.testing.assert_array_equal(benchmark, B)


@pytest.mark.parametrize("periods", [2, 5, 40])
def test_a_sample_covariance_is_never_called_indefinite(periods: int) -> None:
    returns = np.random.default_rng(periods).standard_normal((60, periods)) * np.logspace(-3, 0, 60)[:, None]
    cov = np.cov(returns)
    risk = TrackingProblem.build(np.full(60, 1 / 60), cov).risk
    np.testing.assert_allclose(risk.diagonal(), cov.diagonal(), rtol=1e-12)


def test_a_negative_eigenvalue_beyond_rounding_is_found_however_small_the_unit() -> None:
    # Correlations 0.9, 0.9 and −0.9 cannot hold together: the eigenvalues are 1.9, 1.9 and 1 − 1.8 = −0.8.
    impossible = np.array([[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]]) * 1e-10
    with pytest.raises(TrackerrError) as refused:
        TrackingProblem.build(B, impossible)
    assert str(refused.value) == "TE-130 cov has a negative eigenvalue, -8e-11, must have none."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"benchmark": np.empty(0)}, "TE-110 benchmark is empty, must hold one weight an asset."),
        ({"benchmark": np.eye(3)}, "TE-110 benchmark has 2 dimensions, must be one column or row."),
        (
            {"benchmark": np.array([0.5, np.nan, 0.2])},
            "TE-100 benchmark Bob is not a finite number, must be one.",
        ),
        ({"cov": np.eye(2)}, "TE-110 cov is 2 x 2, must be 3 x 3."),
        ({"cov": COV[:, :2]}, "TE-110 cov is 3 x 2, must be 3 x 3."),
        ({"cov": changed(1, 2, np.inf)}, "TE-130 cov row 2, column 3 is not a finite number, must be one."),
        (
            {"cov": changed(0, 1, 0.02)},
            "TE-130 cov row 1, column 2 is 0.02 but its mirror image is 0.01, they must be equal.",
        ),
        (
            {"cov": changed(1, 1, -0.09)},
            "TE-130 cov row 2, column 2 is the variance -0.09, must be zero or more.",
        ),
        (
            {"cov": FactorModel(np.ones((2, 1)), np.ones(2))},
            "TE-110 cov describes 2 assets, must describe 3.",
        ),
        (
            {"cov": FactorModel(np.full((3, 1), np.nan), np.ones(3))},
            "TE-130 cov holds a loading or specific variance that is not a finite number.",
        ),
        (
            {"cov": FactorModel(np.ones((3, 1)), np.array([0.1, -0.2, 0.1]))},
            "TE-130 cov has the specific variance -0.2, must be zero or more.",
        ),
        ({"upper": np.ones(2)}, "TE-110 upper has 2 entries, must have 3."),
        ({"lower": np.array([0.0, 0.0, np.nan])}, "TE-100 lower Cid is not a number, must be one."),
        ({"names": ("Ann", "Bob")}, "TE-110 names has 2 entries, must have 3."),
        ({"budget": float("nan")}, "TE-100 budget is not a finite number, must be one."),
        (
            {"rows": LinearRows(np.ones((1, 2)), np.zeros(1), np.ones(1), ("Duration",))},
            "TE-110 rows is 1 x 2 with 1 labels, must be 1 x 3.",
        ),
        (
            {"rows": one_row([1.0, np.nan, 0.0], 0.0, 1.0)},
            "TE-100 rows Duration holds a number that is not finite, must hold none.",
        ),
        ({"rows": soft_row(0.0)}, "TE-100 rows Duration has the penalty 0, must be above zero."),
        ({"rows": soft_row(np.nan)}, "TE-100 rows Duration has the penalty nan, must be above zero."),
        ({"rows": soft_row([1.0, 1.0])}, "TE-110 rows has 2 penalties, must have 1."),
        ({"linear": np.ones(2)}, "TE-110 linear has 2 entries, must have 3."),
        (
            {"linear": np.array([0.0, np.inf, 0.0])},
            "TE-100 linear Bob is not a finite number, must be one.",
        ),
        (
            {"bent": turnover(at=np.ones((1, 2)))},
            "TE-110 bent is 1 x 3 and 1 x 3 and 1 x 2 with 1 labels, must be 1 x 3 each.",
        ),
        (
            {"bent": turnover(bend=np.array([[0.5, -0.25, 0.5]]))},
            "TE-100 bent Turnover (row 7) counts a distance -0.25 times, must be zero or more.",
        ),
        (
            {"bent": turnover(upper=np.array([np.inf]))},
            "TE-100 bent Turnover (row 7) holds a number that is not finite, must hold none.",
        ),
        (
            {"bent": turnover(at=np.array([[np.nan, 0.0, 0.0]]))},
            "TE-100 bent Turnover (row 7) holds a number that is not finite, must hold none.",
        ),
        (
            {"bent": turnover(penalty=np.array([-1.0]))},
            "TE-100 bent Turnover (row 7) has the penalty -1, must be above zero.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(changes: dict, sentence: str) -> None:
    parts = {"benchmark": B, "cov": COV, "names": NAMES} | changes
    with pytest.raises(TrackerrError) as refused:
        TrackingProblem.build(**parts)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"upper": 0.2, "lower": np.array([0.0, 0.3, 0.0])},
            "Bob has lower limit 0.3 above its upper limit 0.2",
        ),
        ({"upper": 0.2, "lower": 0.3}, "Ann (and 2 more) has lower limit 0.3 above its upper limit 0.2"),
        ({"budget": (1.0, 0.9)}, "Budget has lower limit 1 above its upper limit 0.9"),
        (
            {"rows": one_row([1.0, 1.0, 0.0], 0.4, 0.3)},
            "Duration has lower limit 0.4 above its upper limit 0.3",
        ),
    ],
)
def test_crossing_limits_have_no_answer(changes: dict, sentence: str) -> None:
    with pytest.raises(NoAnswerError) as refused:
        TrackingProblem.build(**({"benchmark": B, "cov": COV, "names": NAMES} | changes))
    assert str(refused.value) == f"TE-200 {sentence}."
