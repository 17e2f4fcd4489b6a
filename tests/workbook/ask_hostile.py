"""Asks `hostile_runner.py` what becomes of hostile workbooks, and judges it."""

import pickle
import subprocess
import sys
from pathlib import Path

MOST_SECONDS = 10
"""Seconds of the processor that a workbook may take, from opening it to the last word."""
MOST_MEMORY = 2**30 + 2**27
"""Bytes that a child may hold: what the imports take, and a gigabyte."""
RECALC = ("recalc", "{book}", "--out", "{out}")


class Runner:
    """The program, for as long as it is needed."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("hostile_runner.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def outcome(self, path, words=RECALC):
        """What becomes of a workbook file: a record of `hostile_runner`."""
        pickle.dump((str(path), words, 6 * MOST_SECONDS), self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    def close(self):
        """End the program."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


def verdict(outcome):
    """``"refused"`` in one sentence, ``"answered"``, or what went wrong."""
    if outcome["exception"]:
        return outcome["exception"]
    if outcome["seconds"] > MOST_SECONDS:
        return f"took {outcome['seconds']:.1f} seconds"
    if outcome["memory"] > MOST_MEMORY:
        return f"held {outcome['memory'] / 2**20:.0f} MB"
    if outcome["code"] in (0, 3) and outcome["written"]:
        return "answered"
    sentence = outcome["stderr"].removesuffix("\n")
    one = sentence.startswith("TE-160 ") and sentence.endswith((".", "…")) and len(sentence) <= 255
    if outcome["code"] == 2 and one and len(sentence.splitlines()) == 1 and not outcome["written"]:
        return "refused"
    return f"ended with code {outcome['code']} and said {outcome['stderr']!r}"
