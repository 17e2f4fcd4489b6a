"""What a user types after `--set` and `--arg`: values, CSV files and ranges of workbooks."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from trackerr_xl.errors import InputError, LabelError
from trackerr_xl.sheet.cells import Cell, Given
from trackerr_xl.sheet.csv_text import csv_value, csv_words, typed_value
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.file.addresses import Area, parse_address, parse_area
from trackerr_xl.workbook.file.package import Package, open_package
from trackerr_xl.workbook.file.patch import shared_strings
from trackerr_xl.workbook.file.sheet_xml import scan_sheet
from trackerr_xl.workbook.file.stored import stored_values
from trackerr_xl.workbook.read_book import defined_names


def parse_setting(text: str, package: Package) -> tuple[Address, Cell]:
    """Cell and value of ``Sheet!A1=0.3``, ``'My sheet'!A1=text`` or ``Limit=0.3`` with a name of the workbook.

    Raises
    ------
    InputError
        If it has another form, or names a cell that no sheet has or a name that stands for no single cell.
    LabelError
        If the workbook has no such sheet or name.
    """
    place, mark, value = text.partition("=")
    if not mark or _CELL.fullmatch(place.strip()):
        raise InputError("is not of the form Sheet!A1=value or Name=value", argument="--set", at=text)
    if value.lstrip().startswith("="):
        raise InputError("is a formula, a value is needed", argument="--set", at=text)
    found = _PLACE.fullmatch(place)
    if found is None and _NAME.fullmatch(place.strip()):
        found = _PLACE.fullmatch(_meaning(place.strip(), package))
    if found is None:
        raise InputError("is not of the form Sheet!A1=value or Name=value", argument="--set", at=text)
    sheet = found["quoted"].replace("''", "'") if found["quoted"] else found["plain"]
    try:
        row, column = parse_address(found["cell"])
    except ValueError:
        raise InputError("is not a cell of a worksheet", argument="--set", at=found["cell"]) from None
    return Address(_known_sheet(sheet, package, "--set"), row, column), typed_value(value)


def parse_argument(text: str) -> tuple[str, Given]:
    """Name and content of ``weights=w.csv``, ``cov=book.xlsx!Sheet!A1:B9`` or ``periods=252``.

    Raises
    ------
    InputError
        If it has another form, or the file or range cannot be read.
    """
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise InputError("is not of the form name=value", argument="--arg", at=text)
    return name.strip().lower(), _content(value)


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence on an unknown word: the nearest known one, or all when none is near."""
    by_case = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), by_case, n=1, cutoff=0.5)
    if close:
        return f"the nearest is {by_case[close[0]]}"
    return "known are " + ", ".join(by_case.values())


_PLACE = re.compile(r"\s*(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!=]+))!(?P<cell>[$\w]+)\s*")
_CELL = re.compile(r"\$?[A-Za-z]{1,3}\$?\d+")
_NAME = re.compile(r"[^\W\d][\w.]*")
_RANGE = re.compile(
    r"(?P<book>.+\.xl(?:s|t|a)[xm])!(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!]+))!(?P<area>[^!]+)",
    re.IGNORECASE,
)


def _meaning(name: str, package: Package) -> str:
    """The cell that a name of the workbook stands for, as text such as ``Inputs!$B$3``."""
    meanings = {known.name: known.text for known in defined_names(package)}
    for known, meaning in meanings.items():
        if known.lower() == name.lower():
            if _PLACE.fullmatch(meaning) is None:
                raise InputError(
                    f"stands for {meaning}, must stand for a single cell", argument="--set", at=known
                )
            return meaning
    if not meanings:
        raise LabelError("is not a name, the workbook defines none", argument="--set", at=name)
    raise LabelError(f"is not a name of {package.name}, {nearest(name, meanings)}", argument="--set", at=name)


def _content(text: str) -> Given:
    found = _RANGE.fullmatch(text.strip())
    if found is not None:
        sheet = found["quoted"].replace("''", "'") if found["quoted"] else found["plain"]
        return _range(found["book"], sheet, found["area"])
    if text.strip().lower().endswith(".csv"):
        return _csv(Path(text.strip()))
    return typed_value(text)


def _csv(path: Path) -> list[list[Cell]]:
    return [[csv_value(text) for text in row] for row in csv_words(path, "--arg")]


def _range(book: str, sheet: str, area_text: str) -> Given:
    package = open_package(book)
    title = _known_sheet(sheet, package, "--arg")
    try:
        area = parse_area(area_text)
    except ValueError:
        raise InputError("is not a range of cells such as A1:B9", argument="--arg", at=area_text) from None
    values = stored_values(scan_sheet(package.read(package.sheets[title])), shared_strings(package))
    if (area.top, area.left) == (area.bottom, area.right):
        return values.get((area.top, area.left))
    # A whole column is a million cells; those below the last one in use are blank.
    used = Area(
        area.top,
        area.left,
        max(area.top, min(area.bottom, max((row for row, _ in values), default=1))),
        max(area.left, min(area.right, max((column for _, column in values), default=1))),
    )
    return [
        [values.get((row, column)) for column in range(used.left, used.right + 1)]
        for row in range(used.top, used.bottom + 1)
    ]


def _known_sheet(name: str, package: Package, argument: str) -> str:
    for title in package.sheets:
        if title.lower() == name.strip().lower():
            return title
    raise LabelError(
        f"is not a sheet of {package.name}, {nearest(name.strip(), package.sheets)}",
        argument=argument,
        at=name.strip(),
    )
