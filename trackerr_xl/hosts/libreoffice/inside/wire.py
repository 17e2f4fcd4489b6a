"""Messages between LibreOffice and the Python that calculates: a JSON text and blocks of bytes, each after its length."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

_LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], message: object, blocks: Sequence[bytes] = ()) -> None:
    """Write one message and see it off.

    Parameters
    ----------
    stream : binary file
        Where to.
    message : object
        What JSON can say.
    blocks : sequence of bytes
        Grids of numbers, which would take JSON a hundred times as long.
    """
    text = json.dumps(message).encode()
    for part in (text, _LENGTH.pack(len(blocks)), *blocks):
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Any, list[bytes]]:
    """Read one message and its blocks.

    Raises
    ------
    EOFError
        If the other side is gone.
    """
    message = json.loads(_part(stream))
    (count,) = _LENGTH.unpack(_part(stream))
    return message, [_part(stream) for _ in range(count)]


def _part(stream: IO[bytes]) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
