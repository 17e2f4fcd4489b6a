"""The add-in's own settings, on a sheet of it: which Python Excel is to start."""

from collections.abc import Mapping
from pathlib import Path

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.macros.agreed import INTERPRETER, SETTINGS_SHEET
from trackerr_xl.workbook.file.package import Package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook, shared_strings
from trackerr_xl.workbook.file.sheet_xml import scan_sheet
from trackerr_xl.workbook.file.stored import stored_values


def configured(add_in: bytes, python: Path) -> bytes:
    """The add-in with its Python filled in; macros and every other part stay byte for byte.

    Parameters
    ----------
    add_in : bytes
        An .xlam file with the sheet `SETTINGS_SHEET`.
    python : Path
        The program to start.

    Raises
    ------
    FileRefusedError
        If it is not such an add-in.
    """
    package = _package(add_in)
    rows = _rows(package)
    row = next((row for row, (name, _) in rows.items() if _same(name, INTERPRETER)), max(rows, default=0) + 1)
    return patch_workbook(
        package, {SETTINGS_SHEET: SheetEdits(inputs={(row, 1): INTERPRETER, (row, 2): str(python)})}
    )


def configured_python(add_in: bytes) -> str | None:
    """The Python an add-in is set to start, None if it is set to none.

    Raises
    ------
    FileRefusedError
        If it is not such an add-in.
    """
    for name, setting in _rows(_package(add_in)).values():
        if _same(name, INTERPRETER) and setting:
            return setting
    return None


def macros(add_in: bytes) -> bytes:
    """The part that holds an add-in's macros.

    Raises
    ------
    FileRefusedError
        If it has none.
    """
    package = _package(add_in)
    if "vbaProject" not in package.related:
        raise FileRefusedError("holds no macros", at=package.name)
    return package.read(package.related["vbaProject"])


def _package(add_in: bytes) -> Package:
    package = read_package(add_in, "trackerr.xlam")
    if SETTINGS_SHEET not in package.sheets:
        raise FileRefusedError(f"has no sheet {SETTINGS_SHEET}", at=package.name)
    return package


def _rows(package: Package) -> Mapping[int, tuple[str, str]]:
    values = stored_values(scan_sheet(package.read(package.sheets[SETTINGS_SHEET])), shared_strings(package))
    return {
        row: (str(name), str(values.get((row, 2)) or ""))
        for (row, column), name in values.items()
        if column == 1 and name is not None
    }


def _same(one: str, other: str) -> bool:
    # xlwings compares its settings so.
    return one.strip().upper() == other.upper()
