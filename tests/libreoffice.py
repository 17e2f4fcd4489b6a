"""LibreOffice as a second, independent spreadsheet program: values of another author, and pictures to look at.

One process reads one file: a crash or a hang costs that file only. Every worker of a test run has its own user
profile, because two processes must not share one.
"""

import atexit
import functools
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.publish.libreoffice import extension as calc_extension
from trackerr_xl.testing.libreoffice import SECONDS, finished, office_environment

Value = float | int | str | bool | date | datetime | time | timedelta
"""What openpyxl reads from a cell; an error value is its text, such as ``#N/A``."""

_FORMULA = re.compile(r"<f\b[^>]*>[^<]*</f>")
_OURS = re.compile(rf"\b(?:{'|'.join(CATALOGUE)})\s*\(", re.IGNORECASE)
_SYSTEM_PYTHON = "/usr/bin/python3"
_RECALCULATE_ALWAYS, _RECALCULATE_NEVER = 0, 1
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
</oor:items>
"""


def recalculated_values(path: Path) -> dict[tuple[str, str], Value]:
    """Every non-empty cell of a workbook after LibreOffice has calculated all of it.

    Parameters
    ----------
    path : Path
        A workbook LibreOffice can read. It is not changed.

    Returns
    -------
    dict
        (sheet, A1 address) to value.
    """
    return _values(path, _RECALCULATE_ALWAYS)


def values_with_our_extension(path: Path) -> dict[tuple[str, str], Value]:
    """The same with our functions calculated too, by the extension that the catalogue gives."""
    return _values(path, _RECALCULATE_ALWAYS, _extensions())


def values_of_its_own_file(path: Path) -> dict[tuple[str, str], Value]:
    """The same once more, of the workbook as LibreOffice keeps it in its own format and reads it again."""
    with tempfile.TemporaryDirectory() as folder:
        own = _converted(path, "ods", Path(folder), _RECALCULATE_ALWAYS, _extensions())
        return _values(own, _RECALCULATE_ALWAYS, _extensions())


def functions_of_the_wizard(script: Path, folder: Path) -> list[dict[str, Any]]:
    """What LibreOffice's function wizard says of every function, asked by a script that its own Python runs."""
    told = folder / "functions.json"
    command = [_SYSTEM_PYTHON, str(script), str(told), *_office(_RECALCULATE_NEVER, _extensions())]
    assert _run(command, office_environment()) is not None
    described: list[dict[str, Any]] = json.loads(told.read_text(encoding="utf-8"))
    return described


def ran_macros(
    script: Path, questions: dict[str, Any], folder: Path, bridge: Path | None = None, **environ: str
) -> dict[str, Any]:
    """What a workbook's macros answer and its cells show, asked by a script that LibreOffice's own Python runs.

    Parameters
    ----------
    script : Path
        The script; it takes a file of questions as JSON and leaves its answers there.
    questions : dict
        What it is asked.
    folder : Path
        Where the file goes.
    bridge : Path, optional
        A macro in Python that the workbook's own macros may call.
    **environ : str
        Further variables of its environment.
    """
    file = folder / "questions.json"
    file.write_text(json.dumps(questions), encoding="utf-8")

    def asked() -> str | None:
        office = _office(_RECALCULATE_NEVER, None)
        if bridge is not None:
            macros = _profile(_RECALCULATE_NEVER, None) / "user" / "Scripts" / "python"
            macros.mkdir(parents=True, exist_ok=True)
            shutil.copy(bridge, macros)
        return _run([_SYSTEM_PYTHON, str(script), str(file), *office], office_environment() | environ)

    if asked() is None:
        # As of a conversion, a second try tells a hang from a fault.
        _profile.cache_clear()
        assert asked() is not None, f"LibreOffice twice did not answer within {SECONDS} seconds"
    answers: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return answers


def stored_values(path: Path) -> dict[tuple[str, str], Value]:
    """Every non-empty cell as LibreOffice shows it when it trusts the values stored in the file."""
    return _values(path, _RECALCULATE_NEVER)


def saved(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice writes it, under the same name in another folder."""
    return _converted(path, "xlsx", folder, _RECALCULATE_NEVER)


def saved_with_our_extension(path: Path, folder: Path) -> Path:
    """The same after LibreOffice has calculated all of it with our functions."""
    return _converted(path, "xlsx", folder, _RECALCULATE_ALWAYS, _extensions())


def pictures(path: Path, folder: Path, *, dots_per_inch: int = 80) -> list[Path]:
    """Print a workbook, with the values stored in it, to one PNG a page.

    Parameters
    ----------
    path : Path
        A workbook; pages are as its print set-up says.
    folder : Path
        Where the pictures go, named ``<workbook>-<page>.png``.
    dots_per_inch : int, optional
        Resolution.

    Returns
    -------
    list of Path
        In page order.
    """
    pdftoppm = program("pdftoppm")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as shown:
        # It calculates array formulas whatever its settings say, and does not know our functions.
        printed = _converted(with_answers_as_constants(path, Path(shown)), "pdf", folder, _RECALCULATE_NEVER)
    for old in folder.glob(f"{path.stem}-*.png"):
        old.unlink()
    _run(
        [pdftoppm, "-png", "-r", str(dots_per_inch), str(printed), str(folder / path.stem)], dict(os.environ)
    )
    pages = sorted(folder.glob(f"{path.stem}-*.png"))
    assert pages, f"pdftoppm made no picture of {printed}"
    return pages


def program(name: str) -> str:
    """Where a program is; without it the test is skipped, or fails where CI is set."""
    found = shutil.which(name)
    if found is None:
        reason = f"{name} is not installed: LibreOffice and poppler-utils are needed to check with a second program"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def recalculate_always(settings: Path) -> None:
    """Let LibreOffice calculate every workbook that it opens with these settings."""
    _write_settings(settings, _RECALCULATE_ALWAYS)


def with_answers_as_constants(path: Path, folder: Path) -> Path:
    """Copy a workbook, leaving of every cell that calls one of our functions only the value stored in it.

    LibreOffice does not know our functions; with their answers as constants it can calculate everything else.
    """

    def emptied(part: str, content: str) -> str:
        if not part.startswith("xl/worksheets/sheet"):
            return content
        return _FORMULA.sub(lambda found: "" if _OURS.search(found[0]) else found[0], content)

    return _copied(path, folder, emptied)


def _copied(path: Path, folder: Path, change: Callable[[str, str], str]) -> Path:
    """Copy a workbook with its XML parts changed."""
    copy = folder / path.name
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part)
            target.writestr(part, change(part, content.decode()) if part.endswith(".xml") else content)
    return copy


def _values(path: Path, mode: int, extensions: Path | None = None) -> dict[tuple[str, str], Value]:
    with tempfile.TemporaryDirectory() as folder:
        made = _converted(path, "xlsx", Path(folder), mode, extensions)
        # Cells only: openpyxl cannot read an axis of dates as LibreOffice writes it.
        book = openpyxl.load_workbook(made, data_only=True, read_only=True)
        return {
            (sheet.title, cell.coordinate): cell.value
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }


def _converted(path: Path, extension: str, folder: Path, mode: int, extensions: Path | None = None) -> Path:
    # LibreOffice hangs now and then on a busy machine: a second try, with a profile of its own, tells a hang from a fault.
    said = _convert(path, extension, folder, mode, extensions)
    if said is None:
        _profile.cache_clear()
        said = _convert(path, extension, folder, mode, extensions)
    if said is None:
        pytest.fail(f"LibreOffice twice did not finish {path} within {SECONDS} seconds")
    made = folder / f"{path.stem}.{extension}"
    # It exits with 0 even when it wrote nothing, for example into a folder it may not write to.
    assert made.exists(), f"LibreOffice made no {extension} of {path}: {said}"
    return made


def _convert(path: Path, extension: str, folder: Path, mode: int, extensions: Path | None) -> str | None:
    conversion = ["--convert-to", extension, "--outdir", str(folder), str(path)]
    return _run([*_office(mode, extensions), *conversion], office_environment())


def _office(mode: int, extensions: Path | None) -> list[str]:
    return [
        program("soffice"),
        f"-env:UserInstallation={_profile(mode, extensions).as_uri()}",
        *([] if extensions is None else [f"-env:BUNDLED_EXTENSIONS={extensions.as_uri()}"]),
        "--headless",
        "--norestore",
    ]


@functools.cache
def _extensions() -> Path:
    """A folder of extensions that LibreOffice takes for those it was delivered with: root may not install others."""
    folder = _temporary_folder()
    with zipfile.ZipFile(io.BytesIO(calc_extension(CATALOGUE))) as archive:
        archive.extractall(folder / "trackerr_calc")
    return folder


def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="libreoffice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def _profile(mode: int, _extensions: Path | None) -> Path:
    folder = _temporary_folder()
    (folder / "user").mkdir()
    _write_settings(folder, mode)
    return folder


def _write_settings(settings: Path, mode: int) -> None:
    path = settings / "user" / "registrymodifications.xcu"
    path.write_text(_PROFILE.format(mode=mode), encoding="utf-8")


def _run(command: list[str], environment: dict[str, str]) -> str | None:
    """What a program said, None when it did not finish in time."""
    done = finished(command, environment)
    if done is None:
        return None
    said, code = done
    assert code == 0, f"{' '.join(command)} ended with {code}: {said}"
    return said
