"""Which workbooks a project lists as its tests: the table ``[tool.trackerr_xl]`` of its pyproject.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Settings:
    """The listed workbooks as whole paths, sorted and without Excel's own temporary files."""

    workbooks: tuple[Path, ...]


def read_settings(pyproject: Path) -> Settings:
    """Read ``workbooks = ["models/*.xlsx", …]``: files or patterns, relative to the file they stand in.

    Raises
    ------
    pytest.UsageError
        If the table cannot be read, or something listed matches no file.
    """
    try:
        listed = dict(tomllib.loads(pyproject.read_text("utf-8")).get("tool", {}).get("trackerr_xl", {}))
    except (ValueError, TypeError, AttributeError) as error:
        raise pytest.UsageError(f"{pyproject}: [tool.trackerr_xl] cannot be read, {error}") from None
    unknown = sorted(set(listed) - {"workbooks"})
    if unknown:
        raise pytest.UsageError(
            f"{pyproject}: [tool.trackerr_xl] has the key {unknown[0]}, known is workbooks"
        )
    patterns = listed.get("workbooks", [])
    if not isinstance(patterns, list) or not all(isinstance(each, str) for each in patterns):
        raise pytest.UsageError(f"{pyproject}: workbooks of [tool.trackerr_xl] must be a list of texts")
    found = {path for pattern in patterns for path in _matching(pyproject, pattern)}
    return Settings(tuple(sorted(found)))


def _matching(pyproject: Path, pattern: str) -> list[Path]:
    try:
        found = list(pyproject.parent.glob(pattern))
    except (ValueError, NotImplementedError) as error:
        raise pytest.UsageError(f"{pyproject}: [tool.trackerr_xl] lists {pattern!r}, {error}") from None
    if not found:
        raise pytest.UsageError(
            f"{pyproject}: [tool.trackerr_xl] lists {pattern!r}, which matches no workbook"
        )
    return [path.resolve() for path in found if not path.name.startswith("~$")]
