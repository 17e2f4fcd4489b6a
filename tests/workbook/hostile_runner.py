"""Workbooks through a command, each in a child process with a limit on its memory and its time.

Run as a program: it forks once a workbook, after everything is imported, so that a thousand take minutes. Reads
pickled (path, words of the command, seconds) from its input and writes pickled outcomes.
"""

import json
import os
import pickle
import resource
import signal
import sys
import tempfile
from pathlib import Path

MEMORY = 2**30
"""Bytes of address space that a child may add to what the program has after its imports."""


def outcome(path, words, seconds):
    """What becomes of one workbook: exit code, stderr, exception, seconds, peak memory in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        child = os.fork()
        if child == 0:
            _run(path, words, seconds, Path(folder), told)
        _, status, usage = os.wait4(child, 0)
        left = json.loads(told.read_text("utf-8")) if told.exists() else {}
    ended = os.waitstatus_to_exitcode(status)
    return {
        "code": left.get("code", ended),
        "stderr": left.get("stderr", ""),
        "exception": left.get("exception", f"ended by {_signal(ended)}" if ended else ""),
        "written": left.get("written", False),
        # Of the processor, so that a busy machine does not make a workbook look slow.
        "seconds": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
    }


def _signal(code):
    return signal.Signals(-code).name if code < 0 else f"code {code}"


def _run(path, words, seconds, folder, told):
    """In the child, which never returns."""
    from typer.testing import CliRunner

    from trackerr_xl.cli import app

    held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(seconds)
    out = folder / f"out{path.suffix}"
    done = CliRunner().invoke(app, [word.format(book=path, out=out) for word in words])
    escaped = done.exception is not None and not isinstance(done.exception, SystemExit)
    told.write_text(
        json.dumps(
            {
                "code": done.exit_code,
                "stderr": done.stderr[-2000:],
                "exception": repr(done.exception)[:500] if escaped else "",
                "written": out.exists(),
            }
        ),
        "utf-8",
    )
    os._exit(0)


def _serve():
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a child prints must not land among the answers.
    os.dup2(2, 1)
    # Everything a command imports on its way is imported here, once.

    import trackerr_xl.cli.recalc  # noqa: F401

    while True:
        try:
            path, words, seconds = pickle.load(questions)
        except EOFError:
            return
        pickle.dump(outcome(Path(path), words, seconds), answers)
        answers.flush()


if __name__ == "__main__":
    _serve()
