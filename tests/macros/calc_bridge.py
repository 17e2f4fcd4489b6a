"""Runs inside LibreOffice, as a macro in Python: hands what VBA asks to xlwings' own server in a process beside it."""

import os
import pickle
import subprocess

LEFT_OUT = -2147352572
_server = []


def call_udf(function, arguments):
    """What VBA gets of `XLPy.CallUDF`; of a fault its words behind a mark."""
    asked = [_as_com(argument) for argument in arguments]
    server = _running()
    pickle.dump(("formula", (function, asked)), server.stdin)
    server.stdin.flush()
    kind, answer = pickle.load(server.stdout)
    if kind == "escaped":
        return ("#FAULT#", answer)
    return (
        tuple(tuple(row) if isinstance(row, list) else row for row in answer)
        if isinstance(answer, list)
        else answer
    )


def _as_com(argument):
    if argument == "#LEFT OUT#":
        return ("value", LEFT_OUT, {})
    if isinstance(argument, tuple):
        return ("range", [list(row) for row in argument], {})
    return ("value", argument, {})


def _running():
    if not _server:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        command = [os.environ["TRACKERR_TEST_PYTHON"], os.environ["TRACKERR_TEST_SERVER"]]
        pipe = subprocess.PIPE
        _server.append(
            subprocess.Popen(
                command, stdin=pipe, stdout=pipe, env=environment, cwd=os.environ["TRACKERR_TEST_FOLDER"]
            )
        )
    return _server[0]
