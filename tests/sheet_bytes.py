"""A worksheet part taken apart by expat, and a zip file by zipfile, to check what our own scanner and patcher did to its bytes."""

import io
import zipfile
from collections.abc import Collection
from dataclasses import dataclass, field
from xml.parsers import expat

Place = tuple[int, int]


@dataclass
class Parts:
    """Byte spans of cells, and of the tags of rows, of a worksheet part."""

    data: bytes
    cells: dict[Place, tuple[int, int]] = field(default_factory=dict)
    rows: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    row_attributes: dict[int, dict[str, str]] = field(default_factory=dict)
    formulas: dict[Place, tuple[str, dict[str, str]]] = field(default_factory=dict)


def take_apart(data: bytes) -> Parts:
    """Spans found with an event parser; rows and cells without addresses are counted."""
    reader = _Reader(Parts(data))
    parser = reader.parser
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text.append
    parser.Parse(data, True)
    return reader.parts


@dataclass
class _Reader:
    parts: Parts
    parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate(namespace_separator="}"))
    row: int = 0
    column: int = 0
    opening: list[tuple[int, int]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        self.opening.append((at, _tag_end(self.parts.data, at)))
        match name.rpartition("}")[2]:
            case "row":
                self.row, self.column = int(attributes.get("r", self.row + 1)), 0
                self.parts.row_attributes[self.row] = attributes
            case "c":
                letters = attributes.get("r", "").rstrip("0123456789")
                self.column = _number(letters) if letters else self.column + 1
            case "f":
                self.text.clear()
                self.parts.formulas[self.row, self.column] = ("", attributes)

    def end(self, name: str) -> None:
        opening = self.opening.pop()
        closing = opening
        if self.parts.data[opening[1] - 2 : opening[1]] != b"/>":
            at = self.parser.CurrentByteIndex
            closing = (at, _tag_end(self.parts.data, at))
        match name.rpartition("}")[2]:
            case "row":
                self.parts.rows[self.row] = [*dict.fromkeys([opening, closing])]
            case "c":
                self.parts.cells[self.row, self.column] = (opening[0], closing[1])
            case "f":
                attributes = self.parts.formulas[self.row, self.column][1]
                self.parts.formulas[self.row, self.column] = ("".join(self.text), attributes)


def without(data: bytes, cells: Collection[Place], rows: Collection[int]) -> bytes:
    """The bytes that are left when some cells, and the tags of some rows, are cut out."""
    parts = take_apart(data)
    cuts = [span for place, span in parts.cells.items() if place in cells]
    for row in rows:
        cuts += parts.rows.get(row, [])
    left, at = [], 0
    for first, last in sorted(cuts):
        left.append(data[at:first])
        at = last
    return b"".join([*left, data[at:]])


def raw_members(data: bytes) -> dict[str, bytes]:
    """Local header and compressed bytes of every part of a zip, cut out with the help of zipfile's directory."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
    ends = [*(info.header_offset for info in infos[1:]), archive.start_dir]
    return {info.filename: data[info.header_offset : end] for info, end in zip(infos, ends, strict=True)}


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _tag_end(data: bytes, at: int) -> int:
    quote = 0
    while True:
        byte = data[at]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte == ord(">"):
            return at + 1
        at += 1
