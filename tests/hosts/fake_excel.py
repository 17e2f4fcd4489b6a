"""An Excel with one workbook, for the buttons: the members of Excel's object model that they use, over a real file.

It is an engine of xlwings', so that xlwings' own objects stand between the buttons and it, as on Windows. What is typed
into a cell is read as Excel reads it: an apostrophe makes a text, an equals sign a formula, ``#N/A`` an error value.
"""

from pathlib import Path
from types import SimpleNamespace

import xlwings

from trackerr_xl.sheet.cells import ERROR_VALUES, CellError
from trackerr_xl.workbook.file.addresses import parse_area
from trackerr_xl.workbook.file.cell_xml import NewFormula
from trackerr_xl.workbook.file.looks import Look
from trackerr_xl.workbook.file.new_sheet import NewSheet
from trackerr_xl.workbook.file.package import open_package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits
from trackerr_xl.workbook.file.rebuild import Rebuilding, rebuilt
from trackerr_xl.workbook.recalculate import recalculate
from trackerr_xl.workbook.write_back import write_back

LETTER = Look()


class Anything:
    """Takes every format it is given, and forgets it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __setattr__(self, name, value):
        pass

    def __call__(self, *_args, **_named):
        return Anything()


class Range:
    """Some cells of a sheet."""

    def __init__(self, sheet, area):
        self.__dict__.update(sheet=sheet, area=area, looks=[])

    def __getattr__(self, name):
        if name in ("Font", "Interior", "FormatConditions", "Borders"):
            return Anything()
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if name == "Formula2":
            self.type_in(value)
        elif name == "FormulaArray":
            self.sheet.typed[self.area[:2]] = NewFormula(value, None, self.area)
        elif name not in (
            "NumberFormat",
            "WrapText",
            "VerticalAlignment",
            "HorizontalAlignment",
            "IndentLevel",
        ):
            raise AttributeError(f"Excel's ranges have no {name}")

    def ClearContents(self):  # noqa: N802  Excel's name
        self.type_in(
            ((None,) * (self.area.right - self.area.left + 1),) * (self.area.bottom - self.area.top + 1)
        )

    def type_in(self, value):
        rows = value if isinstance(value, tuple) else ((value,),)
        assert len(rows) == self.area.bottom - self.area.top + 1
        for row, cells in enumerate(rows, start=self.area.top):
            assert len(cells) == self.area.right - self.area.left + 1
            for column, typed in enumerate(cells, start=self.area.left):
                self.sheet.typed[row, column] = as_typed(typed, row, column)


def as_typed(typed, row, column):
    """What Excel makes of something assigned to Formula2."""
    if not isinstance(typed, str):
        assert typed is None or isinstance(typed, (float, bool)), typed
        return typed
    if typed.startswith("'"):
        return typed[1:]
    if typed.startswith(("=", "+", "-", "@")):
        assert "_xl" not in typed, "files spell functions so, people do not"
        return NewFormula(typed)
    assert typed in ERROR_VALUES, f"{typed!r} would be guessed at: a date, a number, or a text"
    return CellError(typed)


class Sheet:
    """A worksheet."""

    def __init__(self, name):
        self.Name, self.typed = name, {}
        self.Tab, self.PageSetup, self.Cells = Anything(), Anything(), SimpleNamespace(Clear=self.clear)

    def Range(self, text):  # noqa: N802  Excel's name
        return Range(self, parse_area(text))

    def Columns(self, _):  # noqa: N802  Excel's name
        return Anything()

    Rows = Columns

    def clear(self):
        self.typed = {}


class Worksheets:
    """The worksheets of a workbook."""

    def __init__(self, names):
        self.sheets = {name: Sheet(name) for name in names}
        self.old = set(names)

    def __call__(self, key):
        if isinstance(key, int):
            return list(self.sheets.values())[key - 1]
        return next(sheet for sheet in self.sheets.values() if sheet.Name == key)

    def __iter__(self):
        return iter(self.sheets.values())

    @property
    def Count(self):  # noqa: N802  Excel's name
        return len(self.sheets)

    def Add(self, After):  # noqa: N802  Excel's name
        assert After is list(self.sheets.values())[-1]
        sheet = Sheet(f"Sheet{len(self.sheets) + 1}")
        self.sheets[sheet.Name] = sheet
        return sheet


class Workbook:
    """A workbook open in Excel, with what was done to it since."""

    def __init__(self, path):
        self.path = path
        self.package = open_package(path)
        self.Worksheets = Worksheets(self.package.sheets)
        self.names = {}
        self.Names = SimpleNamespace(
            Add=lambda name, text: self.names.__setitem__(name, text.removeprefix("="))
        )

    def SaveCopyAs(self, path):  # noqa: N802  Excel's name
        """Write the workbook as it stands, calculated."""
        edits, sheets = {}, []
        for sheet in self.Worksheets:
            if sheet.Name in self.package.sheets:
                edits[sheet.Name] = SheetEdits(contents=dict(sheet.typed))
            else:
                sheets.append(NewSheet(sheet.Name, {at: (each, LETTER) for at, each in sheet.typed.items()}))
        data = rebuilt(self.package, Rebuilding(edits, sheets, self.names))
        if data != self.package.data:
            made = read_package(data, self.path.name)
            data = write_back(made, recalculate(made))
        Path(path).write_bytes(data)


class Books(list):
    """The open workbooks."""

    def __init__(self, *books):
        super().__init__(books)

    @property
    def active(self):
        return self[0] if self else None


class Excel:
    """Excel with one workbook open; messages and status bar are written down."""

    pid = 1

    def __init__(self, path, *, selected=("Sheet1", 1, 1), answers=()):
        self.workbook = Workbook(path)
        self.messages, self.bars, self.opened = [], [], []
        self.answers = list(answers)
        sheet, row, column = selected
        self.api = SimpleNamespace(
            ActiveCell=SimpleNamespace(Worksheet=SimpleNamespace(Name=sheet), Row=row, Column=column),
            InputBox=lambda **_: self.answers.pop(0),
            Workbooks=SimpleNamespace(Add=self.opened.append),
        )
        self.book = SimpleNamespace(
            app=self, api=self.workbook, name=path.name, fullname=str(path), sheets=[], names=[]
        )
        self.books = Books(self.book)

    def alert(self, prompt, title, *_):
        assert title == "trackerr_xl"
        self.messages.append(prompt)

    @property
    def status_bar(self):
        return self.bars[-1]

    @status_bar.setter
    def status_bar(self, text):
        self.bars.append(text)

    def copy(self, path):
        """The workbook as it stands, as a file."""
        self.workbook.SaveCopyAs(path)
        return open_package(path)


class Engine:
    """What xlwings takes for a spreadsheet program."""

    name, type = "fake", "desktop"

    def __init__(self, excel):
        self.apps = [excel]


def activate(excel):
    """Make an Excel the one that xlwings talks to; gives back what was there."""
    before = xlwings.engines.active
    xlwings.Engine(Engine(excel)).activate()
    return before
