"""Run by the Python that LibreOffice comes with: what its function wizard says of every function, as JSON.

The words given are the file to write, and the command that starts LibreOffice.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import uno
from com.sun.star.connection import NoConnectException

PIPE = f"trackerr_{os.getpid()}"
SECONDS = 60


def main() -> None:
    """Start LibreOffice, ask its catalogue of functions, and close it again."""
    path, *command = sys.argv[1:]
    # A session of its own: soffice is a script, and what it starts must not outlive a failure.
    office = subprocess.Popen([*command, f"--accept=pipe,name={PIPE};urp;"], start_new_session=True)
    try:
        context = connected()
        create = context.ServiceManager.createInstanceWithContext
        functions = create("com.sun.star.sheet.FunctionDescriptions", context)
        described = [as_data(functions.getByIndex(at)) for at in range(functions.getCount())]
        Path(path).write_text(json.dumps(described), encoding="utf-8")
        create("com.sun.star.frame.Desktop", context).terminate()
        office.wait(SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)


def connected():
    """LibreOffice's context, once it answers."""
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


def as_data(properties):
    """One function."""
    values = {each.Name: each.Value for each in properties}
    return {
        "name": values["Name"],
        "description": values["Description"],
        "category": values["Category"],
        "arguments": [[one.Name, one.Description] for one in values["Arguments"] or ()],
    }


if __name__ == "__main__":
    main()
