"""Which versions an answer comes from."""

import platform
from importlib.metadata import version

import numpy as np

from trackerr_xl.functions.spec import Answer, Result, SheetFunction
from trackerr_xl.version import __version__


def te_version() -> Answer:
    """Name and version of this package, of Python and of the numerical libraries, none of them loaded for it."""
    return Answer(
        [
            ["trackerr_xl", __version__],
            ["Python", platform.python_version()],
            ["NumPy", np.__version__],
            ["SciPy", version("scipy")],
        ]
    )


TE_VERSION = SheetFunction(
    name="TE_VERSION",
    category="help",
    summary="Versions of trackerr_xl, Python, NumPy and SciPy that answer here.",
    arguments=(),
    result=Result("table", "Name and version."),
    run=te_version,
    example="=TE_VERSION()",
)
