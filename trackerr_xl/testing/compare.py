"""A workbook against what it should calculate: its lock, the values stored in it, and its scenarios."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.testing.engines import Calculated, calculated
from trackerr_xl.testing.plan import plan_path, read_plan
from trackerr_xl.testing.verdict import Verdict, because, idle, judged
from trackerr_xl.workbook.actions.lock import Lock, lock, lock_path, lock_text, read_lock, rerun
from trackerr_xl.workbook.actions.thaw import thawed
from trackerr_xl.workbook.book import Address, FormulaCell, cells_of
from trackerr_xl.workbook.check import TOLERANCE, CheckReport, agree, check, difference_at
from trackerr_xl.workbook.file.output import write_files
from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.read_book import read_book
from trackerr_xl.workbook.recalculate import NotEvaluated


class Workbook:
    """A workbook under test.

    Parameters
    ----------
    path : Path
        Its file, which is only read.
    engine : str
        What calculates it.

    Raises
    ------
    FileRefusedError
        If it, its lock or its plan cannot be read.
    """

    def __init__(self, path: Path, engine: str) -> None:
        self.path = path
        self.engine = engine
        # A frozen workbook is tested with its formulas back, against the values it was frozen with.
        self.package = thawed(open_package(path))
        self.book = read_book(self.package)
        self.plan = read_plan(plan_path(path), self.book)
        self.ledger = [entry for entry in self.plan.accepted if entry.engine == engine]
        self.locked = read_lock(lock_path(path)) if lock_path(path).exists() else None
        self.now = (self.locked.now if self.locked else self.plan.now) or datetime.now()
        self.tolerance = self._tolerance(self.locked)

    def _tolerance(self, locked: Lock | None) -> float:
        if locked is not None:
            return locked.tolerance
        return TOLERANCE if self.plan.tolerance is None else self.plan.tolerance

    def sheets(self) -> list[str]:
        """Sheets with formulas, in the order of the tabs; locked ones that have none any more come last."""
        formulas = [sheet.name for sheet in self.book.sheets.values() if sheet.formulas]
        locked = set() if self.locked is None else {at.sheet for at in self.locked.outputs}
        return [*formulas, *sorted(locked - set(formulas))]

    def compared(self) -> CheckReport:
        """Calculate everything and compare it with the lock, or without one with what the file stores.

        Raises
        ------
        TrackerrError
            If the engine cannot calculate the workbook.
        """
        if self.engine != "ironcalc":
            done = calculated(self.engine, self.package, {}, self.now)
            return self._report(self._expected(), done, self.tolerance)
        if self.locked is not None:
            return rerun(self.package, self.locked)
        return check(self.package, tolerance=self.tolerance, now=self.now)

    def verdict(self, report: CheckReport, sheet: str) -> Verdict:
        """What is to be said of one sheet."""
        part = _on_sheet(report, sheet)
        formulas = self._formulas(sheet)
        if self.locked is not None:
            # What was calculated once and cannot be any more is a failure.
            verdict = judged(part, self.ledger, "Locked")
            gaps = [each.address for each in formulas if each.address not in self.locked.outputs]
            what = "are not in the lock"
        else:
            verdict = judged(replace(part, not_evaluated=()), self.ledger, "Stored")
            gaps = [each.address for each in part.not_evaluated]
            what = "cannot be calculated"
        verdict = replace(verdict, notes=(*verdict.notes, *idle(part, self.ledger, sheet)))
        if not gaps:
            return verdict
        words = (
            f"{len(gaps):,} of {len(formulas):,} formulas {what}, the first is {self._told(gaps[0], part)}"
        )
        return verdict.with_gap(words, whole=len(gaps) == len(formulas))

    def scenario_verdict(self, name: str) -> Verdict:
        """What is to be said of one scenario.

        Raises
        ------
        TrackerrError
            If an input is no input, or the engine cannot calculate the workbook.
        """
        scenario = next(each for each in self.plan.scenarios if each.name == name)
        tolerance = self.tolerance if scenario.tolerance is None else scenario.tolerance
        done = calculated(self.engine, self.package, scenario.inputs, scenario.now or self.now)
        # A cell without a formula is expected to hold what the scenario puts there, or what the file does.
        report = self._report(scenario.outputs, done, tolerance)
        return judged(report, self.ledger, "Expected")

    def write_lock(self) -> str:
        """Write the lock anew, by its own clock and tolerance; say what was written."""
        new = lock(self.package, self.now, tolerance=self.tolerance)
        path = lock_path(self.path)
        write_files({path: lock_text(new, self.path.name).encode()})
        return f"{path.name} written, {len(new.outputs):,} cells locked, {len(new.skipped):,} not evaluated"

    def _expected(self) -> Mapping[Address, Cell]:
        if self.locked is not None:
            return self.locked.outputs
        return {
            at: self.book.sheets[at.sheet.lower()].stored(at.row, at.column)
            for sheet in self.book.sheets
            for formula in self._formulas(sheet)
            for at in cells_of(formula.address.sheet, formula.area)
        }

    def _formulas(self, sheet: str) -> Sequence[FormulaCell]:
        found = self.book.sheet(sheet)
        return () if found is None else tuple(found.formulas.values())

    def _report(self, expected: Mapping[Address, Cell], done: Calculated, tolerance: float) -> CheckReport:
        unknown = [
            NotEvaluated(at, done.formulas.get(at, ""), done.unknown[at])
            for at in expected
            if at in done.unknown
        ]
        differences = [
            difference_at(at, done.formulas.get(at, ""), value, done.values.get(at))
            for at, value in expected.items()
            if at not in done.unknown and not agree(value, done.values.get(at), tolerance)
        ]
        equal = len(expected) - len(unknown) - len(differences)
        return CheckReport(tuple(differences), tuple(unknown), equal, tolerance)

    def _told(self, at: Address, report: CheckReport) -> str:
        """A formula that is not tested, and why not where that is known."""
        reasons = {each.address: because(each) for each in report.not_evaluated}
        text = self.book.sheets[at.sheet.lower()].formulas[at.place].text
        return f"{at} {reasons.get(at, text)}"


def _on_sheet(report: CheckReport, sheet: str) -> CheckReport:
    return replace(
        report,
        differences=tuple(each for each in report.differences if each.address.sheet == sheet),
        not_evaluated=tuple(each for each in report.not_evaluated if each.address.sheet == sheet),
    )
