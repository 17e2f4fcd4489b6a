"""The catalogue: every function a user can type, declared once."""

from trackerr_xl.functions.spec import SheetFunction

CATALOGUE: dict[str, SheetFunction] = {}
