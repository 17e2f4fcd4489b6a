"""The command that builds the templates: ``python -m trackerr_xl.workbook.templates [FOLDER]``."""

import sys
from pathlib import Path

from trackerr_xl.workbook.templates.build import TEMPLATES, built_pair


def main(folder: Path) -> None:
    """Write every template into a folder, without macros and with them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in TEMPLATES.items():
        for suffix, content in zip((".xlsx", ".xlsm"), built_pair(write), strict=True):
            (folder / name).with_suffix(suffix).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("workbook_templates"))
