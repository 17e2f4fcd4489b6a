"""The text of a formula read into a tree, and a tree written as text.

The grammar is checked while reading: the engine drops what it does not understand at the end of a formula without a
word, so nothing reaches it that was not understood here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from trackerr_xl.workbook.book import Address, quoted
from trackerr_xl.workbook.file.addresses import (
    MAX_COLUMN,
    MAX_ROW,
    Area,
    area_address,
    column_letters,
    column_number,
    parse_area,
)

MOST_PARTS = 8_192
"""Most numbers, words and signs of a formula: Excel takes as many characters, and the engine's stack has an end."""


class FormulaError(ValueError):
    """A formula cannot be read or carried out here; the message says why, as the end of a sentence."""


WordKind = Literal["number", "text", "logical", "error", "name", "operator", "space", "array", "table"]


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a formula that has no parts: a constant, a name, an operator, a structured reference."""

    kind: WordKind
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A rectangle of cells; `sheet` is None where the formula names none, `spilled` is the ``#`` of ``A1#``."""

    sheet: str | None
    area: Area
    spilled: bool = False

    @property
    def one_cell(self) -> bool:
        """Whether it is a single cell and not its spill."""
        return not self.spilled and self.area[:2] == self.area[2:]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; an argument left out is an empty tuple."""

    name: str
    arguments: tuple["Nodes", ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Parentheses: around an expression, or with arguments behind a LAMBDA."""

    arguments: tuple["Nodes", ...]


@dataclass(frozen=True, slots=True)
class Lifted:
    """The place of one of our calls after it has been lifted out of its formula."""

    call: int


Node = Word | Reference | Call | Group | Lifted
Nodes = tuple[Node, ...]


def parse(text: str) -> Nodes:
    """Tree of a formula that starts with ``=``.

    Raises
    ------
    FormulaError
        If it is not a formula, or holds something that is read but cannot be carried out.
    """
    reader = _Reader(list(tokens(text)))
    nodes = reader.sequence(frozenset())
    if not nodes:
        raise FormulaError("its formula is empty")
    return nodes


def written(nodes: Nodes, home: str, place: Callable[[int], str]) -> str:
    """Text of a tree without ``=``.

    Parameters
    ----------
    nodes : tuple
        The tree.
    home : str
        Sheet the formula stands on: its own cells are spelt without the sheet, which the engine needs in ``A1:INDEX(…)``.
    place : callable
        Gives the text that stands for a lifted call.
    """
    return "".join(_spelt(node, home, place) for node in nodes)


def walk(nodes: Nodes) -> Iterator[Node]:
    """Every node of a tree, parents first."""
    for node in nodes:
        yield node
        if isinstance(node, Call | Group):
            for argument in node.arguments:
                yield from walk(argument)


def reference_text(reference: Reference, home: str | None = None) -> str:
    """Absolute spelling of a reference, such as ``'My Cov'!$A$1:$B$2``; without the sheet when it is `home`."""
    top, left, bottom, right = reference.area
    if (top, bottom) == (1, MAX_ROW):
        cells = f"${column_letters(left)}:${column_letters(right)}"
    elif (left, right) == (1, MAX_COLUMN):
        cells = f"${top}:${bottom}"
    else:
        cells = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", area_address(reference.area))
    sheet = "" if reference.sheet in (None, home) else quoted(reference.sheet or "") + "!"
    return sheet + cells + ("#" if reference.spilled else "")


def cell_reference(at: Address) -> Reference:
    """The reference to one cell."""
    return Reference(at.sheet, at.area)


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each piece of a formula after its ``=``; together they are the formula.

    Raises
    ------
    FormulaError
        If there is a piece that no formula has.
    """
    start = 1
    depth = count = 0
    while start < len(text):
        count += 1
        if count > MOST_PARTS:
            raise FormulaError(f"its formula has more than {MOST_PARTS:,} parts, more than Excel takes")
        found = _TOKEN.match(text, start)
        if found is None or found.lastgroup is None:
            raise FormulaError(f"its formula cannot be read at {text[start : start + 12]!r}")
        depth += (found[0] == "(") - (found[0] == ")")
        if depth > _DEEPEST:
            raise FormulaError(f"its brackets are nested more than {_DEEPEST} deep")
        yield found.lastgroup, found[0]
        start = found.end()


_SHEET = r"(?:'(?:[^'\[\]]|'')+'|[^\W\d][\w.]*)!"
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_BRACKETS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_TOKEN = re.compile(
    "|".join(
        (
            # Possessive, so that a text of quotes is not tried in every way there is to pair them.
            r'(?P<text>"(?:[^"]|"")*+")',
            r"(?P<array>\{(?:\"(?:[^\"]|\"\")*+\"|[^{}\"])*+\})",
            rf"(?P<error>(?:{_SHEET})?#(?:N/A|VALUE!|REF!|DIV/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!|GETTING_DATA))",
            r"(?P<function>(?:\[\d+\]!|'[^']*'!|[\w.]+!)?[^\W\d][\w.\\?]*(?=\())",
            r"(?P<outside>(?:'[^']*\[[^']*'|\[\d+\][^\W\d]?[\w.]*)!(?:\$?[\w.]+(?::\$?[\w.]+)?)?)",
            rf"(?P<stack>(?:'[^']+:[^']+'|[^\W\d][\w.]*:[^\W\d][\w.]*)!{_CELL}(?::{_CELL})?)",
            rf"(?P<reference>(?:{_SHEET})?(?:{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}"
            r"|\$?[0-9]{1,7}:\$?[0-9]{1,7})#?)(?![\w.(\[!])",
            rf"(?P<table>(?:[^\W\d][\w.]*)?{_BRACKETS})",
            r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][-+]?[0-9]+)?)(?![\w.])",
            rf"(?P<name>(?:{_SHEET})?[^\W\d][\w.\\?]*|(?:{_SHEET})?\\[\w.\\?]*)",
            r"(?P<operator><=|>=|<>|[-+*/^&=<>%@:])",
            r"(?P<mark>[(),])",
            r"(?P<space>\s+)",
        )
    )
)
_INFIX = frozenset(("<=", ">=", "<>", "-", "+", "*", "/", "^", "&", "=", "<", ">", ":"))
_BEFORE = frozenset("+-@")
_LEAVES = frozenset(("text", "array", "error", "number", "name", "table"))
_FUNCTION_PREFIX = re.compile(r"(?:_xlfn\.|_xlws\.|_xlpm\.)+", re.IGNORECASE)
_PARAMETER_PREFIX = re.compile(r"_xlpm\.", re.IGNORECASE)

# Excel stops at 64 functions inside each other; reading deeper ones would end Python's stack.
_DEEPEST = 100

_Token = tuple[str, str]
_END: _Token = ("end", "")


class _Reader:
    """Position in a list of tokens, and the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def sequence(self, ends: frozenset[str]) -> Nodes:
        """Operands and operators in turn, up to one of the marks or the end of the formula."""
        nodes: list[Node] = []
        complete = False
        while (token := self._peek()) != _END and not (token[0] == "mark" and token[1] in ends):
            if token[0] == "space":
                self._at += 1
                if nodes:
                    nodes.append(Word("space", " "))
            elif complete:
                complete = self._behind_operand(token, nodes)
            elif token[0] == "operator" and token[1] in _BEFORE:
                nodes.append(Word("operator", self._take()[1]))
            else:
                nodes.append(self._operand())
                complete = True
        while nodes and nodes[-1] == Word("space", " "):
            nodes.pop()
        if (nodes and not complete) or (self._peek() == _END and ends):
            raise FormulaError("its formula ends too early")
        return tuple(nodes)

    def _behind_operand(self, token: _Token, nodes: list[Node]) -> bool:
        """What may follow an operand; returns whether the operand is still the last thing."""
        kind, text = token
        if kind == "operator" and text in _INFIX:
            nodes.append(Word("operator", self._take()[1]))
            return False
        if token == ("operator", "%"):
            nodes.append(Word("operator", self._take()[1]))
            return True
        if token == ("mark", "(") and isinstance(nodes[-1], Call | Group):
            nodes.append(Group(self._arguments()))
            return True
        if nodes[-1] == Word("space", " ") and kind != "operator" and text not in (",", ")"):
            nodes[-1] = Word("operator", " ")
            return False
        if token == ("mark", ","):
            raise FormulaError("it unites ranges with a comma, which the engine cannot do")
        raise FormulaError(f"its formula cannot be read at {text!r}")

    def _operand(self) -> Node:
        kind, text = self._take()
        if kind == "function":
            return Call(_FUNCTION_PREFIX.sub("", text).upper(), self._arguments())
        if kind == "reference":
            return _parsed_reference(text)
        if (kind, text) == ("mark", "("):
            self._at -= 1
            arguments = self._arguments()
            if len(arguments) != 1 or not arguments[0]:
                raise FormulaError("it unites ranges with a comma, which the engine cannot do")
            return Group(arguments)
        if kind in _LEAVES:
            return _leaf(kind, text)
        if kind == "outside":
            raise FormulaError(f"it reads another workbook ({text})")
        if kind == "stack":
            raise FormulaError(f"it reads through several sheets ({text}), which the engine cannot do")
        raise FormulaError(f"its formula cannot be read at {text!r}")

    def _arguments(self) -> tuple[Nodes, ...]:
        self._at += 1
        arguments = [self.sequence(frozenset(",)"))]
        while self._take()[1] == ",":
            arguments.append(self.sequence(frozenset(",)")))
        return () if arguments == [()] else tuple(arguments)

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token


def _leaf(kind: str, text: str) -> Word:
    if kind == "name":
        if text.upper() in ("TRUE", "FALSE"):
            return Word("logical", text.upper())
        return Word("name", _PARAMETER_PREFIX.sub("", text))
    leaf: dict[str, WordKind] = {
        "text": "text",
        "array": "array",
        "error": "error",
        "number": "number",
        "table": "table",
    }
    return Word(leaf[kind], text[text.index("#") :] if kind == "error" else text)


def _parsed_reference(text: str) -> Reference:
    sheet, mark, cells = text.rpartition("!")
    spilled = cells.endswith("#")
    cells = cells.rstrip("#").replace("$", "").upper()
    name = (sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet) if mark else None
    first, _, last = cells.partition(":")
    try:
        if first.isdigit():
            area = Area(min(int(first), int(last)), 1, max(int(first), int(last)), MAX_COLUMN)
        elif first.isalpha():
            columns = sorted((column_number(first), column_number(last)))
            area = Area(1, columns[0], MAX_ROW, columns[1])
        else:
            area = parse_area(cells)
    except ValueError:
        raise FormulaError(f"its formula names cells that no sheet has ({text})") from None
    return Reference(name, area, spilled)


def _spelt(node: Node, home: str, place: Callable[[int], str]) -> str:
    if isinstance(node, Word):
        return node.text
    if isinstance(node, Reference):
        return reference_text(node, home)
    if isinstance(node, Lifted):
        return place(node.call)
    inner = ",".join(written(argument, home, place) for argument in node.arguments)
    return (node.name if isinstance(node, Call) else "") + f"({inner})"
