"""The workbook an action works on: a file here, a workbook open in Excel in `hosts.live_book`."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.file.cell_xml import Content, NewFormula
from trackerr_xl.workbook.file.output import write_files
from trackerr_xl.workbook.file.package import Package, open_package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits
from trackerr_xl.workbook.file.rebuild import Rebuilding, rebuilt
from trackerr_xl.workbook.recalculate import recalculate
from trackerr_xl.workbook.write_back import write_back

Tell = Callable[[str], None]
"""Takes what is being done, for a status bar."""


class Desk(Protocol):
    """A workbook that an action can read and change."""

    def read(self) -> Package:
        """The workbook as a file in memory, as it stands now."""

    def keep(self, action: str) -> str:
        """Put a copy aside before the action; where it is, or nothing where the workbook itself is not touched."""

    def change(self, changes: Changes) -> None:
        """Carry out changes."""

    def tell(self, what: str) -> None:
        """Say what is being done."""


@dataclass(frozen=True, slots=True)
class FileDesk:
    """A workbook file.

    Parameters
    ----------
    path : Path
        The workbook.
    out : Path
        Where the changed one is written; may be the same, and then a copy is kept beside it.
    tell : callable
        Told what is being done.
    now : datetime
        For the names of copies.
    """

    path: Path
    out: Path
    tell: Tell
    now: datetime

    def read(self) -> Package:
        """The file."""
        return open_package(self.path)

    def keep(self, action: str) -> str:
        """A copy beside the workbook if that is to be overwritten."""
        if self.path.resolve() != self.out.resolve():
            return ""
        copy = beside(self.path, action, self.now)
        write_files({copy: self.path.read_bytes()})
        return str(copy)

    def change(self, changes: Changes) -> None:
        """Write the changed workbook; formulas that are new get their values."""
        write_files({self.out: changed(self.read(), changes)})


def carry_out(desk: Desk, action: str, plan: Callable[[Package], Plan]) -> tuple[str, ...]:
    """Plan an action, put a copy aside, change the workbook, and say what was done.

    Parameters
    ----------
    desk : Desk
        The workbook.
    action : str
        One word for the name of the copy, such as ``"freeze"``.
    plan : callable
        Gives the plan for the workbook.

    Raises
    ------
    TrackerrError
        If it cannot be done; nothing was changed then.
    """
    desk.tell("Reading")
    planned = plan(desk.read())
    if planned.changes.none:
        return planned.words
    desk.tell("Writing")
    kept = desk.keep(action)
    desk.change(planned.changes)
    return (*planned.words, f"The workbook as it was: {kept}.") if kept else planned.words


def beside(path: Path, action: str, now: datetime) -> Path:
    """Name of the copy that is kept, such as ``book.before-freeze-20260331-173000.xlsx``."""
    stem = f"{path.stem}.before-{action}-{now:%Y%m%d-%H%M%S}"
    copy = path.with_name(stem + path.suffix)
    number = 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{stem}-{number}{path.suffix}")
    return copy


def changed(package: Package, changes: Changes) -> bytes:
    """The bytes of a workbook with changes carried out, its new formulas calculated."""
    contents: dict[str, dict[tuple[int, int], Content]] = defaultdict(dict)
    for at, content in changes.cells.items():
        contents[at.sheet][at.place] = content
    edits = {title: SheetEdits(contents=cells) for title, cells in contents.items()}
    data = rebuilt(package, Rebuilding(edits, changes.sheets, changes.names, changes.spill_mark))
    new = _unknown(changes)
    if not new:
        return data
    made = read_package(data, package.name)
    done = recalculate(made)
    mine = replace(
        done,
        values={at: value for at, value in done.values.items() if at in new},
        extents={at: area for at, area in done.extents.items() if at in new},
    )
    return write_back(made, mine)


def _unknown(changes: Changes) -> set[Address]:
    """Cells with formulas whose value is not known yet."""
    cells = dict(changes.cells)
    for sheet in changes.sheets:
        cells |= {Address(sheet.title, *place): content for place, (content, _) in sheet.cells.items()}
    return {at for at, content in cells.items() if isinstance(content, NewFormula) and content.value is None}
