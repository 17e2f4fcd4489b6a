"""The other end of `tests/asked_excel.py`: pickled questions on the input, pickled answers on the output."""

import pickle
import sys


def answer(make):
    """Answer questions, each the name of a method and its arguments, until the input ends.

    `make` makes what answers; it is called when what any library prints no longer lands among the answers.
    """
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    asked = make()
    while True:
        try:
            name, arguments = pickle.load(questions)
        except EOFError:
            return
        try:
            reply = ("answer", getattr(asked, name)(*arguments))
        except Exception as fault:  # noqa: BLE001  the tests must hear of anything that escapes
            reply = ("escaped", f"{type(fault).__name__}: {fault}")
        pickle.dump(reply, answers)
        answers.flush()
