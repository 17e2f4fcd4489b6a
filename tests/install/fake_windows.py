"""A Windows machine laid out in a folder: what the installer is told of one, and the files it would find there."""

import io
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import xlwings

from trackerr_xl.install.examine_python import needed_version
from trackerr_xl.install.machine import Interpreter, Machine
from trackerr_xl.install.registry import CLICK_TO_RUN, EXCEL_PROGRAM, Registry

EXCEL_365: Registry = {
    CLICK_TO_RUN: {
        "Platform": "x64",
        "VersionToReport": "16.0.17628.20110",
        "ProductReleaseIds": "O365ProPlusRetail",
    },
    EXCEL_PROGRAM: {"": r"C:\Program Files\Microsoft Office\Root\Office16\EXCEL.EXE"},
}
NEEDED = needed_version("xlwings")


def windows(home: Path, registry: Registry = EXCEL_365, **environ: str) -> Machine:
    """A machine on which nothing is wrong: a virtual environment with the libraries of xlwings in its own folder."""
    program = home / "venv" / "Scripts" / "python.exe"
    roaming = home / "AppData" / "Roaming"
    program.parent.mkdir(parents=True)
    roaming.mkdir(parents=True)
    as_python(program)
    for bits in (32, 64):
        (home / "venv" / f"xlwings{bits}-{NEEDED}.dll").write_bytes(b"MZ")
    python = Interpreter(
        program=program,
        version="3.12.4",
        bits=64,
        data=home / "venv",
        packages={"trackerr-xl": "0.1.0", "xlwings": NEEDED, "pywin32": "308"},
    )
    return Machine(
        system="win32",
        home=home,
        environ={"APPDATA": str(roaming), **environ},
        registry=registry,
        python=python,
    )


def as_python(program: Path, *, real: bool = False) -> Path:
    """Make a file, under a name of Windows, that starts the Python of these tests, or only gives the doctor its answer."""
    starts = f'exec "{sys.executable}" "$@"' if real else "echo 0.0223606797749979"
    program.write_text(f"#!/bin/sh\n{starts}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def with_packages(machine: Machine, packages: Mapping[str, str]) -> Machine:
    return replace(machine, python=replace(machine.python, packages=packages))


def xlwings_add_in(sheet: str = "xlwings.conf", of: str = "quickstart_addin.xlam") -> bytes:
    """An add-in that xlwings ships as a start for one's own, its sheet of settings called as in ours."""
    path = Path(xlwings.__file__).with_name(of)
    made = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part == "xl/workbook.xml":
                assert content.count(b"_myaddin.conf") == 1
                content = content.replace(b"_myaddin.conf", sheet.encode())
            target.writestr(zipfile.ZipInfo(part), content)
    return made.getvalue()


def as_workbook(add_in: bytes) -> bytes:
    """The same as a workbook with macros: openpyxl opens no add-ins."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for part, content in parts(add_in).items():
            target.writestr(
                zipfile.ZipInfo(part),
                content.replace(b"excel.addin.macroEnabled", b"excel.sheet.macroEnabled"),
            )
    return made.getvalue()


def parts(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {part: archive.read(part) for part in archive.namelist()}
