"""TE_EXPLAIN, TE_HELP and TE_VERSION say in words what is so."""

import math
import platform
import re

import numpy as np
import pytest
import scipy

import trackerr_xl
from tests.example_sheet import NAMED, parsed
from trackerr_xl import evaluate
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.options import OPTIONS

COV = [[0.04, 0.01], [0.01, 0.09]]


def explained(*arguments: object) -> list[tuple[str, str]]:
    return [(str(topic), str(sentence)) for topic, sentence in evaluate("TE_EXPLAIN", *arguments)]


def test_a_fault_is_taken_apart() -> None:
    assert explained("ACTIVE_SHARE", [[0.5], [None], [0.5]], [1.0]) == [
        ("Function", "ACTIVE_SHARE"),
        ("Status", "The cell shows #VALUE!."),
        ("Sentence", "TE-100 portfolio row 2, column 1 is empty, must be a number."),
        ("Code", "TE-100"),
        ("Place", "portfolio row 2, column 1"),
        ("Found", "is empty"),
        ("Needed", "Must be a number"),
    ]


def test_an_error_value_in_a_range_is_located() -> None:
    rows = dict(
        explained(
            "TE_OPTIMIZE", [0.5, 0.5], [[0.04, trackerr_xl.sheet.cells.CellError("#DIV/0!")], [0.0, 1.0]]
        )
    )
    assert rows["Status"] == "The cell shows #DIV/0!."
    assert rows["Place"] == "cov row 1, column 2"
    assert rows["Found"] == "is #DIV/0!"


def test_conflicting_rows_are_listed_one_by_one() -> None:
    limits = [
        ["Type", "Item", "Min", "Max"],
        ["Group", "Sector=Banks", 0.7, None],
        ["Group", "Sector=Oil", 0.6, None],
        ["Weight", "AAA", None, 0.9],
    ]
    rows = explained("TE_OPTIMIZE", NAMED["Benchmark"], NAMED["Cov"], limits, NAMED["Assets"])
    assert ("Status", "The cell shows #N/A.") in rows
    assert {sentence for topic, sentence in rows if topic == "Conflict"} == {
        "Budget (assumed: weights sum to 1)",
        "Group Sector=Banks (row 2) Min 0.7",
        "Group Sector=Oil (row 3) Min 0.6",
    }
    # 0.7 + 0.6 is 0.3 more than the budget: one row has to give that much.
    assert {sentence for topic, sentence in rows if topic == "Repair"} == {
        "Lower the Min of Group Sector=Oil (row 3) from 0.6 to 0.3.",
        "Lower the Min of Group Sector=Banks (row 2) from 0.7 to 0.4.",
    }


def test_a_solution_comes_with_its_proof() -> None:
    rows = explained("TE_OPTIMIZE", NAMED["Benchmark"], NAMED["Cov"], NAMED["Limits"], NAMED["Assets"])
    topics = [topic for topic, _ in rows]
    assert topics[:6] == ["Function", "Status", "Tracking error", "Residuals", "Gap", "Method"]
    said = dict(rows)
    assert said["Status"] == "Solved, and the answer proved."
    weights = np.array(
        [row[1] for row in evaluate("TE_OPTIMIZE", *parsed(CATALOGUE["TE_OPTIMIZE"].example)[1])], dtype=float
    )
    active = weights - [0.4, 0.3, 0.3]
    cov = np.array([row[1:] for row in NAMED["Cov"][1:]], dtype=float)  # type: ignore[index,union-attr]  # a list of rows
    error = float(said["Tracking error"].split()[0])
    assert error == pytest.approx(math.sqrt(active @ cov @ active), rel=1e-8)
    residuals = [float(number) for number in re.findall(r"\de-\d+", said["Residuals"] + said["Gap"])]
    assert len(residuals) == 3
    assert max(residuals) <= 1e-9


def test_bounds_that_bind_are_counted() -> None:
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", None, 0.35]]
    rows = explained("TE_OPTIMIZE", [0.8, 0.1, 0.1, 0.0], np.eye(4), limits)
    # The surplus of 0.45 is spread evenly over the other three: 0.25, 0.25 and 0.15.
    assert [sentence for topic, sentence in rows if topic == "Binding"][1:] == [
        "Weight * (row 2): 1 name at the Max."
    ]


def test_names_that_do_not_match_are_warned_of() -> None:
    cov = [["", "AAA", "BBB"], ["AAA", *COV[0]], ["BBB", *COV[1]]]
    limits = [["Type", "Item", "Min", "Max"], ["Group", "Sector=Banks", None, 0.9]]
    assets = [["Name", "Sector"], ["AAA", "Banks"], ["ZZZ", "Oil"]]
    rows = explained("TE_OPTIMIZE", [["AAA", 0.5], ["BBB", 0.4]], cov, limits, assets)
    assert [sentence for topic, sentence in rows if topic == "Warning"] == [
        "The benchmark weights sum to 0.9, not 1.",
        "attributes lists ZZZ, which neither weights nor cov has: not used.",
        "BBB has no Sector in attributes: in none of its groups.",
    ]


def test_an_answer_without_notes_is_answered() -> None:
    assert explained("TE_VERSION")[:2] == [("Function", "TE_VERSION"), ("Status", "Answered.")]


def test_help_lists_the_catalogue() -> None:
    header, *rows = evaluate("TE_HELP")
    assert header == ["Function", "Category", "What it does", "Arguments"]
    assert [row[0] for row in rows] == list(CATALOGUE)
    assert rows[0][3] == "TRACKING_ERROR(portfolio, benchmark, [cov], [periods], [method])"


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_help_has_a_page_for_every_function(name: str) -> None:
    page = evaluate("TE_HELP", name.lower())
    assert page[0] == ["Function", name]
    arguments = [argument.name for argument in CATALOGUE[name].arguments]
    assert [row[0] for row in page[3 : 3 + len(arguments)]] == arguments
    assert page[-1] == ["Example", CATALOGUE[name].example]


def test_a_page_gives_unit_default_and_choices() -> None:
    page = dict(evaluate("TE_HELP", "TE_CONTRIB"))
    assert page["funding"] == (
        "What is sold to buy a name: Cash, or a slice of the whole Benchmark. One of Cash, Benchmark. Default Cash."
    )
    assert page["periods"] == (
        "Periods a year of the covariance: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual. "
        "Unit: per year. Default 1."
    )


def test_the_page_of_an_optimiser_lists_the_options() -> None:
    page = dict(evaluate("TE_HELP", "TE_OPTIMIZE"))
    assert (
        page["Option Units"]
        == "Unit of weights and of limits on weights. One of Decimal, Percent. Default Decimal."
    )
    assert page["Option Gap"] == (
        "With Names or Position rows: how much better an answer may remain unfound, as a share of the objective. Default 0.01."
    )
    assert {f"Option {option.name}" for option in OPTIONS} <= set(page)


def test_versions_are_those_installed() -> None:
    assert evaluate("TE_VERSION") == [
        ["trackerr_xl", trackerr_xl.__version__],
        ["Python", platform.python_version()],
        ["NumPy", np.__version__],
        ["SciPy", scipy.__version__],
    ]


@pytest.mark.parametrize("name", ["TRACKING_ERROR", "TE_CONTRIB"])
def test_weights_that_do_not_sum_to_one_are_warned_of(name: str) -> None:
    rows = explained(name, [0.5, 0.483], [0.5, 0.5], COV)
    assert [sentence for topic, sentence in rows if topic == "Warning"] == [
        "The portfolio weights sum to 0.983, not 1."
    ]


@pytest.mark.parametrize("name", ["TRACKING_ERROR", "TE_CONTRIB"])
def test_a_matrix_that_is_no_covariance_is_warned_of_where_it_still_gives_a_number(name: str) -> None:
    # Eigenvalues by hand: 0.04 ± 0.05.
    rows = explained(name, [0.8, 0.2], [0.5, 0.5], [[0.04, -0.05], [-0.05, 0.04]])
    assert [sentence for topic, sentence in rows if topic == "Warning"] == [
        "cov has a negative eigenvalue, -0.01: it is no covariance of returns, and TE_OPTIMIZE refuses it."
    ]


def said_of(topic: str, *arguments: object) -> list[str]:
    return [sentence for what, sentence in explained(*arguments) if what == topic]


HEADER = ["Type", "Item", "Min", "Max"]
PAIR = [["AAA", 0.5], ["BBB", 0.5]]


def test_a_limit_typed_in_percent_is_warned_of_because_it_would_never_bind() -> None:
    limits = [HEADER, ["Weight", "*", 0, 35], ["Weight", "AAA", None, 1.5]]
    assert said_of("Warning", "TE_OPTIMIZE", PAIR, COV, limits) == [
        "Weight * (row 2) has the limit 35, which is 3500 %: divide percentages by 100."
    ]


def test_in_percent_the_sentences_say_that_they_speak_of_fractions() -> None:
    limits, percent = [HEADER, ["Weight", "*", 0, 60]], [["Option", "Value"], ["Units", "Percent"]]
    rows = ("TE_OPTIMIZE", [50, 50], COV, limits, None, None, percent)
    assert said_of("Units", *rows) == [
        "These sentences speak of fractions; weights and limits in the cells are in percent."
    ]
    assert said_of("Warning", *rows) == []


def test_returns_in_percent_are_warned_of() -> None:
    assert said_of("Warning", "TRACKING_ERROR", [1.0, 2.0, -1.0], [0.011, 0.019, -0.008]) == [
        "The portfolio has returns as large as 200 %: divide percentages by 100."
    ]


@pytest.mark.parametrize("row", [["Exclude", "AAA", None, None], ["Weight", "AAA", 0, 0]])
def test_a_name_fixed_by_one_row_is_said_once_with_its_price(row: list[object]) -> None:
    # The other name takes the whole half: TE = x √(0.04 + 0.09 − 2·0.01), so each unit costs √0.11 = 0.3317.
    label = "Exclude AAA (row 2)" if row[0] == "Exclude" else "Weight AAA (row 2)"
    three, cov = [*PAIR, ["CCC", 0.0]], [[0.04, 0.01, 0], [0.01, 0.09, 0], [0, 0, 1e6]]
    said = said_of("Binding", "TE_OPTIMIZE", three, cov, [HEADER, row])
    assert f"{label}: fixed, worth 0.3317 of tracking error per unit." in said


def test_a_name_kept_out_by_a_max_of_zero_is_said_on_both_sides_and_priced_where_it_costs() -> None:
    three, cov = [*PAIR, ["CCC", 0.0]], [[0.04, 0.01, 0], [0.01, 0.09, 0], [0, 0, 1e6]]
    said = said_of("Binding", "TE_OPTIMIZE", three, cov, [HEADER, ["Weight", "AAA", None, 0]])
    assert "Weight AAA (row 2): at the Max, worth 0.3317 of tracking error per unit." in said


def test_without_tracking_error_no_limit_has_a_price_and_it_is_said() -> None:
    # A and B are the same bond: what the cap takes from one the other makes good, to rounding.
    cov = np.array([[0.04, 0.04, 0.01], [0.04, 0.04, 0.01], [0.01, 0.01, 0.09]])
    limits = [HEADER, ["Weight", "A", None, 0.2]]
    rows = ("TE_OPTIMIZE", [["A", 0.4], ["B", 0.3], ["C", 0.3]], cov * 1e-4, limits)
    assert said_of("Prices", *rows) == ["The tracking error is 0: what a limit costs is not defined."]
    assert not any("worth" in sentence for sentence in said_of("Binding", *rows))


def test_prices_that_would_be_rounding_are_not_shown() -> None:
    # Ten names on three factors: the three can be matched exactly within the cap, so the least tracking error is zero.
    random = np.random.default_rng(1)
    random.normal(size=(3, 1))
    loadings, benchmark = random.normal(size=(10, 3)), random.dirichlet(np.ones(10))
    limits = [HEADER, ["Weight", "*", None, float(benchmark.max() * 0.7)]]
    rows = ("TE_OPTIMIZE", benchmark, loadings @ loadings.T * 1e-4, limits)
    assert float(said_of("Tracking error", *rows)[0].split()[0]) < 1e-9
    assert not any("worth" in sentence for sentence in said_of("Binding", *rows))


@pytest.mark.parametrize("arguments", [("TRACKING_ERROR", PAIR, PAIR), ("TE_OPTIMIZE", PAIR)])
def test_a_covariance_in_percent_squared_is_warned_of(arguments: tuple[object, ...]) -> None:
    # Volatilities of 20 % and 20 %, written as 400 %² each.
    assert said_of("Warning", *arguments, [[400, 100], [100, 400]]) == [
        "The volatility in cov is 2000 % per period: divide percent squared by 10,000."
    ]
