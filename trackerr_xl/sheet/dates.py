"""Dates as the numbers that cells hold."""

from datetime import date, datetime, time
from typing import Final

DAY_ZERO: Final = datetime(1899, 12, 30)
"""The moment that a cell shows as 0, and COM as well."""

_SECONDS_A_DAY: Final = 86400.0


def serial(moment: date) -> float:
    """A date, or a date and time, as a cell holds it: the hours are those shown, whatever their zone."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment.replace(tzinfo=None) - DAY_ZERO).total_seconds() / _SECONDS_A_DAY
