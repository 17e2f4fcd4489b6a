"""Every objective, with caps, penalties and costs, against Clarabel's cones; prices against finite differences."""

from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.scenarios import make_scenario
from tests.mandates import OBJECTIVES, random_mandate, value_by_cones
from tests.oracles import violation
from trackerr_xl.core.mandates.achieve import achieve
from trackerr_xl.core.mandates.costs import CostRow
from trackerr_xl.core.mandates.mandate import Achieved, Mandate
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.errors import InputError, NoAnswerError, NotYetError, NumericalError

SEEDS_AT_ONCE = 50
SMALLEST_VALUE = 1e-3
"""Of the size of a tracking error or a return here: below it Clarabel's own accuracy is absolute."""


@pytest.mark.parametrize("first", range(0, 500, SEEDS_AT_ONCE))
def test_random_mandates_reach_the_value_of_cones(first: int) -> None:
    seeds = range(first, first + SEEDS_AT_ONCE)
    faults = [fault for seed in seeds for fault in _faults(random_mandate(seed, with_costs=False), seed)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("first", range(0, 100, SEEDS_AT_ONCE))
def test_random_mandates_with_costs_reach_the_value_of_cones(first: int) -> None:
    seeds = range(first, first + SEEDS_AT_ONCE)
    faults = [fault for seed in seeds for fault in _faults(random_mandate(seed, with_costs=True), seed)]
    assert not faults, "\n".join(faults)


def _faults(mandate: Mandate, seed: int) -> list[str]:
    label = f"{seed}: {mandate.objective}, cap {mandate.te_cap:.4g}, penalty {mandate.te_penalty:.4g}"
    status, theirs = value_by_cones(mandate)
    try:
        ours = achieve(mandate)
    except NoAnswerError as error:
        # An oracle that gives up says nothing.
        return [f"{label}: {error}, Clarabel has {theirs}"] if status == "Solved" else []
    except NumericalError as error:
        return [f"{label}: {error}, Clarabel is {status}"]
    sign = -1.0 if mandate.objective.startswith("Max") else 1.0
    size, faults = max(abs(theirs), SMALLEST_VALUE), []
    if "Infeasible" in status:
        faults.append(f"{label}: Clarabel knows no weights")
    if status == "Solved" and abs(sign * ours.value - theirs) > 3e-7 * size:
        faults.append(f"{label}: {ours.value} where Clarabel has {sign * theirs}")
    if sign * (ours.bound - ours.value) > 1e-12 * size:
        faults.append(f"{label}: the bound {ours.bound} is worse than the value {ours.value}")
    if _breach(mandate, ours) > 1e-9:
        faults.append(f"{label}: breaks a limit by {_breach(mandate, ours)}")
    return faults


def _breach(mandate: Mandate, achieved: Achieved) -> float:
    weights = achieved.solution.weights
    over = [row.cost(weights) - row.upper for row in mandate.costs if np.isinf(row.penalty)]
    if np.isinf(mandate.te_penalty):
        active = mandate.problem.risk.variance(weights - mandate.problem.benchmark)
        over.append(float(np.sqrt(active)) - mandate.te_cap)
    return max(violation(mandate.problem, weights), *over, 0.0)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("k", [None, 20])
def test_500_names_with_a_cap_reach_the_value_of_cones(objective: str, k: int | None) -> None:
    mandate = _large(objective, k)
    status, theirs = value_by_cones(mandate)
    assert status in ("Solved", "AlmostSolved")
    sign = -1.0 if objective.startswith("Max") else 1.0
    assert sign * achieve(mandate).value == pytest.approx(theirs, rel=3e-7)


def _large(objective: str, k: int | None) -> Mandate:
    problem = make_scenario("B", 500, k=k)
    rng = np.random.default_rng(3)
    current = problem.benchmark * np.exp(rng.normal(0.0, 0.4, 500))
    cost = CostRow(
        np.full(500, 0.001),
        np.zeros(500),
        rng.uniform(0.0, 0.01, 500),
        current / current.sum(),
        0.003,
        np.inf,
        "Cost",
    )
    least = achieve(Mandate(problem, costs=(cost,))).value
    cap = np.inf if objective == "Min TE" else 1.3 * least
    alpha = 0.01 * rng.normal(size=500)
    return Mandate(problem, objective, alpha, 1.0, current / current.sum(), cap, costs=(cost,))


def _two_names(**given: object) -> Mandate:
    """Benchmark (½, ½), volatilities 20 % and 30 % without correlation: TE² = 0.13 a² with a the first name's active weight."""
    problem = TrackingProblem.build(np.array([0.5, 0.5]), np.diag([0.04, 0.09]))
    return replace(Mandate(problem, alpha=np.array([0.02, 0.05])), **given)


def test_most_return_within_a_cap_is_the_cap_over_the_risk_of_a_unit() -> None:
    achieved = achieve(_two_names(objective="Max return", te_cap=0.05))
    active = 0.05 / np.sqrt(0.13)
    assert achieved.value == pytest.approx(0.035 + 0.03 * active, rel=1e-12)
    assert achieved.bound == pytest.approx(achieved.value, rel=1e-9)
    assert achieved.te_price == pytest.approx(0.03 / np.sqrt(0.13), rel=1e-9)


def test_a_wide_cap_leaves_all_in_the_name_of_most_return() -> None:
    achieved = achieve(_two_names(objective="Max return", te_cap=0.5))
    assert achieved.solution.weights == pytest.approx([0.0, 1.0], abs=1e-12)
    assert achieved.value == pytest.approx(0.05, rel=1e-12)
    assert achieved.te_price == 0.0


def test_return_without_any_cap_needs_no_risk() -> None:
    assert achieve(_two_names(objective="Max return")).value == pytest.approx(0.05, rel=1e-12)


def test_utility_weighs_half_the_squared_tracking_error() -> None:
    achieved = achieve(_two_names(objective="Max utility", risk_aversion=2.0))
    active = 0.03 / (2.0 * 0.13)
    assert achieved.solution.weights == pytest.approx([0.5 - active, 0.5 + active])
    assert achieved.value == pytest.approx(0.035 + 0.03 * active - 0.13 * active**2)


def test_least_turnover_trades_as_far_as_the_cap_asks() -> None:
    achieved = achieve(_two_names(objective="Min turnover", current=np.array([1.0, 0.0]), te_cap=0.1))
    assert achieved.value == pytest.approx(0.5 - 0.1 / np.sqrt(0.13))


def test_least_variance_holds_names_by_the_inverse_of_their_variances() -> None:
    achieved = achieve(_two_names(objective="Min variance"))
    assert achieved.solution.weights == pytest.approx([9 / 13, 4 / 13])
    assert achieved.value == pytest.approx(np.sqrt(0.04 * 0.09 / 0.13))
    assert achieved.solution.active_variance == pytest.approx(0.13 * (9 / 13 - 0.5) ** 2)


def test_least_variance_within_a_cap_goes_as_far_as_the_cap() -> None:
    achieved = achieve(_two_names(objective="Min variance", te_cap=0.01))
    first = 0.5 + 0.01 / np.sqrt(0.13)
    assert achieved.solution.weights == pytest.approx([first, 1.0 - first])
    assert achieved.value == pytest.approx(np.sqrt(0.04 * first**2 + 0.09 * (1.0 - first) ** 2))


def test_a_soft_cap_is_broken_where_return_pays_more() -> None:
    price = 0.03 / np.sqrt(0.13)
    dear = achieve(_two_names(objective="Max return", te_cap=0.05, te_penalty=1.1 * price))
    cheap = achieve(_two_names(objective="Max return", te_cap=0.05, te_penalty=0.9 * price))
    assert dear.solution.active_variance == pytest.approx(0.05**2)
    assert cheap.solution.weights == pytest.approx([0.0, 1.0], abs=1e-9)
    assert cheap.value == pytest.approx(0.05 - 0.9 * price * (0.5 * np.sqrt(0.13) - 0.05))


def test_a_soft_row_costs_tracking_error_per_unit_of_breach() -> None:
    # The slope of TE in the first name's weight is √0.13: a dearer penalty holds the row, a cheaper one gives way.
    problem = TrackingProblem.build(np.array([0.5, 0.5]), np.diag([0.04, 0.09]))
    for penalty, first in ((0.5, 0.6), (0.3, 0.5)):
        row = LinearRows(
            np.array([[1.0, 0.0]]), np.array([0.6]), np.array([np.inf]), ("First",), np.array([penalty])
        )
        soft = TrackingProblem.build(problem.benchmark, problem.risk, rows=row)
        achieved = achieve(Mandate(soft))
        assert achieved.solution.weights[0] == pytest.approx(first, abs=1e-7)
        assert achieved.value == pytest.approx(0.1 * min(np.sqrt(0.13), penalty), abs=1e-8)


def test_impact_is_traded_until_its_slope_is_the_return() -> None:
    # Both legs trade x: 0.03 x − 2 · 0.1 x^1.5 is most at x = 0.01.
    cost = CostRow(np.zeros(2), np.zeros(2), np.full(2, 0.1), np.array([0.5, 0.5]), 0.0, 1.0, "Cost")
    achieved = achieve(_two_names(objective="Max utility", risk_aversion=1e-9, costs=(cost,)))
    assert achieved.solution.weights[1] - 0.5 == pytest.approx(0.01, rel=1e-6)
    assert achieved.value == pytest.approx(0.035 + 0.0003 - 0.0002, rel=1e-9)
    assert achieved.cost_prices == pytest.approx([1.0])


@pytest.mark.parametrize("seed", range(60))
def test_prices_are_slopes_of_the_value(seed: int) -> None:
    mandate = random_mandate(seed, with_costs=seed % 2 == 1)
    try:
        achieved = achieve(mandate)
    except NoAnswerError:
        return
    step, sign = 1e-6, -1.0 if mandate.objective.startswith("Max") else 1.0
    size = max(abs(achieved.value), SMALLEST_VALUE)
    if np.isfinite(mandate.te_cap):
        ends = [_value(replace(mandate, te_cap=mandate.te_cap * (1.0 + s))) for s in (-step, step)]
        _require_between(ends, step * mandate.te_cap, achieved.te_price, size, sign, achieved.value)
    for j, row in enumerate(mandate.costs):
        if row.upper > 0.0:
            moved = [replace(row, upper=row.upper * (1.0 + s)) for s in (-step, step)]
            ends = [
                _value(replace(mandate, costs=(*mandate.costs[:j], m, *mandate.costs[j + 1 :])))
                for m in moved
            ]
            _require_between(
                ends, step * row.upper, float(achieved.cost_prices[j]), size, sign, achieved.value
            )


def _require_between(
    ends: list[float | None], step: float, price: float, size: float, sign: float, value: float
) -> None:
    """A price lies between the slopes on both sides, which differ where another limit starts to bind."""
    rounding = 1e-9 * size / step + 1e-3 * abs(price) + 1e-6
    if ends[0] is not None:
        assert price <= sign * (ends[0] - value) / step + rounding
    assert ends[1] is not None
    assert price >= sign * (value - ends[1]) / step - rounding


def _value(mandate: Mandate) -> float | None:
    try:
        return achieve(mandate).value
    except NoAnswerError:
        return None


def test_a_cap_below_the_least_is_refused_with_the_least() -> None:
    problem = TrackingProblem.build(np.array([0.5, 0.5]), np.diag([0.04, 0.09]), np.array([0.4, 1.0]))
    mandate = Mandate(problem, "Max return", np.array([0.02, 0.05]), te_cap=0.01, te_label="TE (row 4)")
    with pytest.raises(NoAnswerError) as refused:
        achieve(mandate)
    assert str(refused.value) == (
        "TE-200 TE (row 4) allows a tracking error of at most 0.01 per period, "
        "the least within the other limits is 0.0360555."
    )
    assert refused.value.rows == ("TE (row 4)",)
    assert refused.value.repairs == ("Raise the Max of TE (row 4) to 0.0360555 per period",)


def test_a_cost_row_that_nothing_can_afford_is_refused() -> None:
    # The first name must be sold by 0.1 and the second bought: 2 · 0.1 · 0.1^1.5.
    problem = TrackingProblem.build(np.array([0.5, 0.5]), np.diag([0.04, 0.09]), np.array([0.4, 1.0]))
    cost = CostRow(
        np.zeros(2), np.zeros(2), np.full(2, 0.1), np.array([0.5, 0.5]), 0.001, np.inf, "Cost (row 3)"
    )
    with pytest.raises(NoAnswerError) as refused:
        achieve(Mandate(problem, costs=(cost,)))
    assert str(refused.value) == (
        "TE-200 Cost (row 3) allows a cost of at most 0.001, all weights within the other limits cost more."
    )


def test_missing_returns_and_weights_are_asked_for() -> None:
    for objective, argument in (
        ("Max return", "alpha"),
        ("Max utility", "alpha"),
        ("Min turnover", "current"),
    ):
        with pytest.raises(InputError) as refused:
            achieve(_two_names(objective=objective, alpha=None))
        assert str(refused.value) == f"TE-100 {argument} is missing, {objective} needs it."


def test_least_variance_with_a_soft_cap_is_not_for_this_version() -> None:
    with pytest.raises(NotYetError, match="Min variance with a limit on TE"):
        achieve(_two_names(objective="Min variance", te_cap=0.01, te_penalty=1.0))


def test_returns_without_end_are_refused() -> None:
    problem = TrackingProblem.build(np.array([0.5, 0.5]), np.diag([0.04, 0.09]), np.inf, -np.inf)
    with pytest.raises(NumericalError, match="can grow for ever"):
        achieve(Mandate(problem, "Max return", np.array([0.02, 0.05])))
