"""A question of TE_OPTIMIZE written into a workbook, its answer stored in it: what audits are tried on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from trackerr_xl import evaluate

FIRST = 3
"""Row of the first weight on the sheet Answer, from 1; names stand in B, weights in C."""


def write_question(path: Path, arguments: Sequence[Any], *, typed: Sequence[float] | None = None) -> Path:
    """Write a workbook with the arguments on a sheet each and the answer on the sheet Answer.

    Parameters
    ----------
    path : Path
        Where to.
    arguments : sequence
        The arguments of TE_OPTIMIZE, as rows of cells; None where one is left out.
    typed : sequence of float, optional
        Weights typed by hand over the answer, on the sheet Held, under the name Portfolio.
    """
    answer = evaluate("TE_OPTIMIZE", *arguments)
    with xlsxwriter.Workbook(path) as book:
        texts = []
        for name, rows in zip(("Bench", "Cov", "Rules", "Facts", "Now", "Opts"), arguments, strict=False):
            if rows is None:
                texts.append("")
                continue
            sheet = book.add_worksheet(name)
            write_rows(sheet, rows)
            texts.append(
                f"{name}!$B$3:{xlsxwriter.utility.xl_rowcol_to_cell(1 + len(rows), len(rows[0]), True, True)}"
            )
        sheet = book.add_worksheet("Answer")
        formula = f"=TE_OPTIMIZE({','.join(texts)})".replace(",)", ")")
        last = FIRST + len(answer) - 1
        sheet.write_dynamic_array_formula(
            f"B{FIRST}:{'BC'[len(answer[0]) - 1]}{last}", formula, None, answer[0][0]
        )
        for row, cells in enumerate(answer):
            for column, value in enumerate(cells):
                if (row, column) != (0, 0):
                    sheet.write(FIRST - 1 + row, 1 + column, value)
        if typed is not None:
            held = book.add_worksheet("Held")
            write_rows(held, [[name, weight] for (name, _), weight in zip(answer, typed, strict=True)])
            book.define_name("Portfolio", f"=Held!$B$3:$C${last}")
    return path


def write_rows(sheet: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows of cells from B3 on; None leaves a cell empty."""
    for row, cells in enumerate(rows, start=2):
        for column, value in enumerate(cells, start=1):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                sheet.write(row, column, value)
