"""Packages that only some runs need: imported when wanted, asked for in a sentence when missing."""

from importlib import import_module
from typing import Any

from trackerr_xl.errors import SetupError


def wanted(module: str, extra: str, why: str) -> Any:
    """A module of an optional package.

    Parameters
    ----------
    module : str
        Its name.
    extra : str
        The extra of this package that brings it.
    why : str
        What it is needed for, as the start of a sentence.

    Raises
    ------
    SetupError
        If it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        raise SetupError(
            f'{why}, which needs the package {package}: pip install "trackerr-xl[{extra}]"'
        ) from None
