"""The stamp of a frozen workbook: what was replaced by values, what it was calculated from, with which versions, when.

It stands on a visible sheet as plain cells, which Excel, LibreOffice and every library that writes workbooks keep;
document properties and hidden names are lost by some of them.
"""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Literal, cast

from trackerr_xl.errors import InputError
from trackerr_xl.version import __version__
from trackerr_xl.workbook.actions.fingerprint import Fingerprint
from trackerr_xl.workbook.actions.pages import CODE, CUT, STRONG, WORDS, Page
from trackerr_xl.workbook.book import Address, Book, Kind, SheetData, parse_location, quoted
from trackerr_xl.workbook.file.addresses import Area, area_address, parse_area
from trackerr_xl.workbook.file.new_sheet import NewSheet

SHEET = "Frozen"
"""Tab of the sheet that holds the stamp."""

MARK = "Trackerr_Frozen"
"""Name of the cell that holds the time, by which the sheet is known as ours."""

Role = Literal["Ours", "Follows a spill", "Input"]
"""What a line of the stamp is about: a formula of ours, one of Excel's that needs a spill of ours, cells they read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One rectangle of cells in the stamp.

    Parameters
    ----------
    role : str
        What it is.
    at : Address
        Its first cell.
    area : Area
        The rectangle.
    print : Fingerprint
        Of what it held.
    kind, formula : str
        Of a formula; empty for an input.
    """

    role: Role
    at: Address
    area: Area
    print: Fingerprint
    kind: Kind = "normal"
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp.

    Parameters
    ----------
    when : str
        Time of freezing, in UTC.
    versions : mapping of str to str
        Of what calculated.
    lines : sequence of Line
        Formulas and inputs.
    """

    when: str
    versions: Mapping[str, str]
    lines: Sequence[Line]

    @property
    def seal(self) -> str:
        """Digest of everything in the stamp."""
        text = [self.when, *(f"{name} {number}" for name, number in self.versions.items())]
        text += [f"{line.role} {_where(line)} {line.kind} {line.formula} {line.print}" for line in self.lines]
        return sha256("\n".join(text).encode()).hexdigest()

    @property
    def inputs(self) -> str:
        """Digest of the inputs alone."""
        wholes = [line.print.whole for line in self.lines if line.role == "Input"]
        return sha256("".join(wholes).encode()).hexdigest()


def versions_now() -> dict[str, str]:
    """Versions of what calculates here."""
    return {
        "trackerr_xl": __version__,
        "Python": platform.python_version(),
        "NumPy": version("numpy"),
        "SciPy": version("scipy"),
    }


def stamp_sheet(stamp: Stamp) -> NewSheet:
    """The sheet that holds a stamp."""
    page = Page(SHEET)
    page.band(
        "Frozen",
        "Formulas of trackerr_xl replaced by their values; kept here, with what they were calculated from",
        (2, 18, 34, 12, 90, 24, 14, 14),
    )
    page.headings(_FACTS - 1, 2, ("Stamp", ""), ("Stamp", ""))
    facts = {
        _WHEN: stamp.when,
        **stamp.versions,
        _INPUTS: stamp.inputs,
        _SEAL: stamp.seal,
    }
    for row, (name, value) in enumerate(facts.items(), start=_FACTS):
        page.put(row, 2, name, STRONG)
        page.put(row, 3, value, CODE if name in (_INPUTS, _SEAL) else WORDS)
    top = _FACTS + len(facts) + 1
    words = ("Role", "Cells", "Kind", "Formula", "Fingerprint", "Of rows", "Of columns")
    page.headings(top, 2, words, words)
    for row, line in enumerate(stamp.lines, start=top + 1):
        page.heights[row] = 16.0
        page.put(row, 2, line.role, STRONG)
        page.put(row, 3, _where(line), WORDS)
        page.put(row, 4, line.kind if line.formula else None, WORDS)
        page.put(row, 5, line.formula or None, CODE)
        for column, text in enumerate((line.print.whole, line.print.rows, line.print.columns), start=6):
            page.put(row, column, text or None, CUT)
    return page.finished(frozen=(4, 1), colour="3C6E9F")


def thawed_sheet(when: str) -> NewSheet:
    """The sheet after thawing: nothing is frozen."""
    page = Page(SHEET)
    page.band("Frozen", "Nothing is frozen in this workbook", (2, 18, 60))
    page.put(4, 2, "Thawed", STRONG)
    page.put(4, 3, when, WORDS)
    return page.finished(colour="3C6E9F")


def read_stamp(book: Book) -> Stamp | None:
    """The stamp of a workbook, None where nothing is frozen.

    Raises
    ------
    InputError
        If its sheet was changed so that it can no longer be read.
    """
    mark = book.names.get((None, MARK.lower()))
    sheet = None if mark is None else book.sheet(mark.text.rpartition("!")[0].strip("'"))
    if sheet is None or sheet.stored(_FACTS, 2) != _WHEN:
        return None
    facts: dict[str, str] = {}
    row = _FACTS
    while sheet.stored(row, 2) not in (None, ""):
        facts[str(sheet.stored(row, 2))] = str(sheet.stored(row, 3))
        row += 1
    row += 2
    lines = []
    while sheet.stored(row, 2) not in (None, ""):
        lines.append(_line(sheet, row))
        row += 1
    versions = {name: text for name, text in facts.items() if name not in (_WHEN, _INPUTS, _SEAL)}
    stamp = Stamp(facts[_WHEN], versions, tuple(lines))
    if facts.get(_SEAL) != stamp.seal:
        raise InputError(
            "was changed by hand: its seal does not fit what it says", argument="stamp", at=f"sheet {SHEET}"
        )
    return stamp


def utc(now: datetime) -> str:
    """A moment as the stamp writes it."""
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"


_FACTS = 5
_WHEN, _INPUTS, _SEAL = "Frozen at (UTC)", "Inputs, SHA-256", "Seal, SHA-256"


def _where(line: Line) -> str:
    return f"{quoted(line.at.sheet)}!{area_address(line.area)}"


def _line(sheet: SheetData, row: int) -> Line:
    role, where, kind, formula, *print_ = (sheet.stored(row, column) for column in range(2, 9))
    try:
        title, _, cells = str(where).rpartition("!")
        area = parse_area(cells)
        at = parse_location(f"{title}!{cells.partition(':')[0]}")
    except ValueError as error:
        raise InputError(f"was changed by hand: {error}", argument="stamp", at=f"row {row}") from None
    texts = ["" if text is None else str(text) for text in print_]
    return Line(
        cast(Role, str(role)),
        at,
        area,
        Fingerprint(*texts),
        cast(Kind, str(kind or "normal")),
        "" if formula is None else str(formula),
    )
