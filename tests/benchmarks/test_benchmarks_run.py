"""The benchmarks run, at sizes that take no time: figures nobody can reproduce would be worse than none."""

import pytest

from tests.benchmarks import index_tracking
from tests.benchmarks.__main__ import with_table
from tests.benchmarks.backtest import backtest_table
from tests.benchmarks.batch import ANEW, KEPT, Firm, batch_table
from tests.benchmarks.batch_command import batch_command_table
from tests.benchmarks.busy_machine import busy_machine_table
from tests.benchmarks.cardinality import Size, cardinality_table
from tests.benchmarks.end_to_end import end_to_end_table
from tests.benchmarks.excel_call import conversion_table, excel_call_table
from tests.benchmarks.families import families_table
from tests.benchmarks.portfolio_libraries import portfolio_libraries_table
from tests.benchmarks.refusals import refusals_table
from tests.benchmarks.report import Table, machine
from tests.benchmarks.rivals import RIVALS
from tests.benchmarks.scenarios import make_scenario
from tests.benchmarks.speed import (
    accuracy_table,
    costs_table,
    dense_results,
    factor_results,
    times_table,
)
from tests.benchmarks.start_up import start_up_table
from tests.benchmarks.te_cap import frontier_table, te_cap_table
from tests.benchmarks.timing import milliseconds, race

IN_TEST_EXTRA = [rival for rival in RIVALS if rival.name in ("PIQP", "Clarabel")]


def test_rivals_agree_with_us_on_every_size() -> None:
    results = dense_results([3, 40], IN_TEST_EXTRA, quick=True) + factor_results(
        [(40, 5)], IN_TEST_EXTRA, quick=True
    )
    assert [r.label for r in results] == [
        "n = 3, A",
        "n = 3, B",
        "n = 40, A",
        "n = 40, B",
        "n = 40, C",
        "n = 40, k = 5, A",
        "n = 40, k = 5, B",
        "n = 40, k = 5, C",
    ]
    for result in results:
        assert set(result.excess) == {"ours", "ours, known Σ", "ours, checked", "PIQP", "Clarabel"}
        assert max(result.excess.values()) < 1e-7, result.label
        assert max(result.breach.values()) < 1e-8, result.label
    _assert_rectangular(times_table("Times", results))
    _assert_rectangular(costs_table("Costs", results))
    _assert_rectangular(accuracy_table("Accuracy", results))


def test_names_table_beats_no_proof_and_no_heuristic_beats_it() -> None:
    sizes = [
        Size("small", 30, 3, 6, 5.0),
        Size("dense", 20, 3, 5, 5.0, weeks=200),
        Size("rows", 60, 3, 40, 5.0, rows=True),
    ]
    table = cardinality_table(sizes, 1)
    _assert_rectangular(table)
    for row in table.rows:
        assert float(row[3].split()[0]) <= 0.1
        assert all(cell == "none" or float(cell.split()[0]) >= -0.11 for cell in row[6:])


def test_families_table_has_a_line_for_each_scenario() -> None:
    table = families_table(30, ["factors and noise", "bond curve, 1 % specific"], quick=True)
    assert [row[0] for row in table.rows] == [
        "factors and noise, A",
        "bond curve, 1 % specific, A",
        "factors and noise, B",
        "bond curve, 1 % specific, B",
    ]
    _assert_rectangular(table)


def test_other_tables_run() -> None:
    _assert_rectangular(start_up_table(rounds=1))
    _assert_rectangular(busy_machine_table(n=30, rounds=1, workers=1))
    _assert_rectangular(end_to_end_table(sizes=[10]))


def test_what_is_made_impossible_is_refused_with_the_rows_that_clash() -> None:
    table = refusals_table(500, rounds=1)
    assert [int(row[2]) for row in table.rows] >= [1, 1, 1]
    _assert_rectangular(table)


def test_slsqp_with_its_gradient_comes_near_us() -> None:
    table = portfolio_libraries_table([20], quick=True)
    excess = {row[1]: float(row[4]) for row in table.rows}
    assert abs(excess["SLSQP"]) < 1e-6
    _assert_rectangular(table)


def test_formula_in_excel_is_raced_with_and_without_names() -> None:
    calls = excel_call_table([10], rounds=1)
    assert [row[0] for row in calls.rows] == ["n = 10", "n = 10, named"]
    _assert_rectangular(calls)
    _assert_rectangular(conversion_table([10], rounds=1))


def test_scenarios_are_the_same_every_time() -> None:
    first, second = make_scenario("B", 48, seed=1), make_scenario("B", 48, seed=1)
    assert (first.benchmark == second.benchmark).all()
    assert (first.rows.matrix == second.rows.matrix).all()
    assert (first.risk.matrix == second.risk.matrix).all()


def test_runs_take_turns_each_after_one_of_its_own() -> None:
    order: list[str] = []
    result = race({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert order == ["a", "a", "b", "b"] * 2
    assert [len(times) for times in result.seconds.values()] == [2, 2]


@pytest.mark.parametrize(("seconds", "text"), [(0.000823, "0.82"), (0.01408, "14.1"), (1.5302, "1530")])
def test_times_show_three_digits(seconds: float, text: str) -> None:
    assert milliseconds(seconds) == text


def test_table_is_padded_markdown() -> None:
    table = Table("Title", "A note.", ("a", "long"), [("1", "2"), ("333", "4")])
    assert table.markdown() == (
        "## Title\n\nA note.\n\n| a   | long |\n|-----|------|\n| 1   | 2    |\n| 333 | 4    |\n"
    )


def test_machine_is_named() -> None:
    assert "cores" in machine()
    assert "numpy" in machine()


def _assert_rectangular(table: Table) -> None:
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.header)}


def test_caps_and_frontiers_are_raced() -> None:
    cap = te_cap_table([("B", 40, None), ("A", 40, 5)], rounds=1)
    assert [row[0] for row in cap.rows] == ["n = 40, B", "n = 40, k = 5, A"]
    for row in cap.rows:
        assert abs(float(row[4])) < 1e-6
    frontiers = frontier_table([("A", 40, None)], rounds=1)
    assert int(frontiers.rows[0][4]) > 2


def test_backtests_agree_with_cvxportfolio_at_every_rebalance() -> None:
    table = backtest_table((66,), rounds=1, days=400)
    assert table.rows[0][:2] == ["66", "8"]
    assert float(table.rows[0][4]) < 1e-4
    assert abs(float(table.rows[0][5])) < 1e-6


@pytest.mark.skipif(not index_tracking.DATA.is_dir(), reason="the real data are not on this machine")
def test_index_tracking_shows_every_problem_and_count_that_was_printed() -> None:
    table = index_tracking.index_tracking_table(seconds=0.05)
    assert {row[0] for row in table.rows} == set(index_tracking.INSTANCES)
    assert len(table.rows) >= 12
    assert all(float(row[7]) <= float(row[3]) for row in table.rows)


def test_a_table_takes_the_place_of_the_one_of_its_title_and_a_new_one_the_end() -> None:
    page = "# Page\n\nThe head.\n\n## One\n\nold\n\n## Two\n\nkept\n"
    one, new = Table("One", "words", ["a"], [["1"]]), Table("New", "more", ["b"], [["2"]])
    page = with_table(with_table(page, one, "Here."), new, "")
    assert page == (
        "# Page\n\nThe head.\n\n## One\n\nwords\n\n| a |\n|---|\n| 1 |\n\nHere.\n\n## Two\n\nkept\n\n"
        "## New\n\nmore\n\n| b |\n|---|\n| 2 |\n"
    )


def test_loops_over_accounts_find_what_the_stack_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.benchmarks import batch

    # Solvers of the extra `bench` stay out: the others are enough to see that all solve the same problems.
    few = {name: ANEW[name] for name in ("PIQP", "Clarabel")}, {"PIQP, kept": KEPT["PIQP, kept"]}
    for name, loops in zip(("ANEW", "KEPT", "LOOPS"), (*few, few[0] | few[1]), strict=True):
        monkeypatch.setattr(batch, name, loops)
    table = batch_table((Firm(40, 5), Firm(60, 5, 6), Firm(20, None)), 12, 1)
    _assert_rectangular(table)
    assert [row[0] for row in table.rows] == ["n = 40, k = 5", "n = 60, k = 5, 10 rows", "n = 20"]
    for row in table.rows:
        assert abs(float(row[-2])) < 1e-6
        assert float(row[-1]) < 1e-8


def test_accounts_from_file_to_file_are_the_same_whoever_solves_them() -> None:
    table = batch_command_table(200, 500, workers=2, clusters=False)
    _assert_rectangular(table)
    assert {row[-1] for row in table.rows} == {"yes"}
    assert {row[-2] for row in table.rows} == {"200"}
