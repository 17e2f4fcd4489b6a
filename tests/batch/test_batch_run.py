"""Every account once, the same answer whoever gives it, and nothing lost when a run or a worker ends."""

import multiprocessing
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from endings import EndingDesk
from firm import NAMES, Rows, accounts, read_csv, shared, write_csv, write_house

from trackerr_xl import evaluate
from trackerr_xl.batch.job import Job, solve_part
from trackerr_xl.batch.journal import Journal
from trackerr_xl.batch.processes import solved_by_workers
from trackerr_xl.batch.read_accounts import accounts_of
from trackerr_xl.batch.read_house import house_of
from trackerr_xl.batch.run import Summary, Team, run_batch
from trackerr_xl.errors import SetupError
from trackerr_xl.functions.accounts import Desk, Outcomes
from trackerr_xl.functions.values import Accounts

COUNT = 400
"""Accounts: three whole parts and one that is not."""


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the house, the accounts and the results of an undisturbed run by one process."""
    folder = tmp_path_factory.mktemp("firm")
    write_house(folder / "house.xlsx")
    write_csv(folder / "accounts.csv", accounts(COUNT))
    run(folder, folder / "undisturbed.csv")
    return folder


def run(firm: Path, out: Path, workers: int = 1, told: object = None) -> Summary:
    return run_batch(
        firm / "accounts.csv",
        firm / "house.xlsx",
        out,
        Team(workers),
        told or (lambda _done, _total: None),  # type: ignore[arg-type]  # a callable
    )


def assert_as_if_undisturbed(firm: Path, out: Path) -> None:
    assert out.read_bytes() == (firm / "undisturbed.csv").read_bytes()
    assert not out.with_name(out.name + ".journal").exists()


def test_each_account_has_one_row_and_it_is_a_call_of_the_optimiser(firm: Path) -> None:
    header, *rows = read_csv(firm / "undisturbed.csv")
    table = accounts(COUNT)
    assert header[5:] == list(NAMES)
    assert [row[0] for row in rows] == [row[0] for row in table[1:]]
    parts = shared()
    model = evaluate("RISK_MODEL", parts["Exposures"], parts["Factor_Cov"], parts["Specific"])
    for at in range(0, COUNT, 41):
        given = table[1 + at]
        limits: Rows = [list(row) for row in parts["Limits"]]
        limits[1][3] = given[-1]
        limits.append(["Turnover", None, None, given[-2], None])
        limits += [["Exclude", item, None, None, None] for item in str(given[-3]).split("; ")]
        current = [[name, held] for name, held in zip(NAMES, given[1:-3], strict=True)]
        alone = evaluate("TE_OPTIMIZE", parts["Benchmark"], model, limits, parts["Assets"], current)
        if rows[at][1] == "Optimal":
            expected = np.array([weight for _, weight in alone], dtype=float)
            np.testing.assert_allclose(np.array(rows[at][5:], dtype=float), expected, atol=1e-8)
        else:
            assert str(alone[0][0]) == "#N/A"


def test_failures_are_rows_and_every_seventh_account_is_one(firm: Path) -> None:
    rows = read_csv(firm / "undisturbed.csv")[1:]
    narrow = [row for at, row in enumerate(rows) if at % 7 == 6]
    assert {row[1] for row in narrow} == {"No answer"}
    # 24 names at 1 % each; that two of them are excluded takes no part in the clash.
    assert {row[4] for row in narrow} == {
        "TE-200 Budget needs at least 1 but the names' limits allow at most 0.24."
    }
    assert all(row[2:4] == ["", ""] and set(row[5:]) == {""} for row in narrow)


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_changes_no_digit(firm: Path, tmp_path: Path, workers: int) -> None:
    summary = run(firm, tmp_path / "results.csv", workers)
    assert (summary.accounts, summary.done, summary.resumed, summary.journal) == (COUNT, COUNT, 0, None)
    assert_as_if_undisturbed(firm, tmp_path / "results.csv")


def test_a_worker_killed_in_the_middle_loses_nothing(firm: Path, tmp_path: Path) -> None:
    killed: list[int] = []

    def told(done: int, _total: int) -> None:
        if done and not killed:
            worker = multiprocessing.active_children()[0]
            killed.append(worker.pid or 0)
            worker.kill()

    summary = run(firm, tmp_path / "results.csv", 2, told)
    assert killed
    assert summary.done == COUNT
    assert_as_if_undisturbed(firm, tmp_path / "results.csv")


def test_workers_that_end_again_and_again_are_given_up_with_a_sentence(firm: Path) -> None:
    job = Job.of(house_of(firm / "house.xlsx"), accounts_of(firm / "accounts.csv"))
    ending = replace(job, desk=EndingDesk())  # type: ignore[arg-type]  # ends where a desk would answer
    with pytest.raises(SetupError) as caught:
        list(solved_by_workers(ending, [0, 1], 2))
    assert caught.value.sentence == (
        "TE-400 workers ended 3 times in a row before anything was done: have fewer of them, or give them more "
        "memory."
    )


def test_a_mistake_of_ours_costs_one_account_and_no_other(
    firm: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    job = Job.of(house_of(firm / "house.xlsx"), accounts_of(firm / "accounts.csv"))
    sound = job.desk.outcomes(job.part(0))
    solve = Desk.outcomes

    def mistaken(desk: Desk, some: Accounts) -> Outcomes:
        if "Account 3" in some.names:
            raise ZeroDivisionError
        return solve(desk, some)

    monkeypatch.setattr(Desk, "outcomes", mistaken)
    found = solve_part(job.desk, job.part(0))
    assert (found.status[3], found.sentences[3]) == (
        "Failed",
        "TE-900 Something went wrong inside trackerr_xl: the inputs are not at fault.",
    )
    others = [at for at in range(128) if at != 3]
    assert [found.status[at] for at in others] == [sound.status[at] for at in others]
    np.testing.assert_allclose(found.weights[others], sound.weights[others], atol=1e-9)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(firm: Path, tmp_path: Path, workers: int) -> None:
    out, told_of = tmp_path / "results.csv", list[int]()

    def told(done: int, _total: int) -> None:
        told_of.append(done)
        if done:
            raise KeyboardInterrupt

    stopped = run(firm, out, workers, told)
    assert stopped.journal == tmp_path / "results.csv.journal"
    assert 0 < stopped.done < COUNT
    assert not out.exists()
    told_of.clear()
    ended = run(firm, out, workers, lambda done, _total: told_of.append(done))
    assert told_of[0] == ended.resumed == stopped.done
    assert (ended.done, ended.journal) == (COUNT, None)
    assert_as_if_undisturbed(firm, out)
    assert not multiprocessing.active_children()


def test_a_run_that_is_killed_loses_nothing_that_was_done(firm: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.csv"
    killed = subprocess.run(
        [
            sys.executable,
            Path(__file__).with_name("endings.py"),
            firm / "accounts.csv",
            firm / "house.xlsx",
            out,
            "256",
        ]
    )
    assert killed.returncode == 9
    assert not out.exists()
    assert run(firm, out).resumed == 256
    assert_as_if_undisturbed(firm, out)


def stopped_after(parts: int, firm: Path, out: Path) -> Path:
    def told(done: int, _total: int) -> None:
        if done >= 128 * parts:
            raise KeyboardInterrupt

    journal = run(firm, out, told=told).journal
    assert journal is not None
    return journal


@pytest.mark.parametrize(("missing", "kept"), [(1, 256), (5000, 256), (40_000, 128)])
def test_a_journal_whose_end_is_half_written_counts_as_far_as_it_is_whole(
    firm: Path, tmp_path: Path, missing: int, kept: int
) -> None:
    # A part is 128 accounts of 26 numbers of 8 bytes, and their texts: about 35,000 bytes.
    out = tmp_path / "results.csv"
    journal = stopped_after(3, firm, out)
    journal.write_bytes(journal.read_bytes()[:-missing])
    assert run(firm, out).resumed == kept
    assert_as_if_undisturbed(firm, out)


def test_a_journal_with_a_wrong_byte_counts_up_to_it(firm: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.csv"
    journal = stopped_after(2, firm, out)
    content = bytearray(journal.read_bytes())
    content[-100] ^= 1
    journal.write_bytes(content)
    assert run(firm, out).resumed == 128
    assert_as_if_undisturbed(firm, out)


@pytest.mark.parametrize("changed", ["house.xlsx", "accounts.csv"])
def test_a_journal_of_other_inputs_is_not_used(firm: Path, tmp_path: Path, changed: str) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    write_house(
        folder / "house.xlsx", [["Weight", "N00", None, 0.1, None]] if changed == "house.xlsx" else []
    )
    write_csv(folder / "accounts.csv", accounts(COUNT, seed=2 if changed == "accounts.csv" else 1))
    stopped_after(1, folder, tmp_path / "results.csv")
    assert run(firm, tmp_path / "results.csv").resumed == 0
    assert_as_if_undisturbed(firm, tmp_path / "results.csv")


def test_what_is_no_journal_is_written_over(firm: Path, tmp_path: Path) -> None:
    (tmp_path / "results.csv.journal").write_bytes(b"shopping list")
    run(firm, tmp_path / "results.csv")
    assert_as_if_undisturbed(firm, tmp_path / "results.csv")


def test_a_part_counts_once(firm: Path, tmp_path: Path) -> None:
    job = Job.of(house_of(firm / "house.xlsx"), accounts_of(firm / "accounts.csv"))
    outcomes = job.desk.outcomes(job.part(0))
    with Journal(tmp_path / "results.csv", "job") as journal:
        journal.keep(0, outcomes)
        size = journal.path.stat().st_size
        journal.keep(0, outcomes)
    assert journal.path.stat().st_size == size
    with Journal(tmp_path / "results.csv", "job") as again:
        assert list(again.done) == [0]
        found = again.done[0]
    assert (found.names, found.status, found.sentences) == (
        outcomes.names,
        outcomes.status,
        outcomes.sentences,
    )
    for part in ("error", "turnover", "weights"):
        np.testing.assert_array_equal(getattr(found, part), getattr(outcomes, part))


def test_accounts_that_count_names_are_handed_out_in_small_parts(firm: Path, tmp_path: Path) -> None:
    house = write_house(tmp_path / "house.xlsx", [["Names", None, None, 20.0, None]])
    job = Job.of(house_of(house), accounts_of(firm / "accounts.csv"))
    assert (job.size, job.parts) == (8, 50)
