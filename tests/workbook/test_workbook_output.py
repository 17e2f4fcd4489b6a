"""Outputs appear whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.workbook.file.output import write_files


def refusal(contents: dict[Path, bytes]) -> str:
    with pytest.raises(FileRefusedError) as refused:
        write_files(contents)
    return refused.value.sentence


def test_files_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_files({tmp_path / "a.xlsx": b"a", tmp_path / "b.json": b"b"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.xlsx": b"a", "b.json": b"b"}


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_files({tmp_path / "out": b"x"})
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"old")
    out.chmod(0o640)
    write_files({out: b"new"})
    assert out.read_bytes() == b"new"
    assert stat.S_IMODE(out.stat().st_mode) == 0o640


def test_a_link_keeps_leading_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_files({tmp_path / "link": b"new"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    path = tmp_path / "none" / "out.xlsx"
    assert refusal({path: b"x"}) == f"TE-160 {path} cannot be written: its folder does not exist."


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    assert refusal({tmp_path: b"x"}) == f"TE-160 {tmp_path} is a folder, the name of a file is needed."


def test_a_protected_folder_is_said() -> None:
    """Nobody, not even root, creates files in /proc."""
    sentence = refusal({Path("/proc/out.xlsx"): b"x"})
    assert sentence.startswith("TE-160 /proc/out.xlsx cannot be written: ")


def test_one_file_that_cannot_be_written_keeps_all_others_away(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    refusal({tmp_path / "a": b"new", tmp_path / "none" / "b": b"x"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old"}


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    out = tmp_path / "out"
    out.write_bytes(b"old")
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from trackerr_xl.errors import FileRefusedError\n"
        "from trackerr_xl.workbook.file.output import write_files\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    write_files({Path(sys.argv[1]): bytes(5000)})\n"
        "except FileRefusedError as error:\n    sys.stdout.write(error.sentence)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(out)], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"TE-160 {out} cannot be written: File too large."
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out": b"old"}


def test_a_program_killed_while_it_writes_leaves_whole_files_only(tmp_path: Path) -> None:
    out = tmp_path / "out"
    size = 20 * 2**20
    program = (
        "import sys\nfrom pathlib import Path\nfrom trackerr_xl.workbook.file.output import write_files\n"
        "n = 0\nsys.stdout.write('ready\\n')\nsys.stdout.flush()\n"
        f"while True:\n    n += 1\n    write_files({{Path(sys.argv[1]): bytes([n % 256]) * {size}}})\n"
    )
    for delay in (0.0, 0.05, 0.1, 0.2):
        running = subprocess.Popen([sys.executable, "-c", program, str(out)], stdout=subprocess.PIPE)
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        time.sleep(delay)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        running.stdout.close()
        if out.exists():
            content = out.read_bytes()
            assert len(content) == size
            assert len(set(content)) == 1
