"""Workbooks collected by pytest: a file of tests each, with one test a sheet and one a scenario."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from trackerr_xl.errors import TrackerrError
from trackerr_xl.testing.compare import Workbook
from trackerr_xl.testing.verdict import Verdict
from trackerr_xl.workbook.check import CheckReport

ENDINGS = (".xlsx", ".xlsm")
"""Files that are workbooks."""


@dataclass(frozen=True, slots=True)
class Workbooks:
    """The hooks that collect.

    Parameters
    ----------
    listed : frozenset of Path
        Workbooks that pyproject.toml lists.
    every : bool
        Whether all others that pytest comes across are collected as well.
    engine : str
        What calculates them.
    update : bool
        Whether locks are written anew instead of compared with.
    """

    listed: frozenset[Path]
    every: bool
    engine: str
    update: bool

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> "WorkbookFile | None":
        """The tests of a file, if it is a workbook that is asked for."""
        if file_path.suffix.lower() not in ENDINGS or file_path.name.startswith("~$"):
            return None
        if not self.every and file_path.resolve() not in self.listed:
            return None
        return WorkbookFile.from_parent(parent, path=file_path, hooks=self)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was not tested, or was written."""
        notes = [
            note
            for reports in terminalreporter.stats.values()
            for report in reports
            for name, note in getattr(report, "user_properties", ())
            if name == "workbook note"
        ]
        if notes:
            terminalreporter.section("workbooks")
            for note in dict.fromkeys(notes):
                terminalreporter.write_line(str(note))


class WorkbookFile(pytest.File):
    """One workbook."""

    def __init__(self, *, hooks: Workbooks, **given: Any) -> None:
        super().__init__(**given)
        self.hooks = hooks

    def collect(self) -> Iterator["SheetTest | ScenarioTest | LockUpdate | Refused"]:
        """A test a sheet and a scenario; a workbook that cannot be read is one test that fails in a sentence."""
        try:
            sheets, scenarios = self.book.sheets(), [each.name for each in self.book.plan.scenarios]
        except TrackerrError as error:
            yield Refused.from_parent(self, name="workbook", sentence=error.sentence)
            return
        finally:
            # A folder may hold more workbooks than fit into memory: each is opened again when its turn comes.
            self.teardown()
        if self.hooks.update:
            yield LockUpdate.from_parent(self, name="lock")
        else:
            for sheet in sheets:
                yield SheetTest.from_parent(self, name=sheet)
        for scenario in scenarios:
            yield ScenarioTest.from_parent(self, name=f"scenario {scenario}", scenario=scenario)

    def teardown(self) -> None:
        """Let go of the workbook after its last test."""
        for name in ("book", "outcome"):
            self.__dict__.pop(name, None)

    @cached_property
    def book(self) -> Workbook:
        """The workbook, opened."""
        return Workbook(self.path, self.hooks.engine)

    @cached_property
    def outcome(self) -> CheckReport | TrackerrError:
        """What the whole workbook calculates, once for all of its sheets."""
        try:
            return self.book.compared()
        except TrackerrError as error:
            return error


class CellsDifferError(Exception):
    """Raised in a test whose cells differ; its text is the table."""


class _Test(pytest.Item):
    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.path.name} {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CellsDifferError):
            return str(excinfo.value)
        if isinstance(excinfo.value, TrackerrError):
            return excinfo.value.sentence
        return super().repr_failure(excinfo, style)

    @property
    def file(self) -> WorkbookFile:
        assert isinstance(self.parent, WorkbookFile)
        return self.parent

    def note(self, text: str) -> None:
        self.user_properties.append(("workbook note", f"{self.path.name} {self.name}: {text}"))

    def judge(self, verdict: Verdict) -> None:
        for note in verdict.notes:
            self.note(note)
        if verdict.failure:
            raise CellsDifferError(verdict.failure)
        if verdict.untested:
            self.note(verdict.untested)
            pytest.skip(verdict.untested)


class SheetTest(_Test):
    """The cells of one sheet that formulas fill."""

    def runtest(self) -> None:
        """Compare them."""
        outcome = self.file.outcome
        if isinstance(outcome, TrackerrError):
            raise outcome
        self.judge(self.file.book.verdict(outcome, self.name))


class ScenarioTest(_Test):
    """Changed inputs, and what they must give."""

    def __init__(self, *, scenario: str, **given: Any) -> None:
        super().__init__(**given)
        self.scenario = scenario

    def runtest(self) -> None:
        """Calculate with the inputs and compare what is expected."""
        self.judge(self.file.book.scenario_verdict(self.scenario))


class LockUpdate(_Test):
    """The lock of a workbook, written anew."""

    def runtest(self) -> None:
        """Write it."""
        self.note(self.file.book.write_lock())


class Refused(_Test):
    """A workbook, or what stands beside it, that cannot be read."""

    def __init__(self, *, sentence: str, **given: Any) -> None:
        super().__init__(**given)
        self.sentence = sentence

    def runtest(self) -> None:
        """Fail."""
        raise CellsDifferError(self.sentence)
