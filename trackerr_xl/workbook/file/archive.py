"""The zip layer of a workbook file: members read within limits, and rewritten without touching the others' bytes.

Python's `zipfile` cannot copy a member's compressed bytes as they are, so the central directory is read here. Nothing
is ever extracted to a folder: names of members are only looked up.
"""

import struct
import zlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from trackerr_xl.errors import FileRefusedError

MAX_FILE = 256 * 2**20
"""Largest workbook file, in bytes."""

MAX_INFLATED = 512 * 2**20
"""Most bytes all members together may inflate to."""

MAX_RATIO = 200
"""Most times the file's own size it may inflate to; worksheets written by Excel reach about 15."""

SMALL_INFLATED = 16 * 2**20
"""Below this many bytes a file is never called a bomb, whatever its ratio."""

MAX_MEMBERS = 10_000
"""Most members; Excel writes about ten for a sheet."""

_CHUNK = 2**18
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_STORED, _DEFLATED = 0, 8
_FIRST_DATE = 33  # 1 January 1980
_ENCRYPTED, _UTF8_NAME = 0x0001, 0x0800
_ZIP64, _ZIP64_EXTRA, _ZIP64_END_MARK = 0xFFFFFFFF, 1, b"PK\x06\x06"


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside the zip, as its central directory describes it.

    Parameters
    ----------
    name : str
        Path inside the workbook, such as ``"xl/workbook.xml"``.
    entry : bytes
        Its record in the central directory, as it stands in the file.
    flags, method, crc, size, inflated_size : int
        Fields of that record; sizes in bytes.
    start, end : int
        Where its local header begins and where the next one, or the central directory, begins.
    body : int
        Where its compressed bytes begin.
    """

    name: str
    entry: bytes
    flags: int
    method: int
    crc: int
    size: int
    inflated_size: int
    start: int
    end: int = 0
    body: int = 0


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip file in memory.

    Parameters
    ----------
    data : bytes
        The whole file.
    members : dict of str to Member
        By name, in the order of the central directory.
    end_record : int
        Where the end record begins, which the comment follows.
    """

    data: bytes
    members: Mapping[str, Member]
    end_record: int

    def chunks(self, name: str) -> Iterator[bytes]:
        """Inflate a member piece by piece, never holding more than one piece.

        Raises
        ------
        FileRefusedError
            If there is no such member, or its bytes are damaged or larger than they say.
        """
        if name not in self.members:
            raise FileRefusedError(f"is damaged: its part {name} is missing")
        member = self.members[name]
        crc = total = 0
        for piece in _inflated(self.data, member):
            total += len(piece)
            if total > member.inflated_size:
                raise FileRefusedError(f"holds {name}, which inflates to more than it says")
            crc = zlib.crc32(piece, crc)
            yield piece
        if total != member.inflated_size or crc != member.crc:
            raise FileRefusedError(f"is damaged: {name} is not what was once written")

    def read(self, name: str) -> bytes:
        """All bytes of a member, inflated."""
        return b"".join(self.chunks(name))

    def rewritten(
        self,
        edits: Mapping[str, bytes],
        added: Mapping[str, bytes] | None = None,
        removed: Container[str] = (),
    ) -> bytes:
        """The file with some members replaced; every other byte of it that can stay stays.

        Parameters
        ----------
        edits : mapping of str to bytes
            New inflated contents of existing members.
        added : mapping of str to bytes, optional
            Contents of members the file has not; they come last.
        removed : container of str, optional
            Members left out.

        Returns
        -------
        bytes
            The same bytes when no content differs. Otherwise members keep their order, times and attributes, and the
            untouched ones their compressed bytes, local headers and extra fields.
        """
        changed = {name: content for name, content in edits.items() if content != self.read(name)}
        kept = [name for name in self.members if name not in removed]
        if not changed and not added and len(kept) == len(self.members):
            return self.data
        in_file_order = sorted(self.members.values(), key=lambda member: member.start)
        out = bytearray(self.data[: in_file_order[0].start])
        entries: dict[str, bytes] = {}
        for member in in_file_order:
            at = len(out)
            if member.name in removed:
                continue
            if member.name in changed:
                packed, entry = _packed(self.data, member, changed[member.name])
                out += packed
            else:
                entry = member.entry
                out += self.data[member.start : member.end]
            entries[member.name] = _moved(entry, at)
        for name, content in (added or {}).items():
            at = len(out)
            packed, entry = _packed_anew(name, content)
            out += packed
            entries[name] = _moved(entry, at)
        directory = b"".join(entries[name] for name in (*kept, *(added or ())))
        end = bytearray(self.data[self.end_record :])
        struct.pack_into("<HHII", end, 8, len(entries), len(entries), len(directory), len(out))
        return bytes(out + directory + end)


def read_archive(data: bytes) -> Archive:
    """Read the directory of a zip file; contents are checked when they are inflated.

    Raises
    ------
    FileRefusedError
        If it is not a whole zip file of the plain kind, or its members overlap or repeat, or are too many or too big.
    """
    end_at = _end_record(data)
    _, disk, first_disk, here, count, length, offset, _ = _END.unpack_from(data, end_at)
    if _ZIP64 in (length, offset) or count == 0xFFFF:
        raise FileRefusedError("uses the zip64 layout for files above 4 GB, which this version does not read")
    if disk or first_disk or here != count:
        raise FileRefusedError("is one part of a zip file split over several")
    # Writers that stream put zip64 records there even in small files; the plain end record says all of it again.
    if offset + length != end_at and data[offset + length : offset + length + 4] != _ZIP64_END_MARK:
        raise FileRefusedError("is damaged: its table of contents is not where it should be")
    if count > MAX_MEMBERS:
        raise FileRefusedError(f"holds {count:,} parts, at most {MAX_MEMBERS:,} are read")
    members = _placed(data, _entries(data, offset, offset + length, count), offset)
    _refuse_declared_bomb(data, members)
    return Archive(data, {member.name: member for member in members}, end_at)


def _end_record(data: bytes) -> int:
    at = data.rfind(_END_MARK, max(0, len(data) - _END.size - 0xFFFF))
    while at >= 0:
        if at + _END.size <= len(data) and at + _END.size + _END.unpack_from(data, at)[7] == len(data):
            return at
        at = data.rfind(_END_MARK, max(0, len(data) - _END.size - 0xFFFF), at)
    raise FileRefusedError("is cut short or damaged: the end of its zip container is missing")


def _entries(data: bytes, at: int, end: int, count: int) -> list[Member]:
    members: list[Member] = []
    names: set[str] = set()
    for _ in range(count):
        if at + _CENTRAL.size > end or data[at : at + 4] != _CENTRAL_MARK:
            raise FileRefusedError("is damaged: its table of contents cannot be read")
        fields = _CENTRAL.unpack_from(data, at)
        stop = at + _CENTRAL.size + fields[10] + fields[11] + fields[12]
        if stop > end:
            raise FileRefusedError("is damaged: its table of contents cannot be read")
        raw_name = data[at + _CENTRAL.size : at + _CENTRAL.size + fields[10]]
        name = raw_name.decode("utf-8" if fields[3] & _UTF8_NAME else "cp437", errors="replace")
        if name.lower() in names:
            raise FileRefusedError(f"holds {name} twice")
        names.add(name.lower())
        members.append(_member(name, data[at:stop], fields))
        at = stop
    if at != end or not members:
        raise FileRefusedError("is damaged: its table of contents cannot be read")
    return members


def _member(name: str, entry: bytes, fields: tuple[int, ...]) -> Member:
    flags, method, crc, size, inflated_size, start = *fields[3:5], *fields[7:10], fields[16]
    if flags & _ENCRYPTED:
        raise FileRefusedError("is encrypted with a zip password; save it without one")
    if start == _ZIP64:
        raise FileRefusedError("uses the zip64 layout for files above 4 GB, which this version does not read")
    if _ZIP64 in (size, inflated_size):
        wide = _wide_sizes(entry[_CENTRAL.size + fields[10] : _CENTRAL.size + fields[10] + fields[11]])
        inflated_size = next(wide, _ZIP64) if inflated_size == _ZIP64 else inflated_size
        size = next(wide, _ZIP64) if size == _ZIP64 else size
    if method not in (_STORED, _DEFLATED):
        raise FileRefusedError(f"holds {name}, packed in a way no workbook uses (method {method})")
    return Member(name, entry, flags, method, crc, size, inflated_size, start)


def _wide_sizes(extra: bytes) -> Iterator[int]:
    """Sizes in 64 bits, in the order of the fields they stand for, from the extra field of a directory entry."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64_EXTRA:
            for place in range(at + 4, min(at + 4 + length, len(extra)) - 7, 8):
                yield struct.unpack_from("<Q", extra, place)[0]
        at += 4 + length


def _placed(data: bytes, members: list[Member], directory: int) -> list[Member]:
    """The members with their ends and bodies; overlapping ones would inflate the same bytes again and again."""
    starts = sorted({member.start for member in members})
    if len(starts) < len(members):
        raise FileRefusedError("is damaged: several of its parts share the same bytes")
    next_start = dict(pairwise([*starts, directory]))
    placed = []
    for member in members:
        start = member.start
        if start + _LOCAL.size > directory or data[start : start + 4] != _LOCAL_MARK:
            raise FileRefusedError(f"is damaged: {member.name} is not where its table of contents says")
        fields = _LOCAL.unpack_from(data, start)
        body = start + _LOCAL.size + fields[9] + fields[10]
        end = next_start[start]
        if body + member.size > end:
            raise FileRefusedError(f"is damaged: {member.name} runs into another part")
        placed.append(replace(member, end=end, body=body))
    return placed


def _refuse_declared_bomb(data: bytes, members: list[Member]) -> None:
    total = sum(member.inflated_size for member in members)
    if total > max(SMALL_INFLATED, MAX_RATIO * len(data)):
        raise FileRefusedError(
            f"inflates to {total / len(data):,.0f} times its size, as only a zip bomb does"
        )
    if total > MAX_INFLATED:
        raise FileRefusedError(
            f"inflates to {total / 2**20:,.0f} MB, at most {MAX_INFLATED / 2**20:,.0f} MB are read"
        )


def _inflated(data: bytes, member: Member) -> Iterator[bytes]:
    packed = memoryview(data)[member.body : member.body + member.size]
    if member.method == _STORED:
        for at in range(0, len(packed), _CHUNK):
            yield bytes(packed[at : at + _CHUNK])
        return
    try:
        yield from _deflated(packed)
    except zlib.error:
        raise FileRefusedError(f"is damaged: {member.name} cannot be inflated") from None


def _deflated(packed: memoryview) -> Iterator[bytes]:
    """Inflate in bounded pieces; input goes in by slices because `unconsumed_tail` copies what is left of it."""
    inflater = zlib.decompressobj(-15)
    for at in range(0, len(packed), _CHUNK):
        pending: bytes | memoryview = packed[at : at + _CHUNK]
        while pending and not inflater.eof:
            yield inflater.decompress(pending, _CHUNK)
            pending = inflater.unconsumed_tail
    while not inflater.eof and (piece := inflater.decompress(b"", _CHUNK)):
        yield piece


def _packed(data: bytes, member: Member, content: bytes) -> tuple[bytes, bytes]:
    """Local record and central entry of a member with new content; the old zip64 and other extra fields go."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = deflater.compress(content) + deflater.flush()
    fields = list(_CENTRAL.unpack_from(member.entry))
    raw_name = member.entry[_CENTRAL.size : _CENTRAL.size + fields[10]]
    comment = member.entry[_CENTRAL.size + fields[10] + fields[11] :]
    flags = member.flags & _UTF8_NAME
    sizes = (zlib.crc32(content), len(body), len(content))
    fields[2:5] = [max(20, min(fields[2], 45)), flags, _DEFLATED]
    fields[7:10] = sizes
    fields[11] = 0
    local = _LOCAL.pack(
        0x04034B50, fields[2], flags, _DEFLATED, fields[5], fields[6], *sizes, len(raw_name), 0
    )
    return local + raw_name + body, _CENTRAL.pack(*fields) + raw_name + comment


def _packed_anew(name: str, content: bytes) -> tuple[bytes, bytes]:
    """Local record and central entry of a member the file has not; its date is the first a zip file can hold."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = deflater.compress(content) + deflater.flush()
    raw_name = name.encode()
    sizes = (zlib.crc32(content), len(body), len(content))
    local = _LOCAL.pack(0x04034B50, 20, _UTF8_NAME, _DEFLATED, 0, _FIRST_DATE, *sizes, len(raw_name), 0)
    central = _CENTRAL.pack(
        0x02014B50, 20, 20, _UTF8_NAME, _DEFLATED, 0, _FIRST_DATE, *sizes, len(raw_name), 0, 0, 0, 0, 0, 0
    )
    return local + raw_name + body, central + raw_name


def _moved(entry: bytes, at: int) -> bytes:
    return entry[:42] + struct.pack("<I", at) + entry[46:]
