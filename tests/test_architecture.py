"""The house stands as drawn: who may import whom, how long a file may grow, and what CI runs."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "trackerr_xl"
LONGEST_FILE = 400

# Blocks packages, then imports every module below the packages named.
IMPORT_WITHOUT = """
import importlib, pkgutil, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is blocked")

sys.meta_path.insert(0, Blocked())
for room in {rooms!r}:
    package = importlib.import_module(f"trackerr_xl.{{room}}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""


def test_calculation_needs_no_spreadsheet_package():
    blocked = {"xlwings", "openpyxl", "xlsxwriter", "ironcalc", "typer", "rich", "pandas", "uno"}
    import_without(blocked, rooms=("core", "functions", "sheet"))


def test_workbooks_need_no_host():
    import_without({"xlwings", "uno"}, rooms=("workbook", "publish"))


def test_imports_point_down_only():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE))
)
def test_file_is_short_enough_to_read(file):
    assert len(file.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "base", "manager", "misc"])
def test_no_file_is_named_for_nothing(word):
    assert not [file for file in PACKAGE.rglob("*.py") if word in file.stem.split("_")]


def test_only_the_call_catches_everything():
    # Written at the start of a line: the words in a docstring are no handler.
    catching = [
        file
        for file in PACKAGE.rglob("*.py")
        if re.search(r"^\s*except( (Base)?Exception( as \w+)?)?:", file.read_text("utf-8"), re.M)
    ]
    assert [str(file.relative_to(PACKAGE)) for file in catching] == ["sheet/call.py"]


def test_ci_types_the_commands_of_the_readme():
    patterns = re.findall(r"grep -E '(.+?)' README\.md", (ROOT / ".ci" / "run").read_text("utf-8"))
    readme = (ROOT / "README.md").read_text("utf-8")
    found = [re.findall(pattern + ".*$", readme, re.M) for pattern in patterns]
    assert [len(commands) for commands in found] == [1, 1]


def test_readme_commands_are_for_what_the_project_declares():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"\.venv/bin/(trackerr-xl)", readme)[0] in declared["scripts"]
    assert re.findall(r"'\.\[(\w+)\]'", readme) == ["test"]
    assert "test" in declared["optional-dependencies"]


def import_without(blocked, rooms):
    code = IMPORT_WITHOUT.format(blocked=blocked, rooms=rooms)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
