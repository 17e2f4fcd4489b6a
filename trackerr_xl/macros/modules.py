"""The modules of a VBA project as text: those of the add-in, and those of a workbook that works without it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.macros.agreed import (
    BUTTONS,
    FUNCTIONS,
    INTERPRETER,
    MARKER,
    NOTE,
    RIBBON,
    SETTINGS_SHEET,
    Button,
)
from trackerr_xl.macros.basic_text import quoted
from trackerr_xl.macros.python_command import arguments
from trackerr_xl.macros.wrappers import descriptions, wrapper
from trackerr_xl.macros.xlwings_library import declarations

RIBBON_MODULE: Final = "TrackerrRibbon"
"""Module of what the ribbon calls."""


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a VBA project.

    Parameters
    ----------
    name : str
        Its name; ``ThisWorkbook`` is the workbook's own.
    body : str
        Its text below the attributes.
    """

    name: str
    body: str


def add_in_modules(catalogue: Mapping[str, SheetFunction]) -> tuple[Module, ...]:
    """The modules of the add-in.

    Parameters
    ----------
    catalogue : mapping of str to SheetFunction
        Every function by its name.
    """
    return (
        Module("ThisWorkbook", _written("events.cls")),
        *workbook_modules(catalogue),
        Module("TrackerrStart", _private(_constant("NAMES", " ".join(catalogue)), _written("start.bas"))),
        Module("TrackerrHelp", _private(descriptions(catalogue.values()))),
        Module(RIBBON_MODULE, _private(_ribbon(RIBBON))),
    )


def workbook_modules(catalogue: Mapping[str, SheetFunction]) -> tuple[Module, ...]:
    """The modules that a workbook needs to calculate and to have buttons where the add-in is not loaded."""
    return (
        Module(
            "xlwings",
            _private(
                declarations(),
                _constant("ARGUMENTS", arguments()),
                _constant("SETTINGS_SHEET", SETTINGS_SHEET),
                _constant("INTERPRETER_SETTING", INTERPRETER),
                _constant("NOTE_PLACE", "".join(f"\\{part}" for part in NOTE)),
                _written("python.bas"),
            ),
        ),
        Module("TrackerrAnswers", _private(_constant("MARKER", MARKER), _written("answers.bas"))),
        Module("TrackerrFunctions", _functions(catalogue.values())),
        Module("TrackerrButtons", _private(_buttons(RIBBON), _written("press.bas"))),
    )


def _functions(declared: Iterable[SheetFunction]) -> str:
    # The only module that is not private: its functions are for cells.
    return _joined(
        "Option Explicit",
        f"Public Const FUNCTIONS As String = {quoted(FUNCTIONS)}",
        *(wrapper(each) for each in declared),
    )


def _buttons(buttons: Iterable[Button]) -> str:
    subs = (f"Public Sub {button.macro}()\n    Press {quoted(button.action)}\nEnd Sub" for button in buttons)
    return _joined(_constant("BUTTONS", BUTTONS), *subs)


def _ribbon(buttons: Iterable[Button]) -> str:
    subs = (
        f"Public Sub On{button.macro}(Control As IRibbonControl)\n    {button.macro}\nEnd Sub"
        for button in buttons
    )
    return _joined(*subs)


def _private(*parts: str) -> str:
    # Seen by the other modules, and neither among the functions of a cell nor in the list of macros.
    return _joined("Option Explicit\nOption Private Module", *parts)


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _constant(name: str, text: str) -> str:
    return f"Private Const {name} As String = {quoted(text)}"


def _written(name: str) -> str:
    return (files("trackerr_xl.macros") / "basic" / name).read_text(encoding="utf-8")
