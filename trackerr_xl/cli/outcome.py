"""What a command tells the shell."""

from enum import IntEnum


class Outcome(IntEnum):
    """Exit codes. A usage error is `REFUSED` as well."""

    DONE = 0
    DIFFERENT = 1
    REFUSED = 2
    NOT_EVALUATED = 3
    OUR_MISTAKE = 70
