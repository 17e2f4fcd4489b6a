"""The same work by a Dask cluster: the same bytes, also when one of its workers is killed."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest
from firm import accounts, write_csv, write_house

from trackerr_xl.batch import cluster
from trackerr_xl.batch.run import Team, run_batch
from trackerr_xl.errors import SetupError
from trackerr_xl.functions.accounts import Desk


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_csv(tmp_path / "accounts.csv", accounts(900)), write_house(tmp_path / "house.xlsx")


def silent(_done: int, _total: int) -> None:
    pass


def test_a_cluster_gives_the_same_bytes_although_a_worker_is_killed(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    import distributed

    run_batch(*files, tmp_path / "alone.csv", Team(), silent)
    killed: list[int] = []
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
        ) as running,
        distributed.Client(running, set_as_default=False) as watching,
    ):
        workers = sorted(watching.run(os.getpid).values())

        def told(done: int, _total: int) -> None:
            if done and not killed:
                os.kill(workers[0], signal.SIGKILL)
                killed.append(workers[0])

        team = Team(scheduler=running.scheduler_address)
        summary = run_batch(*files, tmp_path / "cluster.csv", team, told)
    assert killed == workers[:1]
    assert (summary.done, summary.journal) == (900, None)
    assert (tmp_path / "cluster.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()


def test_a_cluster_started_for_the_while_is_sent_the_risk_model_once(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_batch(*files, tmp_path / "alone.csv", Team(), silent)
    sent: list[Desk] = []

    def counted(desk: Desk, protocol: int) -> object:
        sent.append(desk)
        return object.__reduce_ex__(desk, protocol)

    monkeypatch.setattr(Desk, "__reduce_ex__", counted)
    run_batch(*files, tmp_path / "local.csv", Team(2, "local"), silent)
    # Eight parts, and two workers.
    assert len(sent) == 1
    assert (tmp_path / "local.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()


def test_a_scheduler_that_does_not_answer_is_named(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(SetupError) as caught:
        run_batch(*files, tmp_path / "results.csv", Team(scheduler=address), silent)
    assert caught.value.sentence == (
        f"TE-400 --scheduler {address} is not answered by a Dask scheduler within 1 seconds."
    )
    assert not list(tmp_path.glob("results.csv*"))


def test_dask_is_asked_for_where_it_is_missing(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SetupError) as caught:
        run_batch(*files, tmp_path / "results.csv", Team(scheduler="local"), silent)
    assert caught.value.sentence == (
        "TE-400 --scheduler sends the work to a Dask cluster, which needs the package distributed: "
        'pip install "trackerr-xl[cluster]".'
    )
