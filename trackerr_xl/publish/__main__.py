"""`python -m trackerr_xl.publish [PROJECT]` writes what is made from the catalogue into the project's folder."""

import sys
from importlib.metadata import version
from pathlib import Path

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.options import OPTIONS
from trackerr_xl.publish.excel import add_in
from trackerr_xl.publish.libreoffice import extension
from trackerr_xl.publish.lite import main_module, requirements
from trackerr_xl.publish.reference import error_page, function_page


def publish(project: Path) -> None:
    """Write the reference pages and the add-ins; folders that are missing are made."""
    files = {
        "docs/functions.md": function_page(CATALOGUE, OPTIONS).encode(),
        "docs/errors.md": error_page().encode(),
        "docs/lite/main.py": main_module(CATALOGUE.values()).encode(),
        "docs/lite/requirements.txt": requirements(version("xlwings")).encode(),
        "trackerr_xl/addins/trackerr.oxt": extension(CATALOGUE),
        "trackerr_xl/addins/trackerr.xlam": add_in(CATALOGUE),
    }
    for name, content in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    publish(Path(*sys.argv[1:2] or ["."]))
