"""What pytest asks of a plugin. Until workbooks are asked for nothing else of this project is imported."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trackerr_xl.testing import ENGINES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackerr_xl.testing.settings import Settings

_TABLE = b"tool.trackerr_xl"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line."""
    group = parser.getgroup("workbooks", "workbooks as tests (trackerr_xl)")
    group.addoption(
        "--workbooks",
        action="store_true",
        help="Collect the workbooks (.xlsx, .xlsm) among the files and folders given, one test a sheet.",
    )
    group.addoption(
        "--workbooks-engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="What calculates them: ironcalc (default) or libreoffice.",
    )
    group.addoption(
        "--workbooks-update",
        action="store_true",
        help="Write the lock of every workbook collected anew, instead of comparing with it.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load what collects workbooks, where the command line or pyproject.toml asks for them."""
    found = config.rootpath / "pyproject.toml"
    listing = _TABLE in found.read_bytes() if found.is_file() else False
    asked: bool = config.getoption("--workbooks") or config.getoption("--workbooks-update")
    if not (asked or listing):
        return
    from trackerr_xl.testing.settings import read_settings

    settings = read_settings(found) if listing else None
    if asked or (settings is not None and settings.workbooks):
        _collect(config, settings, every=asked)


def _collect(config: pytest.Config, settings: "Settings | None", *, every: bool) -> None:
    from trackerr_xl.testing.collect import Workbooks

    listed: Sequence[Path] = () if settings is None else settings.workbooks
    config.pluginmanager.register(
        Workbooks(
            listed=frozenset(listed),
            every=every,
            engine=config.getoption("--workbooks-engine"),
            update=config.getoption("--workbooks-update"),
        ),
        "trackerr_xl workbooks",
    )
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        # Nothing was named on the command line: what is listed is collected wherever it lies.
        config.args += [str(path) for path in listed if not _under(path, config)]


def _under(path: Path, config: pytest.Config) -> bool:
    return any(
        path.is_relative_to((config.invocation_params.dir / argument.partition("::")[0]).resolve())
        for argument in config.args
    )
