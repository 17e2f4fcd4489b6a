"""Arguments and options that several commands take, with their help."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

BookFile = Annotated[
    Path,
    typer.Argument(metavar="BOOK", help="An .xlsx or .xlsm file. Macros are never run.", show_default=False),
]
Clock = Annotated[
    datetime | None,
    typer.Option(
        "--now",
        metavar="WHEN",
        help="The clock that NOW() and TODAY() show, local time; the machine's own when left out. "
        "Written as 2026-03-31 or 2026-03-31T17:30:00.",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        show_default=False,
    ),
]
JsonFile = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="FILE", help="Write a report for machines to this file.", show_default=False
    ),
]
OutFile = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the changed workbook here. Left out, BOOK is changed and a copy of it is kept beside it.",
        show_default=False,
    ),
]
Tolerance = Annotated[
    float,
    typer.Option("--tolerance", min=0.0, help="Largest relative difference of numbers that count as equal."),
]
