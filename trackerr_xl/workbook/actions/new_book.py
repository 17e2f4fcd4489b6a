"""New from template: the templates that are shipped, found by name."""

from pathlib import Path

from trackerr_xl.core.words import not_known
from trackerr_xl.errors import LabelError, SetupError

_BESIDE_THE_PACKAGE = "workbook_templates"


def templates() -> dict[str, Path]:
    """The shipped templates by name, such as ``"bond_risk"``.

    Raises
    ------
    SetupError
        If they are not installed.
    """
    package = Path(__file__).parents[2]
    for folder in (package / _BESIDE_THE_PACKAGE, package.parent / _BESIDE_THE_PACKAGE):
        found = {path.stem: path for path in sorted(folder.glob("*.xlsx"))}
        if found:
            return found
    raise SetupError("are not installed: install trackerr-xl again", at="the templates")


def template(name: str, *, macros: bool = False) -> Path:
    """The file of one template.

    Parameters
    ----------
    name : str
        Its name.
    macros : bool, optional
        Whether it is to have macros and buttons of its own, for a machine where the add-in is not loaded.

    Raises
    ------
    LabelError
        If there is none of that name.
    """
    known = templates()
    wanted = name.strip().lower().removesuffix(".xlsx").removesuffix(".xlsm").replace(" ", "_")
    if wanted not in known:
        raise LabelError(not_known(name, tuple(known)), at="template")
    return known[wanted].with_suffix(".xlsm") if macros else known[wanted]
