"""A workbook calculated by LibreOffice, with our functions in it, in a process of its own."""

import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from importlib.resources import as_file, files
from pathlib import Path

from trackerr_xl.errors import SetupError
from trackerr_xl.hosts.libreoffice.inside.child import PYTHON
from trackerr_xl.install.libreoffice import EXTENSION, find_program
from trackerr_xl.install.machine import this_machine

SECONDS = 120
"""After which LibreOffice is taken to hang."""

_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def recalculated_by_libreoffice(data: bytes, name: str) -> bytes:
    """The workbook as LibreOffice writes it after calculating all of it.

    Parameters
    ----------
    data : bytes
        An ``.xlsx`` or ``.xlsm`` file; its macros are not run.
    name : str
        Its file name, for sentences.

    Raises
    ------
    SetupError
        If LibreOffice is not found, or does not finish.
    """
    program = _soffice()
    if program is None:
        raise SetupError("is not found on this machine, install it or test with ironcalc", at="LibreOffice")
    # It hangs now and then on a busy machine: a second try, with settings of its own, tells a hang from a fault.
    for _ in range(2):
        with tempfile.TemporaryDirectory(prefix="trackerr-xl-", ignore_cleanup_errors=True) as folder:
            done = finished(_command(program, Path(folder), data, name), office_environment())
            written = Path(folder) / "out" / "book.xlsx"
            if written.exists():
                return written.read_bytes()
        if done is not None:
            # It ends with 0 even where it wrote nothing.
            words = " ".join(done[0].split()) or "it said nothing"
            raise SetupError(f"could not calculate {name}: {words}", at="LibreOffice")
    raise SetupError(f"twice did not calculate {name} within {SECONDS} seconds", at="LibreOffice")


def _command(program: Path, folder: Path, data: bytes, name: str) -> list[str]:
    """What to type, after the workbook, settings of its own and our extension are laid into a folder."""
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    with as_file(files("trackerr_xl") / "addins" / EXTENSION) as path, zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "extensions" / "trackerr_calc")
    book = folder / f"book{Path(name).suffix}"
    book.write_bytes(data)
    return [
        str(program),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"-env:BUNDLED_EXTENSIONS={(folder / 'extensions').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(folder / "out"),
        str(book),
    ]


def _soffice() -> Path | None:
    """The program beside the one for extensions; the one that waits until it is done, where there are two."""
    machine = this_machine()
    found = find_program(machine)
    if found is None:
        return None
    name = "soffice.com" if machine.system == "win32" else "soffice"
    places = (found.with_name(name), found.resolve().with_name(name))
    return next((path for path in places if path.is_file()), None)


def office_environment() -> dict[str, str]:
    """Variables to start LibreOffice with, and the Python that our extension asks."""
    # It has a Python of its own, which the settings of another would mislead.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment.setdefault(PYTHON, sys.executable)
    return environment


def finished(command: list[str], environment: dict[str, str]) -> tuple[str, int] | None:
    """What a program said and its exit code, None where it did not end in time."""
    # A session of its own: soffice is a script, and a hang sits in the program that it starts.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            said, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            return None
    return said, process.returncode
