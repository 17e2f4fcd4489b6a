"""`run_batch` is the door: accounts from a file, solved, every part kept in the journal, results written once."""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from trackerr_xl.batch.cluster import solved_by_cluster
from trackerr_xl.batch.job import Job, Solved
from trackerr_xl.batch.journal import Journal
from trackerr_xl.batch.processes import solved_by_workers, solved_here
from trackerr_xl.batch.read_accounts import accounts_of, check_suffix
from trackerr_xl.batch.read_house import house_of
from trackerr_xl.batch.write_results import write_results
from trackerr_xl.errors import FileRefusedError
from trackerr_xl.functions.accounts import SOLVED, Outcomes
from trackerr_xl.version import __version__

Progress = Callable[[int, int], None]
"""Called with how many accounts are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who solves: processes of this machine, or a Dask cluster where `scheduler` names one."""

    workers: int = 1
    scheduler: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to.

    Parameters
    ----------
    accounts, done, resumed : int
        How many there are, are done, and were done by an earlier run.
    refused : tuple of (str, str)
        Accounts without weights, and why.
    journal : Path or None
        Where what is done is kept, if the run was stopped.
    """

    accounts: int
    done: int
    resumed: int
    refused: tuple[tuple[str, str], ...]
    journal: Path | None


def run_batch(accounts: Path, book: Path, out: Path, team: Team, told: Progress) -> Summary:
    """Solve all accounts of a file and write the results.

    Parameters
    ----------
    accounts : Path
        Workbook, CSV or Parquet file with the accounts table.
    book : Path
        Workbook with what they share, by its names Benchmark, Covariance, Limits, Assets and Options.
    out : Path
        Results; its ending says the format. The journal stands beside it until they are written.
    team : Team
        Who solves. The results are the same to the last digit.
    told : callable
        Told how far it is.

    Raises
    ------
    TrackerrError
        If a file cannot be read or written, or nothing could be done for any account. What is wrong with one account
        is said in its row.
    """
    _check_paths(accounts, book, out)
    job = Job.of(house_of(book), accounts_of(accounts))
    with Journal(out, _digest(accounts, book, job)) as journal:
        resumed = _accounts_in(journal.done.values())
        stopped = _solve(job, journal, team, told)
        done = [journal.done[part] for part in sorted(journal.done)]
        if not stopped:
            write_results(out, job.desk.names, done)
            journal.remove()
    return Summary(
        job.accounts.size,
        _accounts_in(done),
        resumed,
        tuple(
            (name, sentence)
            for outcomes in done
            for name, status, sentence in zip(
                outcomes.names, outcomes.status, outcomes.sentences, strict=True
            )
            if status not in SOLVED
        ),
        journal.path if stopped else None,
    )


def _solve(job: Job, journal: Journal, team: Team, told: Progress) -> bool:
    """Solve what the journal has not; whether somebody stopped it."""
    count = _accounts_in(journal.done.values())
    told(count, job.accounts.size)
    try:
        with closing(
            _solved(job, [part for part in range(job.parts) if part not in journal.done], team)
        ) as solved:
            for part, outcomes in solved:
                journal.keep(part, outcomes)
                count += len(outcomes.names)
                told(count, job.accounts.size)
    except KeyboardInterrupt:
        return True
    return False


def _solved(job: Job, parts: list[int], team: Team) -> Solved:
    if team.scheduler is not None and parts:
        return solved_by_cluster(job, parts, team.scheduler, team.workers)
    if team.workers == 1 or len(parts) <= 1:
        return solved_here(job, parts)
    return solved_by_workers(job, parts, team.workers)


def _accounts_in(done: Iterable[Outcomes]) -> int:
    return sum(len(outcomes.names) for outcomes in done)


def _check_paths(accounts: Path, book: Path, out: Path) -> None:
    check_suffix(out, "--out")
    if out.resolve() in (accounts.resolve(), book.resolve()):
        raise FileRefusedError(
            "is read too, the results need a file of their own", argument="--out", at=out.name
        )


def _digest(accounts: Path, book: Path, job: Job) -> str:
    """Of everything the answers depend on: both files, this version, and how the accounts are cut."""
    digest = blake2b(f"{__version__} {job.size}".encode(), digest_size=16)
    for path in (book, accounts):
        with path.open("rb") as file:
            while chunk := file.read(2**20):
                digest.update(chunk)
        digest.update(b"\0")
    return digest.hexdigest()
