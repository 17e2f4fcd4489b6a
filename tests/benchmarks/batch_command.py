"""`trackerr-xl batch` from file to file: wall time and memory of one process, of all, and of a cluster that loses a worker."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import psutil
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from tests.benchmarks.report import Table

ACCOUNTS, NAMES, FACTORS, GROUPS = 10_000, 500, 20, 10
NOTE = (
    "{accounts:,} accounts of {names} names on {factors} factors, from Parquet to Parquet: holdings, five exclusions and a cap of "
    "its own each, {groups} sectors within 3 % of the benchmark. *Seconds* are of the whole command, reading, writing and starting "
    "processes included; *memory* is the largest sum over all its processes, what they share counted once. BLAS has one thread a "
    "process. *Killed*: processes ended by SIGKILL in the middle. *Same*: whether the results are those of one process to the last digit."
)
_PAUSE = 0.2
"""Seconds between two looks at the memory: looking stops the processes for a moment."""


@dataclass(frozen=True)
class Watched:
    """A command that ran: seconds, largest memory in bytes, and workers killed."""

    seconds: float
    memory: int
    killed: int


def batch_command_table(
    accounts: int = ACCOUNTS, names: int = NAMES, workers: int | None = None, *, clusters: bool = True
) -> Table:
    """One row a way to run it."""
    many = workers or os.cpu_count() or 1
    processes, cluster = ["--workers", str(many)], ["--scheduler", "local", "--workers", str(many)]
    ways = {
        "one process": (["--workers", "1"], False),
        f"{many} processes": (processes, False),
        f"{many} processes, one killed": (processes, True),
    }
    if clusters:
        ways[f"Dask LocalCluster, {many} workers"] = cluster, False
        ways[f"Dask LocalCluster, {many} workers, one killed"] = cluster, True
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_firm(folder, accounts, names)
        for at, (way, (options, kill)) in enumerate(ways.items()):
            out = folder / f"results{at}.parquet"
            ran = _watched(_command(folder, out, options), folder / f"{out.name}.journal", kill)
            found, first = pd.read_parquet(out), pd.read_parquet(folder / "results0.parquet")
            rows.append(
                [
                    way,
                    f"{ran.seconds:.1f}",
                    f"{accounts / ran.seconds:,.0f}",
                    f"{ran.memory / 2**20:,.0f}",
                    str(ran.killed),
                    f"{(found['Status'] == 'Optimal').sum():,}",
                    "yes" if found.equals(first) else "no",
                ]
            )
    header = ("way", "seconds", "accounts/s", "memory, MB", "killed", "with weights", "same")
    note = NOTE.format(accounts=accounts, names=names, factors=FACTORS, groups=GROUPS)
    return Table("Accounts from file to file", note, header, rows)


def write_firm(folder: Path, accounts: int, names: int) -> None:
    """`house.xlsx` and `accounts.parquet`."""
    rng = np.random.default_rng(0)
    labels = [f"N{at:04}" for at in range(names)]
    benchmark = np.exp(rng.normal(0.0, 1.2, names))
    benchmark /= benchmark.sum()
    factors = [f"F{at}" for at in range(FACTORS)]
    ranges: dict[str, list[list[object]]] = {
        "Benchmark": [[name, weight] for name, weight in zip(labels, benchmark.tolist(), strict=True)],
        "Exposures": [
            [None, *factors],
            *([name, *rng.normal(0.0, 1.0, FACTORS).tolist()] for name in labels),
        ],
        "Factor_Cov": [
            [None, *factors],
            *([name, *(0.0002 * np.eye(FACTORS)[at]).tolist()] for at, name in enumerate(factors)),
        ],
        "Specific": [[name, float(rng.uniform(0.0004, 0.01))] for name in labels],
        "Assets": [["Name", "Sector"], *([name, f"S{at % GROUPS}"] for at, name in enumerate(labels))],
        "Limits": [
            ["Type", "Item", "Min", "Max", "Basis"],
            ["Weight", "*", 0.0, 0.05, None],
            ["Group", "Sector=*", -0.03, 0.03, "Active"],
        ],
    }
    book = openpyxl.Workbook()
    for title, rows in ranges.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        corner = f"${get_column_letter(len(rows[0]))}${len(rows)}"
        book.defined_names[title] = DefinedName(title, attr_text=f"{title}!$A$1:{corner}")
    book.worksheets[0]["A1"] = "=RISK_MODEL(Exposures,Factor_Cov,Specific)"
    book.defined_names["Covariance"] = DefinedName("Covariance", attr_text=f"{book.worksheets[0].title}!$A$1")
    book.save(folder / "house.xlsx")
    held = benchmark * np.exp(rng.normal(0.0, 0.5, (accounts, names)))
    table = pd.DataFrame(held / held.sum(axis=1, keepdims=True), columns=labels)
    table.insert(0, "Account", [f"Account {at}" for at in range(accounts)])
    table["Exclude"] = [";".join(rng.choice(labels, 5, replace=False)) for _ in range(accounts)]
    table["Weight * Max"] = np.maximum(rng.uniform(0.03, 0.08, accounts), 2.0 / names)
    table.to_parquet(folder / "accounts.parquet", index=False)


def _command(folder: Path, out: Path, options: Sequence[str]) -> list[str]:
    files = [str(folder / "accounts.parquet"), "--book", str(folder / "house.xlsx"), "--out", str(out)]
    return [sys.executable, "-m", "trackerr_xl", "batch", *files, *options]


def _watched(command: Sequence[str], journal: Path, kill: bool) -> Watched:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    begun, memory, killed = time.perf_counter(), 0, 0
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    root = psutil.Process(running.pid)
    while running.poll() is None:
        memory = max(memory, _memory(root))
        if kill and not killed and journal.exists() and journal.stat().st_size > 2**20:
            killed = _kill_one(root)
        time.sleep(_PAUSE)
    seconds = time.perf_counter() - begun
    assert running.returncode == 0
    return Watched(seconds, memory, killed)


def _memory(root: psutil.Process) -> int:
    total = 0
    try:
        for process in (root, *root.children(recursive=True)):
            total += process.memory_full_info().pss
    except psutil.Error:
        # One of them has just ended: the next look counts.
        return 0
    return total


def _kill_one(root: psutil.Process) -> int:
    """End the worker that has worked most."""
    workers = [each for each in root.children(recursive=True) if "spawn_main" in " ".join(each.cmdline())]
    busiest = max(workers, key=lambda process: process.cpu_times().user, default=None)
    if busiest is None:
        return 0
    busiest.kill()
    return 1
