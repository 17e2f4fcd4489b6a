"""A thousand workbooks made to hurt, each in a process of its own with a gigabyte to spend."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.benchmarks.report import Table
from tests.workbook.ask_hostile import Runner, verdict
from tests.workbook.hostile_books import ATTACKS, attack, mutant

NOTE = (
    "`trackerr-xl recalc` on attacks made by hand (bombs of zips and entities, parts over each other, names that climb out, "
    "names that double, circles, floods of cells, formulas that expand, links) and on honest workbooks with one to three things "
    "broken at random. *Refused*: code 2, one sentence, nothing written. *Answered*: what can be calculated is, and written. "
    "*Wrong*: a trace, a crash, more than 10 seconds of the processor, or more than a gigabyte."
)
ALL = 1_000


def hostile_table(count: int = ALL) -> Table:
    """Refused, answered and wrong, with the slowest and the largest."""
    attacks = list(ATTACKS)[:count]
    rows = [
        _row("attacks by hand", ((name, attack(name)) for name in attacks)),
        _row("broken at random", ((str(n), mutant(n)) for n in range(count - len(attacks)))),
    ]
    header = ("workbooks", "number", "refused", "answered", "wrong", "mean, s", "slowest, s", "largest, MB")
    return Table("Hostile workbooks", NOTE, header, rows)


def _row(label: str, books: Iterator[tuple[str, bytes]]) -> list[str]:
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    seconds: list[float] = []
    memory = 0
    runner = Runner()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        for name, data in books:
            path.write_bytes(data)
            outcome = runner.outcome(path)
            found = verdict(outcome)
            counts[found if found in ("refused", "answered") else "wrong"] += 1
            if found not in ("refused", "answered"):
                wrong.append(f"{name}: {found}")
            seconds.append(outcome["seconds"])
            memory = max(memory, outcome["memory"])
    runner.close()
    return [
        label,
        f"{len(seconds):,}",
        f"{counts['refused']:,}",
        f"{counts['answered']:,}",
        "; ".join((str(len(wrong)), *islice(wrong, 3))),
        f"{sum(seconds) / max(1, len(seconds)):.2f}",
        f"{max(seconds, default=0.0):.1f}",
        f"{memory / 2**20:.0f}",
    ]
