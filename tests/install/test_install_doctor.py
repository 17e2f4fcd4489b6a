"""What the doctor finds on a Windows laid out in a folder: nothing where all is well, one sentence for each fault."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_windows import EXCEL_365, NEEDED, as_python, windows, with_packages, xlwings_add_in

from trackerr_xl.install.examine import examine
from trackerr_xl.install.examine_excel import excel_bits
from trackerr_xl.install.excel import put_add_in, startup_folder
from trackerr_xl.install.findings import Finding
from trackerr_xl.install.machine import Machine, this_machine
from trackerr_xl.install.registry import CLICK_TO_RUN, DISABLED_ITEMS, OUTLOOK

SECURITY = r"HKCU\Software\Microsoft\Office\16.0\Excel\Security"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security"
COMMON = r"HKLM\Software\Policies\Microsoft\Office\16.0\Common"
AGAIN = "Close Excel and run trackerr-xl install"
ADMINISTRATOR = "Ask the administrator: the organisation has set this"


@pytest.fixture
def well(tmp_path: Path) -> Machine:
    """A machine with Excel, the add-in of this version, and nothing wrong."""
    machine = windows(tmp_path)
    put_add_in(machine, xlwings_add_in())
    return machine


def found_on(machine: Machine) -> list[Finding]:
    return examine(machine, xlwings_add_in())


def wrong(machine: Machine) -> list[Finding]:
    return [finding for finding in found_on(machine) if finding.remedy]


def with_registry(machine: Machine, **values: dict[str, object]) -> Machine:
    return replace(machine, registry={**machine.registry, **values})


def test_nothing_is_wrong_where_all_is_well(well: Machine) -> None:
    as_python(well.python.program, real=True)
    assert wrong(well) == []
    found = {finding.topic: finding.sentence for finding in found_on(well)}
    assert found == {
        "Python": f"3.12.4, 64 bits, {well.python.program}",
        "Functions": "They calculate: a tracking error known by hand comes out to the last digit",
        "Excel": "64 bits, 16.0.17628.20110, O365ProPlusRetail",
        "Library": f"xlwings64-{NEEDED}.dll is where Excel looks for it",
        "Add-in": f"{startup_folder(well) / 'trackerr.xlam'} is the one of this version",
        "Excel's Python": "This one",
        "Trust": "Excel trusts the folder of the add-in, whatever it does with other macros "
        "(Excel asks before macros run)",
        "LibreOffice": "It is not found on this machine",
    }


def test_a_machine_without_excel_needs_nothing(tmp_path: Path) -> None:
    assert wrong(windows(tmp_path, registry={})) == []


def spoiled_library(machine: Machine) -> Machine:
    for library in (machine.home / "venv").glob("xlwings*.dll"):
        library.unlink()
    (machine.home / "venv" / "xlwings64-0.30.1.dll").write_bytes(b"MZ")
    return machine


def library_elsewhere(machine: Machine) -> Machine:
    data = machine.home / "AppData" / "Roaming" / "Python"
    data.mkdir()
    name = f"xlwings64-{NEEDED}.dll"
    (machine.home / "venv" / name).replace(data / name)
    return replace(machine, python=replace(machine.python, data=data))


def of_32_bits(machine: Machine) -> Machine:
    (machine.home / "venv" / f"xlwings32-{NEEDED}.dll").unlink()
    return with_registry(machine, **{CLICK_TO_RUN: {**EXCEL_365[CLICK_TO_RUN], "Platform": "x86"}})


def without_add_in(machine: Machine) -> Machine:
    (startup_folder(machine) / "trackerr.xlam").unlink()
    return machine


def old_add_in(machine: Machine) -> Machine:
    put_add_in(machine, xlwings_add_in(of="quickstart_addin_ribbon.xlam"))
    return machine


def damaged_add_in(machine: Machine) -> Machine:
    (startup_folder(machine) / "trackerr.xlam").write_bytes(b"not a workbook")
    return machine


def another_python(machine: Machine) -> Machine:
    return replace(machine, python=replace(machine.python, program=_beside(machine, "other.exe")))


def _beside(machine: Machine, name: str) -> Path:
    return as_python(machine.python.program.with_name(name))


def vanished_python(machine: Machine) -> Machine:
    elsewhere = _beside(machine, "new.exe")
    machine.python.program.unlink()
    return replace(machine, python=replace(machine.python, program=elsewhere))


def marked(machine: Machine) -> Machine:
    mark = startup_folder(machine) / "trackerr.xlam:Zone.Identifier"
    mark.write_text("[ZoneTransfer]\nZoneId=3\n")
    return machine


def disabled(machine: Machine) -> Machine:
    # As Office writes it: three numbers, then the path and the name, in UTF-16 and small letters.
    path = str(startup_folder(machine) / "trackerr.xlam").lower() + "\0"
    item = (
        b"\x02\0\0\0"
        + (2 * len(path)).to_bytes(4, "little")
        + b"\x02\0\0\0"
        + path.encode("utf-16-le")
        + b"\0\0"
    )
    return with_registry(machine, **{DISABLED_ITEMS: {"1F2A": item}})


def second_add_in(machine: Machine) -> Machine:
    folder = machine.roaming / "Microsoft" / "AddIns"
    folder.mkdir(parents=True)
    (folder / "trackerr.xlam").write_bytes(b"")
    return machine


def from_the_store(machine: Machine) -> Machine:
    program = machine.home / "WindowsApps" / "python.exe"
    program.parent.mkdir()
    as_python(program)
    (program.with_name(f"xlwings64-{NEEDED}.dll")).write_bytes(b"MZ")
    moved = replace(machine, python=replace(machine.python, program=program))
    put_add_in(moved, xlwings_add_in())
    return moved


def in_the_cloud(machine: Machine) -> Machine:
    return replace(machine, environ={**machine.environ, "OneDriveCommercial": str(machine.home / "venv")})


def roaming_in_the_cloud(machine: Machine) -> Machine:
    return replace(machine, environ={**machine.environ, "OneDrive": str(machine.roaming)})


def needs_a_shell(machine: Machine) -> Machine:
    """A Python whose libraries are found only after something was typed into a shell, as those of conda may be."""
    machine.python.program.write_text(
        '#!/bin/sh\n[ "$CONDA_PREFIX" ] && exit 0\necho "ImportError: DLL load failed" >&2\nexit 1\n'
    )
    return replace(machine, environ={**machine.environ, "CONDA_PREFIX": "C:/conda"})


def calculates_otherwise(machine: Machine) -> Machine:
    machine.python.program.write_text("#!/bin/sh\necho 0.5\n")
    return machine


def no_program(machine: Machine) -> Machine:
    machine.python.program.chmod(0o644)
    return machine


NEW_ENVIRONMENT = "Install trackerr-xl into an environment of its own, made with python -m venv"

FAULTS: list[tuple[Callable[[Machine], Machine], str, str]] = [
    (
        spoiled_library,
        f"xlwings64-{NEEDED}.dll is neither in {{home}}/venv/Scripts nor in {{home}}/venv (there is xlwings64-0.30.1.dll)",
        f"Run {{home}}/venv/Scripts/python.exe -m pip install --force-reinstall --no-deps xlwings=={NEEDED}",
    ),
    (
        library_elsewhere,
        f"xlwings64-{NEEDED}.dll is in {{home}}/AppData/Roaming/Python, where Excel does not look",
        "Make a virtual environment, and install trackerr-xl into it",
    ),
    (
        of_32_bits,
        f"xlwings32-{NEEDED}.dll is neither in {{home}}/venv/Scripts nor in {{home}}/venv (there is xlwings64-{NEEDED}.dll)",
        f"Run {{home}}/venv/Scripts/python.exe -m pip install --force-reinstall --no-deps xlwings=={NEEDED}",
    ),
    (needs_a_shell, "Started by another program they fail: ImportError: DLL load failed", NEW_ENVIRONMENT),
    (calculates_otherwise, "A tracking error of 0.022360679774997897 comes out as 0.5", NEW_ENVIRONMENT),
    (
        no_program,
        "The Python does not start: [Errno 13] Permission denied: '{home}/venv/Scripts/python.exe'",
        NEW_ENVIRONMENT,
    ),
    (without_add_in, "{xlstart}/trackerr.xlam does not exist", AGAIN),
    (old_add_in, "{xlstart}/trackerr.xlam is of another version", AGAIN),
    (
        damaged_add_in,
        "{xlstart}/trackerr.xlam is not a workbook: its contents are not those of an .xlsx or .xlsm file",
        AGAIN,
    ),
    (
        another_python,
        "{home}/venv/Scripts/python.exe, and this is another one",
        "Run trackerr-xl install with the Python that Excel is to start, or the doctor with that one",
    ),
    (vanished_python, "{home}/venv/Scripts/python.exe does not exist any more", AGAIN),
    (marked, "Windows holds it for a file from the internet, and Excel its macros back", AGAIN),
    (
        disabled,
        "Excel has stopped loading it after trouble",
        "File, Options, Add-ins, Manage: Disabled Items, Go: enable it",
    ),
    (
        second_add_in,
        "A second one is at {home}/AppData/Roaming/Microsoft/AddIns/trackerr.xlam",
        "Untick it in Excel's list of add-ins, and delete it",
    ),
    (
        from_the_store,
        "3.12.4, 64 bits, {home}/WindowsApps/python.exe",
        "Excel may not look into the folders of the Microsoft Store: "
        "install Python from python.org, and trackerr-xl into that one",
    ),
    (
        in_the_cloud,
        "3.12.4, 64 bits, {home}/venv/Scripts/python.exe",
        "OneDrive may take its files off the disk: make the environment in a folder outside OneDrive",
    ),
    (
        roaming_in_the_cloud,
        "{xlstart}/trackerr.xlam is kept by OneDrive, which may take it off the disk",
        "Right-click it in the Explorer and choose: Always keep on this device",
    ),
    (
        lambda machine: replace(machine, python=replace(machine.python, version="3.10.14")),
        "3.10.14, 64 bits, {home}/venv/Scripts/python.exe",
        "Use Python 3.11 or newer",
    ),
    (
        lambda machine: with_packages(machine, {"xlwings": "0.30.1", "pywin32": "308"}),
        f"0.30.1, the add-in is made for {NEEDED}",
        f"Run {{home}}/venv/Scripts/python.exe -m pip install xlwings=={NEEDED}",
    ),
    (
        lambda machine: with_packages(machine, {"xlwings": NEEDED}),
        "not installed; Excel and Python talk through it",
        "Run {home}/venv/Scripts/python.exe -m pip install pywin32",
    ),
    (
        lambda machine: with_registry(machine, **{SECURITY: {"RequireAddinSig": 1}}),
        "Excel loads add-ins only if they are signed, and this one is not",
        "File, Options, Trust Center, Trust Center Settings, "
        "Add-ins: untick Require Application Add-ins to be signed by Trusted Publisher",
    ),
    (
        lambda machine: with_registry(machine, **{POLICY: {"DisableAllAddins": 1}}),
        "Excel loads no add-ins at all",
        ADMINISTRATOR,
    ),
    (
        lambda machine: with_registry(machine, **{COMMON: {"VBAOff": 1}}),
        "VBA is switched off for the whole of Office",
        ADMINISTRATOR,
    ),
    (
        lambda machine: with_registry(
            machine, **{rf"{SECURITY}\Trusted Locations": {"AllLocationsDisabled": 1}}
        ),
        "Excel trusts no folder, its own start-up folder neither",
        "File, Options, Trust Center, Trust Center Settings, "
        "Trusted Locations: untick Disable all Trusted Locations",
    ),
]


@pytest.mark.parametrize(("spoil", "sentence", "remedy"), FAULTS, ids=[fault[1][:40] for fault in FAULTS])
def test_a_fault_is_found_alone_with_its_remedy(
    well: Machine, spoil: Callable[[Machine], Machine], sentence: str, remedy: str
) -> None:
    machine = spoil(well)
    places = {"home": well.home, "xlstart": startup_folder(well)}
    assert [(found.sentence, found.remedy) for found in wrong(machine)] == [
        (sentence.format(**places), remedy.format(**places))
    ]


def test_a_start_up_folder_on_the_network_is_not_trusted_until_allowed(well: Machine) -> None:
    share = replace(well, environ={"APPDATA": r"\\server\profiles\ann"})
    trust = [found for found in wrong(share) if found.topic == "Trust"]
    assert [found.remedy for found in trust] == [
        "File, Options, Trust Center, Trust Center Settings, "
        "Trusted Locations: tick Allow Trusted Locations on my network"
    ]
    allowed = with_registry(share, **{rf"{SECURITY}\Trusted Locations": {"AllowNetworkLocations": 1}})
    assert [found for found in wrong(allowed) if found.topic == "Trust"] == []


def test_what_the_organisation_says_goes_before_what_the_user_says(well: Machine) -> None:
    both = with_registry(well, **{POLICY: {"RequireAddinSig": 0}, SECURITY: {"RequireAddinSig": 1}})
    assert wrong(both) == []


def test_macros_switched_off_do_not_touch_a_trusted_folder(well: Machine) -> None:
    off = with_registry(well, **{SECURITY: {"VBAWarnings": 4, "AccessVBOM": 0}})
    assert wrong(off) == []
    assert "(no macros run)" in " ".join(found.sentence for found in found_on(off))


def test_macros_from_the_internet_blocked_is_told_but_is_no_fault(well: Machine) -> None:
    blocked = with_registry(well, **{POLICY: {"blockcontentexecutionfrominternet": 1}})
    assert wrong(blocked) == []
    assert "right-click it in the Explorer, Properties, Unblock" in " ".join(
        found.sentence for found in found_on(blocked)
    )


@pytest.mark.parametrize(
    ("values", "bits"),
    [
        ({CLICK_TO_RUN: {"Platform": "x86"}}, 32),
        ({CLICK_TO_RUN: {"Platform": "x64"}, OUTLOOK: {"Bitness": "x86"}}, 64),
        ({OUTLOOK: {"Bitness": "x86"}}, 32),
        ({}, 64),
    ],
)
def test_bits_of_excel_are_read_from_either_kind_of_installation(
    tmp_path: Path, values: dict[str, dict[str, object]], bits: int
) -> None:
    assert excel_bits(windows(tmp_path, registry=values)) == bits


def test_a_version_without_spills_is_told(well: Machine) -> None:
    old = {**EXCEL_365[CLICK_TO_RUN], "ProductReleaseIds": "ProPlus2019Volume"}
    said = {found.topic: found.sentence for found in found_on(with_registry(well, **{CLICK_TO_RUN: old}))}
    assert said["Excel"].endswith("select their cells and enter with Ctrl+Shift+Enter")


def test_python_is_tried_with_the_path_of_programs_not_with_that_of_a_shell(well: Machine) -> None:
    well.python.program.write_text('#!/bin/sh\necho "$PATH" >&2\nexit 1\n')
    machine = with_registry(
        replace(well, environ={**well.environ, "SystemRoot": "C:/Windows", "PATH": "C:/conda/Library/bin"}),
        **{
            r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment": {
                "Path": "%SystemRoot%/system32;%Unknown%/bin"
            },
            r"HKCU\Environment": {"Path": "C:/tools"},
        },
    )
    assert [found.sentence for found in wrong(machine)] == [
        "Started by another program they fail: C:/Windows/system32;%Unknown%/bin;C:/tools"
    ]


def test_other_commands_of_the_same_name_are_told(well: Machine) -> None:
    other = well.home / "anaconda3" / "Scripts"
    other.mkdir(parents=True)
    (other / "trackerr-xl.exe").write_bytes(b"MZ")
    path = ";".join(map(str, (well.python.program.parent, other)))
    found = {each.topic: each for each in found_on(replace(well, environ={**well.environ, "PATH": path}))}
    assert found["Several Pythons"] == Finding(
        "Several Pythons", f"The command trackerr-xl is also in {other}: each installs for its own Python"
    )


def test_this_machine_is_described_without_being_asked_twice() -> None:
    machine = this_machine()
    assert machine.home == Path.home()
    assert machine.python.program.exists()
    assert machine.python.packages["xlwings"] == NEEDED
