"""Excel on Windows: its version, the add-in, the library of xlwings it loads, and what it trusts."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.install.configuration import configured_python, macros
from trackerr_xl.install.examine_python import in_onedrive, needed_version
from trackerr_xl.install.examine_trust import trust_findings
from trackerr_xl.install.excel import ADD_IN, startup_folder
from trackerr_xl.install.findings import Finding
from trackerr_xl.install.machine import Machine
from trackerr_xl.install.registry import CLICK_TO_RUN, DISABLED_ITEMS, EXCEL_PROGRAM, OUTLOOK

_AGAIN = "Close Excel and run trackerr-xl install"
_FIXED_ARRAYS = ("2016", "2019")


def excel_findings(machine: Machine, shipped: bytes) -> Iterator[Finding]:
    """What is to be said of Excel; a machine without it needs nothing."""
    if not (machine.registry.get(EXCEL_PROGRAM) or machine.registry.get(CLICK_TO_RUN)):
        yield Finding("Excel", "It is not found on this machine")
        return
    yield _excel(machine)
    yield from _packages(machine)
    yield _library(machine)
    yield from _add_in(machine, shipped)
    yield from trust_findings(machine)


def excel_bits(machine: Machine) -> Literal[32, 64]:
    """Whether Excel has 32 or 64 bits; where it does not say, 64 as Microsoft's own installation."""
    said = (
        machine.registry.get(CLICK_TO_RUN, {}).get("Platform"),
        machine.registry.get(OUTLOOK, {}).get("Bitness"),
    )
    return 32 if next((word for word in said if word), "x64") == "x86" else 64


def _excel(machine: Machine) -> Finding:
    office = machine.registry.get(CLICK_TO_RUN, {})
    products = str(office.get("ProductReleaseIds", ""))
    words = (f"{excel_bits(machine)} bits", str(office.get("VersionToReport", "")), products)
    sentence = ", ".join(word for word in words if word)
    if any(year in products for year in _FIXED_ARRAYS):
        sentence += (
            "; answers do not spill in this version: select their cells and enter with Ctrl+Shift+Enter"
        )
    return Finding("Excel", sentence)


def _packages(machine: Machine) -> Iterator[Finding]:
    needed, found = needed_version("xlwings"), machine.python.packages.get("xlwings")
    if found != needed:
        remedy = f"Run {machine.python.program} -m pip install xlwings=={needed}"
        yield Finding("xlwings", f"{found or 'not installed'}, the add-in is made for {needed}", remedy)
    if "pywin32" not in machine.python.packages:
        remedy = f"Run {machine.python.program} -m pip install pywin32"
        yield Finding("pywin32", "not installed; Excel and Python talk through it", remedy)


def _library(machine: Machine) -> Finding:
    """Excel loads a library of xlwings from beside Python, or from the folder above, of its own bits and not Python's."""
    needed = needed_version("xlwings")
    name = f"xlwings{excel_bits(machine)}-{needed}.dll"
    program = machine.python.program
    folders = (program.parent, program.parent.parent)
    if any((folder / name).is_file() for folder in folders):
        return Finding("Library", f"{name} is where Excel looks for it")
    if (machine.python.data / name).is_file():
        return Finding(
            "Library",
            f"{name} is in {machine.python.data}, where Excel does not look",
            "Make a virtual environment, and install trackerr-xl into it",
        )
    others = sorted(found.name for folder in folders for found in folder.glob("xlwings*.dll"))
    beside = f" (there is {', '.join(others)})" if others else ""
    return Finding(
        "Library",
        f"{name} is neither in {folders[0]} nor in {folders[1]}{beside}",
        f"Run {program} -m pip install --force-reinstall --no-deps xlwings=={needed}",
    )


def _add_in(machine: Machine, shipped: bytes) -> Iterator[Finding]:
    path = startup_folder(machine) / ADD_IN
    try:
        there = path.read_bytes()
    except OSError:
        yield Finding("Add-in", f"{path} does not exist", _AGAIN)
        return
    yield _same_add_in(path, there, shipped)
    yield from _started_python(machine, there)
    if _marked(path):
        yield Finding(
            "Add-in", "Windows holds it for a file from the internet, and Excel its macros back", _AGAIN
        )
    if in_onedrive(path, machine):
        yield Finding(
            "Add-in",
            f"{path} is kept by OneDrive, which may take it off the disk",
            "Right-click it in the Explorer and choose: Always keep on this device",
        )
    second = machine.roaming / "Microsoft" / "AddIns" / ADD_IN
    if second.exists():
        yield Finding(
            "Add-in", f"A second one is at {second}", "Untick it in Excel's list of add-ins, and delete it"
        )
    if any(ADD_IN in _text(value) for value in machine.registry.get(DISABLED_ITEMS, {}).values()):
        yield Finding(
            "Add-in",
            "Excel has stopped loading it after trouble",
            "File, Options, Add-ins, Manage: Disabled Items, Go: enable it",
        )


def _same_add_in(path: Path, there: bytes, shipped: bytes) -> Finding:
    try:
        same = macros(there) == macros(shipped)
    except FileRefusedError as error:
        return Finding("Add-in", f"{path} {error.message}", _AGAIN)
    if same:
        return Finding("Add-in", f"{path} is the one of this version")
    return Finding("Add-in", f"{path} is of another version", _AGAIN)


def _started_python(machine: Machine, there: bytes) -> Iterator[Finding]:
    with suppress(FileRefusedError):
        python = configured_python(there)
        if python is None:
            yield Finding("Excel's Python", "None is set", _AGAIN)
        elif not Path(python).is_file():
            yield Finding("Excel's Python", f"{python} does not exist any more", _AGAIN)
        elif Path(python) != machine.python.program:
            yield Finding(
                "Excel's Python",
                f"{python}, and this is another one",
                "Run trackerr-xl install with the Python that Excel is to start, or the doctor with that one",
            )
        else:
            yield Finding("Excel's Python", "This one")


def _marked(path: Path) -> bool:
    try:
        return "ZoneId=" in Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _text(value: object) -> str:
    return value.decode("utf-16-le", errors="replace").lower() if isinstance(value, bytes) else ""
