"""Lock as test: what a workbook calculates, written down beside it, and the workbook compared with that later.

The lock is a JSON file with one value a line, so that a version control system shows what changed in it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import ERROR_VALUES, Cell, CellError
from trackerr_xl.version import __version__
from trackerr_xl.workbook.book import Address, cells_of
from trackerr_xl.workbook.check import TOLERANCE, CheckReport, Difference, agree, difference_at
from trackerr_xl.workbook.file.addresses import address, parse_address
from trackerr_xl.workbook.file.package import Package
from trackerr_xl.workbook.recalculate import NotEvaluated, Progress, Recalculation, recalculate

FORMAT = 1
"""Version of the layout of a lock."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What a workbook calculated once.

    Parameters
    ----------
    now : datetime
        The clock it was calculated by, and is calculated by again.
    tolerance : float
        Largest relative difference of numbers that count as equal.
    outputs : mapping of Address to Cell
        Every cell that a formula filled, spills included.
    skipped : mapping of Address to str
        Cells that could not be calculated, with the reason; they are not tested.
    """

    now: datetime
    tolerance: float
    outputs: Mapping[Address, Cell]
    skipped: Mapping[Address, str]


def lock_path(book: Path) -> Path:
    """Where the lock of a workbook is: ``book.xlsx.lock.json`` beside it."""
    return book.with_name(f"{book.name}.lock.json")


def lock(
    package: Package, now: datetime, *, tolerance: float = TOLERANCE, progress: Progress | None = None
) -> Lock:
    """Calculate a workbook and write down what comes out.

    Parameters
    ----------
    package : Package
        The workbook.
    now : datetime
        The clock to pin, local time.
    tolerance : float, default 1e-9
        For the comparisons to come.
    progress : callable, optional
        As for `recalculate`.
    """
    now = now.replace(microsecond=0)
    done = recalculate(package, now=now, progress=progress)
    return Lock(now, tolerance, done.values, {each.address: each.reason for each in done.not_evaluated})


def rerun(package: Package, locked: Lock, *, progress: Progress | None = None) -> CheckReport:
    """Calculate a workbook by the locked clock and compare with its lock.

    Returns
    -------
    CheckReport
        Cells that differ; locked cells that cannot be calculated any more are among those not evaluated, and a locked
        cell whose formula is gone differs.
    """
    done = recalculate(package, now=locked.now, progress=progress)
    refused = {
        at: each
        for each in done.not_evaluated
        for at in cells_of(each.address.sheet, done.formulas[each.address].area)
    }
    owners = _owners(done)
    differences: list[Difference] = []
    unknown: dict[Address, NotEvaluated] = {}
    equal = 0
    for at in sorted({*locked.outputs, *_grown(done, locked)}):
        if at in refused:
            unknown[refused[at].address] = refused[at]
        elif agree(locked.outputs.get(at), done.values.get(at), locked.tolerance):
            equal += 1
        else:
            formula = done.formulas[owners[at]].text if at in owners else ""
            differences.append(difference_at(at, formula, locked.outputs.get(at), done.values.get(at)))
    return CheckReport(tuple(differences), tuple(unknown.values()), equal, locked.tolerance)


def lock_text(locked: Lock, book: str) -> str:
    """A lock as the text of its file."""
    outputs: dict[str, dict[str, object]] = defaultdict(dict)
    for at, value in sorted(locked.outputs.items()):
        outputs[at.sheet][address(at.row, at.column)] = _as_data(value)
    data = {
        "lock": FORMAT,
        "book": book,
        "trackerr_xl": __version__,
        "now": locked.now.isoformat(),
        "tolerance": locked.tolerance,
        "not_evaluated": {str(at): reason for at, reason in sorted(locked.skipped.items())},
        "outputs": outputs,
    }
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_lock(path: Path) -> Lock:
    """The lock in a file.

    Raises
    ------
    FileRefusedError
        If there is none, or it is not a lock.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["lock"] != FORMAT:
            raise FileRefusedError(
                f"is a lock of layout {data['lock']}, this version reads {FORMAT}", at=path.name
            )
        outputs = {
            Address(sheet, *parse_address(cell)): _from_data(value)
            for sheet, cells in data["outputs"].items()
            for cell, value in cells.items()
        }
        return Lock(datetime.fromisoformat(data["now"]), float(data["tolerance"]), outputs, {})
    except FileNotFoundError:
        raise FileRefusedError("does not exist: lock the workbook as a test first", at=path.name) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise FileRefusedError("cannot be read as a lock of a workbook", at=path.name) from None


def _grown(done: Recalculation, locked: Lock) -> list[Address]:
    """Cells that a locked spill fills now and did not fill then."""
    return [
        at
        for first, area in done.extents.items()
        if first in locked.outputs
        for at in cells_of(first.sheet, area)
        if at not in locked.outputs
    ]


def _owners(done: Recalculation) -> dict[Address, Address]:
    return {
        at: first
        for first, formula in done.formulas.items()
        for area in (formula.area, done.extents.get(first, formula.area))
        for at in cells_of(first.sheet, area)
    }


def _as_data(value: Cell) -> object:
    return {"error": value.value} if isinstance(value, CellError) else value


def _from_data(value: Any) -> Cell:
    if isinstance(value, dict):
        if value.get("error") not in ERROR_VALUES:
            raise ValueError("not an error value")
        return CellError(value["error"])
    if isinstance(value, bool | str | None):
        return value
    return float(value)
