"""Words a user typed: how they are compared, and the nearest known one to an unknown one."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache

import numpy as np

_LISTED = 8
"""Most words listed in one sentence, so that it stays within a cell's limit."""

_FORGIVEN = 1e-13
"""Share of a limit, or of one, that is rounding."""

_FINEST = 1e-8
"""Limits are not told apart more finely."""

_ZERO = 1e-10
"""A limit this near to a round number is that number: answers are within 1e-9 of their limits."""


# The names of one table are compared some twenty times on the way to an answer.
@lru_cache(maxsize=2**16)
def key(word: str) -> str:
    """A word or name as it is compared: trimmed and without regard to case."""
    return word.strip().casefold()


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None when nothing is alike."""
    by_key = {key(candidate): candidate for candidate in known}
    found = get_close_matches(key(word), by_key, n=1, cutoff=0.5)
    return by_key[found[0]] if found else None


def not_known(word: str, known: Sequence[str]) -> str:
    """Say that a word is not known, with the nearest known one or, failing that, all of them."""
    close = nearest(word, known)
    if close is not None:
        return f'"{shorten(word)}" is not known, the nearest known is "{shorten(close)}"'
    return f'"{shorten(word)}" is not known, must be one of {listed(known)}'


def listed(words: Sequence[str]) -> str:
    """Words with commas between them, the first few when there are many."""
    shown = ", ".join(shorten(word) for word in words[:_LISTED])
    return shown if len(words) <= _LISTED else f"{shown} and {len(words) - _LISTED} more"


def shorten(word: str) -> str:
    """A word as it fits into a sentence."""
    return word if len(word) <= 40 else word[:39] + "…"


def outward(limit: float, side: int) -> float:
    """A limit as sentences show it, six digits but none finer than 1e-8, rounded up for side 1, down for side −1.

    What rounding errors added is let pass, more of it where a round number is meant.
    """
    if abs(limit) <= _ZERO:
        return 0.0
    plain = float(f"{round(limit, 8):.4g}")
    if abs(plain - limit) <= _ZERO * max(1.0, abs(limit)):
        return plain
    step = max(10.0 ** (int(np.floor(np.log10(abs(limit)))) - 5), _FINEST)
    steps = side * limit / step
    whole = round(steps)
    if whole < steps - _FORGIVEN * max(1.0, abs(limit)) / step:
        whole = int(np.ceil(steps))
    return float(f"{side * whole * step:.6g}")
