"""How one cell is spelt in the XML of a worksheet.

Texts: the result of a formula is ``t="str"`` with a ``<v>``, as Excel writes it; a constant is ``t="inlineStr"``, which
Excel reads as any text and moves into its shared strings when it saves, so that no other part needs a change here.
Errors: Excel stores only the classic ones in a cell and keeps newer ones, such as ``#SPILL!``, in rich data with
``#VALUE!`` in the cell; we write the ``#VALUE!``.
"""

import re
from dataclasses import dataclass
from math import isfinite

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.file.addresses import Area, address, area_address
from trackerr_xl.workbook.file.sheet_xml import SheetXml, element, opening_tag
from trackerr_xl.workbook.file.xml_text import escaped

CLASSIC_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA")
"""Errors that the file format knows as values of a cell."""


@dataclass(frozen=True, slots=True)
class NewFormula:
    """A formula put into a cell.

    Parameters
    ----------
    text : str
        With its equals sign.
    value : Cell
        What it comes to; calculated later where it is not known.
    area : Area, optional
        Cells an array formula fills.
    mark : int, optional
        Number of the mark that makes an array formula one that spills.
    """

    text: str
    value: Cell = None
    area: Area | None = None
    mark: int | None = None


Content = Cell | NewFormula
"""What a cell is to hold: a constant, None for nothing, or a formula."""


@dataclass(frozen=True, slots=True)
class NewValue:
    """What a cell is to hold.

    Parameters
    ----------
    value : float, str, bool, CellError or None
        None empties the cell.
    constant : bool
        Whether it was typed in, and is no result of a formula.
    area : Area, optional
        New range of the array formula in the cell.
    """

    value: Cell
    constant: bool = False
    area: Area | None = None


def storable(value: Cell) -> Cell:
    """The value as a file can hold it: a newer error as ``#VALUE!``, a number that is none as ``#NUM!``."""
    if isinstance(value, CellError):
        return value if value.value in CLASSIC_ERRORS else CellError("#VALUE!")
    if isinstance(value, float | int) and not isfinite(value):
        return CellError("#NUM!")
    return value


def same(stored: Cell, new: Cell) -> bool:
    """Whether two values are the same content of a cell, to the last digit; TRUE is not 1."""
    return stored == new and isinstance(stored, bool) == isinstance(new, bool)


def new_cell(prefix: bytes, place: tuple[int, int], style: str | None, new: NewValue) -> bytes:
    """A cell where the file has none; `style` is the number of its format."""
    kind, content = _spelt(prefix, new)
    tag = b'<%bc r="%b"' % (prefix, address(*place).encode())
    if style is not None:
        tag += b' s="%b"' % style.encode()
    if kind is not None:
        tag += b' t="%b"' % kind
    return b"%b>%b</%bc>" % (tag, content, prefix)


def rewritten_cell(sheet: SheetXml, span: tuple[int, int], new: NewValue) -> bytes:
    """The cell at `span` with another value, and with another range for its array formula if one is given.

    Its formula, style and all other attributes stay as they are spelt, except `vm`, which ties a picture or a rich
    error to the old value.
    """
    start, end = span
    opening = opening_tag(sheet.prefix, b"c").match(sheet.structure, start, end)
    assert opening is not None
    closed = opening.end() == end
    tag = sheet.data[start : opening.end() - (2 if closed else 1)]
    tag = with_attribute(with_attribute(tag, b"vm", None), b"t", None)
    kind, content = _spelt(sheet.prefix, new)
    if kind is not None:
        tag = with_attribute(tag, b"t", kind)
    if closed:
        return tag + (b"/>" if not content else b">%b</%bc>" % (content, sheet.prefix))
    close = sheet.structure.rindex(b"</", start, end)
    return tag + b">" + _new_content(sheet, (opening.end(), close), content, new.area) + sheet.data[close:end]


def cell_with(prefix: bytes, place: tuple[int, int], style: str | None, content: Content) -> bytes:
    """A cell with a constant or a formula; `style` is the number of its format."""
    if not isinstance(content, NewFormula):
        return new_cell(prefix, place, style, NewValue(storable(content), constant=True))
    plain = new_cell(prefix, place, style, NewValue(storable(content.value)))
    tag, end, rest = plain.partition(b">")
    attributes = b"" if content.area is None else b' t="array" ref="%b"' % area_address(content.area).encode()
    if content.mark is not None:
        tag = with_attribute(tag, b"cm", b"%d" % content.mark)
    # Formulas know no _x000D_ escapes.
    text = _as_xml(content.text.removeprefix("="))
    return b"%b%b<%bf%b>%b</%bf>%b" % (tag, end, prefix, attributes, text, prefix, rest)


def _as_xml(text: str) -> bytes:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def with_attribute(tag: bytes, name: bytes, value: bytes | None) -> bytes:
    """An opening tag, with or without its end, with one attribute replaced where it stands, added last, or taken out."""
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name:
            kept = b"" if value is None else b' %b="%b"' % (name, value)
            return tag[: found.start()] + kept + tag[found.end() :]
    if value is None:
        return tag
    end = len(tag) - (2 if tag.endswith(b"/>") else 1 if tag.endswith(b">") else 0)
    return b'%b %b="%b"%b' % (tag[:end].rstrip(), name, value, tag[end:])


_ATTRIBUTE = re.compile(rb"\s+([^\s=\"'/<>]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def _new_content(sheet: SheetXml, inside: tuple[int, int], content: bytes, area: Area | None) -> bytes:
    """What stands between the tags of a cell, its old value replaced."""
    splices: list[tuple[int, int, bytes]] = []
    formula = element(sheet.prefix, b"f").search(sheet.structure, *inside)
    if formula is not None and area is not None:
        tag = opening_tag(sheet.prefix, b"f").match(sheet.structure, formula.start())
        assert tag is not None
        spelt = with_attribute(sheet.data[slice(*tag.span())], b"ref", area_address(area).encode())
        splices.append((*tag.span(), spelt))
    old = [
        found.span()
        for name in (b"v", b"is")
        if (found := element(sheet.prefix, name).search(sheet.structure, *inside))
    ]
    at = formula.end() if formula is not None else inside[0]
    splices += [(start, end, b"") for start, end in old]
    if old:
        at = old[0][0]
        splices = [splice for splice in splices if splice[0] != at]
        splices.append((at, old[0][1], content))
    else:
        splices.append((at, at, content))
    return spliced(sheet.data, splices, inside)


def spliced(data: bytes, splices: list[tuple[int, int, bytes]], span: tuple[int, int]) -> bytes:
    """The bytes of `span` with each ``(start, end, replacement)`` carried out; ties keep their order."""
    pieces = []
    at = span[0]
    for start, end, replacement in sorted(splices, key=lambda splice: splice[:2]):
        pieces += [data[at:start], replacement]
        at = end
    pieces.append(data[at : span[1]])
    return b"".join(pieces)


def _spelt(prefix: bytes, new: NewValue) -> tuple[bytes | None, bytes]:
    """Word for the attribute `t`, None for numbers, and the element with the value."""
    value = new.value
    if value is None:
        return None, b""
    if isinstance(value, str):
        # Without the mark a reader of XML may drop spaces at the ends.
        space = b' xml:space="preserve"' if value != value.strip() else b""
        if new.constant:
            return b"inlineStr", b"<%bis><%bt%b>%b</%bt></%bis>" % (
                prefix, prefix, space, escaped(value), prefix, prefix,
            )  # fmt: skip
        return b"str", b"<%bv%b>%b</%bv>" % (prefix, space, escaped(value), prefix)
    if isinstance(value, CellError):
        kind, text = b"e", value.value
    elif isinstance(value, bool):
        kind, text = b"b", "1" if value else "0"
    else:
        kind, text = None, _shortest(value)
    return kind, b"<%bv>%b</%bv>" % (prefix, text.encode(), prefix)


def _shortest(number: float) -> str:
    """Fewest digits that read back as the same number, whole ones without a decimal point."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(float(number))
