"""Excel's Trust Center: whether it lets an add-in in its own start-up folder run.

Excel trusts that folder, so the setting for macros does not matter there, and access to the VBA project is never
needed. What matters is what overrules the trust (Microsoft, "Macros from the internet are blocked by default in
Office", and the administrative templates of Office 16).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trackerr_xl.install.excel import startup_folder
from trackerr_xl.install.findings import Finding
from trackerr_xl.install.machine import Machine
from trackerr_xl.install.registry import COMMON, SECURITY, TRUSTED_LOCATIONS, Registry, value

_ADMINISTRATOR = "Ask the administrator: the organisation has set this"
_TRUST_CENTER = "File, Options, Trust Center, Trust Center Settings, "
_MACROS = {
    1: "all macros run",
    2: "Excel asks before macros run",
    3: "signed macros run",
    4: "no macros run",
}


@dataclass(frozen=True, slots=True)
class _Switch:
    """A setting that keeps the add-in from running when it is on."""

    keys: tuple[str, ...]
    name: str
    sentence: str
    where: str


_SWITCHES = (
    _Switch(COMMON, "VBAOff", "VBA is switched off for the whole of Office", ""),
    _Switch(
        SECURITY,
        "DisableAllAddins",
        "Excel loads no add-ins at all",
        "Add-ins: untick Disable all Application Add-ins",
    ),
    _Switch(
        SECURITY,
        "RequireAddinSig",
        "Excel loads add-ins only if they are signed, and this one is not",
        "Add-ins: untick Require Application Add-ins to be signed by Trusted Publisher",
    ),
)


def trust_findings(machine: Machine) -> Iterator[Finding]:
    """What is to be said of the Trust Center."""
    registry = machine.registry
    wrong = [
        Finding("Trust", switch.sentence, _remedy(registry, switch.keys, switch.name, switch.where))
        for switch in _SWITCHES
        if value(registry, switch.keys, switch.name) == 1
    ]
    yield from wrong
    trusted = list(_start_up_folder(machine))
    yield from trusted
    if not (wrong or trusted):
        yield Finding(
            "Trust",
            "Excel trusts the folder of the add-in, whatever it does with other macros"
            f" ({_MACROS.get(_macro_setting(registry), 'set in a way not known here')})",
        )
    if value(registry, SECURITY, "blockcontentexecutionfrominternet") == 1:
        yield Finding(
            "Trust",
            "Workbooks with macros that came by mail or from the internet run none; the add-in is not touched by that. "
            "Such a workbook: right-click it in the Explorer, Properties, Unblock",
        )


def _start_up_folder(machine: Machine) -> Iterator[Finding]:
    """What takes Excel's trust away from its start-up folder."""
    registry = machine.registry
    if value(registry, TRUSTED_LOCATIONS, "AllLocationsDisabled") == 1 and _macro_setting(registry) != 1:
        yield Finding(
            "Trust",
            "Excel trusts no folder, its own start-up folder neither",
            _remedy(
                registry,
                TRUSTED_LOCATIONS,
                "AllLocationsDisabled",
                "Trusted Locations: untick Disable all Trusted Locations",
            ),
        )
    on_network = str(startup_folder(machine)).startswith("\\\\")
    if on_network and value(registry, TRUSTED_LOCATIONS, "AllowNetworkLocations") != 1:
        yield Finding(
            "Trust",
            f"{startup_folder(machine)} is on the network, where Excel trusts no folder",
            f"{_TRUST_CENTER}Trusted Locations: tick Allow Trusted Locations on my network",
        )


def _macro_setting(registry: Registry) -> int:
    found = value(registry, SECURITY, "VBAWarnings")
    return found if isinstance(found, int) else 2


def _remedy(registry: Registry, keys: tuple[str, ...], name: str, where: str) -> str:
    by_policy = any("Policies" in key and name in registry.get(key, {}) for key in keys)
    return _ADMINISTRATOR if by_policy or not where else f"{_TRUST_CENTER}{where}"
