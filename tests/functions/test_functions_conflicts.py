"""Tables without weights in the words a user reads: numbers worked out by hand."""

import pytest

from trackerr_xl.errors import NoAnswerError
from trackerr_xl.sheet.call import call

HEADER = ["Type", "Item", "Min", "Max", "Basis"]
ASSETS = [
    ["Name", "Sector", "Duration", "Cost"],
    ["A", "Banks", 2.0, 0.01],
    ["B", "Oil", 5.0, 0.01],
    ["C", "Oil", 8.0, 0.01],
]
COV = [[None, "A", "B", "C"], ["A", 0.04, 0.0, 0.0], ["B", 0.0, 0.04, 0.0], ["C", 0.0, 0.0, 0.04]]
BENCHMARK = [["A", 0.5], ["B", 0.3], ["C", 0.2]]
HELD = [["A", 0.4], ["B", 0.3], ["C", 0.3]]


def refusal(*limits, weights=BENCHMARK, current=HELD, options=None):
    table = [HEADER, *[[*limit, *[None] * (5 - len(limit))] for limit in limits]]
    reply = call("TE_OPTIMIZE", [weights, COV, table, ASSETS, current, options])
    assert reply.fault is not None, reply.grid
    assert isinstance(reply.fault.error, NoAnswerError), reply.fault.error
    assert len(reply.fault.sentence) <= 255
    return reply.fault.error


def test_a_turnover_too_small_for_a_group() -> None:
    # 0.2 of A bought and 0.2 of the others sold is a one-way turnover of 0.2.
    error = refusal(["Group", "Sector=Banks", 0.6, None], ["Turnover", None, None, 0.15])
    assert error.rows == (
        "Group Sector=Banks (row 2) Min 0.6",
        "Turnover (row 3) Max 0.15",
        "Budget (assumed: weights sum to 1)",
    )
    assert set(error.repairs) == {
        "Lower the Min of Group Sector=Banks (row 2) from 0.6 to 0.55",
        "Raise the Max of Turnover (row 3) from 0.15 to 0.2",
    }
    assert str(error) == (
        "TE-200 these limits cannot hold together: Group Sector=Banks (row 2) Min 0.6; Turnover (row 3) Max 0.15; "
        "Budget (assumed: weights sum to 1)."
    )


def test_a_cap_below_the_least_tracking_error() -> None:
    # A at most 0.3: 0.2 goes to the others in equal parts. TE = 0.2 × √(0.2² + 2 × 0.1²) = 0.0489898.
    error = refusal(["Weight", "A", None, 0.3], ["TE", None, None, 0.03], ["Weight", "B", None, 0.9])
    assert error.rows == (
        "Weight A (row 2) Max 0.3",
        "TE (row 3) Max 0.03",
        "Budget (assumed: weights sum to 1)",
    )
    assert error.repairs[0] == "Raise the Max of TE (row 3) from 0.03 to 0.0489898"


def test_a_cost_limit_below_what_must_be_traded() -> None:
    # 0.3 of A bought and 0.3 sold at 1 % each cost 0.006.
    error = refusal(["Weight", "A", 0.7, None], ["Cost", None, None, 0.004], ["Weight", "C", None, 0.9])
    assert [row for row in error.rows if "row 4" in row] == []
    assert {row for row in error.rows if "(row" in row} == {
        "Weight A (row 2) Min 0.7",
        "Cost (row 3) Max 0.004",
    }
    moves = [repair for repair in error.repairs if "Cost" in repair]
    assert len(moves) == 1
    needed = float(moves[0].removeprefix("Raise the Max of Cost (row 3) from 0.004 to "))
    assert needed == pytest.approx(0.006, rel=1e-4)
    assert needed >= 0.006


def test_numbers_are_those_of_the_cells_in_percent_too() -> None:
    error = refusal(
        ["Weight", "*", None, 30.0],
        weights=[["A", 50.0], ["B", 30.0], ["C", 20.0]],
        current=None,
        options=[["Option", "Value"], ["Units", "Percent"]],
    )
    assert error.rows == ("Weight * (row 2) Max 30", "Budget (assumed: weights sum to 1)")
    assert error.repairs == ("Raise the Max of Weight * (row 2) from 30 to 33.3334",)


def test_limits_relative_to_the_benchmark_move_in_their_own_unit() -> None:
    # 0.8 of every weight leaves 0.2 that nobody may hold.
    error = refusal(["Weight", "*", None, 0.8, "Relative"])
    assert error.rows == ("Weight * (row 2) Relative Max 0.8", "Budget (assumed: weights sum to 1)")
    assert error.repairs == ("Raise the Max of Weight * (row 2) from 0.8 to 1",)


def test_a_name_excluded_and_held() -> None:
    error = refusal(["Exclude", "Sector=Banks"], ["Hold", "A"], ["Weight", "B", None, 0.9])
    assert str(error) == (
        "TE-200 A cannot satisfy both Exclude Sector=Banks (row 2) and Hold A (row 3): take one of them out."
    )
    assert error.rows == ("Exclude Sector=Banks (row 2)", "Hold A (row 3)")
    assert set(error.repairs) == {"Take out Exclude Sector=Banks (row 2)", "Take out Hold A (row 3)"}


def test_bounds_of_one_name_that_cross() -> None:
    error = refusal(["Weight", "A", 0.5, None], ["Weight", "*", None, 0.4])
    assert error.rows == ("Weight A (row 2) Min 0.5", "Weight * (row 3) Max 0.4")
    assert set(error.repairs) == {
        "Lower the Min of Weight A (row 2) from 0.5 to 0.4",
        "Raise the Max of Weight * (row 3) from 0.4 to 0.5",
    }


def test_two_clashes_need_two_changes() -> None:
    # A cannot hold 0.7 under a cap of 0.6; duration 8.5 is more than any name has.
    error = refusal(
        ["Group", "Sector=Banks", 0.7, None], ["Weight", "A", None, 0.6], ["Exposure", "Duration", 8.5, None]
    )
    assert len(error.repairs) == 1
    first, second = error.repairs[0].split(" and ")
    assert "(row 4)" in second
    assert "(row 2)" in first or "(row 3)" in first


def test_a_budget_of_its_own_clashes_and_gives_way_like_any_row() -> None:
    error = refusal(["Budget", None, 0.95, 0.98], ["Group", "Sector=Oil", 0.99, None])
    assert error.rows[0].startswith("Group Sector=Oil (row 3) Min 0.99") or "Budget (row 2)" in error.rows[0]
    assert "Raise the Max of Budget (row 2) from 0.98 to 0.99" in error.repairs


def test_the_assumed_budget_can_give_way_where_nothing_else_can() -> None:
    # Every name is held at 0.2: only the sum can change.
    held = [["A", 0.2], ["B", 0.2], ["C", 0.2]]
    error = refusal(["Hold", "A"], ["Hold", "B"], ["Hold", "C"], current=held)
    assert set(error.rows) == {
        "Hold A (row 2)",
        "Hold B (row 3)",
        "Hold C (row 4)",
        "Budget (assumed: weights sum to 1)",
    }
    assert set(error.repairs) == {
        f"Take out Hold {name} (row {row})" for name, row in (("A", 2), ("B", 3), ("C", 4))
    }


def test_explain_shows_conflict_and_repairs_row_by_row() -> None:
    limits = [HEADER[:4], ["Group", "Sector=Banks", 0.6, None], ["Turnover", None, None, 0.15]]
    rows = call("TE_EXPLAIN", ["TE_OPTIMIZE", BENCHMARK, COV, limits, ASSETS, HELD]).grid
    said = [(row[0], row[1]) for row in rows]
    assert ("Conflict", "Turnover (row 3) Max 0.15") in said
    assert ("Repair", "Raise the Max of Turnover (row 3) from 0.15 to 0.2.") in said
