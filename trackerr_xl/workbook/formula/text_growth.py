"""How long the texts could become that formulas join: forty cells that each double the one above are harmless one by one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from trackerr_xl.workbook.formula.dependencies import Reads
from trackerr_xl.workbook.formula.tree import Call, Group, Nodes, Reference, Word, walk

MOST_LETTERS: Final = 100_000_000
"""Longest text that may come about; Excel itself stops at 32,767 letters."""

_LONGEST_REPEATED: Final = 32_767
_NUMBER: Final = 24
"""Letters of a number, a date or an error value, at most."""
_FEW: Final = 64
"""Cells of a range that are looked at one by one: a larger one counts as one of the texts that were typed."""
_JOINING: Final = ("CONCAT", "CONCATENATE", "TEXTJOIN")

Place = tuple[str, int, int]


def too_long(
    trees: Mapping[int, Nodes], reads: Sequence[Reads], homes: Sequence[str], typed: int
) -> dict[int, int]:
    """Formulas whose text could be longer than `MOST_LETTERS`, with the letters it could have.

    Parameters
    ----------
    trees : dict of int to tree
        Formulas by index, references resolved.
    reads : sequence of Reads
        What each fills.
    homes : sequence of str
        The sheet of each.
    typed : int
        Letters of the longest text typed into a cell.
    """
    if not any(_joins(tree) for tree in trees.values()):
        return {}
    lengths = _Lengths(trees, reads, homes, max(typed, _NUMBER))
    return {index: letters for index in trees if (letters := lengths.of(index)) > MOST_LETTERS}


class _Lengths:
    def __init__(
        self, trees: Mapping[int, Nodes], reads: Sequence[Reads], homes: Sequence[str], typed: int
    ) -> None:
        self._trees, self._homes, self._typed = trees, homes, typed
        self._known: dict[int, int] = {}
        self._at: dict[Place, int] = {}
        for index in trees:
            sheet, area = reads[index].fills
            if (area.bottom - area.top + 1) * (area.right - area.left + 1) <= _FEW:
                self._at.update(
                    ((sheet, row, column), index)
                    for row in range(area.top, area.bottom + 1)
                    for column in range(area.left, area.right + 1)
                )

    def of(self, index: int) -> int:
        """Letters of one formula's text, at most; those it reads are worked out first, without recursion."""
        waiting = [index]
        begun: set[int] = set()
        while waiting:
            now = waiting[-1]
            ahead = [other for other in self._read(now) if other not in self._known and other not in begun]
            begun.add(now)
            if ahead:
                waiting += ahead
                continue
            waiting.pop()
            if now not in self._known:
                self._known[now] = min(self._letters(self._trees[now], self._homes[now]), MOST_LETTERS + 1)
        return self._known[index]

    def _read(self, index: int) -> Iterator[int]:
        for node in walk(self._trees[index]):
            if isinstance(node, Reference):
                yield from self._formulas(node, self._homes[index])

    def _formulas(self, reference: Reference, home: str) -> Iterator[int]:
        top, left, bottom, right = reference.area
        if (bottom - top + 1) * (right - left + 1) > _FEW:
            return
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                found = self._at.get((reference.sheet or home, row, column))
                if found is not None:
                    yield found

    def _letters(self, nodes: Nodes, home: str) -> int:
        parts = [self._of_node(node, home) for node in nodes]
        joined = any(isinstance(node, Word) and node.text == "&" for node in nodes)
        return sum(parts) if joined else max(parts, default=0)

    def _of_node(self, node: object, home: str) -> int:
        if isinstance(node, Word):
            return len(node.text) if node.kind == "text" else _NUMBER
        if isinstance(node, Reference):
            return max(self._known_of(node, home))
        if isinstance(node, Group):
            return max((self._letters(argument, home) for argument in node.arguments), default=0)
        return self._of_call(node, home) if isinstance(node, Call) else self._typed

    def _known_of(self, reference: Reference, home: str) -> list[int]:
        """Letters of the formulas in a reference, and of what is typed there."""
        return [self._typed, *(self._known.get(index, 0) for index in self._formulas(reference, home))]

    def _of_call(self, call: Call, home: str) -> int:
        if call.name in _JOINING:
            return sum(self._joined(argument, home) for argument in call.arguments)
        parts = [self._letters(argument, home) for argument in call.arguments]
        if call.name == "REPT":
            return _LONGEST_REPEATED
        if call.name == "SUBSTITUTE" and len(parts) > 2:
            return parts[0] * max(1, parts[2])
        return max(parts, default=_NUMBER)

    def _joined(self, argument: Nodes, home: str) -> int:
        """An argument of a function that joins: of a range all its cells."""
        if len(argument) == 1 and isinstance(argument[0], Reference):
            return sum(self._known_of(argument[0], home))
        return self._letters(argument, home)


def _joins(nodes: Nodes) -> bool:
    return any(
        (isinstance(node, Word) and node.text == "&")
        or (isinstance(node, Call) and node.name in (*_JOINING, "SUBSTITUTE"))
        for node in walk(nodes)
    )
