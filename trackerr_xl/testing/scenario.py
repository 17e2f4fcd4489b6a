"""A scenario: changed inputs of a workbook, and the outputs they must give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.book import Address, Book, parse_location
from trackerr_xl.workbook.file.addresses import Area, address, parse_area


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

    Raises
    ------
    ValueError
        If it expects nothing: a test that cannot fail.
    """

    name: str
    inputs: Mapping[Address, Cell]
    outputs: Mapping[Address, Cell]
    tolerance: float | None = None
    now: datetime | None = None

    def __post_init__(self) -> None:
        if not self.outputs:
            raise ValueError(f"the scenario {self.name} expects nothing")


def named_area(text: str, book: Book) -> tuple[str, Area]:
    """Sheet and cells given as ``Inputs!B3:B9`` or by a name of the workbook.

    Raises
    ------
    ValueError
        If they are no cells of the workbook.
    """
    name = book.names.get((None, text.strip().lower()))
    first, _, last = (text if name is None else name.text).partition(":")
    at = parse_location(first)
    sheet = book.sheet(at.sheet)
    if sheet is None:
        raise ValueError(f"{text.strip()} is on no sheet of {book.name}")
    corner = address(at.row, at.column)
    return sheet.name, parse_area(f"{corner}:{last}" if last else corner)


def named_cell(text: str, book: Book) -> Address:
    """A cell given as ``Inputs!B3`` or by a name of the workbook.

    Raises
    ------
    ValueError
        If it is no cell of the workbook, or more than one.
    """
    sheet, area = named_area(text, book)
    if (area.top, area.left) != (area.bottom, area.right):
        raise ValueError(f"{text.strip()} is more than one cell")
    return Address(sheet, area.top, area.left)


def tolerance_of(value: object) -> float:
    """A tolerance as it is written in a file or a cell.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise ValueError(f"tolerance is {value!r}, must be a number of at least 0 and below 1")
    return float(value)


def moment(value: Cell, book: Book) -> datetime:
    """The date and time that a number of a cell stands for, to the second.

    Raises
    ------
    ValueError
        If it stands for none.
    """
    if isinstance(value, bool) or not isinstance(value, float):
        raise ValueError(f"now is {value!r}, must be a date")
    try:
        return book.epoch + timedelta(seconds=round(value * 86400))
    except OverflowError:
        raise ValueError(f"now is {value:g}, which is a number of days beyond every date") from None
