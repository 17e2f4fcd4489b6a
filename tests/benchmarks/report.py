"""Tables as Markdown, and the machine they were measured on."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "numpy",
    "scipy",
    "piqp",
    "clarabel",
    "osqp",
    "quadprog",
    "daqp",
    "highspy",
    "cvxpy",
    "pyportfolioopt",
    "skfolio",
    "riskfolio-lib",
    "cvxportfolio",
)


@dataclass(frozen=True)
class Table:
    """A titled table with a line of explanation."""

    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table with columns padded, readable as it stands."""
        lines = [list(self.header), *(list(row) for row in self.rows)]
        widths = [max(len(line[j]) for line in lines) for j in range(len(self.header))]
        padded = [
            "| " + " | ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) + " |"
            for line in lines
        ]
        rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
        return "\n".join([f"## {self.title}", "", self.note, "", padded[0], rule, *padded[1:], ""])


def machine() -> str:
    """One paragraph: date, processor, cores, how busy it is with other work, system, Python and package versions."""
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {_processor()}, {os.cpu_count()} cores{_load()}, {platform.system()}; "
        f"Python {platform.python_version()}; {versions}."
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _load() -> str:
    return f" (load {os.getloadavg()[0]:.1f} when it began)" if hasattr(os, "getloadavg") else ""


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    if not listing.exists():
        return platform.processor() or platform.machine()
    names = [
        line.split(":", 1)[1].strip()
        for line in listing.read_text().splitlines()
        if line.startswith("model name")
    ]
    return names[0] if names else platform.machine()
