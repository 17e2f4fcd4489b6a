"""LibreOffice: the extension, the Python it asks, and what its version can read."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from trackerr_xl.errors import SetupError
from trackerr_xl.install.findings import Finding
from trackerr_xl.install.libreoffice import (
    extension_version,
    find_program,
    libreoffice_version,
    word_of_python,
)
from trackerr_xl.install.machine import Machine
from trackerr_xl.version import __version__

PLAIN_NAMES = (25, 2)
"""The first version known to write the names of our functions into a workbook as Excel knows them; 7.4 does not."""

_AGAIN = "Run trackerr-xl install --libreoffice"
_SECONDS = 60


def libreoffice_findings(machine: Machine) -> Iterator[Finding]:
    """What is to be said of LibreOffice; a machine without it, or without the extension, needs nothing."""
    program = find_program(machine)
    if program is None:
        yield Finding("LibreOffice", "It is not found on this machine")
        return
    yield _libreoffice(program)
    if machine.root:
        yield Finding("Extension", "LibreOffice adds extensions for a user, not for root: not looked at")
        return
    try:
        version = extension_version(machine, program)
    except SetupError as error:
        yield Finding("Extension", error.message, "Start LibreOffice once, close it, and try again")
        return
    if version is None:
        yield Finding("Extension", "Not added to LibreOffice; trackerr-xl install --libreoffice does that")
        return
    yield Finding("Extension", f"Version {version}", "" if version == __version__ else _AGAIN)
    yield _asked_python(machine)


def _libreoffice(program: Path) -> Finding:
    version = libreoffice_version(program)
    boxed = {"snap", "flatpak"} & set(program.resolve().parts)
    remedy = (
        f"One from {boxed.pop()} cannot start another program: use LibreOffice from the system or its own site"
        if boxed
        else ""
    )
    sentence = f"{'.'.join(map(str, version))}, {program}" if version else str(program)
    if version and version < PLAIN_NAMES:
        sentence += (
            "; a workbook that this version saves as .xlsx shows #NAME? in Excel: "
            f"save as .ods, or use {'.'.join(map(str, PLAIN_NAMES))} or newer"
        )
    return Finding("LibreOffice", sentence, remedy)


def _asked_python(machine: Machine) -> Finding:
    topic = "LibreOffice's Python"
    try:
        python = word_of_python(machine).read_text(encoding="utf-8").strip()
    except OSError:
        return Finding(topic, f"{word_of_python(machine)} does not exist", _AGAIN)
    said = _version_in(python)
    if said == __version__:
        return Finding(topic, "This one" if Path(python) == machine.python.program else python)
    if said is None:
        return Finding(topic, f"{python} cannot be started, or has no trackerr-xl", _AGAIN)
    return Finding(topic, f"{python} has trackerr-xl {said}, this is {__version__}", _AGAIN)


def _version_in(python: str) -> str | None:
    """The version of this package that a Python has, asked as the extension asks it."""
    program = "from trackerr_xl.version import __version__ as version; import sys; sys.stdout.write(version)"
    try:
        done = subprocess.run(
            [python, "-P", "-c", program], capture_output=True, timeout=_SECONDS, check=True, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
