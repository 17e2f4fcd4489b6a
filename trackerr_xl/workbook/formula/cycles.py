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
    steps_to = [0] * len(formulas)
    found: list[tuple[int, ...]] = []
    for start in range(len(formulas)):
        if state[start] != waiting:
            continue
        path: list[int] = []
        # How far up the path the last formula stands that is in a circle already, for each formula of the path.
        circled: list[int] = []
        steps: list[Iterator[int]] = []
        upcoming: int | None = start
        while upcoming is not None or path:
            if upcoming is not None:
                state[upcoming] = open_
                steps_to[upcoming] = len(path)
                path.append(upcoming)
                circled.append(circled[-1] if circled else -1)
                steps.append(precedents.of(upcoming))
            upcoming = None
            for other in steps[-1]:
                if state[other] == waiting:
                    upcoming = other
                    break
                # A circle through one that is given already adds nothing but length.
                if state[other] == open_ and circled[-1] < steps_to[other]:
                    found.append(tuple(path[steps_to[other] :]))
                    circled[steps_to[other] :] = range(steps_to[other], len(path))
            else:
                state[path[-1]] = done
                precedents.done(path.pop())
                steps.pop()
                circled.pop()
    return found
