"""The Python that calculates: whether another program can start it, and whether it calculates."""

import os
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import metadata, requires
from pathlib import Path

from trackerr_xl.install.findings import Finding
from trackerr_xl.install.machine import Machine
from trackerr_xl.install.registry import ENVIRONMENT

_QUESTION = """
import sys
from trackerr_xl import evaluate
answer = evaluate("TRACKING_ERROR", [[0.5], [0.5]], [[0.6], [0.4]], [[0.04, 0.0], [0.0, 0.01]])
sys.stdout.write(str(answer[0][0]))
"""
_ANSWER = (0.01 * 0.05) ** 0.5
"""By hand: the active weights are −0.1 and 0.1, the active variance 0.01 · (0.04 + 0.01)."""

_OF_THE_SYSTEM = (
    "SYSTEMROOT",
    "WINDIR",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "HOME",
    "LANG",
)
_SECONDS = 60
_ANEW = "Install trackerr-xl into an environment of its own, made with python -m venv"


def python_findings(machine: Machine) -> Iterator[Finding]:
    """What is to be said of the Python itself."""
    python = machine.python
    found = f"{python.version}, {python.bits} bits, {python.program}"
    yield Finding("Python", found, _remedy(machine))
    yield _calculates(machine)
    others = _other_commands(machine)
    if others:
        yield Finding(
            "Several Pythons",
            f"The command trackerr-xl is also in {', '.join(map(str, others))}: each installs for its own Python",
        )


def needed_version(package: str) -> str:
    """The version of a package that this one is pinned to."""
    pins = (re.match(rf"{package}==([\w.]+)", line) for line in requires("trackerr-xl") or [])
    return next(pin[1] for pin in pins if pin)


def in_onedrive(path: Path, machine: Machine) -> bool:
    """Whether a file is kept by OneDrive, which may take it off the disk until it is asked for."""
    names = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
    folders = [Path(machine.environ[name]) for name in names if machine.environ.get(name)]
    return any(path.is_relative_to(folder) for folder in folders)


def _remedy(machine: Machine) -> str:
    least = metadata("trackerr-xl")["Requires-Python"].removeprefix(">=")
    if _numbers(machine.python.version) < _numbers(least):
        return f"Use Python {least} or newer"
    if "WindowsApps" in machine.python.program.parts:
        return (
            "Excel may not look into the folders of the Microsoft Store: "
            "install Python from python.org, and trackerr-xl into that one"
        )
    if in_onedrive(machine.python.program, machine):
        return "OneDrive may take its files off the disk: make the environment in a folder outside OneDrive"
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _calculates(machine: Machine) -> Finding:
    """Whether it calculates when another program starts it, without what a shell has set for it."""
    environ = {name: text for name, text in machine.environ.items() if name.upper() in _OF_THE_SYSTEM}
    environ["PATH"] = _path_of_programs(machine)
    command = [str(machine.python.program), "-P", "-c", _QUESTION]
    try:
        done = subprocess.run(
            command,
            env=environ,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("Functions", f"The Python does not start: {error}", _ANEW)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Finding("Functions", f"Started by another program they fail: {last}", _ANEW)
    if not _is_answer(done.stdout):
        return Finding(
            "Functions", f"A tracking error of {_ANSWER} comes out as {done.stdout.strip()}", _ANEW
        )
    return Finding("Functions", "They calculate: a tracking error known by hand comes out to the last digit")


def _path_of_programs(machine: Machine) -> str:
    """The PATH that a program has which no shell has started: on Windows the one of the registry."""
    if machine.system != "win32":
        return os.defpath
    folders = [str(machine.registry.get(key, {}).get("Path", "")) for key in ENVIRONMENT]
    known = {name.upper(): text for name, text in machine.environ.items()}
    return re.sub(
        "%([^%;]+)%", lambda found: known.get(found[1].upper(), found[0]), ";".join(filter(None, folders))
    )


def _is_answer(text: str) -> bool:
    try:
        return abs(float(text) - _ANSWER) < 1e-12
    except ValueError:
        return False


def _other_commands(machine: Machine) -> list[Path]:
    if machine.system == "win32":
        name, separator = "trackerr-xl.exe", ";"
    else:
        name, separator = "trackerr-xl", ":"
    folders = [Path(folder) for folder in machine.environ.get("PATH", "").split(separator) if folder]
    return [
        folder
        for folder in dict.fromkeys(folders)
        if (folder / name).is_file() and folder.resolve() != machine.python.program.parent.resolve()
    ]
