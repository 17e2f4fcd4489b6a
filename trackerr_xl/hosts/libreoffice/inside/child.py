"""The Python that calculates, as a process beside LibreOffice: started at the first call, and again if it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from .wire import receive, send

PYTHON = "TRACKERR_XL_PYTHON"
"""Environment variable that names the Python to use; it goes before the file that the installation wrote."""

_OF_LIBREOFFICE = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "URE_BOOTSTRAP")
"""What LibreOffice sets for its own Python and would mislead another."""


class ChildError(Exception):
    """No answer from the Python that calculates; the text says what to do, `shown` is what a cell shows."""

    shown = "#VALUE!"


class NotInstalledError(ChildError):
    """There is no Python to ask."""

    shown = "#NAME?"


class EndedError(ChildError):
    """It ended without an answer; the next question starts it anew."""


class Child:
    """The process, if it runs, and the lock that lets one question through at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._python = ""
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, message: object, blocks: list[bytes]) -> Any:
        """Send a question and wait for its answer.

        Raises
        ------
        ChildError
            If the process cannot be started or does not survive the question.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._end()
                self._python = _python()
                self._process = _started(self._python)
            try:
                return _answer(self._process, message, blocks)
            except (OSError, EOFError, ValueError) as error:
                self._end()
                raise EndedError(
                    f"The Python that calculates, {self._python}, ended without an answer: run trackerr-xl doctor"
                ) from error

    def end(self) -> None:
        """End the process, if it runs; the next question starts it anew."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            # Closing sends what was not sent yet, to nobody.
            with suppress(OSError):
                self._process.communicate()
            self._process = None


def settings_folder(system: str, environ: Mapping[str, str], home: Path) -> Path:
    """Where the installation leaves word of the Python to use.

    Parameters
    ----------
    system : str
        As `sys.platform` has it.
    environ : mapping of str to str
        Environment variables.
    home : Path
        The user's folder.
    """
    if system == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "trackerr_xl"
    if system == "darwin":
        return home / "Library" / "Application Support" / "trackerr_xl"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "trackerr_xl"


def python_file(system: str, environ: Mapping[str, str], home: Path) -> Path:
    """The file that names the Python to use."""
    return settings_folder(system, environ, home) / "libreoffice_python.txt"


def _answer(process: subprocess.Popen[bytes], message: object, blocks: list[bytes]) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    send(process.stdin, message, blocks)
    return receive(process.stdout)[0]


def _python() -> str:
    named = os.environ.get(PYTHON)
    if named:
        return named
    try:
        return python_file(sys.platform, os.environ, Path.home()).read_text(encoding="utf-8").strip()
    except OSError:
        raise NotInstalledError(
            "The Python of trackerr_xl is not known to LibreOffice: run trackerr-xl install --libreoffice"
        ) from None


def _started(python: str) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_LIBREOFFICE}
    try:
        # -P and the user's home: no module lying beside a workbook is imported.
        return subprocess.Popen(
            [python, "-P", "-m", "trackerr_xl.hosts.libreoffice.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=Path.home(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise NotInstalledError(
            f"The Python that calculates, {python}, cannot be started ({error.strerror}): "
            "run trackerr-xl install --libreoffice again"
        ) from None
