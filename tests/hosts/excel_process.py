"""A process that is Excel's Python server but for Excel: xlwings' own `CallUDF` on our functions.

Started by the tests with pickled questions on its input and pickled answers on its output, so that the stand-in for
pywin32 never reaches the process that runs the tests.
"""

import io
import pickle
import sys
import time
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parent))

import fake_com

MODULE = "trackerr_xl.hosts.desktop"


class Excel:
    """Answers questions put by name."""

    def __init__(self):
        self.xlwings = fake_com.install()
        from trackerr_xl.hosts import desktop

        self.server = self.xlwings.com_server.XLPython()
        self.desktop = desktop

    def formula(self, function, arguments):
        """What the VBA wrapper gets for a formula in a cell."""
        return self._call(MODULE, function, tuple(map(_as_com, arguments)))

    def wrapper(self):
        """The VBA text that xlwings writes for our module."""
        text = io.StringIO()
        self.xlwings.udfs.generate_vba_wrapper(MODULE, self.desktop, text, fake_com.fake_workbook())
        return text.getvalue()

    def help(self):
        """What Excel's function window shows: per function the text, and the text of each argument."""
        functions = (vars(self.desktop)[name] for name in dir(self.desktop))
        declared = [function.__xlfunc__ for function in functions if hasattr(function, "__xlfunc__")]
        return {
            each["name"]: (
                each["category"],
                each["ret"]["doc"],
                {arg["name"]: arg["doc"] for arg in each["args"]},
            )
            for each in declared
        }

    def seconds_to_convert(self, n, repeats):
        """Best time of a call that takes an n × n range and only counts its rows: ours, and xlwings' own array."""
        import numpy as np

        module = ModuleType("conversions")
        module.__file__ = __file__
        sys.modules["conversions"] = module
        xw = self.xlwings
        module.ours = xw.func(xw.arg("cells", self.desktop.Cells)(lambda cells: len(cells)))
        module.stock = xw.func(xw.arg("cells", np.array, ndim=2)(lambda cells: len(cells)))
        cells = fake_com.fake_range(np.random.default_rng(0).normal(size=(n, n)).tolist())
        return [self._best_time(name, cells, repeats) for name in ("ours", "stock")]

    def _best_time(self, name, cells, repeats):
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            answer = self._call("conversions", name, (cells,))
            times.append(time.perf_counter() - start)
        assert answer == cells.Rows.Count
        return min(times)

    def _call(self, module, function, arguments):
        caller = fake_com.fake_range([[None]], row=50, column=50)
        return self.server.CallUDF(module, function, arguments, fake_com.fake_workbook(), caller)


def _as_com(argument):
    kind, value, options = argument
    if kind == "range":
        return fake_com.fake_range(value, **options)
    return fake_com.ComObject() if kind == "object" else value


def _serve():
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    # What any library prints must not land among the answers.
    sys.stdout = sys.stderr
    excel = Excel()
    while True:
        try:
            name, arguments = pickle.load(questions)
        except EOFError:
            return
        try:
            reply = ("answer", getattr(excel, name)(*arguments))
        except Exception as fault:  # noqa: BLE001  the tests must hear of anything that escapes
            reply = ("escaped", f"{type(fault).__name__}: {fault}")
        pickle.dump(reply, answers)
        answers.flush()


if __name__ == "__main__":
    _serve()
