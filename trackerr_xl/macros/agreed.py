"""What VBA and Python have agreed on: names that each of them calls in the other."""

from dataclasses import dataclass
from typing import Final

FUNCTIONS: Final = "trackerr_xl.hosts.desktop"
"""Module that answers the worksheet functions."""

BUTTONS: Final = "trackerr_xl.hosts.buttons"
"""Module with one function a button."""

MARKER: Final = "#XL:"
"""Starts a text that stands for an error value on its way out: Python cannot return one, so VBA makes it."""

CATEGORY: Final = "Tracking error"
"""Where Excel's Insert Function window lists the functions."""

SETTINGS_SHEET: Final = "xlwings.conf"
"""Sheet of an add-in that holds its settings: a name in column A, its value in column B."""

INTERPRETER: Final = "Interpreter_Win"
"""Setting: the Python to start on Windows."""

NOTE: Final = ("trackerr_xl", "python.txt")
"""Folder and file, below the settings of a user's programs, that say the same to workbooks with macros of their own."""


@dataclass(frozen=True, slots=True)
class Button:
    """One thing a user can click.

    Parameters
    ----------
    action : str
        The function of `BUTTONS` it calls.
    label, tip : str
        What stands on it, and what is said of it.
    image : str
        One of Office's own pictures.
    group : str
        Its group on the ribbon.
    """

    action: str
    label: str
    tip: str
    image: str
    group: str

    @property
    def macro(self) -> str:
        """The VBA procedure that a click starts."""
        return "Trackerr" + "".join(word.capitalize() for word in self.action.split("_"))


RIBBON: Final = (
    Button("optimise", "Optimise", "Write the best weights, the trades and what is said of them.", "MacroPlay", "Portfolio"),
    Button("explain", "Explain", "Say what stands behind the selected cell.", "ReviewNewComment", "Portfolio"),
    Button("freeze", "Freeze with stamp", "Replace the formulas of trackerr_xl by their values, with a stamp that can be verified.", "Lock", "Record"),
    Button("thaw", "Thaw", "Bring the formulas of a frozen workbook back.", "Undo", "Record"),
    Button("write_audit_formulas", "Write audit formulas", "Write Excel's own formulas that verify the weights without Python.", "FunctionsLogicalInsertGallery", "Record"),
    Button("lock_as_test", "Lock as test", "Write down beside the workbook what it calculates now.", "AcceptInvitation", "Tests"),
    Button("rerun_tests", "Re-run tests", "Compare the workbook with what was written down.", "RefreshAll", "Tests"),
    Button("new_from_template", "New from template", "Open a new workbook made from a template.", "FileNew", "Workbook"),
    Button("mend_names", "Mend #NAME?", "Enter again the formulas of trackerr_xl that show #NAME?.", "ErrorChecking", "Workbook"),
    Button("help_page", "Help", "Add a sheet with the functions and what they take.", "Help", "Help"),
    Button("about", "About", "Say which versions are at work.", "Info", "Help"),
)  # fmt: skip
"""Every button, in its order on the ribbon."""
