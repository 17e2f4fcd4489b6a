"""The add-in for Excel on Windows, made from the catalogue: macros, ribbon, and the sheet of its settings."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Final
from xml.sax.saxutils import quoteattr

import xlsxwriter

from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.macros.agreed import INTERPRETER, RIBBON, SETTINGS_SHEET, Button
from trackerr_xl.macros.modules import RIBBON_MODULE, add_in_modules
from trackerr_xl.macros.project import vba_project
from trackerr_xl.publish.stored_zip import stored_zip

_LARGE: Final = ("optimise", "freeze", "lock_as_test", "new_from_template", "help_page")
_RIBBON_PART: Final = "customUI/customUI.xml"
_SAME_DAY: Final = datetime(2026, 1, 1)


def add_in(catalogue: Mapping[str, SheetFunction]) -> bytes:
    """The .xlam file.

    Parameters
    ----------
    catalogue : mapping of str to SheetFunction
        Every function by its name.
    """
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties(
            {"title": "trackerr_xl", "comments": "Index tracking in a spreadsheet", "created": _SAME_DAY}
        )
        book.add_vba_project(io.BytesIO(vba_project(add_in_modules(catalogue), sheets=1)), is_stream=True)
        book.set_vba_name("ThisWorkbook")
        sheet = book.add_worksheet(SETTINGS_SHEET)
        sheet.set_vba_name("Sheet1")
        sheet.write("A1", INTERPRETER)
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, change in _CHANGES.items():
        parts[name] = change(parts[name].decode()).encode()
    return stored_zip(parts | {_RIBBON_PART: ribbon(RIBBON).encode()})


def ribbon(buttons: Iterable[Button]) -> str:
    """The ribbon's tab, in the language Office has for it."""
    groups = "".join(
        f"<group id={quoteattr(f'trackerr{name}')} label={quoteattr(name)}>"
        f"{''.join(map(_button, members))}</group>"
        for name, members in groupby(buttons, key=lambda button: button.group)
    )
    return (
        '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui"><ribbon><tabs>'
        f'<tab id="trackerrTab" label="Tracking error">{groups}</tab></tabs></ribbon></customUI>'
    )


def _button(button: Button) -> str:
    size = "large" if button.action in _LARGE else "normal"
    return (
        f'<button id="{button.macro}" label={quoteattr(button.label)} size="{size}" imageMso="{button.image}" '
        f'onAction="{RIBBON_MODULE}.On{button.macro}" screentip={quoteattr(button.label)} supertip={quoteattr(button.tip)}/>'
    )


def _replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        if text.count(old) != 1:
            raise ValueError(f"{old} is there {text.count(old)} times")
        return text.replace(old, new)

    return change


_CHANGES: Final = {
    "[Content_Types].xml": _replaced("ms-excel.sheet.macroEnabled", "ms-excel.addin.macroEnabled"),
    # As Excel saves its own add-ins.
    "xl/workbook.xml": _replaced("<workbookView ", '<workbookView visibility="hidden" '),
    "_rels/.rels": _replaced(
        "</Relationships>",
        '<Relationship Id="rIdRibbon" '
        'Type="http://schemas.microsoft.com/office/2006/relationships/ui/extensibility" '
        f'Target="{_RIBBON_PART}"/></Relationships>',
    ),
}
