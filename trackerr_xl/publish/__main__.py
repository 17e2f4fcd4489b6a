"""`python -m trackerr_xl.publish [FOLDER]` writes the reference pages, into `docs` unless told otherwise."""

import sys
from pathlib import Path

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.options import OPTIONS
from trackerr_xl.publish.reference import error_page, function_page


def publish(folder: Path) -> None:
    """Write every page into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"functions.md": function_page(CATALOGUE, OPTIONS), "errors.md": error_page()}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    publish(Path(*sys.argv[1:2] or ["docs"]))
