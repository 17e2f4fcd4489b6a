"""The add-in that LibreOffice loads: one method a worksheet function, made from the list beside this file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.lang import Locale, XLocalizable, XServiceInfo, XServiceName

from . import mend
from .cells import packed, shown
from .child import Child, ChildError
from .mend import mending_job

SERVICE = "org.trackerr.calc.AddIn"
"""The only service it registers: as com.sun.star.sheet.AddIn, Calc would not read its names from CalcAddIns.xcu."""

_child = Child()


def implementation() -> Any:
    """What LibreOffice's Python loader looks for in a component."""
    declared = json.loads(Path(__file__).with_name("functions.json").read_text(encoding="utf-8"))
    helper = unohelper.ImplementationHelper()
    helper.addImplementation(_add_in(declared), SERVICE, (SERVICE,))
    job = mending_job([function["function"] for function in declared.values()], SERVICE)
    helper.addImplementation(job, mend.SERVICE, (mend.SERVICE,))
    return helper


def _add_in(declared: dict[str, Any]) -> type:
    methods: dict[str, Any] = {name: _method(**function) for name, function in declared.items()}
    methods.update(
        {
            "__init__": _begin,
            "getServiceName": lambda self: SERVICE,
            "getImplementationName": lambda self: SERVICE,
            "supportsService": lambda self, name: name == SERVICE,
            "getSupportedServiceNames": lambda self: (SERVICE,),
            "setLocale": lambda self, locale: setattr(self, "locale", locale),
            "getLocale": lambda self: self.locale,
        }
    )
    bases = (unohelper.Base, *_interface(), XServiceName, XServiceInfo, XLocalizable)
    return type("AddIn", bases, methods)


def _interface() -> tuple[type, ...]:
    try:
        return (uno.getClass("org.trackerr.calc.XTrackerr"),)
    except uno.RuntimeException:
        # While `unopkg add --shared` registers the component its types are not there yet; only names matter then.
        return ()


def _begin(self: Any, _context: object, *_arguments: object) -> None:
    self.locale = Locale("en", "US", "")


def _without_left_out(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments up to the last one given; LibreOffice fills up those it has no cell for."""
    last = max((at for at, one in enumerate(given, 1) if one is not None), default=0)
    return given[:last]


def _method(function: str, *, matrix: bool, words: bool) -> Callable[..., Any]:
    """The method behind one function; it never raises, since LibreOffice would lose the reason."""

    def answer(_self: object, *given: Any) -> Any:
        blocks: list[bytes] = []
        question = {
            "function": function,
            "arguments": [packed(one, blocks) for one in _without_left_out(given)],
        }
        try:
            grid = _child.ask(question, blocks)
        except ChildError as error:
            grid = [["Status", str(error)]] if words else [[{"error": error.shown}]]
        rows = tuple(tuple(shown(cell) for cell in row) for row in grid)
        return rows if matrix else rows[0][0]

    return answer
