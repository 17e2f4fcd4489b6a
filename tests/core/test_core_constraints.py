"""Declared limits become bounds and rows: worked by hand, every basis, every kind, every refusal."""

import math

import numpy as np
import pytest

from trackerr_xl.core.table.constraints import Limits, resolve
from trackerr_xl.core.table.limits import Attributes, Basis, Limit, Universe
from trackerr_xl.errors import NoAnswerError, TrackerrError

INF = math.inf
ATTRIBUTES = Attributes(
    ("AAA", "BBB", "CCC", "DDD"),
    {
        "Sector": ("Banks", "Oil", "banks ", None),
        "Duration": (2.0, 5.0, 7.0, 1.0),
        "Rating": ("A", None, "B", "A"),
    },
)
UNIVERSE = Universe(
    ("AAA", "BBB", "CCC", "DDD"),
    np.array([0.4, 0.3, 0.2, 0.1]),
    current=np.array([0.1, 0.2, 0.3, 0.4]),
    attributes=ATTRIBUTES,
)


def resolved(*limits: Limit) -> Limits:
    return resolve(limits, UNIVERSE)


def sentence(*limits: Limit, universe: Universe = UNIVERSE) -> str:
    with pytest.raises(TrackerrError) as caught:
        resolve(limits, universe)
    return caught.value.sentence


def test_without_rows_weights_go_from_zero_to_one_and_sum_to_one() -> None:
    limits = resolved()
    assert limits.lower.tolist() == [0.0] * 4
    assert limits.upper.tolist() == [1.0] * 4
    assert limits.rows.matrix.tolist() == [[1.0] * 4]
    assert (limits.rows.lower.tolist(), limits.rows.upper.tolist()) == ([1.0], [1.0])
    assert limits.rows.labels == ("Budget",)


def test_a_name_wins_over_the_star_on_its_side_only() -> None:
    limits = resolved(Limit("Weight", "*", 0.01, 0.5, row=2), Limit("Weight", " aaa ", upper=0.6, row=3))
    assert limits.upper.tolist() == [0.6, 0.5, 0.5, 0.5]
    assert limits.lower.tolist() == [0.01] * 4
    assert limits.upper_labels[0] == "Weight  aaa  (row 3)"


def test_equally_specific_rows_hold_together() -> None:
    limits = resolved(Limit("Weight", "*", upper=0.5), Limit("Weight", "*", upper=0.4))
    assert limits.upper.tolist() == [0.4] * 4


def test_bases_hold_together() -> None:
    limits = resolved(
        Limit("Weight", "*", -0.1, 0.1, "Active", 2),
        Limit("Weight", "*", 0.5, 1.5, "Relative", 3),
        Limit("Weight", "*", 0.0, 0.45, "Absolute", 4),
    )
    assert limits.lower == pytest.approx([0.3, 0.2, 0.1, 0.05])
    assert limits.upper == pytest.approx([0.45, 0.4, 0.3, 0.15])


def test_active_limits_alone_do_not_allow_short_positions() -> None:
    limits = resolved(Limit("Weight", "*", -0.2, 0.2, "Active"))
    assert limits.lower == pytest.approx([0.2, 0.1, 0.0, 0.0])


def test_an_absolute_minimum_below_zero_allows_short_positions() -> None:
    assert resolved(Limit("Weight", "*", lower=-0.2)).lower.tolist() == [-0.2] * 4


@pytest.mark.parametrize(("lower", "upper", "expected"), [(0.5, 2.0, (-0.4, -0.1)), (-INF, 2.0, (-0.4, 1.0))])
def test_multiples_of_a_short_benchmark_change_places(
    lower: float, upper: float, expected: tuple[float, float]
) -> None:
    short = Universe(("AAA",), np.array([-0.2]))
    limits = resolve([Limit("Weight", "*", -5.0), Limit("Weight", "*", lower, upper, "Relative")], short)
    assert (limits.lower[0], limits.upper[0]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("basis", "lower", "upper"), [("Absolute", 0.1, 0.2), ("Active", 0.7, 0.8), ("Relative", 0.06, 0.12)]
)
def test_a_group_is_limited_in_every_basis(basis: Basis, lower: float, upper: float) -> None:
    # Banks hold 0.4 + 0.2 = 0.6 of the benchmark.
    limits = resolved(Limit("Group", "Sector=Banks", 0.1, 0.2, basis, 4))
    assert limits.rows.matrix[1].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert (limits.rows.lower[1], limits.rows.upper[1]) == pytest.approx((lower, upper))
    assert limits.rows.labels[1] == "Group Sector=Banks (row 4)"


def test_a_star_stands_for_every_group_and_names_without_one_are_in_none() -> None:
    limits = resolved(Limit("Group", "Sector=*", -0.05, 0.05, "Active", 5))
    assert limits.rows.labels == ("Budget", "Group Sector=Banks (row 5)", "Group Sector=Oil (row 5)")
    assert limits.rows.matrix[1:].tolist() == [[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    assert limits.rows.lower[1:] == pytest.approx([0.55, 0.25])
    assert limits.rows.upper[1:] == pytest.approx([0.65, 0.35])


def test_a_named_group_wins_over_the_star_on_its_side_and_basis() -> None:
    limits = resolved(
        Limit("Group", "Sector=*", 0.1, 0.3, row=2),
        Limit("Group", "Sector=Banks", upper=0.7, row=3),
        Limit("Group", "Sector=Banks", upper=0.0, basis="Active", row=4),
    )
    assert limits.rows.labels[1:] == (
        "Group Sector=Banks (row 2)",
        "Group Sector=Oil (row 2)",
        "Group Sector=Banks (row 3)",
        "Group Sector=Banks (row 4)",
    )
    assert limits.rows.lower[1:].tolist() == [0.1, 0.1, -INF, -INF]
    assert limits.rows.upper[1:] == pytest.approx([INF, 0.3, 0.7, 0.6])


@pytest.mark.parametrize(
    ("basis", "lower", "upper"), [("Absolute", -0.1, 0.1), ("Active", 3.7, 3.9), ("Relative", -0.38, 0.38)]
)
def test_an_exposure_is_limited_in_every_basis(basis: Basis, lower: float, upper: float) -> None:
    # The benchmark's duration is 0.8 + 1.5 + 1.4 + 0.1 = 3.8.
    limits = resolved(Limit("Exposure", "duration", -0.1, 0.1, basis, 3))
    assert limits.rows.matrix[1].tolist() == [2.0, 5.0, 7.0, 1.0]
    assert (limits.rows.lower[1], limits.rows.upper[1]) == pytest.approx((lower, upper))


def test_a_budget_row_takes_the_place_of_the_default() -> None:
    limits = resolved(Limit("Budget", lower=0.9, upper=1.1, row=7))
    assert limits.rows.labels == ("Budget (row 7)",)
    assert (limits.rows.lower.tolist(), limits.rows.upper.tolist()) == ([0.9], [1.1])


def test_the_budget_can_be_another_number() -> None:
    assert resolve((), UNIVERSE, budget=0.5).rows.upper.tolist() == [0.5]


@pytest.mark.parametrize(
    ("item", "excluded"),
    [("Rating=A", [0, 3]), ("BBB", [1]), ("Sector=*", [0, 1, 2]), ("*", [0, 1, 2, 3])],
)
def test_exclude_takes_away_every_holding_of_its_item(item: str, excluded: list[int]) -> None:
    limits = resolved(Limit("Exclude", item, row=2), Limit("Weight", "*", lower=0.05))
    assert [at for at in range(4) if limits.upper[at] == 0.0] == excluded
    assert [at for at in range(4) if limits.lower[at] == 0.0] == excluded


def test_hold_keeps_the_current_weight_even_above_a_cap() -> None:
    limits = resolved(Limit("Hold", "DDD", row=2), Limit("Weight", "*", upper=0.3))
    assert (limits.lower[3], limits.upper[3]) == (0.4, 0.4)
    assert limits.upper[:3].tolist() == [0.3] * 3


def test_numbers_can_name_groups() -> None:
    attributes = Attributes(("A", "B"), {"Bucket": (5.0, 10.0)})
    limits = resolve(
        [Limit("Group", "Bucket=5", upper=0.5)], Universe(("A", "B"), np.array([0.5, 0.5]), None, attributes)
    )
    assert limits.rows.matrix[1].tolist() == [1.0, 0.0]


def test_bounds_that_cross_name_their_rows() -> None:
    limits = (Limit("Weight", "AAA", lower=0.5, row=2), Limit("Weight", "*", upper=0.3, row=3))
    assert sentence(*limits) == (
        "TE-200 AAA must hold at least 0.5 by Weight AAA (row 2) and at most 0.3 by Weight * (row 3): relax one of them."
    )


def test_bounds_that_cross_by_rounding_only_are_not_refused() -> None:
    limits = resolved(Limit("Weight", "AAA", lower=0.1 + 0.2, row=2), Limit("Weight", "*", upper=0.3, row=3))
    assert limits.lower[0] == limits.upper[0] == 0.3


def test_hold_and_exclude_of_one_name_contradict_each_other() -> None:
    with pytest.raises(NoAnswerError) as caught:
        resolved(Limit("Exclude", "AAA", row=2), Limit("Hold", "AAA", row=3))
    assert caught.value.sentence == (
        "TE-200 AAA cannot satisfy both Exclude AAA (row 2) and Hold AAA (row 3): take one of them out."
    )
    assert caught.value.rows == ("Exclude AAA (row 2)", "Hold AAA (row 3)")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (
            Limit("Weight", "AAB", upper=0.1, row=2),
            'TE-140 constraints row 2 "AAB" is not among the names, the nearest is "AAA".',
        ),
        (Limit("Exclude", "ZZ9", row=2), 'TE-140 constraints row 2 "ZZ9" is not among the names.'),
        (
            Limit("Group", "Sektor=Banks", upper=0.1, row=3),
            'TE-140 constraints row 3 column "Sektor" is not known, the nearest known is "Sector".',
        ),
        (
            Limit("Group", "Sector=Bank", upper=0.1, row=3),
            'TE-140 constraints row 3 group "Bank" is not known, the nearest known is "Banks".',
        ),
        (
            Limit("Group", "Banks", upper=0.1, row=3),
            'TE-100 constraints row 3 has the Item "Banks", must be like Sector=Banks or Sector=*.',
        ),
        (
            Limit("Exposure", "Sector", upper=0.1, row=3),
            'TE-100 attributes column Sector has the text "Banks" for AAA, must have a number for Exposure Sector (row 3).',
        ),
    ],
)
def test_what_a_row_cannot_mean_is_refused_whole(limit: Limit, expected: str) -> None:
    assert sentence(limit) == expected


def test_a_missing_exposure_names_the_asset() -> None:
    attributes = Attributes(("AAA",), {"Duration": (2.0,)})
    universe = Universe(("AAA", "BBB"), np.array([0.5, 0.5]), None, attributes)
    assert sentence(Limit("Exposure", "Duration", upper=1.0, row=2), universe=universe) == (
        "TE-100 attributes column Duration has no value for BBB, must have a number for Exposure Duration (row 2)."
    )


def test_rows_that_need_another_argument_ask_for_it() -> None:
    bare = Universe(("AAA",), np.array([1.0]))
    assert sentence(Limit("Group", "Sector=Banks", upper=0.1, row=2), universe=bare) == (
        "TE-100 attributes is missing, Group Sector=Banks (row 2) needs it."
    )
    assert sentence(Limit("Hold", "AAA", row=4), universe=bare) == (
        "TE-100 current is missing, Hold AAA (row 4) needs it."
    )
