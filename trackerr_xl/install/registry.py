"""What Windows' registry says of Excel and LibreOffice, read once, as data."""

import sys
from collections.abc import Mapping
from typing import Final

Registry = Mapping[str, Mapping[str, object]]
"""Key to its values by name; the value without a name is called ``""``. A key that does not exist is not in it."""

_OFFICE: Final = r"Software\Microsoft\Office\16.0"
_POLICIES: Final = r"Software\Policies\Microsoft\Office\16.0"

CLICK_TO_RUN: Final = r"HKLM\Software\Microsoft\Office\ClickToRun\Configuration"
"""Which Office is installed, where Microsoft keeps it up to date."""
OUTLOOK: Final = rf"HKLM\{_OFFICE}\Outlook"
"""Where an Office installed from a disk says whether it has 32 or 64 bits."""
EXCEL_PROGRAM: Final = r"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
"""Where Excel is."""
DISABLED_ITEMS: Final = rf"HKCU\{_OFFICE}\Excel\Resiliency\DisabledItems"
"""Files that Excel has stopped loading after trouble with them."""
SECURITY: Final = (rf"HKCU\{_POLICIES}\Excel\Security", rf"HKCU\{_OFFICE}\Excel\Security")
"""Excel's Trust Center: what the organisation says goes before what the user says."""
TRUSTED_LOCATIONS: Final = tuple(rf"{key}\Trusted Locations" for key in SECURITY)
"""The Trust Center's trusted locations, in the same order."""
COMMON: Final = (
    rf"HKLM\{_POLICIES}\Common",
    rf"HKCU\{_POLICIES}\Common",
    rf"HKLM\{_OFFICE}\Common",
    rf"HKCU\{_OFFICE}\Common",
)
"""Settings of the whole of Office."""
ENVIRONMENT: Final = (
    r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment",
    r"HKCU\Environment",
)
"""Environment variables that every program starts with, those of the machine before those of the user."""
LIBREOFFICE: Final = r"HKLM\Software\LibreOffice\UNO\InstallPath"
"""Where LibreOffice is."""

_KEYS: Final = (
    CLICK_TO_RUN,
    OUTLOOK,
    EXCEL_PROGRAM,
    DISABLED_ITEMS,
    *SECURITY,
    *TRUSTED_LOCATIONS,
    *COMMON,
    *ENVIRONMENT,
    LIBREOFFICE,
)


def read_registry() -> Registry:
    """What the registry says of the keys named here; nothing where there is no registry."""
    found: dict[str, dict[str, object]] = {}
    if sys.platform == "win32":
        for key in _KEYS:
            values = _values(key)
            if values is not None:
                found[key] = values
    return found


def value(registry: Registry, keys: tuple[str, ...], name: str) -> object:
    """The first value of that name among some keys, None where none has it."""
    found = (registry[key][name] for key in keys if name in registry.get(key, {}))
    return next(found, None)


if sys.platform == "win32":
    import winreg

    _ROOTS: Final = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}

    def _values(key: str) -> dict[str, object] | None:
        root, _, path = key.partition("\\")
        try:
            # The view of 64 bits: what a 32-bit Python would see by itself leaves out most programs.
            opened = winreg.OpenKey(_ROOTS[root], path, access=winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
        except OSError:
            return None
        with opened:
            entries = [winreg.EnumValue(opened, at) for at in range(winreg.QueryInfoKey(opened)[1])]
        return {name: content for name, content, _ in entries}
