"""TE_BATCH: every row is what TE_OPTIMIZE gives for the account alone, and an account that fails fails alone."""

import numpy as np
import pytest

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Cell, CellError

NAMES = tuple(f"N{at:02}" for at in range(30))
Rows = list[list[Cell]]


def market(seed: int = 0) -> tuple[Rows, Rows, Rows]:
    """Benchmark, attributes, and the parts of a factor model as RISK_MODEL's name."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(30, 0.8))
    attributes: Rows = [["Name", "Sector", "Duration", "Alpha", "Cost"]]
    attributes += [
        [name, f"S{at % 4}", float(rng.normal(5, 2)), float(rng.normal(0, 0.01)), 0.001]
        for at, name in enumerate(NAMES)
    ]
    exposures: Rows = [[None, "F1", "F2", "F3"]]
    exposures += [[name, *rng.normal(0, 1, 3).tolist()] for name in NAMES]
    factors: Rows = [[None, "F1", "F2", "F3"]]
    factors += [[f"F{at + 1}", *(0.0004 * np.eye(3)[at]).tolist()] for at in range(3)]
    specific: Rows = [[name, float(rng.uniform(0.0004, 0.002))] for name in NAMES]
    model = call("RISK_MODEL", [exposures, factors, specific]).grid[0][0]
    benchmark: Rows = [[name, float(weight)] for name, weight in zip(NAMES, weights, strict=True)]
    return benchmark, attributes, [[model]]


LIMITS: Rows = [
    ["Type", "Item", "Min", "Max", "Basis", "Penalty"],
    ["Weight", "*", 0.0, 0.12, None, None],
    ["Group", "Sector=*", -0.05, 0.05, "Active", None],
    ["Exposure", "Duration", -0.3, 0.3, "Active", None],
    ["Turnover", None, None, 0.6, None, None],
]


def accounts(count: int, seed: int = 1) -> Rows:
    """Accounts with holdings, limits and exclusions of their own; blank where the house's limit holds."""
    rng = np.random.default_rng(seed)
    rows: Rows = [["Account", *NAMES, "Exclude", "Turnover Max", "Group Sector=* Max", "Weight N03 Max"]]
    for at in range(count):
        excluded = "; ".join(rng.choice(NAMES, rng.integers(0, 4), replace=False).tolist())
        rows.append(
            [
                f"Account {at}",
                *rng.dirichlet(np.full(30, 0.8)).tolist(),
                excluded or None,
                float(rng.uniform(0.5, 0.9)),
                None if at % 2 else 0.03,
                0.01 if at % 3 == 0 else None,
            ]
        )
    return rows


def alone(row: list[Cell], benchmark: Rows, attributes: Rows, model: Rows, more: Rows = ()) -> Rows:  # type: ignore[assignment]  # no more rows
    """The account as its own call of TE_OPTIMIZE, its limits written into the table by hand."""
    limits = [list(limit) for limit in LIMITS] + [list(limit) for limit in more]
    excluded, turnover, group, weight = row[31:35]
    limits[4][3] = turnover
    limits[2][3] = limits[2][3] if group is None else group
    if weight is not None:
        limits.append(["Weight", "N03", None, weight, None, None])
    for item in str(excluded).split("; ") if excluded else ():
        limits.append(["Exclude", item, None, None, None, None])
    current = [[name, held] for name, held in zip(NAMES, row[1:31], strict=True)]
    return evaluate("TE_OPTIMIZE", benchmark, model, limits, attributes, current)  # type: ignore[return-value]  # cells


def test_every_row_is_a_call_of_the_optimiser() -> None:
    benchmark, attributes, model = market()
    table = accounts(40)
    header, *rows = evaluate("TE_BATCH", table, benchmark, model, LIMITS, attributes)
    assert header == ["Account", "Status", "TE", "Turnover", "Message", *NAMES]
    assert [row[0] for row in rows] == [row[0] for row in table[1:]]
    solved = 0
    for given, row in zip(table[1:], rows, strict=True):
        expected = alone(given, benchmark, attributes, model)
        if row[1] == "No answer":
            assert expected == [[CellError("#N/A")]]
            continue
        solved += 1
        weights = np.array([cell for _, cell in expected], dtype=float)
        np.testing.assert_allclose(np.array(row[5:], dtype=float), weights, atol=1e-8)
        error = evaluate("TRACKING_ERROR", expected, benchmark, model)[0][0]
        assert row[2] == pytest.approx(error, rel=1e-8)
        assert row[3] == pytest.approx(
            0.5 * np.abs(weights - np.array(given[1:31], dtype=float)).sum(), abs=1e-8
        )
    assert solved > 30


@pytest.mark.parametrize(
    "more",
    [
        [["Weight", "N01", 0.05, None, None, 0.01]],
        [["Names", None, None, 12.0, None, None]],
        [["TE", None, None, 0.05, None, None]],
        [["Cost", None, None, 0.0006, None, None]],
    ],
    ids=["a soft row", "whole names", "a cap", "costs"],
)
def test_accounts_that_do_not_fit_a_stack_are_answered_all_the_same(more: Rows) -> None:
    benchmark, attributes, model = market()
    table = accounts(4, seed=5)
    _, *rows = evaluate("TE_BATCH", table, benchmark, model, [*LIMITS, *more], attributes)
    for given, row in zip(table[1:], rows, strict=True):
        expected = alone(given, benchmark, attributes, model, more)
        np.testing.assert_allclose(
            np.array(row[5:], dtype=float), np.array([cell for _, cell in expected], dtype=float), atol=1e-7
        )


def test_where_names_are_counted_the_row_says_what_is_proved() -> None:
    benchmark, attributes, model = market()
    limits: Rows = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.3], ["Names", None, None, 8.0]]
    table: Rows = [["Account", "Exclude"], ["near", "N00"], ["far", "N01"]]
    options: Rows = [["Option", "Value"], ["Gap", 0.2]]
    _, *rows = evaluate("TE_BATCH", table, benchmark, model, limits, attributes, options)
    for row in rows:
        assert row[1] == "Within gap"
        assert str(row[4]).startswith(
            "8 names are held. Of all choices of names within the limits none reach a "
        )
    hurried: Rows = [["Option", "Value"], ["Gap", 0.0], ["Seconds", 0.001]]
    _, *rows = evaluate("TE_BATCH", table, benchmark, model, limits, attributes, hurried)
    assert [row[1] for row in rows] == ["Best found", "Best found"]
    assert [sum(weight > 0 for weight in row[5:]) <= 8 for row in rows] == [True, True]  # type: ignore[operator]  # numbers


@pytest.mark.parametrize("objective", ["Min variance", "Max utility", "Min turnover"])
def test_other_objectives_are_those_of_the_optimiser(objective: str) -> None:
    benchmark, attributes, model = market()
    table = [row[:31] for row in accounts(4)]
    options = [["Option", "Value"], ["Objective", objective], ["Risk aversion", 4.0], ["Periods", 12.0]]
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.1]]
    if objective == "Min turnover":
        limits.append(["TE", None, None, 0.1])
    _, *rows = evaluate("TE_BATCH", table, benchmark, model, limits, attributes, options)
    for given, row in zip(table[1:], rows, strict=True):
        current = [[name, held] for name, held in zip(NAMES, given[1:], strict=True)]
        expected = evaluate("TE_OPTIMIZE", benchmark, model, limits, attributes, current, options)
        assert row[1] == "Optimal"
        np.testing.assert_allclose(
            np.array(row[5:], dtype=float), np.array([cell for _, cell in expected], dtype=float), atol=1e-7
        )
        error = evaluate("TRACKING_ERROR", expected, benchmark, model, 12)[0][0]
        assert row[2] == pytest.approx(error, rel=1e-7)


def test_a_full_matrix_will_do() -> None:
    # Two names, budget: w1 = (b1 + …) by hand. N01 at most 0.3 leaves 0.7 for the other.
    cov: Rows = [[None, "A", "B"], ["A", 0.04, 0.0], ["B", 0.0, 0.01]]
    table: Rows = [["Account", "Weight A Max"], ["one", 0.3], ["two", None], ["three", 0.1], ["four", 0.2]]
    _, *rows = evaluate("TE_BATCH", table, [["A", 0.5], ["B", 0.5]], cov)
    assert [row[5:] for row in rows] == [
        pytest.approx(pair) for pair in ([0.3, 0.7], [0.5, 0.5], [0.1, 0.9], [0.2, 0.8])
    ]
    # a'Σa with a = (−0.2, 0.2) is 0.04 · 0.05.
    assert rows[0][2] == pytest.approx(np.sqrt(0.04 * 0.05))
    assert [row[3] for row in rows] == [""] * 4


BAD: Rows = [
    ["Account", "A", "B", "Exclude", "Turnover Max", "Weight * Max"],
    ["good", 0.5, 0.5, None, 0.1, None],
    ["percent", 50.0, 50.0, None, None, None],
    ["words", 0.5, "half", None, None, None],
    ["stranger", 0.5, 0.5, "A; C", None, None],
    ["narrow", 0.5, 0.5, None, None, 0.4],
    ["cash", None, None, None, 0.1, None],
    ["GOOD", 0.5, 0.5, None, None, None],
    [None, 0.5, 0.5, None, None, None],
    ["crossed", 0.5, 0.5, None, None, -0.1],
    ["free", 0.5, 0.5, None, "none", "None"],
    ["last", 0.4, 0.6, None, 0.1, None],
]
COV: Rows = [[None, "A", "B"], ["A", 0.04, 0.0], ["B", 0.0, 0.01]]


def test_one_bad_account_is_one_bad_row_with_its_sentence() -> None:
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.6], ["Turnover", None, None, 0.2]]
    _, *rows = evaluate("TE_BATCH", BAD, [["A", 0.5], ["B", 0.5]], COV, limits)
    assert [[row[0], row[1], row[4]] for row in rows] == [
        ["good", "Optimal", ""],
        [
            "percent",
            "Refused",
            "TE-150 accounts weights sum to 100, not 1: divide by 100 or set option Units to Percent.",
        ],
        ["words", "Refused", 'TE-100 accounts row 4, column 3 is the text "half", must be a number.'],
        ["stranger", "Refused", 'TE-140 constraints Exclude C "C" is not among the names.'],
        ["narrow", "No answer", "TE-200 Budget needs at least 1 but the names' limits allow at most 0.8."],
        ["cash", "Refused", "TE-100 current is missing, Turnover needs it."],
        [
            "GOOD",
            "Refused",
            "TE-140 accounts row 8, column 1 names GOOD a second time, must name everything once.",
        ],
        ["row 9", "Refused", "TE-100 accounts row 9, column 1 is empty, must be a name."],
        ["crossed", "Refused", "TE-100 accounts Weight * has Min 0 above Max -0.1, must not be above."],
        ["free", "Optimal", ""],
        ["last", "Optimal", ""],
    ]
    assert all(row[2] == "" and row[5:] == ["", ""] for row in rows if row[1] != "Optimal")


def test_what_no_account_could_use_is_refused_as_a_whole() -> None:
    benchmark: Rows = [["A", 0.5], ["B", 0.5]]

    def sentence(table: Rows, limits: Rows | None = None) -> str:
        reply = call("TE_BATCH", [table, benchmark, COV, limits])
        assert reply.fault is not None
        return reply.fault.sentence

    assert sentence([["Name", "A"], ["x", 1.0]]) == (
        "TE-110 accounts has no header Account in its first row, must have one."
    )
    assert sentence([["Account", "A", "Z"], ["x", 0.5, 0.5]]) == (
        "TE-140 accounts has columns for Z, must be names of weights or cov, or limits such as Turnover Max."
    )
    assert sentence([["Account", "A", "A"], ["x", 0.5, 0.5]]) == (
        "TE-140 accounts row 1, column 3 repeats the header A, must be new."
    )
    assert sentence([["Account", None], ["x", 0.5]]) == (
        "TE-100 accounts row 1, column 2 is empty, must be a header."
    )
    assert sentence([["Account", "Weight Max"], ["x", 0.5]]) == (
        'TE-100 accounts row 1, column 2 is "Weight Max", Weight must have an Item.'
    )
    assert sentence([["Account", "TE A Max"], ["x", 0.5]]) == (
        'TE-100 accounts row 1, column 2 is "TE A Max", TE must have no Item.'
    )
    assert sentence([["Account"], [None]]) == (
        "TE-110 accounts has one row, must have a header row and a row for each account."
    )
    limits: Rows = [["Type", "Item", "Min", "Max"], ["Weight", "C", 0.0, 0.6]]
    assert sentence([["Account"], ["x"]], limits) == 'TE-140 constraints row 2 "C" is not among the names.'


def test_limits_of_the_house_that_clash_may_be_lifted_by_an_account() -> None:
    limits: Rows = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.4]]
    table: Rows = [["Account", "Weight * Max"], ["house", None], ["own", 0.6]]
    _, house, own = evaluate("TE_BATCH", table, [["A", 0.7], ["B", 0.3]], COV, limits)
    assert house[1] == "No answer"
    assert own[5:] == pytest.approx([0.6, 0.4])


def test_weights_in_percent_come_back_in_percent() -> None:
    table: Rows = [["Account", "A", "B", "Weight A Max"], ["x", 50.0, 50.0, 30.0]]
    options: Rows = [["Option", "Value"], ["Units", "Percent"]]
    _, row = evaluate("TE_BATCH", table, [["A", 50.0], ["B", 50.0]], COV, None, None, options)
    assert row[5:] == pytest.approx([30.0, 70.0])
    assert row[2:4] == pytest.approx([100.0 * np.sqrt(0.04 * 0.05), 20.0])


def test_the_answer_says_who_has_none() -> None:
    reply = call("TE_BATCH", [BAD[:4], [["A", 0.5], ["B", 0.5]], COV])
    assert reply.notes == (
        ("Accounts", "1 of 3 have weights."),
        (
            "Refused",
            "percent: TE-150 accounts weights sum to 100, not 1: divide by 100 or set option Units to Percent.",
        ),
        ("Refused", 'words: TE-100 accounts row 4, column 3 is the text "half", must be a number.'),
    )
