"""How VBA reaches the library of xlwings: the declarations that the installed xlwings ships, with its licence.

Of its module only these: the rest would read settings from whatever workbook is active and from its folder, and start
the Python that is named there.
"""

from importlib.resources import files

_SOURCE = "xlwings_custom_addin.bas"
_LICENCE = "'Version: "
_FIRST = "#If VBA7 Then"
_LAST = "Public Const XLWINGS_VERSION As String = "


def declarations() -> str:
    """The licence, the declarations of the functions of the library, and the version they are of."""
    lines = (files("xlwings") / _SOURCE).read_text(encoding="utf-8").splitlines()
    licence = lines[_place(lines, _LICENCE) : _place(lines, "'Attribute VB_Name")]
    code = lines[_place(lines, _FIRST) : _place(lines, _LAST) + 1]
    return "\n".join((*licence, *code))


def _place(lines: list[str], start: str) -> int:
    return next(at for at, line in enumerate(lines) if line.startswith(start))
