"""`trackerr-xl install` and `trackerr-xl uninstall`."""

import typer

from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.screen import show_facts
from trackerr_xl.install.excel import put_add_in, remove_add_in, shipped_add_in
from trackerr_xl.install.libreoffice import RUNNING, add_extension, is_running, remove_extension
from trackerr_xl.install.machine import Machine, this_machine


def install(libreoffice: bool) -> Outcome:
    """Put the add-in of Excel, or of LibreOffice, where it is found, and say where."""
    machine = this_machine()
    if libreoffice:
        program = add_extension(machine)
        facts = [("Added by", str(program)), ("Calculates with", str(machine.python.program))]
        _tell_libreoffice(machine)
    else:
        path = put_add_in(machine, shipped_add_in())
        facts = [("Add-in", str(path)), ("Calculates with", str(machine.python.program))]
    show_facts(
        "Installed", [*facts, ("Next", "Start the program anew; trackerr-xl doctor says what is wrong")]
    )
    return Outcome.DONE


def uninstall(libreoffice: bool) -> Outcome:
    """Take away what `install` put."""
    machine = this_machine()
    if libreoffice:
        removed = "the extension of LibreOffice" if remove_extension(machine) else None
        _tell_libreoffice(machine)
    else:
        removed = str(remove_add_in(machine) or "") or None
    show_facts("Removed", [("Removed", removed or "nothing was there")])
    return Outcome.DONE


def _tell_libreoffice(machine: Machine) -> None:
    if is_running(machine):
        typer.echo(f"{RUNNING}.", err=True)
