"""A workbook with every stored result replaced by a lie, so that a program which returns stored values is caught."""

import re
import zipfile
from pathlib import Path

from trackerr_xl.workbook.file.addresses import Area, parse_address, parse_area

POISON = -987654321.0
"""What every formula and every spilled cell claims to be afterwards."""

_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_ARRAY = re.compile(r'<f t="(?:array|dataTable)"[^>]*?ref="([^"]+)"')


def poison(source: Path, target: Path) -> int:
    """Copy a workbook with all its results poisoned.

    Returns
    -------
    int
        Number of cells poisoned.
    """
    poisoned = 0
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                text, count = _poisoned_sheet(data.decode())
                data, poisoned = text.encode(), poisoned + count
            new.writestr(item, data)
    return poisoned


def _poisoned_sheet(text: str) -> tuple[str, int]:
    arrays = [parse_area(found) for found in _ARRAY.findall(text)]
    count = 0

    def poisoned(found: re.Match[str]) -> str:
        nonlocal count
        cell = found[0]
        if "<f" not in cell and not any(_inside(found[1], area) for area in arrays):
            return cell
        count += 1
        cell = re.sub(r'(<c [^>]*?) t="[a-z]+"', r"\1", cell, count=1)
        cell = re.sub(r"<v>.*?</v>|<v\s*/>", "", cell, flags=re.DOTALL)
        if cell.endswith("/>") and "</c>" not in cell:
            return f"{cell[:-2]}><v>{POISON:.0f}</v></c>"
        return cell.replace("</c>", f"<v>{POISON:.0f}</v></c>")

    return _CELL.sub(poisoned, text), count


def _inside(cell: str, area: Area) -> bool:
    row, column = parse_address(cell)
    return area.top <= row <= area.bottom and area.left <= column <= area.right
