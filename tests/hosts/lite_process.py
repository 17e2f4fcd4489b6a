"""A process like xlwings Lite's: our functions as custom functions, in a Python that has next to nothing.

xlwings' own code for that is not under an open licence. In its place stands what our functions may rely on, written from
its documentation: a decorator that keeps a function's signature, and a call that unwraps single cells and single rows,
puts defaults where nothing was given, and converts by xlwings' accessors, which are under the BSD licence.
"""

import asyncio
import builtins
import inspect
import os
import runpy
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Annotated, get_args, get_origin, get_type_hints

from answering import answer

ABSENT = (
    "threadpoolctl",
    "ironcalc",
    "typer",
    "rich",
    "openpyxl",
    "pandas",
    "polars",
    "matplotlib",
    "plotly",
    "PIL",
    "xlwings.pro",
    "multiprocessing",
)
RUNTIME = "1.4"


class NoSuchThingError(Exception):
    """A thread or a process was to be started."""


def bare_python():
    """Take away what Python in a browser has not got."""
    for name in ("scipy.linalg", "scipy.optimize", "scipy.sparse.linalg", "scipy.special", "scipy.stats"):
        # These look at the machine when they load, and must see the real one.
        import_module(name)
    sys.platform = "emscripten"

    def refuse(*_, **__):
        raise NoSuchThingError("no threads and no processes here")

    threading.Thread.start = refuse
    subprocess.Popen.__init__ = refuse
    os.fork = refuse
    real = builtins.__import__

    def checked(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and any(name == absent or name.startswith(f"{absent}.") for absent in ABSENT):
            raise ImportError(f"{name} is not there in a browser")
        return real(name, globals, locals, fromlist, level)

    builtins.__import__ = checked


def xlwings_on_server():
    """What xlwings is under XLWINGS_ON_SERVER, with a stand-in for the part that is not under the BSD licence."""
    os.environ["XLWINGS_ON_SERVER"] = "true"
    server = sys.modules["xlwings.server"] = ModuleType("xlwings.server")
    server.func = registered
    server.arg = server.ret = server.script = None
    import xlwings

    xlwings.engines.add(xlwings.Engine(impl=SimpleNamespace(name="officejs")))
    return xlwings


def registered(function):
    """What is known of a custom function: its arguments in order, as their names, helps, converters and kinds."""
    hints = get_type_hints(function, include_extras=True)
    arguments = []
    for parameter in inspect.signature(function).parameters.values():
        assert get_origin(hints[parameter.name]) is Annotated
        converter, notes = get_args(hints[parameter.name])
        arguments.append(
            SimpleNamespace(
                name=parameter.name,
                doc=notes["doc"],
                convert=converter,
                optional=parameter.default is None,
                many=parameter.kind is inspect.Parameter.VAR_POSITIONAL,
            )
        )
    function.custom = SimpleNamespace(arguments=arguments, convert=hints["return"], doc=function.__doc__)
    return function


class Lite:
    """Answers questions put by name."""

    def __init__(self, main):
        bare_python()
        self.conversion = xlwings_on_server().conversion
        names = runpy.run_path(main)
        self.functions = {name: value for name, value in names.items() if hasattr(value, "custom")}

    def declared(self):
        """Name, help, and name, help, optional, many of each argument, of every function."""
        return {
            name: (
                function.custom.doc,
                [(one.name, one.doc, one.optional, one.many) for one in function.custom.arguments],
            )
            for name, function in self.functions.items()
        }

    def formula(self, name, given, runtime=RUNTIME):
        """What Office.js gets for a formula."""
        function = self.functions[name]
        known = function.custom.arguments
        read = [self._read(value, known[min(at, len(known) - 1)].convert) for at, value in enumerate(given)]
        options = {"convert": function.custom.convert, "runtime": runtime, "date_format": None}
        return asyncio.run(
            self.conversion.async_write(function(*read), None, options, engine_name="officejs")
        )

    def _read(self, value, convert):
        if isinstance(value, list) and len(value) == 1:
            # A single cell comes bare, a single row flat.
            value = value[0][0] if len(value[0]) == 1 else value[0]
        if value is None:
            return None
        return self.conversion.read(None, value, {"convert": convert}, engine_name="officejs")

    def modules(self):
        """Everything loaded so far."""
        return sorted(sys.modules)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    answer(lambda: Lite(sys.argv[1]))
