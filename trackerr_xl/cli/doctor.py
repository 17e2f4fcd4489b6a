"""`trackerr-xl doctor`."""

from collections.abc import Iterable

import typer

from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.screen import show_table
from trackerr_xl.install.examine import examine
from trackerr_xl.install.excel import shipped_add_in
from trackerr_xl.install.findings import Finding
from trackerr_xl.install.machine import Machine


def run(machine: Machine) -> Outcome:
    """Look at everything and show it; what is wrong is told again on stderr, as sentences."""
    findings = examine(machine, shipped_add_in() if machine.system == "win32" else b"")
    show_table(
        "What was looked at",
        ("Part", "Found", "To do"),
        [(each.topic, each.sentence, each.remedy) for each in findings],
    )
    return Outcome.DIFFERENT if tell_wrong(findings) else Outcome.DONE


def tell_wrong(findings: Iterable[Finding]) -> bool:
    """Say on stderr what is wrong and what to do, and whether anything is."""
    wrong = [each for each in findings if each.remedy]
    for each in wrong:
        typer.echo(f"{each.topic}: {each.sentence}. {each.remedy}.", err=True)
    return bool(wrong)
