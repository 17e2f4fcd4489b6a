"""Sheets and names put into a workbook file, and what its cells hold exchanged; every other byte stays."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.workbook.file.looks import with_looks, with_status_colours
from trackerr_xl.workbook.file.new_sheet import NewSheet, sheet_xml
from trackerr_xl.workbook.file.package import Package, relations
from trackerr_xl.workbook.file.patch import SheetEdits, patch_sheet, shared_strings
from trackerr_xl.workbook.file.sheet_xml import element, opening_tag, scan_sheet
from trackerr_xl.workbook.file.xml_text import attributes_of, escaped


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """What changes in a workbook.

    Parameters
    ----------
    contents : mapping of str to SheetEdits
        By the visible name of the sheet.
    sheets : sequence of NewSheet
        Put behind the others, or in the place of the sheet with the same title.
    names : mapping of str to str
        Names of the whole workbook, with what they stand for, without ``=``.
    spill_mark : bool
        Whether a workbook without any metadata gets the mark of spills, as number 1.
    """

    contents: Mapping[str, SheetEdits] = field(default_factory=dict)
    sheets: Sequence[NewSheet] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    spill_mark: bool = False


def rebuilt(package: Package, changes: Rebuilding) -> bytes:
    """The bytes of a workbook file with changes carried out.

    Raises
    ------
    FileRefusedError
        If a part to be changed is written in a way that cannot be changed without loss.
    """
    draft = _Draft(package)
    strings = shared_strings(package)
    for title, edits in changes.contents.items():
        part = package.sheets[title]
        try:
            draft.changed[part] = patch_sheet(scan_sheet(package.read(part)), edits, strings)
        except FileRefusedError as error:
            raise FileRefusedError(f"sheet {title} {error.message}", at=package.name) from None
    for sheet in changes.sheets:
        _put_sheet(draft, sheet)
    if changes.names:
        draft.changed[package.workbook] = _with_names(draft.read(package.workbook), changes.names)
    if changes.spill_mark and "sheetMetadata" not in package.related:
        _add_spill_mark(draft)
    _drop_calculation_chain(draft)
    return package.rewritten(draft.changed, draft.added, draft.removed)


@dataclass(frozen=True, slots=True)
class _Draft:
    """Parts while they change."""

    package: Package
    changed: dict[str, bytes] = field(default_factory=dict)
    added: dict[str, bytes] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def read(self, part: str) -> bytes:
        return self.changed[part] if part in self.changed else self.package.read(part)


_TYPES = "[Content_Types].xml"
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_METADATA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
_SPILL_METADATA = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    b'xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"><metadataTypes count="1">'
    b'<metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" pasteValues="1" merge="1" '
    b'splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" coerce="1" cellMeta="1"/>'
    b'</metadataTypes><futureMetadata name="XLDAPR" count="1"><bk><extLst>'
    b'<ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">'
    b'<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>'
    b'<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)
_AFTER_NAMES = (
    b"calcPr",
    b"oleSize",
    b"customWorkbookViews",
    b"pivotCaches",
    b"smartTagPr",
    b"smartTagTypes",
    b"webPublishing",
    b"fileRecoveryPr",
    b"webPublishObjects",
    b"extLst",
)
_CLOSING = re.compile(rb"</((?:[\w.-]+:)?)(Relationships|Types|sheets|workbook|definedNames)\s*>")


def _put_sheet(draft: _Draft, sheet: NewSheet) -> None:
    styles = draft.package.related.get("styles")
    formats: list[int] = []
    colours: list[int] = []
    if styles is not None:
        made, formats = with_looks(draft.read(styles), sheet.looks)
        made, colours = with_status_colours(made)
        draft.changed[styles] = made
    content = sheet_xml(sheet, formats, colours)
    titles = {title.lower(): part for title, part in draft.package.sheets.items()}
    if sheet.title.lower() in titles:
        draft.changed[titles[sheet.title.lower()]] = content
    else:
        _add_sheet(draft, sheet, content)


def _add_sheet(draft: _Draft, sheet: NewSheet, content: bytes) -> None:
    package = draft.package
    example = next(iter(package.sheets.values()))
    folder = posixpath.dirname(example)
    known = {name.lower() for name in (*package.archive.members, *draft.added)}
    number = next(n for n in range(1, len(known) + 2) if f"{folder}/sheet{n}.xml".lower() not in known)
    part = f"{folder}/sheet{number}.xml"
    draft.added[part] = content
    types = draft.read(_TYPES)
    override = f'<Override PartName="/{part}" ContentType="{_WORKSHEET}"/>'
    draft.changed[_TYPES] = _before_end(types, b"Types", override.encode())
    base, name = posixpath.split(package.workbook)
    listing = posixpath.join(base, "_rels", name + ".rels")
    links = draft.read(listing)
    identity = _free_id(links)
    kind = _link_type(links)
    link = f'<Relationship Id="{identity}" Type="{kind}" Target="/{part}"/>'
    draft.changed[listing] = _before_end(links, b"Relationships", link.encode())
    draft.changed[package.workbook] = _listed(draft.read(package.workbook), sheet.title, identity)


def _add_spill_mark(draft: _Draft) -> None:
    """The part that gives mark number 1 its meaning, as XlsxWriter and Excel write it."""
    base, name = posixpath.split(draft.package.workbook)
    part, listing = posixpath.join(base, "metadata.xml"), posixpath.join(base, "_rels", name + ".rels")
    draft.added[part] = _SPILL_METADATA
    override = f'<Override PartName="/{part}" ContentType="{_METADATA}"/>'
    draft.changed[_TYPES] = _before_end(draft.read(_TYPES), b"Types", override.encode())
    links = draft.read(listing)
    kind = _link_type(links).removesuffix("worksheet") + "sheetMetadata"
    link = f'<Relationship Id="{_free_id(links)}" Type="{kind}" Target="/{part}"/>'
    draft.changed[listing] = _before_end(links, b"Relationships", link.encode())


def _free_id(links: bytes) -> str:
    return next(f"rId{n}" for n in range(1, 100_000) if b'"rId%d"' % n not in links)


def _link_type(links: bytes) -> str:
    for found in re.finditer(rb"<(?:[\w.-]+:)?Relationship(?=[\s/>])([^>]*)>", links):
        kind = attributes_of(found[1]).get("Type", "")
        if kind.endswith("/worksheet"):
            return kind
    raise FileRefusedError("is damaged: none of its sheets is linked")


def _listed(workbook: bytes, title: str, identity: str) -> bytes:
    known = re.findall(rb"<(?:[\w.-]+:)?sheet(?=[\s/>])([^>]*)>", workbook)
    number = max(int(attributes_of(each).get("sheetId", "0")) for each in known) + 1
    link = next(key for key in attributes_of(known[0]) if key.endswith(":id"))
    spelt = escaped(title).replace(b'"', b"&quot;").decode()
    entry = f'<sheet name="{spelt}" sheetId="{number}" {link}="{identity}"/>'
    return _before_end(workbook, b"sheets", entry.encode())


def _before_end(part: bytes, name: bytes, content: bytes) -> bytes:
    """The part with an element last inside another one that is there once."""
    found = next((each for each in _CLOSING.finditer(part) if each[2] == name), None)
    if found is None:
        raise FileRefusedError(f"is damaged: it has no list of {name.decode()}")
    return part[: found.start()] + content.replace(b"<", b"<" + found[1]) + part[found.start() :]


def _with_names(workbook: bytes, names: Mapping[str, str]) -> bytes:
    root = re.search(rb"<((?:[\w.-]+:)?)workbook(?=[\s/>])", workbook)
    prefix = root[1] if root else b""
    for name, text in names.items():
        spelt = b'<%bdefinedName name="%b">%b</%bdefinedName>' % (
            prefix, name.encode(), escaped(text), prefix,
        )  # fmt: skip
        for found in element(prefix, b"definedName").finditer(workbook):
            attributes = attributes_of(found[1])
            if attributes.get("name", "").lower() == name.lower() and "localSheetId" not in attributes:
                workbook = workbook[: found.start()] + spelt + workbook[found.end() :]
                break
        else:
            workbook = _with_new_name(workbook, prefix, spelt)
    return workbook


def _with_new_name(workbook: bytes, prefix: bytes, spelt: bytes) -> bytes:
    if opening_tag(prefix, b"definedNames").search(workbook) is not None:
        closing = re.search(b"</" + re.escape(prefix) + rb"definedNames\s*>", workbook)
        if closing is None:
            raise FileRefusedError("is damaged: its list of names has no end")
        return workbook[: closing.start()] + spelt + workbook[closing.start() :]
    later = [opening_tag(prefix, name).search(workbook) for name in _AFTER_NAMES]
    places = [found.start() for found in later if found is not None]
    at = min(places) if places else workbook.rindex(b"</" + prefix + b"workbook")
    return workbook[:at] + b"<%bdefinedNames>%b</%bdefinedNames>" % (prefix, spelt, prefix) + workbook[at:]


def _drop_calculation_chain(draft: _Draft) -> None:
    """Excel makes the chain anew, and calls a file damaged whose chain names cells without formulas."""
    part = draft.package.related.get("calcChain")
    if part is None:
        return
    draft.removed.add(part)
    base, name = posixpath.split(draft.package.workbook)
    listing = posixpath.join(base, "_rels", name + ".rels")
    identity = next(
        key
        for key, (_, target) in relations(draft.package.archive, draft.package.workbook).items()
        if target == part
    )
    for place, name_of_key, wanted in ((listing, "Id", identity), (_TYPES, "PartName", "/" + part)):
        content = draft.read(place)
        for found in re.finditer(rb"<(?:[\w.-]+:)?(?:Relationship|Override)(?=[\s/>])([^>]*)/>", content):
            if attributes_of(found[1]).get(name_of_key, "").lower() == wanted.lower():
                draft.changed[place] = content[: found.start()] + content[found.end() :]
                break
