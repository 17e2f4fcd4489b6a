"""The error tree. Every failure that a user can cause or mend is one of these; none of them knows about Excel.

A sentence is built the same way everywhere: `<code> <argument> [place] <what was found>, <what is needed>.`
"""

from collections.abc import Sequence

SENTENCE_LIMIT = 255
"""Longest text Excel shows in a cell comment, an argument help or a message line, in characters."""


class TrackerrError(Exception):
    """Base of all errors.

    Parameters
    ----------
    message : str
        What was found and what is needed, without code, argument, place or final full stop.
    argument : str, optional
        The argument of the worksheet function or of the public Python function it belongs to.
    at : str, optional
        The place inside the argument, in the user's terms: ``"row 3, column 2"`` or a name.

    Attributes
    ----------
    code : str
        Stable identifier of the kind of error, for instance ``"TE-110"``.
    """

    code = "TE-900"

    def __init__(self, message: str, *, argument: str | None = None, at: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.argument = argument
        self.at = at

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """The whole sentence as a user reads it, never longer than `SENTENCE_LIMIT`."""
        parts = (self.code, self.argument, self.at, self.message.rstrip("."))
        text = " ".join(part for part in parts if part) + "."
        return text if len(text) <= SENTENCE_LIMIT else text[: SENTENCE_LIMIT - 1] + "…"


class InputError(TrackerrError):
    """A cell, word or file cannot be read as what the argument needs."""

    code = "TE-100"


class ShapeError(InputError):
    """Ranges do not have the size or shape they must have."""

    code = "TE-110"


class ChoiceError(InputError):
    """A word is not one of those allowed."""

    code = "TE-120"


class MatrixError(InputError):
    """A covariance is not symmetric, not positive semidefinite, or not finite."""

    code = "TE-130"


class LabelError(InputError):
    """A name is missing, doubled or unknown."""

    code = "TE-140"


class UnitsError(InputError):
    """Numbers are in another unit than the one asked for, such as percent for fractions."""

    code = "TE-150"


class FileRefusedError(InputError):
    """A file is missing, encrypted, damaged, hostile, or not a workbook. Nothing was written."""

    code = "TE-160"


class NotYetError(InputError):
    """An argument, row or option that this version reads but cannot carry out."""

    code = "TE-190"


class NoAnswerError(TrackerrError):
    """The question is well posed and has no answer.

    Parameters
    ----------
    message, argument, at : str
        As in `TrackerrError`.
    rows : sequence of str, optional
        The limits that cannot hold together, one sentence part each, in the user's labels.
    repairs : sequence of str, optional
        Changes that would make room, each enough by itself, the smallest first.

    Attributes
    ----------
    rows : tuple of str
        The limits, whole even where the sentence had to be cut.
    repairs : tuple of str
        The changes, empty where none is known.
    """

    code = "TE-200"

    def __init__(
        self,
        message: str,
        *,
        argument: str | None = None,
        at: str | None = None,
        rows: Sequence[str] = (),
        repairs: Sequence[str] = (),
    ) -> None:
        super().__init__(message, argument=argument, at=at)
        self.rows = tuple(rows)
        self.repairs = tuple(repairs)


class NumericalError(TrackerrError):
    """An answer may exist and was not reached to tolerance."""

    code = "TE-300"


class SetupError(TrackerrError):
    """A part or file that this task needs is not installed."""

    code = "TE-400"


class ForgottenModelError(SetupError):
    """The name of a risk model that was not made since the workbook was opened, or given up for newer ones: recalculate it (Ctrl+Alt+F9)."""

    code = "TE-410"


class InternalError(TrackerrError):
    """Our own mistake, never the user's."""

    code = "TE-900"
