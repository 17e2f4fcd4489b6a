"""A workbook made from nothing: one sheet of values, written row by row, so that millions of cells need no room."""

import zipfile
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.file.cell_xml import cell_with
from trackerr_xl.workbook.file.xml_text import escaped

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Size of a worksheet of Excel."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIRST_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every part: the same values give the same bytes."""

_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINK}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def write_plain_book(
    file: BinaryIO, title: str, rows: Iterable[Sequence[Cell]], *, height: int, width: int
) -> None:
    """Write a workbook of one sheet; its first row stays in sight.

    Parameters
    ----------
    file : binary file
        Where to.
    title : str
        On the tab.
    rows : iterable of sequence of Cell
        What the cells hold.
    height, width : int
        How many rows and columns there are.

    Raises
    ------
    FileRefusedError
        If a worksheet has not as many.
    """
    if height > MOST_ROWS or width > MOST_COLUMNS:
        raise FileRefusedError(
            f"would need {height:,} rows and {width:,} columns, a worksheet has {MOST_ROWS:,} and {MOST_COLUMNS:,}: "
            "write .csv or .parquet"
        )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in {**_PARTS, "xl/workbook.xml": _workbook(title)}.items():
            archive.writestr(_part(name), (_XML + content).encode())
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write(_head())
            for at, row in enumerate(rows, start=1):
                cells = (
                    cell_with(b"", (at, column), None, value) for column, value in enumerate(row, start=1)
                )
                sheet.write(b'<row r="%d">%b</row>' % (at, b"".join(cells)))
            sheet.write(b"</sheetData></worksheet>")


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _FIRST_DATE)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _workbook(title: str) -> str:
    sheet = f'<sheet name="{escaped(title).decode()}" sheetId="1" r:id="rId1"/>'
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINK}"><sheets>{sheet}</sheets></workbook>'


def _head() -> bytes:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return f'{_XML}<worksheet xmlns="{_MAIN}">{view}<sheetData>'.encode()
