"""install, uninstall and doctor as a process, on a machine that is not Windows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "trackerr_xl"]
REFUSED = (
    "TE-400 Excel calls Python functions on Windows only; "
    "for LibreOffice, on every system: trackerr-xl install --libreoffice.\n"
)


def run(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """The command in a home of its own, on a machine that has no other program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG")}
    return subprocess.run(
        [*COMMAND, *words],
        env={**kept, "HOME": str(home), "PATH": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows these commands do what they say")
@pytest.mark.parametrize("word", ["install", "uninstall"])
def test_excel_is_refused_in_a_sentence_and_nothing_is_written(word: str, tmp_path: Path) -> None:
    done = run(word, home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", REFUSED)
    assert not list(tmp_path.iterdir())


def test_the_doctor_finds_nothing_wrong_and_says_what_it_looked_at(tmp_path: Path) -> None:
    done = run("doctor", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0] == ["Part", "Found", "To do"]
    assert [
        "Functions",
        "They calculate: a tracking error known by hand comes out to the last digit",
        "",
    ] in lines
    assert "LibreOffice" in [line[0] for line in lines]


def test_help_says_what_is_installed_where() -> None:
    done = subprocess.run([*COMMAND, "install", "--help"], capture_output=True, text=True, check=True)
    assert "no administrator is needed" in " ".join(done.stdout.split())
