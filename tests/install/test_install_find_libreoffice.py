"""LibreOffice found on each system, laid out in a folder, and what is said where it is not found or refuses."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_windows import as_python, windows

from trackerr_xl.errors import SetupError
from trackerr_xl.install.examine_libreoffice import libreoffice_findings
from trackerr_xl.install.findings import Finding
from trackerr_xl.install.libreoffice import (
    add_extension,
    find_program,
    is_running,
    libreoffice_version,
    remove_extension,
    word_of_python,
)
from trackerr_xl.install.machine import Machine
from trackerr_xl.install.registry import LIBREOFFICE
from trackerr_xl.version import __version__

AGAIN = "Run trackerr-xl install --libreoffice"


@pytest.fixture
def linux(tmp_path: Path) -> Machine:
    """A machine whose LibreOffice is a script that does what `unopkg` would, as far as this package sees of it."""
    machine = replace(windows(tmp_path), system="linux", environ={"PATH": str(tmp_path / "bin")})
    script(machine, f"Identifier: org.trackerr.calc\n  Version: {__version__}\n")
    return machine


def script(machine: Machine, said: str, code: int = 0) -> Path:
    path = Path(machine.environ["PATH"]) / "unopkg"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\n/bin/cat <<"END"\n{said}\nEND\nexit {code}\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def test_on_windows_the_registry_says_where_it_is(tmp_path: Path) -> None:
    program = made(tmp_path / "Office" / "program" / "unopkg.com")
    machine = windows(tmp_path, registry={LIBREOFFICE: {"": str(program.parent)}})
    assert find_program(machine) == program


def test_on_windows_it_is_found_among_the_programs(tmp_path: Path) -> None:
    machine = windows(tmp_path, ProgramFiles=str(tmp_path / "Program Files"))
    assert find_program(machine) is None
    program = made(tmp_path / "Program Files" / "LibreOffice" / "program" / "unopkg.com")
    assert find_program(machine) == program


def test_on_a_mac_it_is_found_among_the_applications(tmp_path: Path) -> None:
    program = made(tmp_path / "Applications" / "LibreOffice.app" / "Contents" / "MacOS" / "unopkg")
    assert find_program(replace(windows(tmp_path), system="darwin")) == program


@pytest.mark.parametrize(
    "place",
    [
        "program/bootstraprc",
        "program/bootstrap.ini",
        "Resources/bootstraprc",
        "lib/libreoffice/program/bootstraprc",
    ],
)
def test_its_version_is_read_from_its_own_settings(tmp_path: Path, place: str) -> None:
    program = made(tmp_path / "program" / "unopkg")
    assert libreoffice_version(program) is None
    made(tmp_path / place).write_text("[Bootstrap]\nProductKey=LibreOffice 25.2\nUserInstallation=…\n")
    assert libreoffice_version(program) == (25, 2)


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("win32", "AppData/Roaming/LibreOffice/4"),
        ("darwin", "Library/Application Support/LibreOffice/4"),
        ("linux", ".config/libreoffice/4"),
    ],
)
def test_its_lock_tells_that_it_runs(tmp_path: Path, system: str, folder: str) -> None:
    machine = replace(windows(tmp_path), system=system)
    assert not is_running(machine)
    made(tmp_path / folder / ".lock")
    assert is_running(machine)


def test_where_it_is_missing_a_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as said:
        add_extension(windows(tmp_path))
    assert said.value.sentence == (
        "TE-400 LibreOffice is not found; install it, or put the folder of its program unopkg on the PATH."
    )
    assert remove_extension(windows(tmp_path / "other")) is False


def test_root_is_told_to_be_somebody_else(linux: Machine) -> None:
    root = replace(linux, root=True)
    for act in (add_extension, remove_extension):
        with pytest.raises(SetupError) as said:
            act(root)
        assert said.value.sentence == (
            "TE-400 LibreOffice adds extensions for a user, not for root; run this as the user who works with it."
        )
    assert not word_of_python(root).exists()


def test_what_unopkg_says_when_it_refuses_is_told(linux: Machine) -> None:
    script(linux, "ERROR: The extension\n  is broken.", code=1)
    with pytest.raises(SetupError) as said:
        add_extension(linux)
    assert said.value.sentence == (
        "TE-400 LibreOffice's unopkg refused to add the extension: ERROR: The extension is broken."
    )
    assert not word_of_python(linux).exists()


def test_uninstalling_leaves_what_others_keep_beside_the_word(linux: Machine) -> None:
    add_extension(linux)
    word = word_of_python(linux)
    assert word.read_text(encoding="utf-8") == f"{linux.python.program}\n"
    other = made(word.with_name("another.txt"))
    assert remove_extension(linux) is True
    assert not word.exists()
    assert other.exists()


def wrong(machine: Machine) -> list[tuple[str, str]]:
    return [(found.sentence, found.remedy) for found in libreoffice_findings(machine) if found.remedy]


def test_nothing_is_wrong_once_it_is_installed(linux: Machine) -> None:
    # The doctor asks that Python for its version, and this one gives it.
    linux.python.program.write_text(f"#!/bin/sh\nprintf {__version__}\n")
    add_extension(linux)
    assert wrong(linux) == []


def without_word(machine: Machine) -> Machine:
    word_of_python(machine).unlink()
    return machine


def older_extension(machine: Machine) -> Machine:
    script(machine, "Identifier: org.trackerr.calc\n  Version: 0.0.1\n")
    return machine


def older_package(machine: Machine) -> Machine:
    machine.python.program.write_text("#!/bin/sh\nprintf 0.0.1\n")
    return machine


def refusing(machine: Machine) -> Machine:
    script(machine, "ERROR: locked", code=1)
    return machine


@pytest.mark.parametrize(
    ("spoil", "sentence", "remedy"),
    [
        (without_word, "{home}/.config/trackerr_xl/libreoffice_python.txt does not exist", AGAIN),
        (older_extension, "Version 0.0.1", AGAIN),
        (
            older_package,
            f"{{home}}/venv/Scripts/python.exe has trackerr-xl 0.0.1, this is {__version__}",
            AGAIN,
        ),
        (
            refusing,
            "LibreOffice's unopkg refused to list the extension: ERROR: locked",
            "Start LibreOffice once, close it, and try again",
        ),
    ],
)
def test_a_fault_is_found_alone_with_its_remedy(
    linux: Machine, spoil: Callable[[Machine], Machine], sentence: str, remedy: str
) -> None:
    linux.python.program.write_text(f"#!/bin/sh\nprintf {__version__}\n")
    add_extension(linux)
    assert wrong(spoil(linux)) == [(sentence.format(home=linux.home), remedy)]


def test_without_the_extension_nothing_is_wrong_and_the_command_is_named(linux: Machine) -> None:
    script(linux, "All deployed user extensions:\n")
    assert list(libreoffice_findings(linux))[-1] == Finding(
        "Extension", "Not added to LibreOffice; trackerr-xl install --libreoffice does that"
    )


def test_one_in_a_box_cannot_start_another_program(linux: Machine) -> None:
    boxed = replace(linux, environ={"PATH": str(linux.home / "snap" / "bin")})
    (linux.home / "snap").mkdir()
    script(boxed, "")
    assert [remedy for _, remedy in wrong(boxed)] == [
        "One from snap cannot start another program: use LibreOffice from the system or its own site"
    ]


def test_another_python_that_answers_is_no_fault(linux: Machine) -> None:
    linux.python.program.write_text(f"#!/bin/sh\nprintf {__version__}\n")
    add_extension(linux)
    elsewhere = as_python(linux.home / "python")
    other = replace(linux, python=replace(linux.python, program=elsewhere))
    assert list(libreoffice_findings(other))[-1] == Finding("LibreOffice's Python", str(linux.python.program))
