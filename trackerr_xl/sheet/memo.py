"""Answers remembered by the content of the inputs, so that a recalculation without changes costs next to nothing."""

import marshal
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.sheet.ranges import Range
from trackerr_xl.sheet.reply import Reply

if TYPE_CHECKING:
    from hashlib import _Hash

CAPACITY = 64
"""Answers kept, the least recently used one given up first."""

MOST_CELLS = 2_000_000
"""Cells of all answers kept, about 32 bytes each: 64 large matrices would fill the memory of Excel's machine."""

_answers: OrderedDict[bytes, Reply] = OrderedDict()
_lock = Lock()


def content_of(name: str, ranges: Iterable[Range | None]) -> bytes:
    """A digest of a call: equal digests mean the same function and the same cells, their types included."""
    digest = sha256(name.encode())
    for one in ranges:
        if one is None or one.error is not None:
            # An error value is no cell to `marshal`, and the first one is all that counts.
            _add(digest, None if one is None else repr(one.error))
        elif isinstance(one.cells, np.ndarray):
            _add_numbers(digest, one.cells)
        elif one.inside is not None:
            _add(digest, (one.cells[0], [row[0] for row in one.cells]))
            _add_numbers(digest, one.inside)
        else:
            _add(digest, one.cells)
    return digest.digest()


def remembered(content: bytes) -> Reply | None:
    """The answer of a call made before."""
    with _lock:
        if content in _answers:
            _answers.move_to_end(content)
        return _answers.get(content)


def remember(content: bytes, reply: Reply) -> None:
    """Keep an answer."""
    with _lock:
        _answers[content] = reply
        while len(_answers) > CAPACITY or sum(map(_cells, _answers.values())) > MOST_CELLS:
            _answers.popitem(last=False)


def forget() -> None:
    """Give up every answer kept."""
    with _lock:
        _answers.clear()


def _cells(reply: Reply) -> int:
    return len(reply.grid) * len(reply.grid[0])


def _add(digest: "_Hash", cells: object) -> None:
    # Version 2 writes every value in full, so equal bytes mean equal cells.
    digest.update(marshal.dumps(cast(Any, cells), 2))


def _add_numbers(digest: "_Hash", numbers: Matrix) -> None:
    digest.update(repr(numbers.shape).encode())
    digest.update(np.ascontiguousarray(numbers).data)
