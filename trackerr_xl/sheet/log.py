"""The log file: where the details of our own mistakes go, so that a cell need not show them."""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

_LARGEST = 1_000_000


def log_path() -> Path:
    """Where the log file is: among the user's own state files."""
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path.home())
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Logs"
    else:
        root = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return root / "trackerr_xl" / "trackerr_xl.log"


def log_to_file(logger: logging.Logger) -> None:
    """Let a logger write to the log file, once; without a place to write to it stays silent."""
    if logger.handlers:
        return
    try:
        path = log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            path, maxBytes=_LARGEST, backupCount=1, encoding="utf-8"
        )
    except (OSError, RuntimeError):
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.propagate = False
