"""The extension for LibreOffice Calc: added for the user by LibreOffice's own program for that, and taken away."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from trackerr_xl.errors import SetupError
from trackerr_xl.hosts.libreoffice.inside import child
from trackerr_xl.install.machine import Machine
from trackerr_xl.install.registry import LIBREOFFICE
from trackerr_xl.workbook.file.output import write_files

EXTENSION: Final = "trackerr.oxt"
"""Name of the extension's file."""

IDENTIFIER: Final = "org.trackerr.calc"
"""What LibreOffice calls it."""

RUNNING: Final = "LibreOffice seems to be open: close all its windows and start it again"
"""What to do where LibreOffice has not yet seen a change."""

_SECONDS = 120
_PRODUCT = re.compile(r"^ProductKey=LibreOffice (\d+)\.(\d+)", re.MULTILINE)
_VERSION = re.compile(rf"^Identifier: {re.escape(IDENTIFIER)}\s*\n\s*Version: (\S+)", re.MULTILINE)


def add_extension(machine: Machine) -> Path:
    """Add the extension for this user, with word of the Python it is to ask; one added before is replaced.

    Returns
    -------
    Path
        The program of LibreOffice that did it.

    Raises
    ------
    SetupError
        If LibreOffice is not found, or refuses.
    """
    program = _program(machine)
    with as_file(files("trackerr_xl") / "addins" / EXTENSION) as path:
        _run(machine, program, "add", "--force", "--suppress-license", str(path))
    word = word_of_python(machine)
    with _sentences(word):
        word.parent.mkdir(parents=True, exist_ok=True)
    write_files({word: f"{machine.python.program}\n".encode()})
    return program


def remove_extension(machine: Machine) -> bool:
    """Take the extension and the word of its Python away; False if neither was there.

    Raises
    ------
    SetupError
        If LibreOffice refuses.
    """
    word = word_of_python(machine)
    known = word.exists()
    program = None if find_program(machine) is None else _program(machine)
    if program is not None and extension_version(machine, program) is not None:
        _run(machine, program, "remove", IDENTIFIER)
        known = True
    with _sentences(word):
        word.unlink(missing_ok=True)
    with suppress(OSError):
        # Only if nothing else is in it.
        word.parent.rmdir()
    return known


def extension_version(machine: Machine, program: Path) -> str | None:
    """Version of the extension that this user has, None without it.

    Raises
    ------
    SetupError
        If LibreOffice refuses to say.
    """
    found = _VERSION.search(_run(machine, program, "list"))
    return found[1] if found else None


def find_program(machine: Machine) -> Path | None:
    """LibreOffice's program for extensions, None where it is not found."""
    return next((path for path in _places(machine) if path.is_file()), None)


def libreoffice_version(program: Path) -> tuple[int, int] | None:
    """Version of the LibreOffice that a program belongs to, None if it does not say."""
    folder = program.resolve().parent
    for name in (
        "bootstraprc",
        "bootstrap.ini",
        "../Resources/bootstraprc",
        "../lib/libreoffice/program/bootstraprc",
    ):
        with suppress(OSError):
            found = _PRODUCT.search((folder / name).read_text(encoding="utf-8", errors="replace"))
            if found:
                return int(found[1]), int(found[2])
    return None


def is_running(machine: Machine) -> bool:
    """Whether LibreOffice works with this user's settings now, or broke off while it did."""
    return (_settings(machine) / ".lock").exists()


def word_of_python(machine: Machine) -> Path:
    """The file that tells the extension which Python to ask."""
    return child.python_file(machine.system, machine.environ, machine.home)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SetupError(f"cannot be changed: {error.strerror}", at=str(path)) from None


def _settings(machine: Machine) -> Path:
    if machine.system == "win32":
        return machine.roaming / "LibreOffice" / "4"
    if machine.system == "darwin":
        return machine.home / "Library" / "Application Support" / "LibreOffice" / "4"
    return Path(machine.environ.get("XDG_CONFIG_HOME") or machine.home / ".config") / "libreoffice" / "4"


def _places(machine: Machine) -> Iterator[Path]:
    if machine.system == "win32":
        folder = machine.registry.get(LIBREOFFICE, {}).get("")
        if isinstance(folder, str):
            yield Path(folder) / "unopkg.com"
        for name in ("ProgramFiles", "ProgramFiles(x86)"):
            if machine.environ.get(name):
                yield Path(machine.environ[name]) / "LibreOffice" / "program" / "unopkg.com"
        return
    found = shutil.which("unopkg", path=machine.environ.get("PATH", ""))
    if found:
        yield Path(found)
    if machine.system == "darwin":
        for applications in (machine.home / "Applications", Path("/Applications")):
            yield applications / "LibreOffice.app" / "Contents" / "MacOS" / "unopkg"
    else:
        yield Path("/usr/lib/libreoffice/program/unopkg")
        yield from sorted(Path("/opt").glob("libreoffice*/program/unopkg"), reverse=True)


def _program(machine: Machine) -> Path:
    program = find_program(machine)
    if program is None:
        raise SetupError(
            "LibreOffice is not found; install it, or put the folder of its program unopkg on the PATH"
        )
    if machine.root:
        raise SetupError(
            "LibreOffice adds extensions for a user, not for root; run this as the user who works with it"
        )
    return program


def _run(machine: Machine, program: Path, *words: str) -> str:
    # What points our Python to its modules would mislead LibreOffice's own.
    environ = {name: text for name, text in machine.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            [program, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environ,
            timeout=_SECONDS,
            check=False,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise SetupError(
            f"LibreOffice's unopkg did not finish within {_SECONDS} seconds; close LibreOffice and try again"
        ) from None
    except OSError as error:
        raise SetupError(f"{program} cannot be started: {error.strerror}") from None
    if done.returncode:
        said = " ".join(done.stdout.split()) or f"exit code {done.returncode}"
        raise SetupError(f"LibreOffice's unopkg refused to {words[0]} the extension: {said}")
    return done.stdout
