"""For scripts that LibreOffice's own Python runs: a LibreOffice started, answering, and gone afterwards."""

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

import uno
from com.sun.star.connection import NoConnectException

PIPE = f"trackerr_{os.getpid()}"
SECONDS = 60


@contextmanager
def office(command):
    """LibreOffice's context, started by a command and closed again."""
    # A session of its own: soffice is a script, and what it starts must not outlive a failure.
    started = subprocess.Popen([*command, f"--accept=pipe,name={PIPE};urp;"], start_new_session=True)
    try:
        context = _connected()
        yield context
        context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
        started.wait(SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)


def _connected():
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={PIPE};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
