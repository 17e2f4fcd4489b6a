"""Excel's add-in: into the folder that Excel opens at its start, and out of it."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from trackerr_xl.errors import FileRefusedError, SetupError
from trackerr_xl.install.configuration import configured
from trackerr_xl.install.machine import Machine
from trackerr_xl.macros.agreed import NOTE
from trackerr_xl.workbook.file.output import write_files

ADD_IN: Final = "trackerr.xlam"
"""Name of the add-in's file."""


def startup_folder(machine: Machine) -> Path:
    """The user's own folder of files that Excel opens at its start, and whose macros it trusts."""
    return machine.roaming / "Microsoft" / "Excel" / "XLSTART"


def noted_python(machine: Machine) -> Path:
    """Where workbooks that carry their own macros read which Python to start."""
    return machine.roaming.joinpath(*NOTE)


def shipped_add_in() -> bytes:
    """The add-in as it came with this package.

    Raises
    ------
    SetupError
        If it is missing.
    """
    try:
        return (files("trackerr_xl") / "addins" / ADD_IN).read_bytes()
    except FileNotFoundError:
        raise SetupError(f"{ADD_IN} is missing from this installation; install trackerr-xl anew") from None


def put_add_in(machine: Machine, add_in: bytes) -> Path:
    """Put the add-in where Excel loads it, set to start this machine's Python.

    Parameters
    ----------
    machine : Machine
        Where to.
    add_in : bytes
        The add-in as shipped.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SetupError
        If this is not Windows, or Excel has the file open.
    """
    _refuse_other_systems(machine)
    path, note = startup_folder(machine) / ADD_IN, noted_python(machine)
    content = configured(add_in, machine.python.program)
    try:
        for file in (path, note):
            file.parent.mkdir(parents=True, exist_ok=True)
        # VBA reads text beyond the code page of the machine in this encoding only.
        write_files({path: content, note: f"{machine.python.program}\r\n".encode("utf-16")})
    except (FileRefusedError, OSError) as error:
        raise _in_the_way(path, error) from None
    return path


def remove_add_in(machine: Machine) -> Path | None:
    """Take the add-in away, and say where it was; None if there was none.

    Raises
    ------
    SetupError
        If this is not Windows, or Excel has the file open.
    """
    _refuse_other_systems(machine)
    path, note = startup_folder(machine) / ADD_IN, noted_python(machine)
    try:
        note.unlink(missing_ok=True)
        path.unlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _in_the_way(path, error) from None
    return path


def _refuse_other_systems(machine: Machine) -> None:
    if machine.system != "win32":
        raise SetupError(
            "Excel calls Python functions on Windows only; "
            "for LibreOffice, on every system: trackerr-xl install --libreoffice"
        )


def _in_the_way(path: Path, error: FileRefusedError | OSError) -> SetupError:
    reason = error.message if isinstance(error, FileRefusedError) else f"cannot be changed: {error.strerror}"
    return SetupError(f"{reason}; close Excel and try again", at=str(path))
