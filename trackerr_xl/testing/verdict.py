"""What is said of a test: from a report and the ledger of accepted divergences to the words that pytest shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trackerr_xl.testing.plan import Accepted
from trackerr_xl.testing.table import SHOWN_ROWS, table_of
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.check import CheckReport, Difference
from trackerr_xl.workbook.recalculate import NotEvaluated


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of one test.

    Parameters
    ----------
    failure : str
        What failed, empty where nothing did.
    untested : str
        Why nothing could be tested, empty where something was.
    notes : tuple of str
        What is to be said of a test that passed, too.
    """

    failure: str = ""
    untested: str = ""
    notes: tuple[str, ...] = ()

    def with_gap(self, gap: str, *, whole: bool) -> "Verdict":
        """The same with what could not be tested, which is all of it or a part."""
        if whole and not self.failure:
            return replace(self, untested=gap)
        return replace(self, notes=(*self.notes, gap)) if gap else self


_BEFORE = {"Locked": "what is locked", "Stored": "what the file stores", "Expected": "what is expected"}


def judged(report: CheckReport, ledger: Sequence[Accepted], before: str) -> Verdict:
    """The verdict on a report, in which nothing may differ and everything must be calculated but for the ledger.

    Parameters
    ----------
    report : CheckReport
        Cells that differ or could not be calculated.
    ledger : sequence of Accepted
        Divergences of the engine at work.
    before : str
        What was compared with: ``"Locked"``, ``"Stored"`` or ``"Expected"``.
    """
    wrong = [each for each in report.differences if not _covering(ledger, each.address)]
    missing = [each for each in report.not_evaluated if not _covering(ledger, each.address)]
    said = []
    if wrong:
        # A summary line of pytest is cut short: the address comes first.
        said = [f"{_subject(wrong)} from {_BEFORE[before]}:", table_of(wrong, report.tolerance, before)]
    said += [f"{each.address} cannot be calculated: {because(each)}" for each in missing[:SHOWN_ROWS]]
    if len(missing) > SHOWN_ROWS:
        said.append(f"… and {len(missing) - SHOWN_ROWS:,} more")
    used = dict.fromkeys(entry for at in _failing(report) for entry in _covering(ledger, at))
    return Verdict(
        "\n".join(said), notes=tuple(f"{entry} differs, accepted: {entry.reason}" for entry in used)
    )


def idle(report: CheckReport, ledger: Sequence[Accepted], sheet: str) -> tuple[str, ...]:
    """Words about accepted divergences on a sheet that does not diverge there any more."""
    failing = _failing(report)
    return tuple(
        f"{entry} agrees, it need not be accepted any more"
        for entry in ledger
        if entry.sheet == sheet and not any(entry.covers(at) for at in failing)
    )


def because(cell: NotEvaluated) -> str:
    """Why a cell could not be calculated."""
    return f"{cell.formula}, because {cell.reason}"


def _subject(wrong: Sequence[Difference]) -> str:
    more = len(wrong) - 1
    if not more:
        return f"{wrong[0].address} differs"
    return f"{wrong[0].address} and {more:,} more {'cell' if more == 1 else 'cells'} differ"


def _failing(report: CheckReport) -> list[Address]:
    return [*(each.address for each in report.differences), *(each.address for each in report.not_evaluated)]


def _covering(ledger: Sequence[Accepted], at: Address) -> list[Accepted]:
    return [entry for entry in ledger if entry.covers(at)]
