"""The part of pywin32 that xlwings touches, so that its unchanged Windows code runs anywhere.

`install()` must run before xlwings is imported, and it changes what xlwings becomes for the whole process: it is
for processes of its own (`excel_process.py`), never for the one that runs the tests.
"""

import ctypes
import sys
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from importlib import import_module
from types import ModuleType, SimpleNamespace
from unittest.mock import MagicMock, patch

RANGE_INTERFACE = "{00020846-0000-0000-C000-000000000046}"
_DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_BARE_MODULES = (
    "win32api",
    "win32con",
    "win32gui",
    "win32event",
    "win32process",
    "win32com",
    "win32com.server",
    "win32com.server.dispatcher",
    "win32com.server.policy",
)


class ComError(Exception):
    """pywintypes.com_error."""

    hresult = -2147024882  # out of memory


class ComTime(datetime):
    """pywintypes.TimeType, which is a datetime too."""


class ComObject:
    """win32com.client.CDispatch: some object of Excel that is not a range."""


class Wrapped(SimpleNamespace):
    """A Python object handed to COM."""


def install():
    """Import xlwings with its Windows half, and return it."""
    if "xlwings" in sys.modules:
        raise RuntimeError("the stand-in for pywin32 must be there before xlwings is imported")
    for name in ("asyncio", "concurrent.futures.thread", "subprocess", "pandas"):
        # These look at the platform when they load, and must see the real one.
        import_module(name)
    _install_pywin32()
    libraries = dict.fromkeys(("windll", "oledll", "PyDLL"), MagicMock())
    with patch.multiple(ctypes, **libraries, create=True), patch.object(sys, "platform", "win32"):
        import xlwings
        import xlwings.com_server
        import xlwings.udfs
    return xlwings


def fake_range(rows, formats=(), *, row=1, column=1, areas=1, broken=None, size=None):
    """A range as win32com hands it to xlwings.

    `rows` holds what Excel stores; `formats` maps (row, column), from 0, to "date" or "currency", of which Value
    makes COM types and Value2 nothing. `size` makes the range reach beyond its rows, which are then all the sheet
    uses: such a range can be cut, not read.
    """
    formats = dict(formats)
    shown = tuple(
        tuple(_formatted(cell, formats.get((i, j))) for j, cell in enumerate(line))
        for i, line in enumerate(rows)
    )
    stored = tuple(map(tuple, rows))
    type_info = SimpleNamespace(GetTypeAttr=lambda: SimpleNamespace(iid=RANGE_INTERFACE))
    application = SimpleNamespace(Name="Microsoft Excel", Version="16.0", Hwnd=1)
    book = SimpleNamespace(Name="book.xlsm", Application=application)
    members = {
        "_oleobj_": SimpleNamespace(GetTypeInfo=lambda: type_info),
        "Row": row,
        "Column": column,
        "Rows": SimpleNamespace(Count=size[0] if size else len(rows)),
        "Columns": SimpleNamespace(Count=size[1] if size else len(rows[0])),
        "Areas": SimpleNamespace(Count=areas),
        "Address": "$A$1",
        "Worksheet": _sheet(book, stored, row, column),
    }
    if broken or size:
        return BrokenRange(**members, refusal=REFUSALS[broken or "too large"])
    return SimpleNamespace(**members, Value=_bare_if_single(shown), Value2=_bare_if_single(stored))


REFUSALS = {
    "too large": ComError("not enough memory"),
    # win32com says so of whatever it cannot be told about while a person edits a cell.
    "busy": AttributeError("Value2"),
    "no memory": MemoryError(),
}


class BrokenRange(SimpleNamespace):
    """A range that Excel does not hand over."""

    def __getattr__(self, name):
        raise self.refusal if name in {"Value", "Value2"} else AttributeError(name)


def fake_workbook():
    """A workbook without sheets, such as an add-in."""
    return SimpleNamespace(
        Name="trackerr.xlsm", FullName=r"C:\trackerr.xlsm", Sheets=[], Worksheets=MagicMock(Count=0)
    )


def _sheet(book, stored, row, column):
    """The worksheet of a range, used where the range has rows."""
    used = SimpleNamespace(
        Row=row,
        Column=column,
        Rows=SimpleNamespace(Count=len(stored)),
        Columns=SimpleNamespace(Count=len(stored[0])),
    )

    def part(first, last):
        rows = [line[first[1] - column : last[1] - column + 1] for line in stored[: last[0] - row + 1]]
        return fake_range(rows[first[0] - row :])

    return SimpleNamespace(
        Name="Sheet1",
        Parent=book,
        Application=book.Application,
        UsedRange=used,
        Cells=lambda *place: place,
        Range=part,
    )


def _bare_if_single(rows):
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _formatted(cell, form):
    if form == "date":
        return ComTime.fromtimestamp((_DAY_ZERO + timedelta(days=cell)).timestamp(), UTC)
    if form == "currency":
        return Decimal(cell).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
    return cell


def _install_pywin32():
    _module("pywintypes", com_error=ComError, error=ComError, TimeType=ComTime, IID=str.upper)
    _module(
        "pythoncom",
        com_error=ComError,
        ole_error=ComError,
        CoInitialize=lambda: None,
        IID_IDispatch="dispatch",
        IID_IEnumVARIANT="enumeration",
        TypeIIDs={"dispatch": type("PyIDispatch", (), {})},
    )
    for name in _BARE_MODULES:
        _module(name)
    # Asked in every call: a mock would remember each of them, and a day of calls look like a leak.
    sys.modules["win32process"].GetWindowThreadProcessId = lambda _window: (1, 1)
    utc = SimpleNamespace(utc=lambda: UTC)
    _module("win32timezone", TimeZoneInfo=utc)
    _module("win32com.server.util", wrap=lambda obj, *_, **__: Wrapped(obj=obj), unwrap=_unwrap)
    _module(
        "win32com.client",
        Dispatch=lambda obj, *_, **__: obj,
        DispatchEx=lambda obj, *_, **__: obj,
        CDispatch=ComObject,
        CoClassBaseClass=type("CoClassBaseClass", (), {}),
        DispatchBaseClass=type("DispatchBaseClass", (), {}),
    )


def _unwrap(obj):
    if isinstance(obj, Wrapped):
        return obj
    raise ComError("not a Python object")


def _module(name, **members):
    module = ModuleType(name)
    module.__path__, module.__file__ = [], f"<stand-in for {name}>"
    module.__getattr__ = lambda missing: _anything(module, missing)
    vars(module).update(members)
    sys.modules[name] = module
    package, _, leaf = name.rpartition(".")
    if package:
        setattr(sys.modules[package], leaf, module)


def _anything(module, name):
    if name.startswith("__"):
        raise AttributeError(f"{module} has no {name}")
    # Made once: a fresh one takes longer than a call of the real thing.
    made = vars(module)[name] = MagicMock(name=f"{module.__name__}.{name}")
    return made
