"""Small workbooks written cell by cell, with full say over how a formula is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from made_workbooks import parts, sheet_xml, zipped

from trackerr_xl.workbook.file.addresses import address, parse_address

Plain = float | str | bool | None


@dataclass(frozen=True)
class F:
    """A formula with the result stored for it.

    Parameters
    ----------
    text : str
        Without the equals sign.
    stored : float, str, bool or None
        Its stored result; a text like ``#N/A`` is stored as an error value.
    fills : str, optional
        Cells of an array; without it the formula is a normal one.
    dynamic : bool, optional
        Whether the array is one that spills.
    attributes : str, optional
        Further attributes of its element, such as those of a shared formula.
    """

    text: str
    stored: Plain = -999.0
    fills: str = ""
    dynamic: bool = True
    attributes: str = ""


def written(
    folder: Path,
    cells: Mapping[str, Plain | F],
    *,
    names: Sequence[tuple[str, str] | tuple[str, str, int]] = (),
    from_1904: bool = False,
    row_attributes: Mapping[int, str] | None = None,
    as_displayed: bool = False,
) -> Path:
    """Write a workbook.

    Parameters
    ----------
    folder : Path
        Where it goes.
    cells : mapping of str to value or F
        By address, such as ``"Data!B2"``; without a sheet it is Sheet1, which always comes first.
    names : sequence of tuples
        Defined names with their text, and the number of their sheet where they belong to one.
    from_1904 : bool, optional
        Whether dates count from 1904.
    row_attributes : mapping of int to str, optional
        Attributes of rows of all sheets.
    as_displayed : bool, optional
        Whether Excel is to calculate with numbers as displayed.
    """
    sheets: dict[str, dict[tuple[int, int], Plain | F]] = {"Sheet1": {}}
    for where, content in cells.items():
        sheet, _, cell = where.rpartition("!")
        sheets.setdefault(sheet or "Sheet1", {})[parse_address(cell)] = content
    made = parts({name: sheet_xml(_rows(found, row_attributes or {})) for name, found in sheets.items()})
    book = made["xl/workbook.xml"]
    assert isinstance(book, str)
    defined = "".join(
        f'<definedName name="{name[0]}"' + (f' localSheetId="{name[2]}"' if len(name) == 3 else "") + ">"
        f"{escape(name[1])}</definedName>"
        for name in names
    )
    if defined:
        book = book.replace("</sheets>", f"</sheets><definedNames>{defined}</definedNames>")
    if from_1904:
        book = book.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    if as_displayed:
        book = book.replace("</workbook>", '<calcPr fullPrecision="0"/></workbook>')
    path = folder / "written.xlsx"
    path.write_bytes(zipped({**made, "xl/workbook.xml": book}))
    return path


def _rows(cells: Mapping[tuple[int, int], Plain | F], attributes: Mapping[int, str]) -> str:
    rows: dict[int, str] = {}
    for place in sorted(cells):
        rows[place[0]] = rows.get(place[0], "") + _cell(place, cells[place])
    return "".join(f'<row r="{row}" {attributes.get(row, "")}>{xml}</row>' for row, xml in rows.items())


def _cell(place: tuple[int, int], content: Plain | F) -> str:
    formula, mark = "", ""
    value = content
    if isinstance(content, F):
        value = content.stored
        kind = f't="array" ref="{content.fills}"' if content.fills else content.attributes
        formula = f"<f {kind}>{escape(content.text)}</f>"
        mark = ' cm="1"' if content.fills and content.dynamic else ""
    return f'<c r="{address(*place)}"{mark}{_value(value, formula)}</c>'


def _value(value: Plain, formula: str) -> str:
    if value is None:
        return f">{formula}"
    if isinstance(value, bool):
        return f' t="b">{formula}<v>{int(value)}</v>'
    if isinstance(value, str) and value.startswith("#"):
        return f' t="e">{formula}<v>{value}</v>'
    if isinstance(value, str) and formula:
        return f' t="str">{formula}<v>{escape(value)}</v>'
    if isinstance(value, str):
        return f' t="inlineStr"><is><t>{escape(value)}</t></is>'
    return f">{formula}<v>{value!r}</v>"
