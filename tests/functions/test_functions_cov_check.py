"""COV_CHECK: every check on a matrix made to fail it, and the divisor, periods and units found again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.evaluate import given_from_python


def checks(*arguments: object) -> dict[str, list[object]]:
    table = evaluate("COV_CHECK", *arguments)
    assert table[0] == ["Check", "Value", "Verdict"]
    return {
        str(row[0]): [str(cell) if not isinstance(cell, float) else cell for cell in row[1:]]
        for row in table[1:]
    }


def returns(t: int, n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(0.0, 0.03, (t, n)) @ rng.normal(size=(n, n))


def test_a_sound_covariance_matches_the_hand_calculation() -> None:
    # The eigenvalues of [[4, 2], [2, 7]] are 3 and 8.
    found = checks([["", "A", "B"], ["A", 0.0004, 0.0002], ["B", 0.0002, 0.0007]])
    assert found == {
        "Names": [2.0, "with names"],
        "Asymmetry": [0.0, "symmetric"],
        "Smallest eigenvalue": [pytest.approx(0.0003, rel=1e-12), "positive"],
        "Condition": [pytest.approx(8 / 3, rel=1e-12), "well-conditioned"],
        "Rank": [2.0, "full"],
        "Zero variances": [0.0, "none"],
        "Duplicates": [0.0, "none"],
        "Correlations beyond 1": [0.0, "none"],
        "Middle volatility": [
            pytest.approx(0.00055**0.5, rel=1e-12),
            "a guess: fractions per day or week, or bonds",
        ],
        "Effective dates": ["#N/A", "not to be seen without returns"],
    }


def test_highams_matrix_is_no_covariance() -> None:
    found = checks([[1, 1, 0], [1, 1, 1], [0, 1, 1]])
    assert found["Smallest eigenvalue"] == [
        pytest.approx(1 - 2**0.5, rel=1e-12),
        "negative: no covariance of returns; COV_NEAREST gives the nearest",
    ]
    assert found["Condition"] == ["#N/A", "without limit: the smallest eigenvalue is not above 0"]
    assert found["Rank"] == [2.0, "1 short of the names"]
    assert found["Middle volatility"] == [1.0, "correlations, not a covariance"]
    assert found["Effective dates"][0] == "#N/A"


def test_oddities_are_named() -> None:
    cov = [
        ["", "A", "B", "Cash", "D"],
        ["A", 4.0, 4.0, 0.0, 1.0],
        ["B", 4.0, 4.0, 0.0, 1.0],
        ["Cash", 0.0, 0.0, 0.0, 0.0],
        ["D", 1.5, 1.0, 0.0, 0.25],
    ]
    found = checks(cov)
    # 0.5 of the largest entry, 4.
    assert found["Asymmetry"] == [0.125, "not symmetric: A with D is 1 but its mirror image is 1.5"]
    assert found["Zero variances"] == [1.0, "Cash"]
    assert found["Duplicates"] == [1.0, "A and B"]
    # Their mean 1.25 is above 2 · 0.5, while that of B and D is just 1.
    assert found["Correlations beyond 1"] == [1.0, "A and D"]
    assert found["Middle volatility"] == [
        pytest.approx(2.125**0.5),
        "a guess: percent squared, divide by 10,000",
    ]


def test_a_covariance_without_variance_is_impossible() -> None:
    found = checks([[0.04, 0.01], [0.01, 0.0]])
    assert found["Correlations beyond 1"] == [1.0, "column 1 and column 2"]


def test_an_almost_singular_matrix_is_ill_conditioned() -> None:
    found = checks(np.diag([1e-3, 1e-13]))
    assert found["Condition"] == [pytest.approx(1e10), "ill-conditioned: half the digits are lost"]


def test_the_rank_tells_how_few_dates_there_were() -> None:
    cov = np.cov(returns(10, 30), rowvar=False)
    found = checks(cov)
    assert found["Rank"] == [9.0, "21 short of the names"]
    assert found["Effective dates"] == [
        10.0,
        "a guess from the rank: that of a sample covariance is one less than its dates",
    ]
    assert found["Smallest eigenvalue"][1] == "zero but for rounding: some portfolios seem to have no risk"
    # A doubled name and cash lower the rank too, and say nothing of dates.
    assert checks([[4, 4, 0], [4, 4, 0], [0, 0, 0]])["Effective dates"][0] == "#N/A"


@given(
    st.sampled_from([1, 4, 12, 52, 252]),
    st.booleans(),
    st.booleans(),
    st.integers(20, 80),
    st.integers(1, 8),
    st.integers(0, 999),
)
@settings(deadline=None, max_examples=60)
def test_divisor_periods_and_units_are_found_again(
    periods: int, by_dates: bool, percent: bool, t: int, n: int, seed: int
) -> None:
    x = returns(t, n, seed)
    cov = np.atleast_2d(np.cov(x, rowvar=False, bias=by_dates)) * periods * (1e4 if percent else 1)
    found = checks(cov, x)
    assert found["Multiple of the sample"][1] == "every entry: the sample covariance of these returns"
    assert found["Divisor"][0] == (t if by_dates else t - 1)
    unit = "percent squared: divide by 10,000" if percent else "fractions"
    assert found["Periods"] == [
        periods,
        f"{unit}, {'per period' if periods == 1 else 'times so many periods'}",
    ]
    assert found["Effective dates"][0] == t


def test_a_divisor_of_all_dates_is_told_with_its_price() -> None:
    x = returns(24, 3)
    found = checks(np.cov(x, rowvar=False, bias=True), x)
    # 1 − √(23/24) is 2.1 %.
    assert found["Divisor"] == [24.0, "T, as COVARIANCE.P and the Analysis ToolPak: tracking error 2.1 % low"]
    assert found["Effective dates"] == [24.0, "8 a name"]


def test_a_shrunk_covariance_shows_by_its_variances() -> None:
    x = returns(40, 5)
    found = checks(evaluate("COV_ESTIMATE", x, "LW Correlation", 12), x)
    assert found["Multiple of the sample"] == [
        pytest.approx(12 * 39 / 40),
        "the variances only: shrunk, or made of other correlations",
    ]
    assert found["Divisor"][0] == 40.0
    assert found["Periods"][0] == 12.0


def test_returns_of_something_else_are_no_match() -> None:
    found = checks(np.cov(returns(40, 5), rowvar=False), returns(40, 5, seed=7))
    assert found["Multiple of the sample"][1] == "the middle name only: from other returns, or weighted"
    assert found["Divisor"] == [
        "#N/A",
        "not to be seen: the variances are no usual multiple of the sample's",
    ]
    assert found["Periods"] == ["#N/A", "not to be seen"]


def test_fewer_dates_than_names_are_told() -> None:
    x = returns(5, 6)
    assert checks(np.cov(x, rowvar=False), x)["Effective dates"] == [
        5.0,
        "0.833 a name: too few for a sample covariance",
    ]


def test_returns_are_matched_by_name_and_gaps_left_out() -> None:
    x = returns(20, 2)
    rows = [["B", "A"], *x.tolist(), [0.5, None]]
    cov = evaluate("COV_ESTIMATE", [["B", "A"], *x.tolist()])
    turned = [["", "A", "B"], ["A", cov[2][2], cov[2][1]], ["B", cov[1][2], cov[1][1]]]
    found = checks(turned, rows)
    assert found["Effective dates"][0] == 20.0
    assert found["Multiple of the sample"][0] == pytest.approx(1.0)
    assert found["Divisor"] == [19.0, "T − 1"]


@pytest.mark.parametrize(
    ("cov", "panel", "expected"),
    [
        (
            [["", "A", "B"], ["A", 1.0, 0.5], ["B", 0.5, 1.0]],
            [["A", "C"], [0.1, 0.2], [0.3, 0.1]],
            "TE-140 returns has no entry for B, must have a column for each name.",
        ),
        (
            [[1.0, 0.5], [0.5, 1.0]],
            [[0.1, 0.2, 0.3], [0.3, 0.1, 0.2]],
            "TE-110 returns has 3 columns, must have 2 like cov.",
        ),
        (
            [[1.0, 0.5], [0.5, 1.0]],
            [["A", "B"], [0.1, None], [0.3, 0.1]],
            "TE-110 returns has 1 complete date, must have 2 or more.",
        ),
    ],
)
def test_returns_that_do_not_fit_are_refused_in_words(cov: object, panel: object, expected: str) -> None:
    fault = call("COV_CHECK", [given_from_python(cov), given_from_python(panel)]).fault
    assert fault is not None
    assert fault.sentence == expected


@given(st.integers(1, 12), st.integers(0, 999), st.floats(1e-8, 1e8))
@settings(deadline=None, max_examples=50)
def test_neither_order_nor_scale_changes_what_is_seen(n: int, seed: int, scale: float) -> None:
    cov = np.atleast_2d(np.cov(returns(2 * n + 2, n, seed), rowvar=False))
    order = np.random.default_rng(seed).permutation(n)
    plain, other = checks(cov), checks(scale * cov[np.ix_(order, order)])
    for one in ("Rank", "Zero variances", "Duplicates", "Correlations beyond 1", "Asymmetry"):
        assert other[one] == plain[one]
    assert other["Condition"][0] == pytest.approx(plain["Condition"][0], rel=1e-6)
    assert other["Smallest eigenvalue"][0] == pytest.approx(
        scale * float(plain["Smallest eigenvalue"][0]), rel=1e-6
    )  # type: ignore[arg-type]
