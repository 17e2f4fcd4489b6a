"""The Python that calculates: whether another program can start it, and whether it calculates."""

import re
from collections.abc import Iterator
from importlib.metadata import metadata, requires
from pathlib import Path

from trackerr_xl.install.findings import Finding
from trackerr_xl.install.machine import Machine
from trackerr_xl.sheet.call import call

_HALVES = [[0.5], [0.5]]
_OTHERS = [[0.6], [0.4]]
_COV = [[0.04, 0.0], [0.0, 0.01]]
_TRACKING_ERROR = (0.01 * 0.05) ** 0.5
"""By hand: the active weights are 0.1 and −0.1, the active variance 0.01 · (0.04 + 0.01)."""


def python_findings(machine: Machine) -> Iterator[Finding]:
    """What is to be said of the Python itself."""
    python = machine.python
    found = f"{python.version}, {python.bits} bits, {python.program}"
    yield Finding("Python", found, _remedy(machine))
    yield _calculates()
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


def _calculates() -> Finding:
    reply = call("TRACKING_ERROR", [_HALVES, _OTHERS, _COV])
    answer = reply.grid[0][0]
    if isinstance(answer, float) and abs(answer - _TRACKING_ERROR) < 1e-12:
        return Finding(
            "Functions", "They calculate: a tracking error known by hand comes out to the last digit"
        )
    wrong = (
        reply.fault.sentence
        if reply.fault
        else f"A tracking error of {_TRACKING_ERROR} comes out as {answer}"
    )
    return Finding("Functions", wrong, "Install trackerr-xl anew, into an environment of its own")


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
