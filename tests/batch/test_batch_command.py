"""`trackerr-xl batch` as a program of its own: what it says, its exit codes, the bar and Ctrl-C on a terminal."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from firm import accounts, light_accounts, write_csv, write_house

from tests.terminals import shown_on_terminal

COMMAND = [sys.executable, "-m", "trackerr_xl", "batch"]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return write_house(tmp_path / "house.xlsx")


def test_a_run_says_how_many_and_who_has_no_weights(house: Path, tmp_path: Path) -> None:
    given = write_csv(tmp_path / "accounts.csv", accounts(10))
    done = run(given, "--book", house, "--out", tmp_path / "results.csv")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[:2] == [
        ["Account", "Why"],
        ["Account 6", "TE-200 Budget needs at least 1 but the names' limits allow at most 0.24."],
    ]
    facts = dict(lines[2:])
    assert list(facts) == [
        *("Accounts", "With weights, proved", "Without", "Done before"),
        *("Seconds", "Accounts a second", "Written"),
    ]
    assert list(facts.values())[:4] == ["10", "9", "1", "0"]
    assert facts["Written"] == str(tmp_path / "results.csv")


def test_a_run_that_cannot_begin_is_refused(house: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "none.csv", "--book", house, "--out", tmp_path / "results.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"TE-160 ACCOUNTS {tmp_path / 'none.csv'} does not exist.\n"


def test_ctrl_c_on_a_terminal_ends_every_worker_and_keeps_what_is_done(house: Path, tmp_path: Path) -> None:
    given = write_csv(tmp_path / "accounts.csv", light_accounts(30_000))
    out, journal = tmp_path / "results.csv", tmp_path / "results.csv.journal"
    command = [*COMMAND, given, "--book", house, "--out", out, "--workers", "2"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    wait_until(lambda: journal.exists() and journal.stat().st_size > 100_000)
    # A terminal sends the signal to the command and to its workers.
    os.killpg(running.pid, signal.SIGINT)
    shown, said = running.communicate(timeout=30)
    assert running.returncode == 3
    facts = dict(line.split("\t") for line in shown.splitlines())
    solved = int(facts["With weights, proved"].replace(",", ""))
    assert 0 < solved < 30_000
    assert facts["Written"] == "nothing yet"
    assert said == (
        f"Stopped: {30_000 - solved:,} accounts are left. What is done is kept in {journal}; the same command goes on.\n"
    )
    assert not out.exists()
    wait_until(lambda: not group_is_alive(running.pid))


def test_workers_leave_when_the_command_is_killed(house: Path, tmp_path: Path) -> None:
    given = write_csv(tmp_path / "accounts.csv", light_accounts(30_000))
    journal = tmp_path / "results.csv.journal"
    command = [*COMMAND, given, "--book", house, "--out", tmp_path / "results.csv", "--workers", "2"]
    running = subprocess.Popen(command, start_new_session=True)
    wait_until(lambda: journal.exists() and journal.stat().st_size > 100_000)
    running.kill()
    running.wait()
    wait_until(lambda: not group_is_alive(running.pid))


def test_a_terminal_shows_rate_and_time_left(house: Path, tmp_path: Path) -> None:
    given = write_csv(tmp_path / "accounts.csv", light_accounts(14_000))
    shown = on_terminal(given, "--book", house, "--out", tmp_path / "results.parquet")
    bars = re.findall(r"(\d+)/14000 ([\d,]+)/s (\d:\d\d:\d\d)", shown)
    assert any(0 < int(done) < 14_000 and int(rate.replace(",", "")) > 0 for done, rate, _ in bars)


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, check=False)


def wait_until(true: object, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]  # a callable
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def group_is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def on_terminal(*words: object) -> str:
    """All that the command shows on a terminal, without colours and movements."""
    shown, code = shown_on_terminal([*COMMAND, *map(str, words)], columns=100)
    assert code == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
