"""What each name counts in a sum over the names, as formulas over the cells that say so."""

from dataclasses import replace

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.limits import Limit, groups_of, members_mask, split_item
from trackerr_xl.core.table.linear_limits import ALPHA
from trackerr_xl.core.words import key
from trackerr_xl.functions.mandate import Case
from trackerr_xl.workbook.actions.audit.layout import in_quotes
from trackerr_xl.workbook.actions.audit.places import Places

BETA = "beta"
"""Stands for the beta of a name, which has no cell of its own in the workbook."""


def coefficients(limit: Limit, row: Vector, case: Case, places: Places) -> list[str]:
    """Formulas without ``=`` of a linear row that is no ratio, in the order of the places.

    Parameters
    ----------
    limit : Limit
        As declared.
    row : ndarray of shape (n,)
        Its coefficients in the order of the case: they tell which group of all it is.
    case : Case
        The optimisation.
    places : Places
        Cells by name.
    """
    if limit.kind == "Budget":
        return ["1"] * len(places.names)
    if limit.kind == "Group":
        return membership(_of_one_group(limit, row, case), case, places)
    if limit.kind == "Beta":
        return [BETA] * len(places.names)
    header = ALPHA if limit.kind == "Return" else limit.item
    return [places.attribute(name, header) for name in places.names]


def membership(limit: Limit, case: Case, places: Places) -> list[str]:
    """One for the names an item stands for, nought for the others; all of them where it is blank."""
    if "=" not in limit.item or key(limit.item) in case.universe.places:
        inside = members_mask(limit, case.universe)
        return ["1" if inside[at] else "0" for at in places.order]
    header, value = split_item(limit)
    words = []
    for name in places.names:
        cell = places.attribute(name, header)
        test = f"LEN(TRIM({cell}))>0" if value == "*" else f"TRIM({cell})={in_quotes(value)}"
        words.append(f"--({test})" if cell else "0")
    return words


def ratio(limit: Limit, case: Case, places: Places, bound: str) -> list[str]:
    """What is above less the bound times what is below."""
    above, below = (
        membership(replace(limit, item=part.strip()), case, places) for part in limit.item.split("/")
    )
    return [f"({one})-{bound}*({other})" for one, other in zip(above, below, strict=True)]


def _of_one_group(limit: Limit, row: Vector, case: Case) -> Limit:
    """Of a row that speaks of every group, the one with the members of a row of coefficients."""
    if "=" not in limit.item or split_item(limit)[1] != "*":
        return limit
    header, _ = split_item(limit)
    members = set(np.flatnonzero(row).tolist())
    known = groups_of(limit, header, case.universe)
    group = next(group for group, inside in known.items() if set(inside) == members)
    return replace(limit, item=f"{header}={group}")
