"""The command as a process: exit codes, streams, terminals, and what is left when it dies."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_book import write_book

import trackerr_xl
from tests.terminals import shown_on_terminal
from trackerr_xl.cli.screen import SHOWN_ROWS

COMMAND = [sys.executable, "-m", "trackerr_xl"]


def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*COMMAND, *map(str, words)], capture_output=True, env={**os.environ, **environment}, check=False
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def on_terminal(*words: object, columns: int, **environment: str) -> str:
    return shown_on_terminal([*COMMAND, *map(str, words)], columns=columns, **environment)[0]


def visible(text: str) -> list[str]:
    return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line.rstrip("\r")) for line in text.split("\n")]


def test_the_installed_command_shows_its_version() -> None:
    command = Path(sys.executable).with_name("trackerr-xl")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"trackerr-xl {trackerr_xl.__version__}\n"


def test_the_version_needs_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys\nfrom trackerr_xl.cli import app\n"
        "try:\n    app(['--version'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'openpyxl', 'ironcalc', 'rich', 'xlsxwriter', 'xlwings'}\n"
        "sys.stdout.write(' '.join(sorted(heavy & set(sys.modules))))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["--help"], 0),
        (["nonsense"], 2),
        (["recalc"], 2),
        (["check", "none.xlsx"], 2),
        (["functions"], 0),
    ],
)
def test_exit_codes(words: list[str], code: int) -> None:
    done = run(*words)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_exit_codes_of_workbooks(tmp_path: Path) -> None:
    good = write_book(tmp_path / "good.xlsx")
    bad = write_book(tmp_path / "bad.xlsx", tracking_error=0.5)
    unknown = write_book(tmp_path / "unknown.xlsx", unknown=True)
    assert [run("check", book).returncode for book in (good, bad)] == [0, 1]
    assert [run("recalc", book).returncode for book in (bad, unknown)] == [0, 3]


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_tables_fit_the_terminal(tmp_path: Path, columns: int) -> None:
    book = write_book(tmp_path / "book.xlsx", tracking_error=0.5)
    lines = visible(on_terminal("check", book, columns=columns))
    assert max(map(len, lines)) <= columns
    text = "".join(line.strip() for line in lines)
    assert "Difference" in text
    assert "Not evaluated" in text
    assert "=A1*2" in text
    assert "'My results'!A1" in text


def test_no_color_is_respected(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", tracking_error=0.5)
    colours = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    assert not colours.search(on_terminal("check", book, columns=100, NO_COLOR="1"))


def test_long_tables_are_cut_on_a_terminal_and_whole_in_a_pipe(tmp_path: Path) -> None:
    import xlsxwriter

    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("Sheet1")
        for row in range(SHOWN_ROWS + 20):
            sheet.write_formula(row, 0, f"={row}+1", None, -1)
    assert "… and 20 more; a pipe or --json shows all" in visible(on_terminal("check", book, columns=100))
    assert (
        len([line for line in run("check", book).stdout.splitlines() if line.startswith("Sheet1!")])
        == SHOWN_ROWS + 20
    )


def test_a_pipe_has_no_control_characters(tmp_path: Path) -> None:
    done = run("recalc", write_book(tmp_path / "book.xlsx", tracking_error=0.5), FORCE_COLOR="")
    assert "\x1b" not in done.stdout + done.stderr


def test_a_console_of_another_code_page_shows_what_it_can(tmp_path: Path) -> None:
    import xlsxwriter

    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("日本").write_formula("A1", '="Σ²"', None, "old")
    done = subprocess.run(
        [*COMMAND, "check", str(book)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        check=False,
    )
    assert done.returncode == 1
    assert "?²" in done.stdout.decode("cp1252")


def test_a_formula_with_brackets_is_shown_as_it_is(tmp_path: Path) -> None:
    import xlsxwriter

    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("Sheet1").write_formula("A1", '="[red]"&"[/red]"', None, "old")
    assert '="[red]"&"[/red]"' in "\n".join(visible(on_terminal("check", book, columns=120)))


def test_dying_leaves_the_old_output_or_the_new_one(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx")
    out = tmp_path / "out.xlsx"
    assert run("recalc", book, "--out", out).returncode == 0
    old = out.read_bytes()
    assert run("recalc", book, "--out", tmp_path / "new.xlsx", "--set", "Inputs!A1=0.7").returncode == 0
    new = (tmp_path / "new.xlsx").read_bytes()
    assert new != old
    for delay in (0.05, 0.2, 0.35, 0.5, 0.65):
        running = subprocess.Popen(
            [*COMMAND, "recalc", str(book), "--out", str(out), "--set", "Inputs!A1=0.7"],
            stdout=subprocess.DEVNULL,
        )
        time.sleep(delay)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert out.read_bytes() in (old, new)


def test_a_bar_shows_how_far_long_work_is_and_goes_when_it_is_done() -> None:
    program = (
        "import sys, time\nfrom trackerr_xl.cli.screen import PATIENCE, progress_bar\n"
        "with progress_bar() as told:\n"
        "    told('Reading', 0, 4)\n    time.sleep(PATIENCE / 2)\n"
        "    told('Calculating', 3, 4)\n    time.sleep(PATIENCE)\n"
        "sys.stdout.write('done')\n"
    )
    terminal = visible(shown_on_terminal([sys.executable, "-c", program], columns=100)[0])
    assert any("Calculating" in line and "3/4" in line for line in terminal)
    assert not any("Reading" in line for line in terminal)
    piped = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (piped.stdout, piped.stderr) == ("done", "")


def test_a_mistake_of_ours_is_one_sentence_an_exit_code_of_its_own_and_an_entry_in_the_log(
    tmp_path: Path,
) -> None:
    broken = (
        "import trackerr_xl.cli.catalogue as c, trackerr_xl.cli as m; c.run = lambda name: 1 / 0; m.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken, "functions"],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
        check=False,
    )
    log = tmp_path / "trackerr_xl" / "trackerr_xl.log"
    assert done.returncode == 70
    assert done.stdout == ""
    assert done.stderr == (
        "TE-900 Something went wrong inside trackerr_xl: the inputs are not at fault, "
        f"details are in {log}.\n"
    )
    assert "ZeroDivisionError: division by zero" in log.read_text(encoding="utf-8")
