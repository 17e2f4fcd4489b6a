"""How the add-in starts its Python, so that nothing beside a workbook is ever imported.

Excel starts a program in the folder of the workbook opened last, and Python looks for modules there first: a file
numpy.py sent along with a workbook would run.
"""

from typing import Final

SWITCHES: Final = ("-E", "-P")
"""No module from the folder it is started in, none from variables such as PYTHONPATH. Not -I: it would hide what was
installed without administrator rights.
"""

PROGRAM: Final = "import xlwings; xlwings.serve('$(CLSID)')"
"""What it runs. xlwings' library puts the identity of its server in; xlwings' own command would add the workbook's
folder to where modules are looked for.
"""


def arguments() -> str:
    """What follows Python's path on the command line."""
    return f'{" ".join(SWITCHES)} -c "{PROGRAM}"'
