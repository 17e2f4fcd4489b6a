"""Results as a workbook, a CSV or a Parquet file, a row an account. Texts are texts, whatever they look like."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np

from trackerr_xl.batch.extras import wanted
from trackerr_xl.functions.accounts import Outcomes
from trackerr_xl.functions.batch import HEADERS, rows_of
from trackerr_xl.functions.spec import Value
from trackerr_xl.sheet.csv_text import csv_word
from trackerr_xl.workbook.file.output import write_files
from trackerr_xl.workbook.file.plain_book import write_plain_book

SHEET = "Results"


def write_results(path: Path, names: Sequence[str], done: Sequence[Outcomes]) -> None:
    """Write all rows, in the order given; the file appears whole or not at all.

    Parameters
    ----------
    path : Path
        Its ending says the format.
    names : sequence of str
        Of the assets.
    done : sequence of Outcomes
        One after the other.

    Raises
    ------
    FileRefusedError
        If it cannot be written, or a workbook has not rows or columns enough.
    SetupError
        If a Parquet file needs a package that is not installed.
    """
    header = [*HEADERS, *names]
    formats: dict[str, Callable[[BinaryIO], None]] = {
        ".csv": lambda file: _write_csv(file, header, done),
        ".parquet": lambda file: _write_parquet(file, header, done),
    }
    write_files({path: formats.get(path.suffix.lower(), lambda file: _write_book(file, header, done))})


def _rows(done: Sequence[Outcomes]) -> Iterator[list[Value]]:
    return (row for outcomes in done for row in rows_of(outcomes))


def _write_csv(file: BinaryIO, header: Sequence[str], done: Sequence[Outcomes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(csv_word, header))
    for row in _rows(done):
        writer.writerow([repr(value) if type(value) is float else csv_word(value) for value in row])
    text.flush()
    text.detach()


def _write_book(file: BinaryIO, header: Sequence[str], done: Sequence[Outcomes]) -> None:
    rows = ([None if value == "" else value for value in row] for row in _rows(done))
    height = 1 + sum(len(outcomes.names) for outcomes in done)
    write_plain_book(file, SHEET, chain([header], rows), height=height, width=len(header))


def _write_parquet(file: BinaryIO, header: Sequence[str], done: Sequence[Outcomes]) -> None:
    arrow = wanted("pyarrow", "parquet", "the results are a Parquet file")
    parquet = wanted("pyarrow.parquet", "parquet", "the results are a Parquet file")
    words, number = arrow.string(), arrow.float64()
    texts = ("Account", "Status", "Message")
    schema = arrow.schema([(name, words if name in texts else number) for name in header])
    with parquet.ParquetWriter(file, schema) as writer:
        for outcomes in done:
            numbers = np.column_stack([outcomes.error, outcomes.turnover, outcomes.weights])
            error, turnover, *weights = (
                arrow.array(column, type=number, from_pandas=True) for column in numbers.T
            )
            heads = (outcomes.names, outcomes.status, error, turnover, outcomes.sentences)
            columns = [
                each if isinstance(each, arrow.Array) else arrow.array(each, type=words) for each in heads
            ]
            writer.write_table(arrow.Table.from_arrays([*columns, *weights], schema=schema))
