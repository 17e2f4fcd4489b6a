"""New cells put into a worksheet part where it has none: into their rows, or with new rows, in order."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping

from trackerr_xl.workbook.file.addresses import Area, area_address, parse_area
from trackerr_xl.workbook.file.cell_xml import NewFormula, NewValue, cell_with, new_cell, with_attribute
from trackerr_xl.workbook.file.sheet_xml import ElementSpan, SheetXml, opening_tag
from trackerr_xl.workbook.file.xml_text import attributes_of

Splice = tuple[int, int, bytes]
"""First byte and end of what is replaced, and by what."""


def insertions(sheet: SheetXml, news: Mapping[tuple[int, int], NewValue | NewFormula]) -> list[Splice]:
    """Splices that put new cells into a part, by row and column.

    A new cell takes the format that its place showed without one: that of its row, else of its column.
    """
    if not news:
        return []
    columns = _column_styles(sheet)
    cells: dict[int, dict[int, bytes]] = defaultdict(dict)
    for row, column in sorted(news):
        style = _row_style(sheet, row) or next((s for low, high, s in columns if low <= column <= high), None)
        new = news[row, column]
        if isinstance(new, NewFormula):
            cells[row][column] = cell_with(sheet.prefix, (row, column), style, new)
        else:
            cells[row][column] = new_cell(sheet.prefix, (row, column), style, new)
    present: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (row, column), (start, _) in sheet.cells.items():
        if row in cells:
            present[row].append((column, start))
    splices = _dimension(sheet, news)
    for row in cells.keys() & sheet.rows.keys():
        splices += _into_row(sheet, sheet.rows[row], cells[row], present[row])
    return splices + _new_rows(sheet, {row: cells[row] for row in cells if row not in sheet.rows})


def _column_styles(sheet: SheetXml) -> list[tuple[int, int, str]]:
    """First and last column of every run of columns with a format, and the number of the format."""
    found = opening_tag(sheet.prefix, b"col").findall(sheet.structure, 0, sheet.body.start)
    runs = [attributes_of(attributes) for attributes in found]
    return [(int(run["min"]), int(run["max"]), run["style"]) for run in runs if "style" in run]


def _row_style(sheet: SheetXml, row: int) -> str | None:
    span = sheet.rows.get(row)
    if span is None:
        return None
    attributes = attributes_of(sheet.structure[span.start : span.inside])
    return attributes.get("s") if attributes.get("customFormat") in ("1", "true") else None


def _into_row(
    sheet: SheetXml, span: ElementSpan, cells: Mapping[int, bytes], present: list[tuple[int, int]]
) -> list[Splice]:
    closed = sheet.structure[span.inside - 2 : span.inside] == b"/>"
    tag = sheet.data[span.start : span.inside - (2 if closed else 1)]
    tag = _widened(tag, min(cells), max(cells))
    if closed:
        content = b"".join(cells.values())
        return [(span.start, span.end, b"%b>%b</%brow>" % (tag, content, sheet.prefix))]
    splices: list[Splice] = [(span.start, span.inside - 1, tag)]
    for column, content in cells.items():
        later = bisect(present, (column, 0))
        at = present[later][1] if later < len(present) else span.close
        splices.append((at, at, content))
    return splices


def _widened(tag: bytes, first: int, last: int) -> bytes:
    """A row's tag; its hint of the columns in use grows if it no longer holds."""
    spans = attributes_of(tag).get("spans", "")
    low, _, high = spans.partition(":")
    if not (low.isdecimal() and high.isdecimal()) or int(low) <= first <= last <= int(high):
        return tag
    return with_attribute(tag, b"spans", b"%d:%d" % (min(first, int(low)), max(last, int(high))))


def _new_rows(sheet: SheetXml, rows: Mapping[int, Mapping[int, bytes]]) -> list[Splice]:
    spelt = {
        row: b'<%brow r="%d">%b</%brow>' % (sheet.prefix, row, b"".join(cells.values()), sheet.prefix)
        for row, cells in sorted(rows.items())
    }
    body = sheet.body
    if body.close == body.inside and sheet.structure[body.inside - 2 : body.inside] == b"/>":
        if not spelt:
            return []
        content = b"".join(spelt.values())
        return [(body.inside - 2, body.inside, b">%b</%bsheetData>" % (content, sheet.prefix))]
    numbers = list(sheet.rows)
    splices: list[Splice] = []
    for row, content in spelt.items():
        later = bisect(numbers, row)
        at = sheet.rows[numbers[later]].start if later < len(numbers) else body.close
        splices.append((at, at, content))
    return splices


def _dimension(sheet: SheetXml, cells: Iterable[tuple[int, int]]) -> list[Splice]:
    """The range the sheet says it uses, grown to hold the new cells."""
    found = opening_tag(sheet.prefix, b"dimension").search(sheet.structure, 0, sheet.body.start)
    if found is None:
        return []
    try:
        area = parse_area(attributes_of(found[1]).get("ref", ""))
    except ValueError:
        return []
    rows = [area.top, area.bottom, *(row for row, _ in cells)]
    columns = [area.left, area.right, *(column for _, column in cells)]
    grown = Area(min(rows), min(columns), max(rows), max(columns))
    if grown == area:
        return []
    tag = with_attribute(sheet.data[slice(*found.span())], b"ref", area_address(grown).encode())
    return [(*found.span(), tag)]
