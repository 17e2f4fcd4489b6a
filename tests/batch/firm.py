"""A small firm: a workbook with what its accounts share, and accounts files in every format."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from trackerr_xl.core.arrays import Vector
from trackerr_xl.sheet.cells import Cell

NAMES = tuple(f"N{at:02}" for at in range(24))
Rows = list[list[Cell]]

LIMITS: Rows = [
    ["Type", "Item", "Min", "Max", "Basis"],
    ["Weight", "*", 0.0, 0.2, None],
    ["Group", "Sector=*", -0.06, 0.06, "Active"],
]


def numbers(values: Vector) -> list[float]:
    """As plain floats of nine digits: openpyxl writes sixteen, which is one less than it takes."""
    return np.round(values, 9).tolist()


def shared(seed: int = 0) -> dict[str, Rows]:
    """Ranges of the workbook by their names."""
    rng = np.random.default_rng(seed)
    weights = numbers(rng.dirichlet(np.full(len(NAMES), 0.8)))
    return {
        "Benchmark": [[name, weight] for name, weight in zip(NAMES, weights, strict=True)],
        "Exposures": [
            [None, "F1", "F2"],
            *([name, *numbers(rng.normal(0, 1, 2))] for name in NAMES),
        ],
        "Factor_Cov": [[None, "F1", "F2"], ["F1", 0.0004, 0.0001], ["F2", 0.0001, 0.0002]],
        "Specific": [[name, round(rng.uniform(0.0004, 0.002), 9)] for name in NAMES],
        "Assets": [["Name", "Sector"], *([name, f"S{at % 4}"] for at, name in enumerate(NAMES))],
        "Limits": LIMITS,
    }


def write_house(path: Path, more_limits: Sequence[list[Cell]] = (), **sheets: Rows) -> Path:
    """The workbook; further sheets by their titles."""
    book = openpyxl.Workbook()
    ranges = shared()
    ranges["Limits"] = [*ranges["Limits"], *more_limits]
    for title, rows in (ranges | sheets).items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        corner = f"${get_column_letter(len(rows[0]))}${len(rows)}"
        if title in ranges:
            book.defined_names[title] = DefinedName(title, attr_text=f"{title}!$A$1:{corner}")
    first = book.worksheets[0]
    first["A1"] = "=RISK_MODEL(Exposures,Factor_Cov,Specific)"
    book.defined_names["Covariance"] = DefinedName("Covariance", attr_text=f"{first.title}!$A$1")
    book.save(path)
    return path


def accounts(count: int, seed: int = 1) -> Rows:
    """Accounts with holdings, exclusions and limits of their own; every seventh must fail."""
    rng = np.random.default_rng(seed)
    rows: Rows = [["Account", *NAMES, "Exclude", "Turnover Max", "Weight * Max"]]
    for at in range(count):
        held = numbers(rng.dirichlet(np.full(len(NAMES), 0.8)))
        excluded = "; ".join(rng.choice(NAMES, 2, replace=False).tolist())
        narrow = 0.01 if at % 7 == 6 else round(rng.uniform(0.15, 0.3), 9)
        rows.append([f"Account {at}", *held, excluded, round(rng.uniform(0.6, 0.95), 9), narrow])
    return rows


def light_accounts(count: int) -> Rows:
    """Accounts that differ in one limit only: many of them in a small file."""
    rng = np.random.default_rng(3)
    return [
        ["Account", "Weight * Max"],
        *([f"A{at}", round(rng.uniform(0.12, 0.3), 9)] for at in range(count)),
    ]


def write_csv(path: Path, rows: Rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(["" if cell is None else cell for cell in row] for row in rows)
    return path


def write_book(path: Path, rows: Rows) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def read_csv(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))
