"""Risk models kept by the name of their content: a cell holds the name, so it can never stand for another model."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.words import key, shorten
from trackerr_xl.errors import ForgottenModelError
from trackerr_xl.functions.values import LabelledModel

PREFIX = "RISK:"
"""How the name of a model begins."""

CAPACITY = 512 * 2**20
"""Bytes of models kept, the one not used for longest given up first; the newest is kept whatever its size."""

MOST = 1_000
"""Models kept, however small they are: a model that every recalculation changes leaves one behind each time."""

_LABEL = 64
"""Bytes that a name of an asset takes, about."""

_models: OrderedDict[str, LabelledModel] = OrderedDict()
_lock = Lock()


def content_name(arrays: Sequence[Matrix | Vector], labels: Sequence[str]) -> str:
    """The name of a content: equal names mean equal numbers and labels, on any machine."""
    digest = blake2b(digest_size=10)
    for array in arrays:
        digest.update(repr(array.shape).encode())
        # −0 is the same number as 0, and some machines store numbers the other way round.
        digest.update(np.ascontiguousarray(array + 0.0, dtype="<f8").data)
    digest.update("\0".join(labels).encode())
    return f"{PREFIX}{digest.hexdigest()}"


def is_name(text: str) -> bool:
    """Whether a text is meant as the name of a model."""
    # Only as much of it as tells: what `key` is asked of it remembers, and names of models come and go.
    return key(text.strip()[: len(PREFIX)]) == key(PREFIX)


def remember(name: str, model: LabelledModel) -> None:
    """Keep a model under the name of its content."""
    with _lock:
        _models[name] = model
        _models.move_to_end(name)
        while len(_models) > MOST or (len(_models) > 1 and sum(map(_bytes, _models.values())) > CAPACITY):
            _models.popitem(last=False)


def known(name: str) -> LabelledModel | None:
    """The model of a name, None if it is not kept."""
    with _lock:
        if name in _models:
            _models.move_to_end(name)
        return _models.get(name)


def recalled(name: str) -> LabelledModel:
    """The model of a name.

    Raises
    ------
    ForgottenModelError
        If it was not made since the program started, or given up since.
    """
    model = known(name)
    if model is None:
        raise ForgottenModelError(
            f"is {shorten(name)}, a model not made since the workbook was opened or given up since, must be made again: recalculate (Ctrl+Alt+F9)"
        )
    return model


def forget() -> None:
    """Give up every model."""
    with _lock:
        _models.clear()


def _bytes(kept: LabelledModel) -> int:
    return int(kept.model.loadings.nbytes + kept.model.specific.nbytes) + _LABEL * len(kept.labels or ())
