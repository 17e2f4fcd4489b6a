"""Answers remembered by the content of the inputs, so that a recalculation without changes costs next to nothing."""

import marshal
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from trackerr_xl.sheet.cells import Given

if TYPE_CHECKING:
    from trackerr_xl.sheet.call import Reply

CAPACITY = 64
"""Answers kept, the least recently used one given up first."""

_answers: OrderedDict[bytes, "Reply"] = OrderedDict()
_lock = Lock()


def content_of(name: str, given: Sequence[Given]) -> bytes | None:
    """A digest of a call, None when something in it cannot be digested."""
    digest = blake2b(name.encode(), digest_size=16)
    for one in given:
        if isinstance(one, np.ndarray):
            digest.update(repr((one.shape, one.dtype.str)).encode())
            digest.update(np.ascontiguousarray(one).tobytes())
            continue
        try:
            # Version 2 writes every value in full, so equal bytes mean equal cells, types included.
            digest.update(marshal.dumps(cast(Any, one), 2))
        except ValueError:
            return None
    return digest.digest()


def remembered(content: bytes | None) -> "Reply | None":
    """The answer of a call made before."""
    if content is None:
        return None
    with _lock:
        if content in _answers:
            _answers.move_to_end(content)
        return _answers.get(content)


def remember(content: bytes | None, reply: "Reply") -> "Reply":
    """Keep an answer, and give it back."""
    if content is not None:
        with _lock:
            _answers[content] = reply
            if len(_answers) > CAPACITY:
                _answers.popitem(last=False)
    return reply


def forget() -> None:
    """Give up every answer kept."""
    with _lock:
        _answers.clear()
