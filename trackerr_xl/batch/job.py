"""The work: accounts cut into parts that are the same whoever solves them, and whichever run of the command."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from trackerr_xl.errors import InternalError
from trackerr_xl.functions.accounts import Desk, House, Outcomes
from trackerr_xl.functions.values import Accounts
from trackerr_xl.sheet.call import safely

Solved = Generator[tuple[int, Outcomes], None, None]
"""Parts and what comes of each, as they are done."""

PART = 128
"""Accounts in a part: more are not faster, and less is lost when a worker ends."""

SLOW_PART = 8
"""The same where names are counted: an account may take seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Accounts and the desk that solves them.

    Parameters
    ----------
    desk : Desk
        What all share; sent to each worker once.
    accounts : Accounts
        All of them.
    size : int
        Accounts in a part.
    """

    desk: Desk
    accounts: Accounts
    size: int

    @classmethod
    def of(cls, house: House, accounts: Accounts) -> "Job":
        """The job of a house and its accounts.

        Raises
        ------
        TrackerrError
            If they do not fit together, whatever an account asks.
        """
        kinds = {each.kind for each in house.constraints or ()} | {each.kind for each in accounts.columns}
        desk = Desk(house, accounts.assets, accounts.columns)
        return cls(desk, accounts, SLOW_PART if kinds & {"Names", "Position"} else PART)

    @property
    def parts(self) -> int:
        """Number of parts."""
        return -(-self.accounts.size // self.size)

    def part(self, at: int) -> Accounts:
        """The accounts of a part."""
        return self.accounts.part(at * self.size, (at + 1) * self.size)


def solve_part(desk: Desk, accounts: Accounts) -> Outcomes:
    """What comes of a part, in whatever process. A mistake of ours costs the account that meets it, and no other."""
    # What overflows is found by the proofs; a warning on the way helps nobody.
    with np.errstate(all="ignore"):
        found = safely(lambda: desk.outcomes(accounts))
        if not isinstance(found, InternalError):
            return found
        return _joined([_alone(desk, accounts.part(at, at + 1)) for at in range(accounts.size)])


def _alone(desk: Desk, account: Accounts) -> Outcomes:
    found = safely(lambda: desk.outcomes(account))
    return desk.failed(account, found) if isinstance(found, InternalError) else found


def _joined(parts: list[Outcomes]) -> Outcomes:
    return Outcomes(
        tuple(name for part in parts for name in part.names),
        tuple(status for part in parts for status in part.status),
        np.concatenate([part.error for part in parts]),
        np.concatenate([part.turnover for part in parts]),
        np.concatenate([part.weights for part in parts]),
        tuple(sentence for part in parts for sentence in part.sentences),
    )
