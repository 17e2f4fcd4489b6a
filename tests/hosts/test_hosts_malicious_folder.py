"""A workbook that came with files: the process the add-in starts, started beside modules that must never run."""

import os
import shlex
import subprocess
import sys

import pytest

from trackerr_xl.macros.python_command import PROGRAM, SWITCHES, arguments

MODULES = (
    "numpy",
    "xlwings",
    "trackerr_xl",
    "scipy",
    "threadpoolctl",
    "json",
    "random",
    "pywintypes",
    "win32api",
)
ANSWER = """
from trackerr_xl.hosts import desktop
print(desktop.TE_OPTIMIZE(((0.4,), (0.3,), (0.3,)), ((1.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 3.0))))
"""


@pytest.fixture
def folder(tmp_path):
    """Every module here leaves a file behind when it runs."""
    folder = tmp_path / "from a mail"
    folder.mkdir()
    for name in (*MODULES, "sitecustomize", "usercustomize"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\n")
    return folder


def started(folder, *words):
    """A real Python in that folder, with the folder in the variables that Python listens to as well."""
    environment = dict(os.environ, PYTHONPATH=str(folder), PYTHONSTARTUP=str(folder / "numpy.py"))
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def ran(folder):
    trace = folder.parent / "ran"
    return trace.read_text() if trace.exists() else ""


def test_trap_is_one_for_python_started_without_care(folder):
    started(folder, "-c", "import numpy")
    assert "numpy" in ran(folder)


def test_server_of_the_add_in_imports_nothing_beside_the_workbook(folder):
    clsid = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
    done = started(folder, *SWITCHES, "-c", PROGRAM.replace("$(CLSID)", clsid))
    # Off Windows the real xlwings has this in the place of `serve`; on Windows it would serve.
    assert "raise_missing_pywin32" in done.stderr
    assert ran(folder) == ""


def test_a_formula_answered_there_imports_nothing_beside_the_workbook(folder):
    done = started(folder, *SWITCHES, "-c", ANSWER)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "[[0.4], [0.3], [0.3]]\n"
    assert ran(folder) == ""


def test_neither_the_folder_nor_an_empty_path_is_where_modules_are_looked_for(folder):
    done = started(
        folder,
        *SWITCHES,
        "-c",
        "import sys; print([p for p in sys.path if p in sys.argv[1:]])",
        "",
        str(folder),
    )
    assert done.stdout == "[]\n"


def test_command_line_says_the_same():
    assert shlex.split(arguments()) == [*SWITCHES, "-c", PROGRAM]
