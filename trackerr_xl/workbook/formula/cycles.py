"""Formulas that depend on themselves, found from what they name before anything is calculated."""

from collections.abc import Iterator, Sequence

from trackerr_xl.workbook.formula.dependencies import Precedents, Reads


def cycles(formulas: Sequence[Reads]) -> list[tuple[int, ...]]:
    """Circles of formulas.

    Parameters
    ----------
    formulas : sequence of Reads
        All formulas.

    Returns
    -------
    list of tuple of int
        Indices of the formulas of each circle, each reading the next and the last reading the first. Of circles
        that cross, at least one is given; every formula of the others depends on it.
    """
    precedents = Precedents(formulas)
    waiting, open_, done = 0, 1, 2
    state = [waiting] * len(formulas)
    found: list[tuple[int, ...]] = []
    for start in range(len(formulas)):
        if state[start] != waiting:
            continue
        path: list[int] = []
        steps: list[Iterator[int]] = []
        upcoming: int | None = start
        while upcoming is not None or path:
            if upcoming is not None:
                state[upcoming] = open_
                path.append(upcoming)
                steps.append(precedents.of(upcoming))
            upcoming = None
            for other in steps[-1]:
                if state[other] == waiting:
                    upcoming = other
                    break
                if state[other] == open_:
                    found.append(tuple(path[path.index(other) :]))
            else:
                state[path[-1]] = done
                precedents.done(path.pop())
                steps.pop()
    return found
