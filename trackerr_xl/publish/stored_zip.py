"""Zip files whose bytes depend on their parts alone."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

_THE_SAME_DAY: Final = (2026, 1, 1, 0, 0, 0)


def stored_zip(parts: Mapping[str, bytes]) -> bytes:
    """Parts as a zip file, the same on every machine and every day."""
    made = io.BytesIO()
    # Stored, not compressed: what a compressor makes of it depends on the machine.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _THE_SAME_DAY), content)
    return made.getvalue()
