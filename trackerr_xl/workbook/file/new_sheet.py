"""A worksheet described as data, and its XML."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trackerr_xl.workbook.file.addresses import Area, address, area_address
from trackerr_xl.workbook.file.cell_xml import Content, cell_with
from trackerr_xl.workbook.file.looks import Look

RowColumn = tuple[int, int]

STATUS_WORDS = ("OK", "CHECK", "Not audited")
"""Words of a status that are coloured: good, bad, not known."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A worksheet to be put into a workbook. Cells are named by row and column from 1.

    Parameters
    ----------
    title : str
        On its tab.
    cells : mapping of (int, int) to (Content, Look)
        What they hold and how they look; nothing with a look is a format alone.
    widths, heights : mapping of int to float
        Of columns in characters, of rows in points.
    frozen : (int, int)
        First cell that scrolls; (1, 1) where all do.
    colour : str
        Of the tab, ``RRGGBB``.
    status : tuple of Area
        Cells whose words `STATUS_WORDS` are coloured.
    """

    title: str
    cells: Mapping[RowColumn, tuple[Content, Look]]
    widths: Mapping[int, float] = field(default_factory=dict)
    heights: Mapping[int, float] = field(default_factory=dict)
    frozen: RowColumn = (1, 1)
    colour: str = "0F7C82"
    status: tuple[Area, ...] = ()

    @property
    def looks(self) -> list[Look]:
        """Looks in use, each once."""
        return list(dict.fromkeys(look for _, look in self.cells.values()))


def sheet_xml(sheet: NewSheet, formats: Sequence[int], colours: Sequence[int]) -> bytes:
    """The part of a worksheet.

    Parameters
    ----------
    sheet : NewSheet
        The sheet.
    formats : sequence of int
        Number of the format of each of its `looks`.
    colours : sequence of int
        Numbers of the colours of `STATUS_WORDS`; none leaves them as they are.
    """
    number = dict(zip(sheet.looks, formats, strict=True)) if formats else {}
    rows: dict[int, list[bytes]] = defaultdict(list)
    for place in sorted(sheet.cells):
        content, look = sheet.cells[place]
        style = str(number[look]) if look in number else None
        rows[place[0]].append(cell_with(b"", place, style, content))
    pieces = [
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'.encode(),
        f'<sheetPr><tabColor rgb="FF{sheet.colour}"/><pageSetUpPr fitToPage="1"/></sheetPr>'.encode(),
        _views(sheet.frozen),
        b'<sheetFormatPr defaultRowHeight="16" customHeight="1"/>',
        _columns(sheet.widths),
        b"<sheetData>",
        *(_row(row, cells, sheet.heights.get(row)) for row, cells in sorted(rows.items())),
        b"</sheetData>",
        *(_status(area, colours) for area in sheet.status if colours),
        b'<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>',
        b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
    ]
    return b"".join(pieces)


def _views(frozen: RowColumn) -> bytes:
    row, column = frozen
    pane = ""
    if frozen != (1, 1):
        across = f' xSplit="{column - 1}"' if column > 1 else ""
        down = f' ySplit="{row - 1}"' if row > 1 else ""
        where = {(True, True): "bottomRight", (True, False): "bottomLeft"}.get(
            (row > 1, column > 1), "topRight"
        )
        pane = (
            f'<pane{across}{down} topLeftCell="{address(row, column)}" activePane="{where}" state="frozen"/>'
        )
    view = f'<sheetView showGridLines="0" workbookViewId="0">{pane}</sheetView>'
    return f"<sheetViews>{view}</sheetViews>".encode()


def _columns(widths: Mapping[int, float]) -> bytes:
    if not widths:
        return b""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width:g}" customWidth="1"/>'
        for at, width in sorted(widths.items())
    )
    return f"<cols>{columns}</cols>".encode()


def _row(row: int, cells: Sequence[bytes], height: float | None) -> bytes:
    tall = b"" if height is None else f' ht="{height:g}" customHeight="1"'.encode()
    return b'<row r="%d"%b>%b</row>' % (row, tall, b"".join(cells))


def _status(area: Area, colours: Sequence[int]) -> bytes:
    # A wide status is coloured as a whole by its first column.
    first = "$" + address(area.top, area.left)
    rules = "".join(
        f'<cfRule type="expression" dxfId="{colour}" priority="{at}"><formula>LEFT({first},{len(word)})="{word}"</formula></cfRule>'
        for at, (word, colour) in enumerate(zip(STATUS_WORDS, colours, strict=True), start=1)
    )
    return f'<conditionalFormatting sqref="{area_address(area)}">{rules}</conditionalFormatting>'.encode()
