"""`trackerr-xl install` and `trackerr-xl uninstall`."""

import typer

from trackerr_xl.cli.doctor import tell_wrong
from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.screen import show_facts
from trackerr_xl.install.examine_excel import excel_findings
from trackerr_xl.install.examine_libreoffice import libreoffice_findings
from trackerr_xl.install.excel import put_add_in, remove_add_in, shipped_add_in
from trackerr_xl.install.libreoffice import RUNNING, add_extension, is_running, remove_extension
from trackerr_xl.install.machine import Machine


def install(machine: Machine, *, libreoffice: bool) -> Outcome:
    """Put the add-in of Excel, or of LibreOffice, where it is found; say where, and what still keeps it from working."""
    if libreoffice:
        added = ("Added by", str(add_extension(machine)))
        program = "LibreOffice"
        _tell_to_restart(machine)
        findings = libreoffice_findings(machine)
    else:
        add_in = shipped_add_in()
        added = ("Add-in", str(put_add_in(machine, add_in)))
        program = "Excel"
        findings = excel_findings(machine, add_in)
    python = ("Calculates with", str(machine.python.program))
    show_facts("Installed", [added, python, ("From when", f"{program} is started anew")])
    tell_wrong(findings)
    return Outcome.DONE


def uninstall(machine: Machine, *, libreoffice: bool) -> Outcome:
    """Take away what `install` put."""
    if libreoffice:
        removed = "the extension of LibreOffice" if remove_extension(machine) else None
        _tell_to_restart(machine)
    else:
        removed = str(remove_add_in(machine) or "") or None
    show_facts("Removed", [("Removed", removed or "nothing was there")])
    return Outcome.DONE


def _tell_to_restart(machine: Machine) -> None:
    if is_running(machine):
        typer.echo(f"{RUNNING}.", err=True)
