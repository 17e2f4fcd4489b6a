"""Our functions under all the names that spreadsheet programs store for them."""

import re
from functools import lru_cache

from trackerr_xl.functions import CATALOGUE

_ADD_IN = re.compile(r"(?:\[\d+\]!|'[^']*'!|[\w.]+!|_XLL\.|_XLUDF\.|_XLDUDF_|ORG\.TRACKERR\.CALC\.ADDIN\.)+")
_NAMESPACED = "_XLDUDF_"
_CALC = "ORG.TRACKERR.CALC.ADDIN."


@lru_cache(maxsize=1024)
def own_function(name: str) -> str | None:
    """Name in the catalogue of a function as a formula calls it, or None when it is not ours.

    Parameters
    ----------
    name : str
        Upper case: ``TE_OPTIMIZE``, ``_XLL.TE_OPTIMIZE``, ``[1]!TE_OPTIMIZE``, ``'C:\\TRACKERR.XLAM'!TE_OPTIMIZE``,
        ``_XLDUDF_TE_OPTIMIZE`` with or without an Office.js namespace in between, or as LibreOffice 7 writes it,
        ``ORG.TRACKERR.CALC.ADDIN.TEOPTIMIZE``.
    """
    prefix = _ADD_IN.match(name)
    plain = name[prefix.end() :] if prefix else name
    if plain in CATALOGUE:
        return plain
    if prefix and prefix[0].endswith(_NAMESPACED):
        ends = [known for known in CATALOGUE if plain.endswith("_" + known)]
        return max(ends, key=len, default=None)
    if prefix and prefix[0].endswith(_CALC):
        return next((known for known in CATALOGUE if known.replace("_", "") == plain), None)
    return None


def of_an_add_in(name: str) -> bool:
    """Whether a function is spelt as one of an add-in."""
    return _ADD_IN.match(name) is not None
