"""What stands beside a workbook for its tests: ``book.xlsx.tests.toml``, and a sheet named Scenarios inside it.

Scenarios are changed inputs with the outputs they must give. Accepted divergences are cells in which an engine is known
to differ, each with its reason.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import ERROR_VALUES, Cell, CellError
from trackerr_xl.workbook.book import Address, Book, parse_location
from trackerr_xl.workbook.file.addresses import Area, parse_area

SHEET = "Scenarios"
"""The sheet that may hold scenarios, one a row."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Changed inputs and what they must give.

    Parameters
    ----------
    name : str
        What the test is called.
    inputs, outputs : mapping of Address to Cell
        Values put in before calculating, and values expected after it.
    tolerance : float or None
        Its own tolerance, None for that of the workbook.
    now : datetime or None
        Its own clock, None for that of the workbook.
    """

    name: str
    inputs: Mapping[Address, Cell]
    outputs: Mapping[Address, Cell]
    tolerance: float | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Cells in which an engine may differ.

    Parameters
    ----------
    sheet : str
        Their sheet.
    area : Area
        Where on it they lie.
    engine : str
        The engine that differs.
    reason : str
        Why that is accepted.
    """

    sheet: str
    area: Area
    engine: str
    reason: str

    def covers(self, at: Address) -> bool:
        """Whether a cell is one of them."""
        inside = (
            self.area.top <= at.row <= self.area.bottom and self.area.left <= at.column <= self.area.right
        )
        return inside and at.sheet.lower() == self.sheet.lower()


@dataclass(frozen=True, slots=True)
class Plan:
    """How a workbook is tested; clock and tolerance serve where no lock has its own."""

    now: datetime | None
    tolerance: float | None
    scenarios: tuple[Scenario, ...]
    accepted: tuple[Accepted, ...]


def plan_path(book: Path) -> Path:
    """Where the plan of a workbook is: ``book.xlsx.tests.toml`` beside it."""
    return book.with_name(f"{book.name}.tests.toml")


def read_plan(path: Path, book: Book) -> Plan:
    """The plan in a file, none of it if there is no file, and the scenarios of the workbook's own sheet.

    Raises
    ------
    FileRefusedError
        If it cannot be read, or names a cell that does not exist.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        _refuse_unknown(data, {"now", "tolerance", "scenario", "accepted"}, "the file")
        own = [_scenario(entry, book) for entry in data.get("scenario", [])]
        accepted = tuple(_accepted(entry) for entry in data.get("accepted", []))
        now, tolerance = _clock(data.get("now")), _tolerance(data.get("tolerance"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FileRefusedError(f"cannot be read as a plan of tests: {_words(error)}", at=path.name) from None
    scenarios = (*own, *sheet_scenarios(book))
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise FileRefusedError(f"has two scenarios named {name}", at=path.name)
    return Plan(now, tolerance, scenarios, accepted)


def sheet_scenarios(book: Book) -> Iterator[Scenario]:
    """Scenarios of the sheet named so: under ``Scenario``, ``Set Inputs!B3``, ``Expect Weights!B2`` one a row.

    An empty cell changes nothing and expects nothing. Columns ``Tolerance`` and ``Now`` are possible.

    Raises
    ------
    FileRefusedError
        If a heading has another form or names no cell.
    """
    sheet = book.sheet(SHEET)
    used = [] if sheet is None else [*sheet.constants, *sheet.formulas, *sheet.results]
    if sheet is None or sheet.stored(1, 1) != "Scenario":
        return
    try:
        headings = [
            (column, *_heading(str(sheet.stored(1, column)), book))
            for column in range(2, max(column for _, column in used) + 1)
            if sheet.stored(1, column) is not None
        ]
    except ValueError as error:
        raise FileRefusedError(f"{error}", at=f"{book.name} sheet {SHEET}") from None
    for row in range(2, max(row for row, _ in used) + 1):
        name = sheet.stored(row, 1)
        cells = [(kind, at, sheet.stored(row, column)) for column, kind, at in headings]
        given = [each for each in cells if each[2] is not None]
        if name is not None:
            yield _row(str(name), given, book)


def _heading(text: str, book: Book) -> tuple[str, Address | None]:
    kind, _, cell = text.strip().partition(" ")
    if kind.lower() in ("tolerance", "now"):
        return kind.lower(), None
    if kind.lower() not in ("set", "expect"):
        raise ValueError(f"has the heading {text}, which must start with Set or Expect")
    return kind.lower(), _cell(cell, book)


def _row(name: str, given: list[tuple[str, Address | None, Cell]], book: Book) -> Scenario:
    other = {kind: value for kind, _, value in given if kind in ("tolerance", "now")}
    tolerance, now = other.get("tolerance"), other.get("now")
    return Scenario(
        name,
        {at: value for kind, at, value in given if kind == "set" and at is not None},
        {at: value for kind, at, value in given if kind == "expect" and at is not None},
        tolerance if isinstance(tolerance, float) else None,
        _epoch(book) + timedelta(days=now) if isinstance(now, float) else None,
    )


def _scenario(entry: Mapping[str, Any], book: Book) -> Scenario:
    _refuse_unknown(entry, {"name", "set", "expect", "tolerance", "now"}, "a scenario")
    if not entry["expect"]:
        raise ValueError(f"the scenario {entry['name']} expects nothing")
    return Scenario(
        str(entry["name"]),
        {_cell(cell, book): _value(value, book) for cell, value in entry.get("set", {}).items()},
        {_cell(cell, book): _value(value, book) for cell, value in entry["expect"].items()},
        _tolerance(entry.get("tolerance")),
        _clock(entry.get("now")),
    )


def _accepted(entry: Mapping[str, Any]) -> Accepted:
    _refuse_unknown(entry, {"cells", "engine", "reason"}, "an accepted divergence")
    sheet, _, area = entry["cells"].rpartition("!")
    if not entry["reason"].strip():
        raise ValueError(f"the accepted divergence of {entry['cells']} has no reason")
    name = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    return Accepted(name, parse_area(area), entry["engine"], entry["reason"])


def _refuse_unknown(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise ValueError(f"{where} has the key {unknown[0]}, known are {', '.join(sorted(known))}")


def _cell(text: str, book: Book) -> Address:
    """A cell given as ``Inputs!B3`` or by a name of the workbook that stands for one."""
    name = book.names.get((None, text.strip().lower()))
    at = parse_location(text if name is None else name.text)
    sheet = book.sheet(at.sheet)
    if sheet is None:
        raise ValueError(f"{text} is on no sheet of {book.name}")
    return at._replace(sheet=sheet.name)


def _value(value: object, book: Book) -> Cell:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - _epoch(book)) / timedelta(days=1)
    if isinstance(value, date):
        return (datetime.combine(value, time()) - _epoch(book)) / timedelta(days=1)
    if isinstance(value, str):
        return CellError(value) if value in ERROR_VALUES else value or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    raise ValueError(f"{value!r} is no value of a cell")


def _epoch(book: Book) -> datetime:
    return datetime(1904, 1, 1) if book.from_1904 else datetime(1899, 12, 30)


def _clock(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    raise ValueError(f"now is {value!r}, must be a date such as 2026-03-31 or 2026-03-31T17:30:00")


def _tolerance(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise ValueError(f"tolerance is {value!r}, must be a number of at least 0 and below 1")
    return float(value)


def _words(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
