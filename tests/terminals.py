"""Programs on a terminal: all that they show there."""

import os
import pty
import subprocess
from collections.abc import Sequence


def shown_on_terminal(command: Sequence[str], *, columns: int, **environment: str) -> tuple[str, int]:
    """All that a program shows on a terminal of some width, and its exit code."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command,
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), **environment},
    )
    os.close(theirs)
    pieces = []
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end has closed.
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    code = running.wait()
    return b"".join(pieces).decode(), code
