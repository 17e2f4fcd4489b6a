"""The machine as data: folders, environment, registry and the Python that is to calculate."""

import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from trackerr_xl.install.registry import Registry, read_registry

PACKAGES = ("trackerr-xl", "xlwings", "pywin32")
"""Whose versions matter for Excel."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python.

    Parameters
    ----------
    program : Path
        What to start.
    version : str
        Such as ``"3.12.4"``.
    bits : int
        32 or 64.
    data : Path
        Folder that packages put files into which are not modules, such as the libraries of xlwings.
    packages : mapping of str to str
        Versions of those of `PACKAGES` that are installed.
    """

    program: Path
    version: str
    bits: int
    data: Path
    packages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where an add-in is to be put.

    Parameters
    ----------
    system : str
        ``"win32"``, ``"darwin"`` or ``"linux"``, as `sys.platform`.
    home : Path
        The user's folder.
    environ : mapping of str to str
        Environment variables.
    registry : Registry
        What Windows' registry says; empty elsewhere.
    python : Interpreter
        The Python that is to calculate.
    root : bool
        Whether the user is the one who may do everything.
    """

    system: str
    home: Path
    environ: Mapping[str, str]
    registry: Registry
    python: Interpreter
    root: bool = False

    @property
    def roaming(self) -> Path:
        """Windows' folder for the settings of a user's programs."""
        return Path(self.environ.get("APPDATA") or self.home / "AppData" / "Roaming")


def this_machine() -> Machine:
    """The one this runs on, with the Python this runs in."""
    return Machine(
        system=sys.platform,
        home=Path.home(),
        environ=dict(os.environ),
        registry=read_registry(),
        python=Interpreter(
            program=Path(sys.executable),
            version=platform.python_version(),
            bits=8 * struct.calcsize("P"),
            data=Path(sysconfig.get_path("data")),
            packages={name: found for name in PACKAGES if (found := _version(name))},
        ),
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
