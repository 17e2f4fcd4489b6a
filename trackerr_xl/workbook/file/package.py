"""A workbook file opened safely: refused in one sentence, or read as parts with its sheets found.

Every part is inflated once within limits and every XML part is parsed once, so that the libraries that read the file
afterwards meet neither a zip bomb nor an entity bomb nor half a file.
"""

import posixpath
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.parsers import expat

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.workbook.file.archive import MAX_FILE, Archive, read_archive

MAIN_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""Namespaces of worksheet XML: the usual one and that of the strict standard."""


@dataclass(frozen=True, slots=True)
class Package:
    """A workbook in memory, checked.

    Parameters
    ----------
    name : str
        File name, for sentences.
    archive : Archive
        Its parts; `read` and `rewritten` go through it.
    workbook : str
        Name of the part that lists the sheets, usually ``"xl/workbook.xml"``.
    sheets : dict of str to str
        Part of each worksheet by its visible name, in the order of the tabs. Chart sheets are not among them.
    related : dict of str to str
        Part of each kind of relationship of the workbook that occurs once, such as ``"sharedStrings"``.
    """

    name: str
    archive: Archive
    workbook: str
    sheets: Mapping[str, str]
    related: Mapping[str, str]

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.archive.data

    def read(self, part: str) -> bytes:
        """Bytes of one part, inflated."""
        return self.archive.read(part)

    def rewritten(
        self,
        edits: Mapping[str, bytes],
        added: Mapping[str, bytes] | None = None,
        removed: Container[str] = (),
    ) -> bytes:
        """The file's bytes with some parts replaced, added or left out, and all others copied as they are."""
        return self.archive.rewritten(edits, added, removed)


def open_package(path: str | Path) -> Package:
    """Read and check a workbook file.

    Parameters
    ----------
    path : str or Path
        An ``.xlsx``, ``.xlsm``, ``.xltx``, ``.xltm`` or ``.xlam`` file.

    Raises
    ------
    FileRefusedError
        In one sentence that names the file, if it is missing, a folder, empty, encrypted, damaged, hostile, or not
        a workbook of this kind.
    """
    path = Path(path)
    if path.name.startswith("~$"):
        raise FileRefusedError(
            f"is only the mark Excel leaves while {path.name[2:]} is open; name that file", at=path.name
        )
    try:
        if path.is_dir():
            raise FileRefusedError("is a folder, a workbook file is needed", at=path.name)
        size = path.stat().st_size
        if size > MAX_FILE:
            raise FileRefusedError(
                f"is {size / 2**20:,.0f} MB, at most {MAX_FILE / 2**20:,.0f} MB are read", at=path.name
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileRefusedError("does not exist", at=str(path)) from None
    except OSError as error:
        raise FileRefusedError(f"cannot be read: {error.strerror}", at=str(path)) from None
    return read_package(data, path.name)


def read_package(data: bytes, name: str) -> Package:
    """Check a workbook held in memory; `name` is used in sentences only.

    Raises
    ------
    FileRefusedError
        As `open_package`.
    """
    try:
        _refuse_other_formats(data)
        archive = read_archive(data)
        _refuse_other_documents(archive)
        _check_parts(archive)
        return _assemble(archive, name)
    except FileRefusedError as error:
        raise FileRefusedError(error.message, at=name) from None


def relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Relationships of a part: id to its kind, the last word of its type, and the part it leads to.

    Links that lead out of the file are left out.
    """
    folder, base = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", base + ".rels")
    if listing not in archive.members:
        return {}
    found = {}
    for element in _root(archive, listing):
        if element.get("TargetMode") != "External" and element.get("Id") and element.get("Target"):
            target = unquote(element.get("Target", ""))
            place = (
                target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], place)
    return found


_SHEET_NAME = re.compile(r"(?!')[^\[\]:*?/\\\x00-\x1f]{1,31}(?<!')")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_RELATION_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)


def _refuse_other_formats(data: bytes) -> None:
    if not data:
        raise FileRefusedError("is empty")
    if data.startswith(_OLE):
        if _ENCRYPTED_STREAM in data:
            raise FileRefusedError("is encrypted with a password; save it without one")
        raise FileRefusedError("is in the old .xls format; save it as .xlsx or .xlsm")
    if not data.startswith(b"PK"):
        raise FileRefusedError("is not a workbook: its contents are not those of an .xlsx or .xlsm file")


def _refuse_other_documents(archive: Archive) -> None:
    names = archive.members
    if "xl/workbook.bin" in names:
        raise FileRefusedError("is in the binary .xlsb format; save it as .xlsx or .xlsm")
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", "a Word document"), ("ppt/", "a PowerPoint presentation")):
            if any(name.startswith(folder) for name in names) and "xl/workbook.xml" not in names:
                raise FileRefusedError(f"is {kind}, not a workbook")
        return
    if "mimetype" in names and "content.xml" in names:
        raise FileRefusedError("is an OpenDocument file; save it as .xlsx or .xlsm")
    raise FileRefusedError("is a zip file, but no workbook is in it")


def _check_parts(archive: Archive) -> None:
    for name in archive.members:
        extension = posixpath.splitext(name)[1].lower()
        if extension in (".xml", ".rels", ".vml"):
            _check_xml(archive, name, must_parse=extension != ".vml")
        else:
            for _ in archive.chunks(name):
                pass


def _check_xml(archive: Archive, name: str, *, must_parse: bool) -> None:
    """Parse without keeping anything. Old drawings (.vml) of Excel itself may not be well formed; nobody parses them."""

    def refuse(*_: object) -> NoReturn:
        raise FileRefusedError(f"holds {name}, which declares a document type, as only hostile files do")

    parser = expat.ParserCreate(namespace_separator=" ")  # refuses prefixes that were never declared
    parser.StartDoctypeDeclHandler = refuse
    readable = True
    for piece in archive.chunks(name):
        if readable:
            readable = _fed(parser, piece, name, must_parse)
    if readable:
        _fed(parser, b"", name, must_parse, last=True)


def _fed(
    parser: expat.XMLParserType, piece: bytes, name: str, must_parse: bool, *, last: bool = False
) -> bool:
    try:
        parser.Parse(piece, last)
    except expat.ExpatError as error:
        if must_parse:
            reason = expat.errors.messages[error.code]
            raise FileRefusedError(f"is damaged: {name} is not XML ({reason}, line {error.lineno})") from None
        return False
    except (LookupError, ValueError):
        # The declaration names an encoding that Python has not got, or one of several bytes a character.
        if must_parse:
            raise FileRefusedError(
                f"is damaged: {name} is in an encoding that XML readers do not know"
            ) from None
        return False
    return True


def _assemble(archive: Archive, name: str) -> Package:
    workbook = _workbook_part(archive)
    links = relations(archive, workbook)
    sheets: dict[str, str] = {}
    for element in _root(archive, workbook).iterfind("{*}sheets/{*}sheet"):
        title = element.get("name", "")
        if not _SHEET_NAME.fullmatch(title):
            raise FileRefusedError(f"is damaged: it has a sheet named {title!r}, as no sheet can be")
        link = next((element.get(key) for key in _RELATION_ID if element.get(key)), None)
        kind, part = links.get(link or "", ("", ""))
        if part not in archive.members:
            raise FileRefusedError(f"is damaged: the contents of its sheet {title} are missing")
        if kind == "worksheet":
            if part in sheets.values() or title.lower() in (known.lower() for known in sheets):
                raise FileRefusedError(f"is damaged: its sheet {title} is listed twice")
            sheets[title] = part
    if not sheets:
        raise FileRefusedError("holds no worksheet")
    return Package(name, archive, workbook, sheets, _single(links, archive))


def _workbook_part(archive: Archive) -> str:
    for kind, part in relations(archive, "").values():
        if kind == "officeDocument" and part in archive.members:
            root = _root(archive, part)
            if root.tag in [f"{{{space}}}workbook" for space in MAIN_NAMESPACES]:
                return part
            raise FileRefusedError("is not a workbook: its main part is of another kind")
    raise FileRefusedError("is damaged: it does not say which of its parts is the workbook")


def _single(links: Mapping[str, tuple[str, str]], archive: Archive) -> dict[str, str]:
    kinds = [kind for kind, _ in links.values()]
    return {kind: part for kind, part in links.values() if kinds.count(kind) == 1 and part in archive.members}


def _root(archive: Archive, part: str) -> ElementTree.Element:
    """Root of a part that has been checked, or is checked now because it lacks the .xml ending."""
    try:
        return ElementTree.fromstring(archive.read(part))
    except ElementTree.ParseError:
        raise FileRefusedError(f"is damaged: {part} is not XML") from None
