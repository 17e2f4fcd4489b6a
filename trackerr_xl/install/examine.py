"""Everything that can be wrong, looked at in turn."""

from trackerr_xl.install.examine_excel import excel_findings
from trackerr_xl.install.examine_libreoffice import libreoffice_findings
from trackerr_xl.install.examine_python import python_findings
from trackerr_xl.install.findings import Finding
from trackerr_xl.install.machine import Machine


def examine(machine: Machine, add_in: bytes) -> list[Finding]:
    """Look at the Python, and at what there is of Excel and LibreOffice.

    Parameters
    ----------
    machine : Machine
        What to look at.
    add_in : bytes
        Excel's add-in as shipped; looked at on Windows only.

    Returns
    -------
    list of Finding
        In the order in which one would mend them.
    """
    findings = list(python_findings(machine))
    if machine.system == "win32":
        findings += excel_findings(machine, add_in)
    return findings + list(libreoffice_findings(machine))
