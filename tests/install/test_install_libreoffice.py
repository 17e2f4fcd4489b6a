"""The extension in a real LibreOffice: added by the command in a home of its own, used in a workbook, taken away."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import libreoffice
import openpyxl
import pytest
import xlsxwriter

pytestmark = pytest.mark.libreoffice

SETTINGS = Path(".config/libreoffice/4")
WORD = Path(".config/trackerr_xl/libreoffice_python.txt")
COMMAND = [sys.executable, "-m", "trackerr_xl"]


@pytest.fixture(scope="module")
def user() -> list[str]:
    """What makes a command run as somebody else than root, for whom LibreOffice adds no extension."""
    libreoffice.program("soffice")
    if os.geteuid():
        return []
    for words in (
        ["unshare", "--user", "--map-user=1000", "--map-group=1000"],
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
    ):
        if (
            shutil.which(words[0])
            and not subprocess.run([*words, *COMMAND, "--version"], check=False).returncode
        ):
            return words
    pytest.skip("root can become nobody else here, and LibreOffice adds no extension for root")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's folder in which LibreOffice has never run; it is to calculate every workbook it opens."""
    folder = tmp_path / "home"
    (folder / SETTINGS / "user").mkdir(parents=True)
    libreoffice.recalculate_always(folder / SETTINGS)
    for path in (tmp_path, *folder.rglob("*"), folder):
        path.chmod(0o777)
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook that asks for the tracking error of two halves against 60 and 40."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Sheet1")
        sheet.write_column("A1", [0.5, 0.5])
        sheet.write_column("B1", [0.6, 0.4])
        sheet.write_row("C1", [0.04, 0])
        sheet.write_row("C2", [0, 0.01])
        sheet.write_formula("F1", "=TRACKING_ERROR(A1:A2,B1:B2,C1:D2)", None, -999)
    return path


def run(user: list[str], home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    # Nothing but the home says where anything is: as for a user who types the command.
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(
        [*user, *map(str, words)],
        env={**kept, "HOME": str(home), "TMPDIR": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def shown(user: list[str], home: Path, book: Path) -> object:
    """What the cell with our function shows once LibreOffice has calculated the workbook."""
    made = home / "out" / book.name
    made.unlink(missing_ok=True)
    words = ("soffice", "--headless", "--norestore", "--convert-to", "xlsx", "--outdir", home / "out", book)
    done = run(user, home, *words)
    assert made.exists(), done.stdout + done.stderr
    return openpyxl.load_workbook(made, data_only=True)["Sheet1"]["F1"].value


def test_the_command_adds_the_functions_and_takes_them_away(user: list[str], home: Path, book: Path) -> None:
    (home / "out").mkdir(mode=0o777)
    before = shown(user, home, book)
    assert before == "#NAME?"

    done = run(user, home, *COMMAND, "install", "--libreoffice")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Calculates with\t{sys.executable}\n" in done.stdout
    assert (home / WORD).read_text(encoding="utf-8") == f"{sys.executable}\n"
    # By hand: the active weights are ±0.1, the active variance 0.01 · (0.04 + 0.01).
    assert shown(user, home, book) == pytest.approx(0.0005**0.5, rel=1e-12)

    doctor = run(user, home, *COMMAND, "doctor")
    assert (doctor.returncode, doctor.stderr) == (0, "")
    assert "\nLibreOffice's Python\tThis one\t\n" in doctor.stdout

    again = run(user, home, *COMMAND, "install", "--libreoffice")
    assert again.returncode == 0, again.stderr

    removed = run(user, home, *COMMAND, "uninstall", "--libreoffice")
    assert (removed.returncode, removed.stdout) == (0, "Removed\tthe extension of LibreOffice\n")
    assert not (home / WORD.parent).exists()
    assert shown(user, home, book) == "#NAME?"
    assert not list((home / SETTINGS / "user" / "uno_packages").rglob("trackerr*"))

    nothing = run(user, home, *COMMAND, "uninstall", "--libreoffice")
    assert (nothing.returncode, nothing.stdout) == (0, "Removed\tnothing was there\n")


def test_the_doctor_tells_of_a_python_that_is_gone(user: list[str], home: Path) -> None:
    assert run(user, home, *COMMAND, "install", "--libreoffice").returncode == 0
    (home / WORD).write_text("/nowhere/python\n", encoding="utf-8")
    doctor = run(user, home, *COMMAND, "doctor")
    assert doctor.returncode == 1
    assert doctor.stderr == (
        "LibreOffice's Python: /nowhere/python cannot be started, or has no trackerr-xl. "
        "Run trackerr-xl install --libreoffice.\n"
    )


@pytest.fixture
def open_office(user: list[str], home: Path) -> Iterator[None]:
    words = ["soffice", "--headless", "--norestore", "--accept=pipe,name=trackerr_open;urp;"]
    office = subprocess.Popen(
        [*user, *words], env={"PATH": os.environ["PATH"], "HOME": str(home)}, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not (home / SETTINGS / ".lock").exists():
        assert time.monotonic() < deadline, "LibreOffice did not start"
        time.sleep(0.2)
    time.sleep(2)
    yield
    os.killpg(office.pid, 15)
    office.wait(60)


@pytest.mark.usefixtures("open_office")
def test_with_libreoffice_open_the_command_says_to_start_it_again(user: list[str], home: Path) -> None:
    done = run(user, home, *COMMAND, "install", "--libreoffice")
    assert done.returncode == 0
    assert done.stderr == "LibreOffice seems to be open: close all its windows and start it again.\n"
