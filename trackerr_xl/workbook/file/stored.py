"""What the cells of a scanned worksheet hold in the file: formulas, attributes and stored values."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import isfinite
from xml.etree import ElementTree

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import ERROR_VALUES, Cell, CellError
from trackerr_xl.workbook.file.addresses import Area, address, parse_area
from trackerr_xl.workbook.file.sheet_xml import SheetXml, element, opening_tag
from trackerr_xl.workbook.file.xml_text import attributes_of, text_of, unescaped

MAX_ARRAY_CELLS = 2_000_000
"""Most cells that the array formulas of one sheet may fill together."""


@dataclass(frozen=True, slots=True)
class Formula:
    """The ``<f>`` of a cell.

    Parameters
    ----------
    text : str
        Without the equals sign; empty in the later cells of a shared formula.
    kind : str
        ``"normal"``, ``"array"``, ``"shared"`` or ``"dataTable"``.
    area : Area or None
        Cells that an array formula fills or that share the formula; given in its first cell only.
    shared : str or None
        What ties the cells of a shared formula together.
    attributes : dict of str to str
        As they stand in the file.
    """

    text: str
    kind: str
    area: Area | None
    shared: str | None
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoredCell:
    """One ``<c>`` as it stands in the file.

    Parameters
    ----------
    row, column : int
        From 1.
    attributes : dict of str to str
        Such as ``r``, ``s``, ``t``, ``cm``, ``vm``.
    formula : Formula or None
        Its formula.
    value : float, str, bool, CellError or None
        The value stored in it.
    """

    row: int
    column: int
    attributes: Mapping[str, str]
    formula: Formula | None
    value: Cell

    @property
    def dynamic(self) -> bool:
        """Whether it is the first cell of a dynamic array, which spills as far as it needs."""
        return self.formula is not None and self.formula.kind == "array" and "cm" in self.attributes


def stored_cell(sheet: SheetXml, row: int, column: int, strings: Sequence[str]) -> StoredCell | None:
    """The cell at a row and column, or None where the file has none.

    Parameters
    ----------
    sheet : SheetXml
        A scanned worksheet.
    row, column : int
        From 1.
    strings : sequence of str
        The workbook's shared strings.

    Raises
    ------
    FileRefusedError
        If its formula or value cannot be read.
    """
    span = sheet.cells.get((row, column))
    return None if span is None else _read(sheet, row, column, span, strings)


def formula_cells(sheet: SheetXml, strings: Sequence[str]) -> Iterator[StoredCell]:
    """Every cell with a formula, row by row.

    Raises
    ------
    FileRefusedError
        If a formula cannot be read, or array formulas fill more than `MAX_ARRAY_CELLS`, for which a few bytes of a
        hostile file are enough.
    """
    mark = b"<" + sheet.prefix + b"f"
    filled = 0
    for (row, column), span in sheet.cells.items():
        if sheet.structure.find(mark, *span) >= 0:
            cell = _read(sheet, row, column, span, strings)
            if cell.formula is not None:
                filled += _array_cells(cell.formula)
                if filled > MAX_ARRAY_CELLS:
                    raise FileRefusedError(
                        f"has array formulas over {filled:,} cells, at most {MAX_ARRAY_CELLS:,} are read"
                    )
                yield cell


def stored_values(sheet: SheetXml, strings: Sequence[str]) -> dict[tuple[int, int], Cell]:
    """Every stored value by row and column, empty cells left out.

    Raises
    ------
    FileRefusedError
        If a value cannot be read.
    """
    values: dict[tuple[int, int], Cell] = {}
    plain = _plain_number(sheet.prefix)
    structure = sheet.structure
    for place, span in sheet.cells.items():
        found = plain.fullmatch(structure, *span)
        if found is not None:
            values[place] = number = float(found[1])
            if not isfinite(number):
                raise FileRefusedError(f"is damaged: its cell {address(*place)} cannot be read")
        elif structure.find(b"</", *span) >= 0:
            value = _read(sheet, *place, span, strings).value
            if value is not None:
                values[place] = value
    return values


def read_shared_strings(data: bytes) -> list[str]:
    """Texts of a ``sharedStrings`` part, formats and phonetic hints left out."""
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        raise FileRefusedError("is damaged: its shared texts cannot be read") from None
    return [unescaped("".join(_pieces(item))) for item in root if _kind(item) == "si"]


def _pieces(item: ElementTree.Element) -> Iterator[str]:
    """Texts of a shared text: one, or one a run of letters of the same format."""
    for child in item:
        if _kind(child) == "t":
            yield child.text or ""
        elif _kind(child) == "r":
            yield from (piece.text or "" for piece in child if _kind(piece) == "t")


def _kind(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


@lru_cache(maxsize=64)
def _plain_number(prefix: bytes) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    return re.compile(
        rb"<%bc(?: r=\"[A-Z0-9]+\")?(?: s=\"[0-9]+\")?>"
        rb"<%bv>([-+]?[0-9]+(?:\.[0-9]*)?(?:[Ee][-+]?[0-9]+)?)</%bv></%bc>" % (p, p, p, p)
    )


def _read(
    sheet: SheetXml, row: int, column: int, span: tuple[int, int], strings: Sequence[str]
) -> StoredCell:
    tag = opening_tag(sheet.prefix, b"c").match(sheet.structure, *span)
    attributes = attributes_of(tag[1]) if tag else {}
    try:
        formula = _formula(sheet, span)
        value = _value(sheet, span, attributes.get("t", "n"), strings)
    except (ValueError, IndexError, OverflowError):
        raise FileRefusedError(f"is damaged: its cell {address(row, column)} cannot be read") from None
    return StoredCell(row, column, attributes, formula, value)


def _array_cells(formula: Formula) -> int:
    area = formula.area
    if area is None or formula.kind == "shared":
        return 0
    return (area.bottom - area.top + 1) * (area.right - area.left + 1)


def _formula(sheet: SheetXml, span: tuple[int, int]) -> Formula | None:
    found = element(sheet.prefix, b"f").search(sheet.structure, *span)
    if found is None:
        return None
    attributes = attributes_of(found[1])
    return Formula(
        text=text_of(sheet.data[slice(*found.span(2))]) if found[2] else "",
        kind=attributes.get("t", "normal"),
        area=parse_area(attributes["ref"]) if "ref" in attributes else None,
        shared=attributes.get("si"),
        attributes=attributes,
    )


def _value(sheet: SheetXml, span: tuple[int, int], kind: str, strings: Sequence[str]) -> Cell:
    if kind == "inlineStr":
        return _inline_text(sheet, span)
    found = element(sheet.prefix, b"v").search(sheet.structure, *span)
    text = text_of(sheet.data[slice(*found.span(2))]) if found and found[2] is not None else None
    if kind == "str":
        return None if found is None else unescaped(text or "")
    if kind not in _READERS:
        raise ValueError(f"{kind!r} is not a type of value")
    return _READERS[kind](text, strings) if text else None


def _inline_text(sheet: SheetXml, span: tuple[int, int]) -> str | None:
    found = element(sheet.prefix, b"is").search(sheet.structure, *span)
    if found is None:
        return None
    # Phonetic hints hold a <t> of their own that is no part of the text.
    hints = [hint.span() for hint in element(sheet.prefix, b"rPh").finditer(sheet.structure, *found.span())]
    pieces = [
        text_of(sheet.data[slice(*piece.span(2))])
        for piece in element(sheet.prefix, b"t").finditer(sheet.structure, *found.span())
        if piece[2] and not any(start <= piece.start() < end for start, end in hints)
    ]
    return unescaped("".join(pieces))


def _number(text: str, _: Sequence[str]) -> float:
    number = float(text)
    if not isfinite(number) or "_" in text:
        raise ValueError("not a number of a workbook")
    return number


def _shared(text: str, strings: Sequence[str]) -> str:
    number = int(text)
    if number < 0:
        raise ValueError("texts count from 0")
    return strings[number]


def _error(text: str, _: Sequence[str]) -> CellError:
    return CellError(text if text in ERROR_VALUES else "#VALUE!")


def _date(text: str, _: Sequence[str]) -> float:
    """Serial number of an ISO date, as strict files store them."""
    return (datetime.fromisoformat(text.rstrip("Z")) - datetime(1899, 12, 30)) / timedelta(days=1)


_READERS: dict[str, Callable[[str, Sequence[str]], Cell]] = {
    "n": _number,
    "b": lambda text, _: text.strip() in ("1", "true"),
    "s": _shared,
    "e": _error,
    "d": _date,
}
