"""Files that appear whole or not at all, whatever happens while they are written."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from trackerr_xl.errors import FileRefusedError

Content = bytes | Callable[[BinaryIO], None]
"""What a file is to hold, or what writes it."""


def write_files(contents: Mapping[Path, Content]) -> None:
    """Write several files; each is complete beside its place before any takes its place.

    Parameters
    ----------
    contents : mapping of Path to bytes or callable
        What each file is to hold, or what writes it into a file it is given. A file that exists is replaced and keeps its permissions; a link keeps leading to
        the file it leads to.

    Raises
    ------
    FileRefusedError
        If one of them cannot be written. Files not yet replaced are as they were, and nothing half-written is left.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            target = path.resolve()
            with _sentences(path):
                staged[target] = _staged(target, content)
        for target in list(staged):
            with _sentences(target):
                staged[target].replace(target)
            del staged[target]
    finally:
        for left_over in staged.values():
            with suppress(OSError):
                left_over.unlink()


def _staged(target: Path, content: Content) -> Path:
    """A finished temporary file in the target's folder, where replacing the target by it is one step."""
    if target.is_dir():
        raise FileRefusedError("is a folder, the name of a file is needed", at=str(target))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                content(file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode(target))
    except (OSError, FileRefusedError):
        with suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)


def _mode(target: Path) -> int:
    """Permissions of the file to be replaced, or those a new file gets; temporary files are private."""
    with suppress(OSError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise FileRefusedError("cannot be written: its folder does not exist", at=str(path)) from None
    except PermissionError:
        raise FileRefusedError(
            "cannot be written: it is open in another program, or the folder is protected", at=str(path)
        ) from None
    except OSError as error:
        raise FileRefusedError(f"cannot be written: {error.strerror}", at=str(path)) from None
