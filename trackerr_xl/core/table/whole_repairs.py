"""What makes room where whole names cannot be held: another number of names, or a row taken out."""

from collections.abc import Iterator, Sequence

import numpy as np

from trackerr_xl.core.table.limits import Limit
from trackerr_xl.core.table.refutation import ASSUMED, Asked, Refutation, problem_of, refuted
from trackerr_xl.core.whole.feasible import extreme_count

TOLD = 3
"""Repairs that are told."""


def whole_repairs(asked: Asked, limits: Sequence[Limit], clash: Refutation) -> list[str]:
    """Changes of one row that make room, those of a Names row first.

    Parameters
    ----------
    asked : Asked
        What the limits are asked about.
    limits : sequence of Limit
        The whole table.
    clash : Refutation
        An irreducible set of its rows.
    """
    rows = [at for at in clash.cells if at != ASSUMED]
    sentences = [
        sentence for at in rows if limits[at].kind == "Names" for sentence in _of_names(asked, limits, at)
    ]
    if len(sentences) < TOLD:
        sentences += [sentence for at in rows for sentence in _without(asked, limits, at)]
    return sentences[:TOLD]


def _of_names(asked: Asked, limits: Sequence[Limit], at: int) -> Iterator[str]:
    """The nearest Max or Min of a Names row, of one group, that all other rows allow."""
    meant = asked.meaning(limits)
    counts = np.flatnonzero(meant.origins.counts == at)
    if counts.size != 1:
        return
    row, problem, holdings = int(counts[0]), problem_of(asked, meant), meant.holdings
    fewest = extreme_count(problem, holdings, row, most=False)
    if fewest is not None and fewest > holdings.upper[row]:
        yield f"Raise the Max of {limits[at].label} to {fewest}"
    most = extreme_count(problem, holdings, row, most=True)
    if most is not None and most < holdings.lower[row]:
        yield f"Lower the Min of {limits[at].label} to {most}"


def _without(asked: Asked, limits: Sequence[Limit], at: int) -> Iterator[str]:
    if not asked.late and refuted(asked, [*limits[:at], *limits[at + 1 :]]) is None:
        yield f"Take out {limits[at].label}"
