"""The journal beside the results: every part that is done, so that a run that was stopped goes on where it was.

A file of records, each with its length and a checksum in front. What a crash left half written at its end is cut off.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.errors import FileRefusedError
from trackerr_xl.functions.accounts import Outcomes

SUFFIX: Final = ".journal"
_HEAD = struct.Struct("<IQI")
"""Bytes of the words, bytes of the numbers, checksum of both."""


class Journal:
    """The journal of a job, open for writing.

    Parameters
    ----------
    results : Path
        The file of the results; the journal stands beside it.
    job : str
        Digest of everything the answers depend on. A journal of another job is started anew.

    Raises
    ------
    FileRefusedError
        If it cannot be written.
    """

    def __init__(self, results: Path, job: str) -> None:
        self.path = results.with_name(results.name + SUFFIX)
        self.done: dict[int, Outcomes] = {}
        try:
            self._file = self.path.open("r+b" if self.path.exists() else "w+b")
            if not self._read(job):
                self._file.seek(0)
                self._file.truncate()
                self._append({"job": job}, b"")
        except OSError as error:
            raise FileRefusedError(
                f"cannot be written: {error.strerror}", argument="journal", at=str(self.path)
            ) from None

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self.done:
            self.path.unlink(missing_ok=True)

    def keep(self, part: int, outcomes: Outcomes) -> None:
        """Write down what came of a part; once it returns a crash does not take it away. A part counts once."""
        if part in self.done:
            return
        words = {
            "part": part,
            "names": outcomes.names,
            "status": outcomes.status,
            "sentences": outcomes.sentences,
        }
        numbers = np.concatenate([outcomes.error, outcomes.turnover, outcomes.weights.ravel()])
        self._append(words, numbers.astype("<f8").tobytes())
        self.done[part] = outcomes

    def remove(self) -> None:
        """Take the journal away: the results are written."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _append(self, words: dict[str, object], numbers: bytes) -> None:
        text = json.dumps(words).encode()
        self._file.write(_HEAD.pack(len(text), len(numbers), zlib.crc32(text + numbers)) + text + numbers)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self, job: str) -> bool:
        """Take over what an earlier run wrote down; whether it was of the same job."""
        records = _records(self._file)
        words, _, end = next(records, ({}, b"", 0))
        if words.get("job") != job:
            return False
        for words, numbers, place in records:
            self.done[int(str(words["part"]))] = _outcomes(words, np.frombuffer(numbers, dtype="<f8"))
            end = place
        self._file.seek(end)
        self._file.truncate()
        return True


def _records(file: BinaryIO) -> Iterator[tuple[dict[str, object], bytes, int]]:
    """Words, numbers and end of each record, up to the first that is not whole."""
    while True:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        text_size, size, checksum = _HEAD.unpack(head)
        text = file.read(text_size)
        numbers = file.read(size) if len(text) == text_size else b""
        if len(text) < text_size or len(numbers) < size or zlib.crc32(text + numbers) != checksum:
            return
        yield json.loads(text), numbers, file.tell()


def _outcomes(words: Any, numbers: Vector) -> Outcomes:
    names, status, sentences = (tuple(words[each]) for each in ("names", "status", "sentences"))
    count = len(names)
    weights = numbers[2 * count :].reshape(count, -1)
    return Outcomes(names, status, numbers[:count], numbers[count : 2 * count], weights, sentences)
