"""Freeze: formulas of ours replaced by their values, with a stamp by which they can be verified and brought back."""

from collections.abc import Sequence
from datetime import datetime

from trackerr_xl.errors import InputError
from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.actions.fingerprint import fingerprint
from trackerr_xl.workbook.actions.own_formulas import Found, formulas_of
from trackerr_xl.workbook.actions.stamp import (
    MARK,
    SHEET,
    Line,
    Role,
    Stamp,
    read_stamp,
    stamp_sheet,
    utc,
    versions_now,
)
from trackerr_xl.workbook.book import Address, Book, cells_of
from trackerr_xl.workbook.file.cell_xml import Content
from trackerr_xl.workbook.formula.tree import Call, walk

_BY_TEXT = ("INDIRECT", "OFFSET")
"""Functions that lead to cells which cannot be told from the formula."""


def freeze(book: Book, now: datetime) -> Plan:
    """Plan to freeze a workbook.

    Parameters
    ----------
    book : Book
        The workbook with the values it shows.
    now : datetime
        In UTC.

    Raises
    ------
    InputError
        If there is nothing to freeze, or it is frozen already.
    """
    if read_stamp(book) is not None:
        raise InputError("is frozen already: thaw it first", argument="workbook", at=book.name)
    taken = book.sheet(SHEET)
    if taken is not None and (None, MARK.lower()) not in book.names:
        raise InputError(
            f"has a sheet {SHEET} that is not ours: give it another name", argument="workbook", at=book.name
        )
    formulas = formulas_of(book)
    ours = [found for found in formulas if found.ours and found.cell.kind != "data table"]
    if not ours:
        raise InputError("has no formula of ours to freeze", argument="workbook", at=book.name)
    followers = _followers(formulas, ours)
    lines = [*_lines(book, ours, "Ours"), *_lines(book, followers, "Follows a spill")]
    lines += _inputs(book, [*ours, *followers])
    stamp = Stamp(utc(now), versions_now(), lines)
    cells: dict[Address, Content] = {}
    for found in (*ours, *followers):
        cells |= _values(book, found)
    changes = Changes(cells, (stamp_sheet(stamp),), {MARK: f"'{SHEET}'!$C$5"})
    return Plan(changes, tuple(_words(ours, followers, lines)))


def _followers(formulas: Sequence[Found], ours: Sequence[Found]) -> list[Found]:
    """Formulas that ask for the spill of one that becomes values, and so would become errors."""
    going = {found.cell.address for found in ours}
    followers: list[Found] = []
    while True:
        more = [
            found
            for found in formulas
            if found.cell.address not in going and any(anchor in going for anchor in found.anchors)
        ]
        if not more:
            return followers
        followers += more
        going |= {found.cell.address for found in more}


def _lines(book: Book, formulas: Sequence[Found], role: Role) -> list[Line]:
    return [
        Line(
            role,
            found.cell.address,
            found.cell.area,
            fingerprint(book.sheets[found.cell.address.sheet.lower()], found.cell.area),
            found.cell.kind,
            found.cell.text,
        )
        for found in formulas
    ]


def _inputs(book: Book, formulas: Sequence[Found]) -> list[Line]:
    """What the formulas read, each rectangle once, without what they fill themselves."""
    seen = {(found.cell.address.sheet.lower(), found.cell.area) for found in formulas}
    lines: list[Line] = []
    for found in formulas:
        for title, area in found.references(book):
            sheet = book.sheet(title)
            if sheet is None or (title.lower(), area) in seen:
                continue
            seen.add((title.lower(), area))
            at = Address(sheet.name, area.top, area.left)
            lines.append(Line("Input", at, area, fingerprint(sheet, area)))
    return lines


def _values(book: Book, found: Found) -> dict[Address, Content]:
    sheet = book.sheets[found.cell.address.sheet.lower()]
    return {at: sheet.stored(at.row, at.column) for at in cells_of(found.cell.address.sheet, found.cell.area)}


def _words(ours: Sequence[Found], followers: Sequence[Found], lines: Sequence[Line]) -> list[str]:
    inputs = sum(line.role == "Input" for line in lines)
    words = [
        f"{_counted(len(ours), 'formula')} of ours became values; the sheet {SHEET} keeps them with a stamp over "
        f"{_counted(inputs, 'range')} of inputs."
    ]
    if followers:
        words.append(
            f"{_counted(len(followers), 'formula')} of Excel's own became values too, because they follow a spill of ours: "
            f"{followers[0].cell.address}{' and others' if len(followers) > 1 else ''}."
        )
    blind = [found for found in ours if _leads_astray(found)]
    if blind:
        words.append(
            f"{blind[0].cell.address} reads cells through {' or '.join(_BY_TEXT)}, or could not be read: the stamp does not "
            "know all its inputs."
        )
    return words


def _leads_astray(found: Found) -> bool:
    return not found.tree or any(
        isinstance(node, Call) and node.name in _BY_TEXT for node in walk(found.tree)
    )


def _counted(count: int, noun: str) -> str:
    plural = {"formula": "formulas"}.get(noun, f"{noun}s")
    return f"{count:,} {noun if count == 1 else plural}"
