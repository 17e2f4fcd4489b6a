"""A day of recalculation in one process: formulas of the whole catalogue, over inputs that change, by `CallUDF`.

Runs inside `excel_process.py`.
"""

import gc
import random
import time
from pathlib import Path

import fake_com
import numpy as np

RARE = {"TE_NAMES", "TE_BATCH"}
"""Formulas of tens of milliseconds, asked one time in twenty that they are drawn."""

NOT_AVAILABLE = "#XL:2042"

EXPOSURES = np.array([[0.9, 0.5], [1.0, -0.25], [1.2, 0.0]])
FACTOR_COV = np.array([[0.0016, 0.0001], [0.0001, 0.0004]])
SPECIFIC = np.array([0.0004, 0.0009, 0.0001])
HELD, INDEX = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])


class Day:
    """Asks formulas and counts what comes of them.

    Parameters
    ----------
    ask : callable
        Takes a function's name and its COM arguments.
    formulas : sequence of (str, list)
        Functions with the arguments of an example: rectangles of cells, numbers, words or None.
    """

    def __init__(self, ask, formulas, seed):
        self.ask = ask
        self.formulas = [(name, arguments, self._varied(name, arguments)) for name, arguments in formulas]
        self.random = random.Random(seed)
        self.counts = dict.fromkeys(
            (
                "answered",
                "refused",
                "again",
                "unknown names",
                "error cells",
                "handles right",
                "handles gone",
                "wrong",
            ),
            0,
        )
        self.handles = []

    def run(self, calls, marks):
        """Ask so many formulas; what the process needs is noted when each count of `marks` is reached."""
        noted = []
        begun = time.perf_counter()
        done = 0
        while done < calls:
            done += self._ask_one(done)
            if marks and done >= marks[0]:
                marks = marks[1:]
                gc.collect()
                noted.append((done, time.perf_counter() - begun, resident(), len(gc.get_objects())))
        return noted, self.counts

    def _ask_one(self, number):
        turn = self.random.random()
        if turn < 0.1:
            return self._ask_model(number)
        name, arguments, varied = self.random.choice(self.formulas)
        if name in RARE and self.random.random() > 0.05:
            return 0
        if turn < 0.3:
            self.counts["again"] += 1
        elif turn < 0.35:
            arguments = _with_cell(arguments, -2146826246, self.random)
            self.counts["error cells"] += 1
        elif turn < 0.37:
            arguments = _with_cell(arguments, f"Unheard {number}", self.random)
            self.counts["unknown names"] += 1
        elif varied is not None:
            arguments = [_scaled(each, number) if at == varied else each for at, each in enumerate(arguments)]
        answer = self.ask(name, tuple(map(_com, arguments)))
        self.counts["refused" if isinstance(answer, str) and answer.startswith("#XL:") else "answered"] += 1
        return 1

    def _ask_model(self, number):
        """Make a model nobody has made, and measure with it and with an older one, by its name in a cell."""
        scale = 1.0 + number * 1e-6
        handle = self._formula("RISK_MODEL", scale * EXPOSURES, FACTOR_COV, SPECIFIC)
        self.handles.append((handle, scale))
        for name, factor in (self.handles[-1], self.random.choice(self.handles)):
            found = self._formula("TRACKING_ERROR", HELD[:, None], INDEX[:, None], name)
            active = HELD - INDEX
            loads = factor * EXPOSURES.T @ active
            expected = np.sqrt(loads @ FACTOR_COV @ loads + SPECIFIC @ active**2)
            # Handles whose scale differs by a millionth give errors that differ by more than this.
            right = isinstance(found, float) and abs(found / expected - 1.0) < 1e-10
            gone = found == NOT_AVAILABLE and name != handle
            self.counts["handles right" if right else "handles gone" if gone else "wrong"] += 1
        return 3

    def _formula(self, name, *arguments):
        cells = [
            [each] if isinstance(each, str) else each.reshape(len(each), -1).tolist() for each in arguments
        ]
        return self.ask(name, tuple(_com([each] if isinstance(each[0], str) else each) for each in cells))

    def _varied(self, name, arguments):
        """The first argument whose numbers may all be a little larger without a refusal, or None."""
        for at, argument in enumerate(arguments):
            scaled = _scaled(argument, 1)
            if scaled != argument:
                answer = self.ask(
                    name, tuple(_com(scaled if k == at else each) for k, each in enumerate(arguments))
                )
                if not isinstance(answer, str) or not answer.startswith("#XL:"):
                    return at
        return None


def resident():
    """Bytes of memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def _com(argument):
    return fake_com.fake_range(argument) if isinstance(argument, list) else argument


def _scaled(argument, number):
    factor = 1.0 + number * 1e-10
    if isinstance(argument, float):
        return argument * factor
    if not isinstance(argument, list):
        return argument
    return [[cell * factor if isinstance(cell, float) else cell for cell in row] for row in argument]


def _with_cell(arguments, content, chosen):
    """The arguments with one cell of one range replaced."""
    ranges = [at for at, each in enumerate(arguments) if isinstance(each, list)]
    if not ranges:
        return arguments
    at = chosen.choice(ranges)
    rows = [list(row) for row in arguments[at]]
    row = chosen.choice(rows)
    row[chosen.randrange(len(row))] = content
    return [rows if k == at else each for k, each in enumerate(arguments)]
