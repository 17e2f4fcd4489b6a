"""Values as texts: what a person types or a CSV file holds, and back."""

import csv
import re
from math import isfinite
from pathlib import Path

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import ERROR_VALUES, Cell, CellError


def shown(value: Cell, digits: int | None = None) -> str:
    """A value as a cell shows it, numbers with all their digits or with as many as asked for."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        if digits is not None:
            return f"{value:.{digits}g}"
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    return str(value)


def typed_value(text: str) -> Cell:
    """A value as typed: a number, a percentage, TRUE, FALSE, an error value, text, or nothing.

    Text in double quotes is text whatever it looks like.
    """
    word = text.strip()
    digits = word.removesuffix("%")
    if _NUMBER.fullmatch(digits) and isfinite(float(digits)):
        return float(digits) / 100 if word.endswith("%") else float(digits)
    if word.upper() in ("TRUE", "FALSE"):
        return word.upper() == "TRUE"
    if word.upper() in ERROR_VALUES:
        return CellError(word.upper())
    if len(word) >= 2 and word[0] == word[-1] == '"':
        return word[1:-1]
    return text if word else None


def csv_word(value: Cell) -> str:
    """A cell as a CSV file holds it.

    A text that Excel would take for a formula on opening the file gets an apostrophe in front, as a person would type
    it; it is taken off again when such a file is read here.
    """
    return f"'{value}" if isinstance(value, str) and _FORMULA_LIKE.match(value) else shown(value)


def csv_value(text: str) -> Cell:
    """The cell that a word of a CSV file stands for."""
    return csv_name(text) if _is_guarded(text) else typed_value(text)


def csv_name(text: str) -> str:
    """A word of a CSV file that is a name whatever it looks like: 0012 keeps its zeros."""
    return text[1:] if _is_guarded(text) else text


def csv_words(path: Path, argument: str) -> list[list[str]]:
    """The words of a CSV file, rows padded to one length.

    Raises
    ------
    FileRefusedError
        If it is missing or empty, is no text in UTF-8 or has semicolons.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            words = list(csv.reader(file))
    except FileNotFoundError:
        raise FileRefusedError("does not exist", argument=argument, at=str(path)) from None
    except UnicodeDecodeError:
        raise FileRefusedError("is not a text file in UTF-8", argument=argument, at=str(path)) from None
    except OSError as error:
        raise FileRefusedError(f"cannot be read: {error.strerror}", argument=argument, at=str(path)) from None
    except csv.Error as error:
        raise FileRefusedError(f"is not a CSV file: {error}", argument=argument, at=str(path)) from None
    width = max((len(row) for row in words), default=0)
    if not width:
        raise FileRefusedError("is empty", argument=argument, at=str(path))
    # A decimal comma would be read as two columns, and the wrong argument blamed for it.
    if all(";" in row[0] for row in words if row):
        raise FileRefusedError(
            "has semicolons, must have commas and decimal points", argument=argument, at=str(path)
        )
    return [row + [""] * (width - len(row)) for row in words]


_FORMULA_LIKE = re.compile(r"\s*[=+\-@]")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")


def _is_guarded(text: str) -> bool:
    return text.startswith("'") and _FORMULA_LIKE.match(text, 1) is not None
