"""The process that calculates for LibreOffice: asked, killed, missing, and asked again."""

import os
import signal
import sys
from pathlib import Path

import pytest

from trackerr_xl.hosts.libreoffice.inside.child import (
    PYTHON,
    Child,
    EndedError,
    NotInstalledError,
    python_file,
)

QUESTION = {
    "function": "TRACKING_ERROR",
    "arguments": [[[0.5], [0.5]], [[0.6], [0.4]], [[0.04, 0], [0, 0.01]]],
}
# By hand: the active weights are ±0.1, the active variance 0.01 · (0.04 + 0.01).
ANSWER = [[pytest.approx(0.0005**0.5, rel=1e-12)]]


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(PYTHON, sys.executable)
    made = Child()
    yield made
    made.end()


def kill(child: Child) -> None:
    process = child._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_one_process_answers_every_question(child: Child) -> None:
    assert child.ask(QUESTION, []) == ANSWER
    first = child._process
    assert child.ask(QUESTION, []) == ANSWER
    assert child._process is first


def test_a_process_that_was_killed_is_started_anew(child: Child) -> None:
    assert child.ask(QUESTION, []) == ANSWER
    kill(child)
    assert child.ask(QUESTION, []) == ANSWER


def test_a_process_that_dies_of_a_question_is_told_and_the_next_question_answered(child: Child) -> None:
    assert child.ask(QUESTION, []) == ANSWER
    with pytest.raises(EndedError) as said:
        # What is no list of arguments ends the other side, as a lack of memory would.
        child.ask({"function": "TRACKING_ERROR"}, [])
    assert str(said.value) == (
        f"The Python that calculates, {sys.executable}, ended without an answer: run trackerr-xl doctor"
    )
    assert said.value.shown == "#VALUE!"
    assert child.ask(QUESTION, []) == ANSWER


def test_a_python_without_this_package_is_told(
    child: Child, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setenv(PYTHON, str(bare))
    with pytest.raises(EndedError, match=r"ended without an answer: run trackerr-xl doctor$"):
        child.ask(QUESTION, [])


def test_a_python_that_is_gone_is_told(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PYTHON, "/nowhere/python")
    with pytest.raises(NotInstalledError) as said:
        child.ask(QUESTION, [])
    assert str(said.value) == (
        "The Python that calculates, /nowhere/python, cannot be started (No such file or directory): "
        "run trackerr-xl install --libreoffice again"
    )
    assert said.value.shown == "#NAME?"


def test_without_word_of_a_python_the_installation_is_named(
    child: Child, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(PYTHON)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(NotInstalledError) as said:
        child.ask(QUESTION, [])
    assert str(said.value) == (
        "The Python of trackerr_xl is not known to LibreOffice: run trackerr-xl install --libreoffice"
    )
    word = python_file("linux", {"XDG_CONFIG_HOME": str(tmp_path)}, Path("/home/ann"))
    word.parent.mkdir()
    word.write_text(f"{sys.executable}\n", encoding="utf-8")
    assert child.ask(QUESTION, []) == ANSWER


@pytest.mark.parametrize(
    ("system", "environ", "folder"),
    [
        ("win32", {"APPDATA": "/home/ann/Roaming"}, "/home/ann/Roaming/trackerr_xl"),
        ("win32", {}, "/home/ann/AppData/Roaming/trackerr_xl"),
        ("darwin", {}, "/home/ann/Library/Application Support/trackerr_xl"),
        ("linux", {}, "/home/ann/.config/trackerr_xl"),
        ("linux", {"XDG_CONFIG_HOME": "/settings"}, "/settings/trackerr_xl"),
    ],
)
def test_word_of_the_python_is_where_each_system_keeps_settings(
    system: str, environ: dict[str, str], folder: str
) -> None:
    assert python_file(system, environ, Path("/home/ann")) == Path(folder) / "libreoffice_python.txt"


def test_a_module_beside_the_workbook_is_not_imported(
    child: Child, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('hostile')\n")
    monkeypatch.chdir(tmp_path)
    assert child.ask(QUESTION, []) == ANSWER
