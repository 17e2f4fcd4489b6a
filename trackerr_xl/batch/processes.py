"""Parts solved by this process alone or by several on this machine; one that ends is replaced and its part done again."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from threading import Thread

from trackerr_xl.batch.job import Job, Solved, solve_part
from trackerr_xl.errors import SetupError
from trackerr_xl.functions.accounts import Desk, Outcomes
from trackerr_xl.functions.values import Accounts

MOST_ENDS = 3
"""Times that workers may end one after the other without anything done in between."""
_WAITING = 2
"""Parts handed out for each worker: one in work, one at hand."""


def solved_here(job: Job, parts: Sequence[int]) -> Solved:
    """Each part and what comes of it, by this process."""
    for part in parts:
        yield part, solve_part(job.desk, job.part(part))


def solved_by_workers(job: Job, parts: Sequence[int], workers: int) -> Solved:
    """Each part and what comes of it, as they are done.

    Raises
    ------
    SetupError
        If workers end again and again.
    """
    left, ends = set(parts), 0
    while left:
        try:
            for part, outcomes in _round(job, sorted(left), min(workers, len(left))):
                left.discard(part)
                ends = 0
                yield part, outcomes
        except BrokenProcessPool:
            ends += 1
            if ends == MOST_ENDS:
                raise SetupError(
                    f"workers ended {MOST_ENDS} times in a row before anything was done: have fewer of them, or give them more memory"
                ) from None


def _round(job: Job, parts: Sequence[int], workers: int) -> Solved:
    """Parts done by one set of workers, until one of these ends."""
    # A fresh interpreter a worker: a copy of this one would hold threads' locks that nobody releases.
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(job.desk,))
    todo, running = deque(parts), dict[Future[Outcomes], int]()
    try:
        while todo or running:
            while todo and len(running) < _WAITING * workers:
                part = todo.popleft()
                running[pool.submit(_solve, job.part(part))] = part
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future.result()
    finally:
        if running:
            # Stopped in the middle: nobody will take what they are working at.
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
        pool.shutdown(cancel_futures=True)


_at_work: list[Desk] = []
"""In a worker: the desk it was begun with."""


def _begin(desk: Desk) -> None:
    # Ctrl-C reaches every process of the terminal; whoever handed out the work says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_leave_with_parent, daemon=True).start()
    _at_work[:] = [desk]


def _leave_with_parent() -> None:
    """End this worker when the process that began it is gone, however that ended: it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _solve(accounts: Accounts) -> Outcomes:
    return solve_part(_at_work[0], accounts)
