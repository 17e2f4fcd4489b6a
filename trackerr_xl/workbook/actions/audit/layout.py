"""Where things stand on the two sheets of an audit."""

from typing import Final

from trackerr_xl.workbook.file.addresses import column_letters
from trackerr_xl.workbook.file.cell_xml import NewFormula

SHEET: Final = "Audit"
NAMES_SHEET: Final = "Audit names"
FACTORS_SHEET: Final = "Audit factors"
VERDICT: Final = "Audit_Verdict"
"""Name of the cell with the verdict, by which the sheets are known as ours."""

FIRST_CHECK: Final = 9
"""Row of the first check on the sheet of the verdict."""

FIRST_NAME: Final = 7
"""Row of the first name on the sheet of names; headings stand one row above, multipliers two."""

FIRST_SUM: Final = 15
"""Column of the first sum on the sheet of names."""

WEIGHT, BENCHMARK, ACTIVE, CURRENT, LOWER, UPPER = "C", "D", "E", "F", "G", "H"
LOWER_FROM, UPPER_FROM, PRODUCT, SLOPE, SHARE, LABELS = "I", "J", "K", "L", "M", "N"
"""Columns of the sheet of names: weights and bounds; where the bounds come from, covariance times active, the same with
the multipliers of the sums, part of the gap, labels that differ."""

TOLERANCE: Final = 1e-8
"""Largest breach of a limit, relative to the size of what it limits where that is above one."""

SHORTFALL: Final = 1e-7
"""Largest shortfall of a tracking error, relative, that counts as none."""


def formula(text: str) -> NewFormula:
    """A formula from its text without ``=``."""
    return NewFormula(f"={text}")


def judged(good: str, otherwise: str) -> NewFormula:
    """A status: OK where a condition holds, else what is wrong; never an error value."""
    return formula(f'IFERROR(IF({good},"OK",{otherwise}),"CHECK: cannot be calculated")')


def in_quotes(text: str) -> str:
    """A text as a formula spells it."""
    return '"' + text.replace('"', '""') + '"'


def sum_letter(at: int) -> str:
    """Column of a sum on the sheet of names, counted from 0."""
    return column_letters(FIRST_SUM + at)


def down(letter: str, count: int) -> str:
    """Cells of all names in a column, for formulas of the sheet of names itself."""
    return f"${letter}${FIRST_NAME}:${letter}${FIRST_NAME + count - 1}"


def names_column(letter: str, count: int) -> str:
    """The same for formulas of the other sheet."""
    return f"'{NAMES_SHEET}'!{down(letter, count)}"
