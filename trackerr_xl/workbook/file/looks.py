"""How cells of the sheets we add look, and how that is put behind the formats a workbook has already."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trackerr_xl.workbook.file.cell_xml import spliced, with_attribute
from trackerr_xl.workbook.file.sheet_xml import element, opening_tag
from trackerr_xl.workbook.file.xml_text import attributes_of, escaped


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. Colours are ``RRGGBB``.

    Parameters
    ----------
    bold, italic, wrap : bool
        Of its text.
    size : float
        Of its letters, in points.
    colour, fill, rule : str
        Of letters, background and lower edge; empty for none.
    number : str
        Number format, as Excel spells it.
    align : str
        ``"left"``, ``"center"`` or ``"right"``; empty leaves it to the content.
    indent : int
        Steps from the edge.
    as_text : bool
        Whether the content stays text when somebody edits the cell: the mark of a leading apostrophe.
    """

    bold: bool = False
    italic: bool = False
    wrap: bool = False
    size: float = 10.0
    colour: str = "1B2430"
    fill: str = ""
    rule: str = ""
    number: str = "General"
    align: str = ""
    indent: int = 0
    as_text: bool = False


GOOD, BAD, UNSURE = ("1B7F4B", "E3F4EA"), ("B3261E", "FCE8E6"), ("8A5A00", "FFF3D6")
"""Letters and background of a status that is good, bad, or not known."""


def with_looks(styles: bytes, looks: Sequence[Look]) -> tuple[bytes, list[int]]:
    """A styles part with formats put behind those it has, and the number of each.

    Parameters
    ----------
    styles : bytes
        The part.
    looks : sequence of Look
        What is needed; a format that is there already is not put there twice.
    """
    numbers = []
    for look in looks:
        styles, font = _placed(styles, b"fonts", b"font", _font(look))
        styles, fill = _placed(styles, b"fills", b"fill", _fill(look.fill)) if look.fill else (styles, 0)
        styles, edge = (
            _placed(styles, b"borders", b"border", _border(look.rule)) if look.rule else (styles, 0)
        )
        styles, form = _number_format(styles, look.number)
        styles, number = _placed(styles, b"cellXfs", b"xf", _format(look, font, fill, edge, form))
        numbers.append(number)
    return styles, numbers


def with_text_marks(styles: bytes, formats: Sequence[int]) -> tuple[bytes, list[int]]:
    """A styles part with, for each format given by number, one that differs in its mark as text alone."""
    numbers = []
    for number in formats:
        block = _block(styles, b"cellXfs")
        assert block is not None
        known = list(element(_prefix(styles), b"xf").finditer(styles, *block.span(2)))
        tag, end, rest = known[number][0].partition(b">")
        styles, marked = _placed(
            styles, b"cellXfs", b"xf", with_attribute(tag + end, b"quotePrefix", b"1") + rest
        )
        numbers.append(marked)
    return styles, numbers


def with_status_colours(styles: bytes) -> tuple[bytes, list[int]]:
    """A styles part with the colours of `GOOD`, `BAD` and `UNSURE` for conditional formats, and their numbers."""
    numbers = []
    for letters, ground in (GOOD, BAD, UNSURE):
        content = (
            f'<dxf><font><color rgb="FF{letters}"/></font>'
            f'<fill><patternFill><bgColor rgb="FF{ground}"/></patternFill></fill></dxf>'
        )
        styles, number = _placed(styles, b"dxfs", b"dxf", content.encode())
        numbers.append(number)
    return styles, numbers


_ORDER = (b"numFmts", b"fonts", b"fills", b"borders", b"cellStyleXfs", b"cellXfs", b"cellStyles", b"dxfs")
_AFTER = (b"tableStyles", b"colors", b"extLst")
_ROOT = re.compile(rb"<((?:[\w.-]+:)?)styleSheet(?=[\s/>])")
_FIRST_OWN_FORMAT = 164
_BUILT_IN = {"General": 0, "0": 1, "0.00": 2, "0%": 9, "0.00%": 10}


def _font(look: Look) -> bytes:
    marks = ("<b/>" if look.bold else "") + ("<i/>" if look.italic else "")
    return (
        f'<font>{marks}<sz val="{look.size:g}"/><color rgb="FF{look.colour}"/><name val="Calibri"/>'
        '<family val="2"/></font>'
    ).encode()


def _fill(colour: str) -> bytes:
    solid = (
        f'<patternFill patternType="solid"><fgColor rgb="FF{colour}"/><bgColor indexed="64"/></patternFill>'
    )
    return f"<fill>{solid}</fill>".encode()


def _border(colour: str) -> bytes:
    edge = f'<bottom style="thin"><color rgb="FF{colour}"/></bottom>'
    return f"<border><left/><right/><top/>{edge}<diagonal/></border>".encode()


def _format(look: Look, font: int, fill: int, edge: int, form: int) -> bytes:
    align = f' horizontal="{look.align}"' if look.align else ""
    indent = f' indent="{look.indent}"' if look.indent else ""
    wrap = ' wrapText="1"' if look.wrap else ""
    mark = ' quotePrefix="1"' if look.as_text else ""
    return (
        f'<xf numFmtId="{form}" fontId="{font}" fillId="{fill}" borderId="{edge}" xfId="0"{mark} '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f'<alignment{align} vertical="center"{wrap}{indent}/></xf>'
    ).encode()


def _number_format(styles: bytes, code: str) -> tuple[bytes, int]:
    if code in _BUILT_IN:
        return styles, _BUILT_IN[code]
    block = _block(styles, b"numFmts")
    taken = [_FIRST_OWN_FORMAT - 1]
    spelt = escaped(code).replace(b'"', b"&quot;")
    if block is not None:
        for found in element(_prefix(styles), b"numFmt").finditer(styles, *block.span(2)):
            attributes = attributes_of(found[1])
            taken.append(int(attributes.get("numFmtId", "0")))
            if attributes.get("formatCode") == code:
                return styles, taken[-1]
    number = max(taken) + 1
    return _placed(
        styles, b"numFmts", b"numFmt", b'<numFmt numFmtId="%d" formatCode="%b"/>' % (number, spelt)
    )[0], number


def _prefix(styles: bytes) -> bytes:
    root = _ROOT.search(styles)
    return root[1] if root else b""


def _block(styles: bytes, name: bytes) -> re.Match[bytes] | None:
    return element(_prefix(styles), name).search(styles)


def _placed(styles: bytes, block_name: bytes, name: bytes, content: bytes) -> tuple[bytes, int]:
    """The part with an element last in its list, and its place there; where the list has it already, that place."""
    prefix = _prefix(styles)
    if prefix:
        content = re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, content)
    block = _block(styles, block_name)
    if block is None:
        new = b'<%b%b count="1">%b</%b%b>' % (prefix, block_name, content, prefix, block_name)
        at = _place_of_list(styles, block_name)
        return styles[:at] + new + styles[at:], 0
    if block[2] is None:
        new = b'<%b%b count="1">%b</%b%b>' % (prefix, block_name, content, prefix, block_name)
        return styles[: block.start()] + new + styles[block.end() :], 0
    known = [found[0] for found in element(prefix, name).finditer(styles, *block.span(2))]
    if content in known:
        return styles, known.index(content)
    tag = opening_tag(prefix, block_name).match(styles, block.start())
    assert tag is not None
    counted = with_attribute(tag[0], b"count", b"%d" % (len(known) + 1))
    end = block.end(2)
    return spliced(styles, [(*tag.span(), counted), (end, end, content)], (0, len(styles))), len(known)


def _place_of_list(styles: bytes, name: bytes) -> int:
    prefix = _prefix(styles)
    for later in (*_ORDER[_ORDER.index(name) + 1 :], *_AFTER):
        found = opening_tag(prefix, later).search(styles)
        if found is not None:
            return found.start()
    return styles.rindex(b"</" + prefix + b"styleSheet")
