"""What stands beside a workbook for its tests: ``book.xlsx.tests.toml``.

It holds a clock, a tolerance, scenarios, and the ledger of accepted divergences: cells in which an engine is known to
differ, each with its reason. What the workbook itself says is added.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import ERROR_VALUES, Cell, CellError
from trackerr_xl.testing import ENGINES
from trackerr_xl.testing.in_book import own_clock, own_tolerance, sheet_scenarios
from trackerr_xl.testing.scenario import Scenario, named_area, named_cell, tolerance_of
from trackerr_xl.workbook.book import Address, Book, quoted
from trackerr_xl.workbook.file.addresses import Area, area_address


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

    def __str__(self) -> str:
        return f"{quoted(self.sheet)}!{area_address(self.area)}"

    def covers(self, at: Address) -> bool:
        """Whether a cell is one of them."""
        inside = (
            self.area.top <= at.row <= self.area.bottom and self.area.left <= at.column <= self.area.right
        )
        return inside and at.sheet == self.sheet


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
    """The plan in a file, if there is one, and what the workbook itself says; the file's clock and tolerance win.

    Raises
    ------
    FileRefusedError
        If it cannot be read, or names a cell that does not exist.
    """
    written = _written(path, book)
    scenarios = (*written.scenarios, *sheet_scenarios(book))
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise FileRefusedError(f"has two scenarios named {name}", at=book.name)
    return Plan(
        own_clock(book) if written.now is None else written.now,
        own_tolerance(book) if written.tolerance is None else written.tolerance,
        scenarios,
        written.accepted,
    )


def _written(path: Path, book: Book) -> Plan:
    try:
        data = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        _refuse_unknown(data, {"now", "tolerance", "scenario", "accepted"}, "the file")
        return Plan(
            _clock(data["now"]) if "now" in data else None,
            tolerance_of(data["tolerance"]) if "tolerance" in data else None,
            tuple(_scenario(entry, book) for entry in data.get("scenario", [])),
            tuple(_accepted(entry, book) for entry in data.get("accepted", [])),
        )
    except KeyError as error:
        raise FileRefusedError(
            f"cannot be read as a plan of tests: {error} is missing", at=path.name
        ) from None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise FileRefusedError(f"cannot be read as a plan of tests: {error}", at=path.name) from None


def _scenario(entry: Mapping[str, Any], book: Book) -> Scenario:
    _refuse_unknown(entry, {"name", "set", "expect", "tolerance", "now"}, "a scenario")
    return Scenario(
        str(entry["name"]),
        {named_cell(cell, book): _value(value, book) for cell, value in entry.get("set", {}).items()},
        {named_cell(cell, book): _value(value, book) for cell, value in entry["expect"].items()},
        tolerance_of(entry["tolerance"]) if "tolerance" in entry else None,
        _clock(entry["now"]) if "now" in entry else None,
    )


def _accepted(entry: Mapping[str, Any], book: Book) -> Accepted:
    _refuse_unknown(entry, {"cells", "engine", "reason"}, "an accepted divergence")
    cells, engine, reason = entry["cells"], entry["engine"], entry["reason"].strip()
    if engine not in ENGINES:
        raise ValueError(
            f"the accepted divergence of {cells} is of {engine}, engines are {' and '.join(ENGINES)}"
        )
    if not reason:
        raise ValueError(f"the accepted divergence of {cells} has no reason")
    return Accepted(*named_area(cells, book), engine, reason)


def _refuse_unknown(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise ValueError(f"{where} has the key {unknown[0]}, known are {', '.join(sorted(known))}")


def _value(value: object, book: Book) -> Cell:
    if isinstance(value, date):
        return (_clock(value) - book.epoch) / timedelta(days=1)
    if isinstance(value, str):
        return CellError(value) if value in ERROR_VALUES else value or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    raise ValueError(f"{value!r} is no value of a cell")


def _clock(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    raise ValueError(f"{value} is no local date such as 2026-03-31 or 2026-03-31T17:30:00")
