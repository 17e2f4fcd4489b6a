"""Parts solved by a Dask cluster: one that runs already, or one started on this machine for the while."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final

from trackerr_xl.batch.extras import wanted
from trackerr_xl.batch.job import Job, Solved, solve_part
from trackerr_xl.errors import SetupError

LOCAL: Final = "local"
"""Word for a cluster that is started on this machine."""
MOST_LOSSES = 3
"""Times that work may be lost one after the other without anything done in between."""
_WAITING = 2
PATIENCE = 20
"""Seconds that a scheduler may take to answer."""


def solved_by_cluster(job: Job, parts: Sequence[int], address: str, workers: int) -> Solved:
    """Each part and what comes of it, as they are done; the risk model goes to every worker once.

    Parameters
    ----------
    job : Job
        The work.
    parts : sequence of int
        What is to be done.
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``, or `LOCAL`.
    workers : int
        Processes of a cluster that is started here.

    Raises
    ------
    SetupError
        If Dask is not installed, the scheduler is not reached, or work is lost again and again.
    """
    distributed = wanted("distributed", "cluster", "--scheduler sends the work to a Dask cluster")
    with ExitStack() as stack:
        client = stack.enter_context(_client(distributed, address, workers, stack))
        left, losses = set(parts), 0
        while left:
            for part, outcomes in _round(distributed, client, job, sorted(left)):
                left.discard(part)
                losses = 0
                yield part, outcomes
            losses += 1
            if left and losses == MOST_LOSSES:
                raise SetupError(
                    f"the cluster lost its workers {MOST_LOSSES} times in a row before anything was done: "
                    "give them more memory, and the versions that are installed here"
                )


def _client(distributed: Any, address: str, workers: int, stack: ExitStack) -> Any:
    if address.strip().lower() != LOCAL:
        try:
            return distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            raise SetupError(
                f"is not answered by a Dask scheduler within {PATIENCE} seconds",
                argument="--scheduler",
                at=address,
            ) from None
    cluster = distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
    )
    return distributed.Client(stack.enter_context(cluster), set_as_default=False)


def _round(distributed: Any, client: Any, job: Job, parts: Sequence[int]) -> Solved:
    """Parts done until all are, or until something that a worker held is lost."""
    desk = client.scatter(job.desk, broadcast=True, hash=False)
    todo = iter(parts)
    room = _WAITING * max(sum(client.nthreads().values()), 1)
    running: dict[Any, int] = {}
    done = distributed.as_completed(loop=client.loop, raise_errors=False)

    def hand_out(many: int) -> None:
        for _, part in zip(range(many), todo, strict=False):
            future = client.submit(solve_part, desk, job.part(part), pure=False)
            running[future] = part
            done.add(future)

    hand_out(room)
    for future in done:
        part = running.pop(future)
        if future.status == "error" and not isinstance(future.exception(), distributed.KilledWorker):
            raise future.exception()
        if future.status != "finished":
            # What ended with its worker too often, or needs what is gone with all workers: once more, anew.
            client.cancel(list(running))
            return
        yield part, future.result()
        hand_out(1)
