"""`python -m trackerr_xl.hosts.libreoffice.worker`: answers the calls that the extension sends, until it is gone."""

import os
import sys
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from trackerr_xl.hosts.libreoffice.inside.wire import receive, send
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError, Given
from trackerr_xl.sheet.write import OutCell


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer every question until the other side closes.

    Parameters
    ----------
    questions, answers : binary file
        As `inside.wire` writes them: the function's name with its arguments in, the rows of the answer out.
    """
    while True:
        try:
            question, blocks = receive(questions)
        except EOFError:
            return
        given = _given(question["arguments"], iter(blocks).__next__)
        reply = call(question["function"], given)
        send(answers, [[_packed(cell) for cell in row] for row in reply.grid])


def main() -> None:
    """Serve on the streams the extension holds; what anybody prints goes to the error stream instead."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


def _given(arguments: Sequence[Any], next_block: Any) -> list[Given]:
    return [
        np.frombuffer(next_block()).reshape(one["rows"], one["columns"]) if isinstance(one, dict) else one
        for one in arguments
    ]


def _packed(cell: OutCell) -> object:
    return {"error": cell.value} if isinstance(cell, CellError) else cell


if __name__ == "__main__":
    main()
