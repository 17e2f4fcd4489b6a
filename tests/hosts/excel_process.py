"""A process that is Excel's Python server but for Excel: xlwings' own `CallUDF` on our functions.

Started by the tests with pickled questions on its input and pickled answers on its output, so that the stand-in for
pywin32 never reaches the process that runs the tests.
"""

import io
import sys
import time
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parent))

import fake_com
from answering import answer

MODULE = "trackerr_xl.hosts.desktop"
PROBES = "probes"


class Excel:
    """Answers questions put by name."""

    def __init__(self):
        self.xlwings = fake_com.install()
        from trackerr_xl.hosts import desktop

        self.server = self.xlwings.com_server.XLPython()
        self.desktop = desktop
        self.probes = sys.modules[PROBES] = ModuleType(PROBES)
        self.probes.__file__ = __file__
        self.book = fake_com.fake_workbook()

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

    def read(self, argument):
        """What our functions are given for an argument, after xlwings' server has read it."""
        read = []
        self.probes.keep = self.xlwings.func(
            self.xlwings.arg("cells", self.desktop.Cells)(lambda cells: read.append(cells) or 0.0)
        )
        self._call(PROBES, "keep", (_as_com(argument),))
        return read[0]

    def written(self, grid):
        """What VBA gets for an answer of ours."""
        self.probes.write = self.xlwings.func(
            self.xlwings.ret(self.desktop.Cells)(lambda: self.desktop.com_from_grid(grid))
        )
        return self._call(PROBES, "write", ())

    def seconds_to_convert(self, n, rounds):
        """Seconds, one a round, of a call with an n × n range that only counts its rows: ours, and xlwings' own array."""
        import numpy as np

        xw = self.xlwings
        self.probes.ours = xw.func(xw.arg("cells", self.desktop.Cells)(lambda cells: len(cells)))
        self.probes.stock = xw.func(xw.arg("cells", np.array, ndim=2)(lambda cells: len(cells)))
        cells = fake_com.fake_range(np.random.default_rng(0).normal(size=(n, n)).tolist())
        return _times(
            {name: lambda name=name: self._call(PROBES, name, (cells,)) for name in ("ours", "stock")}, rounds
        )

    def seconds_to_write(self, n, rounds):
        """Seconds, one a round, of a call without arguments that answers with n × n numbers: ours, and xlwings' own."""
        xw = self.xlwings
        grid = [[0.1] * n for _ in range(n)]
        self.probes.ours = xw.func(xw.ret(self.desktop.Cells)(lambda: self.desktop.com_from_grid(grid)))
        self.probes.stock = xw.func(lambda: grid)
        return _times(
            {name: lambda name=name: self._call(PROBES, name, ()) for name in ("ours", "stock")}, rounds
        )

    def seconds_to_optimise(self, benchmark, cov, limits, rounds):
        """Seconds, one a round, from three ranges to the weights: asked first, asked again, and by stock converters."""
        import numpy as np

        from trackerr_xl.sheet import memo
        from trackerr_xl.sheet.call import call

        xw = self.xlwings

        def stock(benchmark, cov, limits):
            return call("TE_OPTIMIZE", (benchmark, cov, limits)).grid

        array = np.array if isinstance(cov[0][0], float) else None
        stock = xw.arg("benchmark", array, ndim=2)(xw.arg("cov", array, ndim=2)(stock))
        self.probes.stock = xw.func(xw.arg("limits", ndim=2)(stock))
        ranges = tuple(map(fake_com.fake_range, (benchmark, cov, limits)))

        def first(module, name):
            memo.forget()
            return self._call(module, name, ranges)

        return _times(
            {
                "first": lambda: first(MODULE, "TE_OPTIMIZE"),
                "again": lambda: self._call(MODULE, "TE_OPTIMIZE", ranges),
                "stock": lambda: first(PROBES, "stock"),
            },
            rounds,
        )

    def day(self, formulas, calls, marks, seed):
        """What a day of recalculation needs: see `excel_day`."""
        from excel_day import Day

        return Day(lambda name, given: self._call(MODULE, name, given), formulas, seed).run(calls, marks)

    def _call(self, module, function, arguments):
        caller = fake_com.fake_range([[None]], row=50, column=50)
        return self.server.CallUDF(module, function, arguments, self.book, caller)


def _times(runs, rounds):
    """Seconds of each, in turn, so that a busy moment hits all alike; everyone runs once before it counts.

    Excel's server runs all day: before the first turn each runs as often as it will count, until Python has settled.
    """
    seconds = {name: [] for name in runs}
    for run in runs.values():
        for _ in range(rounds):
            run()
    for _ in range(rounds):
        for name, run in runs.items():
            run()
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def _as_com(argument):
    kind, value, options = argument
    if kind == "range":
        return fake_com.fake_range(value, **options)
    return fake_com.ComObject() if kind == "object" else value


if __name__ == "__main__":
    answer(Excel)
