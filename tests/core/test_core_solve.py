"""Answers known in closed form, odd but legitimate problems, and the words for problems without an answer."""

import numpy as np
import pytest

from tests.oracles import clarabel_verdict
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import TOLERANCE, solve
from trackerr_xl.errors import NoAnswerError

# Three bonds of an index, as in the first sheet of the bond template: about 1 % volatility a period.
B = np.array([0.4, 0.3, 0.3])
COV = 1e-4 * np.array([[1.0, 0.6, 0.3], [0.6, 1.5, 0.5], [0.3, 0.5, 2.0]])
CAP = np.array([0.35, 1.0, 1.0])


def solved(cov, upper=1.0, lower=0.0, benchmark=B, **more) -> Solution:
    """The answer, after a look at its certificate."""
    solution = solve(TrackingProblem.build(benchmark, cov, upper, lower, **more))
    certificate = solution.certificate
    assert max(certificate.violation, certificate.relative_gap, certificate.stationarity) <= TOLERANCE
    return solution


def rows(matrix, lower, upper, labels) -> LinearRows:
    return LinearRows(np.array(matrix, float), np.array(lower, float), np.array(upper, float), tuple(labels))


def refusal(*parts, **more) -> NoAnswerError:
    with pytest.raises(NoAnswerError) as refused:
        solve(TrackingProblem.build(*parts, **more))
    return refused.value


def test_a_benchmark_within_the_limits_is_the_answer() -> None:
    solution = solved(COV)
    np.testing.assert_array_equal(solution.weights, B)
    assert solution.active_variance == 0.0


def test_a_capped_bond_is_replaced_as_the_closed_form_says() -> None:
    # With a₁ = −0.05 and a₃ = 0.05 − a₂ the slope in a₂ is zero where
    # a₂(Σ₂₂ + Σ₃₃ − 2Σ₂₃) = −a₁(Σ₁₂ − Σ₁₃) + 0.05(Σ₃₃ − Σ₂₃).
    second = (0.05 * (0.6 - 0.3) + 0.05 * (2.0 - 0.5)) / (1.5 + 2.0 - 2 * 0.5)
    expected = [0.35, 0.3 + second, 0.3 + 0.05 - second]
    np.testing.assert_allclose(solved(COV, CAP).weights, expected, rtol=0, atol=1e-15)


def test_a_capped_bond_is_replaced_as_clarabel_says() -> None:
    problem = TrackingProblem.build(B, COV, CAP)
    verdict = clarabel_verdict(problem, 1e-12)
    assert verdict.status == "solved"
    np.testing.assert_allclose(solve(problem).weights, verdict.weights, rtol=0, atol=1e-7)


def test_the_multipliers_predict_what_relaxing_a_limit_gains() -> None:
    step = 1e-5
    solution = solved(COV, CAP)
    wider = solved(COV, CAP + np.array([step, 0.0, 0.0]))
    gained = (solution.active_variance - wider.active_variance) / 2
    assert gained / step == pytest.approx(-solution.reduced_gradient[0], rel=1e-3)
    larger = solved(COV, CAP, budget=1.0 + step)
    lost = (larger.active_variance - solution.active_variance) / 2
    assert lost / step == pytest.approx(-solution.row_duals[0], rel=1e-3)


def test_a_weight_at_its_limit_is_exactly_there() -> None:
    benchmark = np.array([0.7, 0.2, 0.1])
    solution = solved(COV, np.array([0.1 + 0.2, 0.6, 1.0]), benchmark=benchmark)
    assert solution.weights[0] == 0.1 + 0.2


@pytest.mark.parametrize("scale", [1e-4, 1e-8, 1e-12, 1e6, 2.0**-60])
@pytest.mark.parametrize("form", ["dense", "factors"])
def test_the_unit_of_the_covariance_changes_no_weight(scale: float, form: str) -> None:
    rng = np.random.default_rng(5)
    n = 40
    loadings, specific = rng.normal(0.1, 0.1, (n, 4)), rng.uniform(0.01, 0.1, n)
    benchmark = rng.dirichlet(np.ones(n))
    full = FactorModel(loadings, specific)
    scaled = FactorModel(loadings * np.sqrt(scale), specific * scale)
    if form == "dense":
        matrix = loadings @ loadings.T + np.diag(specific)
        full, scaled = matrix, matrix * scale
    caps = np.minimum(2 * benchmark, 0.05)
    expected = solved(full, caps, benchmark=benchmark).weights
    np.testing.assert_allclose(
        solved(scaled, caps, benchmark=benchmark).weights, expected, rtol=0, atol=1e-12
    )


def test_the_same_problem_gives_the_same_bits() -> None:
    first, again = solved(COV, CAP), solved(COV.copy(), CAP.copy())
    np.testing.assert_array_equal(first.weights, again.weights)


def test_a_single_asset() -> None:
    assert solved(np.array([[0.04]]), benchmark=np.array([1.0])).weights == [1.0]
    assert solved(np.array([[0.04]]), benchmark=np.array([0.7])).weights == [1.0]


def test_without_any_row_each_bond_goes_to_its_own_nearest_limit() -> None:
    # Uncorrelated: nothing makes up for the capped bond.
    np.testing.assert_array_equal(solved(np.eye(3), CAP, budget=None).weights, [0.35, 0.3, 0.3])


def test_a_budget_range_is_used_on_the_side_that_hurts_less() -> None:
    # Uncorrelated, caps (0.35, 1, 1): 0.95 is left without any trade but the forced one.
    np.testing.assert_allclose(
        solved(np.eye(3), CAP, budget=(0.9, 0.97)).weights, [0.35, 0.3, 0.3], atol=1e-15
    )
    np.testing.assert_allclose(
        solved(np.eye(3), CAP, budget=(0.97, 1)).weights, [0.35, 0.31, 0.31], atol=1e-15
    )


def test_all_weights_fixed() -> None:
    fixed = np.array([0.2, 0.3, 0.5])
    np.testing.assert_array_equal(solved(COV, fixed, fixed).weights, fixed)


def test_a_covariance_of_zeros_leaves_the_nearest_portfolio() -> None:
    # No portfolio is riskier than another; among them the one with the least squared distance is taken.
    np.testing.assert_allclose(solved(np.zeros((3, 3)), CAP).weights, [0.35, 0.325, 0.325], atol=1e-15)


def test_cash_takes_what_the_cap_frees() -> None:
    # Uncorrelated bonds and cash: moving the third costs, the cash second does not.
    solution = solved(np.diag([1e-4, 0.0, 2e-4]), CAP)
    np.testing.assert_allclose(solution.weights, [0.35, 0.35, 0.3], atol=1e-12)


def test_twin_assets_stand_in_for_each_other() -> None:
    # The second is the first under another name, so capping the first costs nothing.
    twins = 1e-4 * np.array([[1.0, 1.0, 0.3], [1.0, 1.0, 0.3], [0.3, 0.3, 2.0]])
    solution = solved(twins, CAP)
    np.testing.assert_allclose(solution.weights, [0.35, 0.35, 0.3], atol=1e-9)
    assert solution.active_variance <= 1e-22


def test_a_factor_model_without_specific_risk_is_replicated() -> None:
    # Exposures 1, 0.5, 2: selling 0.05 of the first is undone by a₂/2 + 2a₃ = 0.05 with a₂ + a₃ = 0.05.
    model = FactorModel(np.array([[1.0], [0.5], [2.0]]), np.zeros(3))
    solution = solved(model, CAP)
    np.testing.assert_allclose(solution.weights, [0.35, 0.3 + 1 / 30, 0.3 + 1 / 60], atol=1e-12)


def test_infinite_limits_are_no_limits() -> None:
    # Uncorrelated equals without a box: the missing tenth is shared equally.
    solution = solved(np.eye(3), np.inf, -np.inf, budget=0.9)
    np.testing.assert_allclose(solution.weights, B - 0.1 / 3, atol=1e-15)


def test_a_short_limit_is_used() -> None:
    # 130/30 with the third bond at least 0.6: the variance of (x, y, 0.3), x + y = −0.3, is least at
    # x = −(0.3·(σ₂₂ − σ₁₂) + 0.3·(σ₁₃ − σ₂₃)) / (σ₁₁ + σ₂₂ − 2σ₁₂).
    x = -(0.3 * (1.5 - 0.6) + 0.3 * (0.3 - 0.5)) / (1.0 + 1.5 - 1.2)
    solution = solved(COV, 1.3, np.array([-0.3, -0.3, 0.6]))
    np.testing.assert_allclose(solution.weights, B + np.array([x, -0.3 - x, 0.3]), atol=1e-14)


def test_rows_said_twice_change_nothing() -> None:
    again = rows([[1, 1, 1], [2, 2, 2], [0, 1, 1]], [1, 2, 0.65], [1, 2, 0.65], "ABC")
    expected = solved(COV, CAP).weights
    np.testing.assert_allclose(solved(COV, CAP, rows=again).weights, expected, atol=1e-14)


def test_caps_that_just_reach_the_budget_leave_one_portfolio() -> None:
    caps = np.array([0.2, 0.5, 0.3])
    solution = solved(COV, caps)
    np.testing.assert_array_equal(solution.weights, caps)
    # The proof needs a budget multiplier that makes every name want to grow.
    assert (solution.reduced_gradient <= 1e-18).all()


def test_caps_below_the_budget_are_named() -> None:
    assert (
        str(refusal(B, COV, 0.3)) == "TE-200 Budget needs at least 1 but the names' limits allow at most 0.9."
    )


def test_a_group_beyond_its_members_is_named() -> None:
    banks = rows([[1, 1, 0]], [0.8], [1], ["Group Sector=Banks (row 4)"])
    refused = refusal(B, COV, np.array([0.35, 0.4, 1.0]), rows=banks)
    assert str(refused) == (
        "TE-200 Group Sector=Banks (row 4) needs at least 0.8 but the names' limits allow at most 0.75."
    )
    assert refused.repairs == ("Lower the Min of Group Sector=Banks (row 4) from 0.8 to 0.75",)


def test_a_group_below_its_members_is_named() -> None:
    banks = rows([[1, 1, 0]], [0], [0.3], ["Group Sector=Banks (row 4)"])
    refused = refusal(B, COV, 1.0, np.array([0.2, 0.2, 0.0]), rows=banks)
    assert str(refused) == (
        "TE-200 Group Sector=Banks (row 4) allows at most 0.3 but the names' limits force at least 0.4."
    )


def test_rows_that_only_clash_together_are_named_with_the_way_out() -> None:
    # Each holds alone; 0.6 + 0.7 exceeds 1 by 0.3. The third row has no part in it.
    clash = rows(
        [[1, 1, 0], [0, 0, 1], [1, 0, 0]],
        [0.6, 0.7, 0.1],
        [1, 1, 1],
        ["Group Sector=Banks", "Group Country=FR", "Exposure Duration"],
    )
    refused = refusal(B, COV, rows=clash)
    assert set(refused.rows) == {
        "Budget at most 1",
        "Group Sector=Banks at least 0.6",
        "Group Country=FR at least 0.7",
    }
    assert set(refused.repairs) == {
        "Raise the Max of Budget from 1 to 1.3",
        "Lower the Min of Group Sector=Banks from 0.6 to 0.3",
        "Lower the Min of Group Country=FR from 0.7 to 0.4",
    }
    assert str(refused) == f"TE-200 these limits cannot hold together: {'; '.join(refused.rows)}."


def test_a_clash_too_long_for_a_sentence_is_counted() -> None:
    n = 12
    labels = [f"Group Issuer=A rather long name of an issuer, number {i}" for i in range(n)]
    floors = rows(np.eye(n), np.full(n, 0.09), np.ones(n), labels)
    refused = refusal(np.full(n, 1 / n), np.eye(n), rows=floors)
    assert str(refused).startswith("TE-200 13 limits cannot hold together. ")
    assert len(str(refused)) <= 255
    assert len(refused.rows) == 13
