"""Hostile workbooks by the hundred: each is refused in one sentence or answered, in bounded time and memory.

A thousand of them are the table "hostile" of the benchmarks; here is a sample, and the attacks that take long are left
to the whole run.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.hostile import hostile_table
from tests.workbook.ask_hostile import Runner, verdict
from tests.workbook.hostile_books import ATTACKS, attack, mutant, with_names
from trackerr_xl.errors import FileRefusedError
from trackerr_xl.workbook.recalculate import recalculate

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits on a child's memory are asked of Linux"
)

LONG = {
    "a ring of fifty thousand",
    "a shared formula that is long",
    "a chain behind a stranger",
    "a chain behind another workbook",
    "a chain of twenty thousand",
    "everything reads everything",
    "a million empty texts",
    "large arrays on twenty sheets",
    "a formula of a million terms",
    "a model of everything",
    "a backtest of everything",
}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.close()


@pytest.mark.parametrize("name", sorted({*ATTACKS} - LONG))
def test_an_attack_is_refused_or_answered(name: str, runner: Runner, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(attack(name))
    assert verdict(runner.outcome(path)) in ("refused", "answered")


def test_thirty_workbooks_broken_at_random_are_refused_or_answered(runner: Runner, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    counts: Counter[str] = Counter()
    for number in range(30):
        path.write_bytes(mutant(number))
        found = verdict(runner.outcome(path))
        assert found in ("refused", "answered"), f"mutant {number}"
        counts[found] += 1
    assert set(counts) == {"refused", "answered"}


@pytest.mark.parametrize(
    "words", ["check {book}", "diff {book} {book}", "freeze {book} --out {out}", "lock {book}"]
)
def test_other_commands_end_in_words_too(words: str, runner: Runner, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    for number in range(4):
        path.write_bytes(mutant(1_000 + number))
        outcome = runner.outcome(path, words.split())
        assert outcome["exception"] == ""
        assert outcome["code"] in (0, 1, 2, 3)


def test_equal_numbers_make_equal_workbooks() -> None:
    assert mutant(5) == mutant(5)
    assert len({mutant(number) for number in range(20)}) == 20


WORDS = {
    "names that double as ranges": "its name Name9 leads to others more than 50 deep",
    "a chain of ten thousand names": "its name Name9949 leads to others more than 50 deep",
    "a formula of fifty thousand cells": "its formula has more than 8,192 parts, more than Excel takes",
    "a corner and our function": "it reads 17,179,852,800 cells, at most 5,000,000 are read at once",
    "an array made large": "it makes an array of 10,000,000,000 cells, at most 2,000,000 are made",
    "a ring of five thousand": (
        "it depends on itself: Sheet1!A1 → Sheet1!A5000 → Sheet1!A4999 → Sheet1!A4998 → Sheet1!A4997 → Sheet1!A4996 → "
        "… 4,994 more … → Sheet1!A1"
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_formula_that_would_do_harm_is_left_out_in_words(name: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(attack(name))
    assert WORDS[name] in [each.reason for each in recalculate(path).not_evaluated]


def test_names_that_double_within_the_depth_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    names = [("Name0", "Sheet1!$B$1"), *((f"Name{k}", f"Name{k - 1}+Name{k - 1}") for k in range(1, 30))]
    path.write_bytes(with_names(names, "Name29", "Name5"))
    done = recalculate(path)
    assert [each.reason for each in done.not_evaluated] == ["its names stand for more than 8,192 parts"]
    # B1 is empty: 2^5 times nothing.
    assert list(done.values.values()) == [0.0]


def test_an_engine_that_breaks_down_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(attack("a row of years"))
    with pytest.raises(FileRefusedError) as refusal:
        recalculate(path)
    assert refusal.value.sentence == (
        "TE-160 book.xlsx cannot be calculated: the engine breaks down at one of its formulas "
        "(`NaiveDate + Months` out of range)."
    )


def test_the_table_of_the_whole_run_counts_what_is_wrong() -> None:
    table = hostile_table(3)
    assert [row[1:5] for row in table.rows] == [["3", "3", "0", "0"], ["0", "0", "0", "0"]]
    assert [len(row) for row in table.rows] == [len(table.header)] * 2
