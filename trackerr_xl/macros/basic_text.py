"""Texts and long lines as VBA spells them."""

from collections.abc import Sequence
from typing import Final

LONGEST_LINE: Final = 1000
"""VBA takes 1,023 characters a line."""

_PIECE: Final = 200


def quoted(text: str) -> str:
    """A text as VBA writes it in code, folded over lines where it is long."""
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)] or [""]
    return " & _\n        ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def listed(words: Sequence[str]) -> str:
    """Words with commas between them, an argument a line."""
    return ", _\n        ".join(words)


def one_line(text: str, most: int = 255) -> str:
    """A text as Excel shows it of a function: in one line, and no longer than it takes."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
