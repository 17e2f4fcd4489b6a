"""The Python that calculates, as a process beside LibreOffice: started at the first call, and again if it ends."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from .wire import receive, send

PYTHON = "TRACKERR_XL_PYTHON"
"""Environment variable that names the Python to use; it goes before the file that the installation wrote."""

_OF_LIBREOFFICE = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "URE_BOOTSTRAP")
"""What LibreOffice sets for its own Python and would mislead another."""


class NotInstalledError(Exception):
    """There is no Python to ask, or it does not answer; the text says what to do."""


class Child:
    """The process, if it runs, and the lock that lets one question through at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, message: object, blocks: list[bytes]) -> Any:
        """Send a question and wait for its answer.

        Raises
        ------
        NotInstalledError
            If the process cannot be started or does not survive the question.
        """
        with self._lock:
            try:
                return self._asked(message, blocks)
            except (OSError, EOFError, ValueError) as error:
                self._stop()
                raise NotInstalledError(
                    f"The Python of trackerr_xl ended without an answer ({type(error).__name__}): "
                    "run trackerr-xl install --libreoffice again"
                ) from error

    def _asked(self, message: object, blocks: list[bytes]) -> Any:
        if self._process is None or self._process.poll() is not None:
            self._process = _started()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        send(self._process.stdin, message, blocks)
        return receive(self._process.stdout)[0]

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None


def settings_folder() -> Path:
    """Where the installation leaves word of the Python to use."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming")) / "trackerr_xl"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "trackerr_xl"
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "trackerr_xl"


def python_file() -> Path:
    """The file that names the Python to use."""
    return settings_folder() / "libreoffice_python.txt"


def _python() -> str:
    named = os.environ.get(PYTHON)
    if named:
        return named
    try:
        return python_file().read_text(encoding="utf-8").strip()
    except OSError:
        raise NotInstalledError(
            "The Python of trackerr_xl is not known to LibreOffice: run trackerr-xl install --libreoffice"
        ) from None


def _started() -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_LIBREOFFICE}
    # -P and the user's home: no module lying beside a workbook is imported.
    return subprocess.Popen(
        [_python(), "-P", "-m", "trackerr_xl.hosts.libreoffice.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=Path.home(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
