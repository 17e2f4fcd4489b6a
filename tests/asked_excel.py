"""Formulas asked as Excel asks them, of a process of its own."""

import pickle
import subprocess
import sys
from pathlib import Path

LEFT_OUT = ("value", -2147352572, {})
"""An argument left out: DISP_E_PARAMNOTFOUND."""


class Asked:
    """Asks another process, one question at a time."""

    def __init__(self, script, *words):
        path = Path(__file__).with_name("hosts") / script
        self.process = subprocess.Popen(
            [sys.executable, path, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, question, *arguments):
        pickle.dump((question, arguments), self.process.stdin)
        self.process.stdin.flush()
        outcome, answer = pickle.load(self.process.stdout)
        assert outcome == "answer", answer
        return answer

    def formula(self, function, *arguments):
        return self.ask("formula", function, arguments)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class Excel(Asked):
    """Excel on Windows, the Python side."""

    def __init__(self):
        super().__init__("excel_process.py")


def cells(rows, **options):
    return ("range", rows, options)


def value(content):
    return ("value", content, {})
