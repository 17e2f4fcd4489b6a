"""Outcomes of tests and of stamps in words, for a message box."""

from trackerr_xl.workbook.actions.thaw import StampReport
from trackerr_xl.workbook.check import CheckReport

_SHOWN = 12
"""Most lines of a message that still fits a screen."""


def rerun_words(report: CheckReport) -> tuple[str, ...]:
    """What a comparison with a lock found, the cells that differ first."""
    words = [
        f"{each.address}: locked {_shown(each.stored)}, now {_shown(each.now)}"
        for each in report.differences[:_SHOWN]
    ]
    if len(report.differences) > _SHOWN:
        words.append(f"and {len(report.differences) - _SHOWN:,} more")
    words += [f"{each.address} was not calculated: {each.reason}." for each in report.not_evaluated[:_SHOWN]]
    verdict = "fails" if report.differences else "is not whole" if report.not_evaluated else "passes"
    counts = f"{report.equal:,} equal, {len(report.differences):,} different, {len(report.not_evaluated):,} not evaluated"
    return (f"The test {verdict}: {counts}.", *words)


def stamp_words(report: StampReport) -> tuple[str, ...]:
    """What a stamp says of its workbook."""
    if report.broken:
        return (f"The stamp of {report.stamp.when} does not hold.", *report.broken, *report.versions)
    return (
        f"The stamp of {report.stamp.when} holds: inputs and values are those that were frozen.",
        *report.versions,
    )


def _shown(value: object) -> str:
    return "nothing" if value in (None, "") else f"{value:.10g}" if isinstance(value, float) else str(value)
