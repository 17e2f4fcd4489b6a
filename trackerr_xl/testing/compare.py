"""A workbook against what it should calculate: its lock, the values stored in it, and its scenarios."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.testing.engines import Calculated, calculated
from trackerr_xl.testing.plan import Accepted, plan_path, read_plan
from trackerr_xl.testing.table import Verdict, table_of
from trackerr_xl.workbook.actions.lock import Lock, lock, lock_path, lock_text, read_lock, rerun
from trackerr_xl.workbook.actions.thaw import thawed
from trackerr_xl.workbook.book import Address, FormulaCell, cells_of
from trackerr_xl.workbook.check import TOLERANCE, CheckReport, Difference, agree, check, difference_at
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
        self.locked = read_lock(lock_path(path)) if lock_path(path).exists() else None
        self.now = (self.locked.now if self.locked else self.plan.now) or datetime.now()
        self.tolerance = self._tolerance(self.locked)

    def _tolerance(self, locked: Lock | None) -> float:
        if locked is not None:
            return locked.tolerance
        return TOLERANCE if self.plan.tolerance is None else self.plan.tolerance

    def sheets(self) -> list[str]:
        """Sheets with something to compare, in the order of the tabs; locked ones that are gone come last."""
        formulas = [sheet.name for sheet in self.book.sheets.values() if sheet.formulas]
        if self.locked is None:
            return formulas
        locked = {at.sheet for at in self.locked.outputs}
        return [*(name for name in formulas if name in locked), *sorted(locked - set(formulas))]

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
        differences = [each for each in report.differences if each.address.sheet == sheet]
        unknown = [each for each in report.not_evaluated if each.address.sheet == sheet]
        if self.locked is not None:
            # What was calculated once and cannot be any more is a failure.
            return self._judged(differences, unknown, "Locked", report.tolerance)
        judged = self._judged(differences, [], "Stored", report.tolerance)
        if not unknown or judged.failure:
            return judged
        why = f"{len(unknown):,} of its formulas cannot be calculated, the first is {_unknown(unknown[0])}"
        if len(unknown) == len(self._formulas(sheet)):
            return Verdict(untested=why)
        return Verdict(notes=(*judged.notes, why))

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
        return self._judged(report.differences, report.not_evaluated, "Expected", tolerance)

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

    def _judged(
        self,
        differences: Sequence[Difference],
        unknown: Sequence[NotEvaluated],
        before: str,
        tolerance: float,
    ) -> Verdict:
        wrong = [each for each in differences if self._accepted(each.address) is None]
        missing = [each for each in unknown if self._accepted(each.address) is None]
        said = [] if not wrong else [_count(len(wrong), before), table_of(wrong, tolerance, before)]
        said += [f"cannot be calculated any more: {_unknown(each)}" for each in missing[:10]]
        failing = [*(each.address for each in differences), *(each.address for each in unknown)]
        accepted = (self._accepted(at) for at in failing)
        reasons = dict.fromkeys(entry.reason for entry in accepted if entry is not None)
        notes = tuple(f"accepted divergence of {self.engine}: {reason}" for reason in reasons)
        return Verdict(failure="\n".join(said), notes=notes)

    def _accepted(self, at: Address) -> Accepted | None:
        entries = (entry for entry in self.plan.accepted if entry.engine == self.engine)
        return next((entry for entry in entries if entry.covers(at)), None)


def _count(cells: int, before: str) -> str:
    than = {"Locked": "what is locked", "Stored": "what the file stores", "Expected": "what is expected"}[
        before
    ]
    return f"{cells:,} {'cell differs' if cells == 1 else 'cells differ'} from {than}:"


def _unknown(cell: NotEvaluated) -> str:
    return f"{cell.address} {cell.formula}, because {cell.reason}"
