"""What an examination finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    topic : str
        What was looked at.
    sentence : str
        What is so.
    remedy : str, optional
        What to do about it; empty where nothing is wrong.
    """

    topic: str
    sentence: str
    remedy: str = ""
