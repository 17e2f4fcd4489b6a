"""What the accounts share, from a workbook: benchmark, risk model, limits, attributes and options by their names."""

from pathlib import Path

from trackerr_xl.errors import InputError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.accounts import House
from trackerr_xl.sheet.read import read_arguments, read_ranges
from trackerr_xl.workbook.actions.asked import OPTIMISER, asked_by_names
from trackerr_xl.workbook.read_book import read_book


def house_of(path: Path) -> House:
    """The house of a workbook, by the names that the command `optimise` knows, with the values saved in it.

    Raises
    ------
    FileRefusedError
        If the file cannot be opened as a workbook.
    InputError
        If the benchmark or the covariance has no name, or cells cannot be read as what they must be.
    """
    function = CATALOGUE[OPTIMISER]
    ranges = read_ranges(function, asked_by_names(read_book(path)).given)
    # What the workbook's own portfolio holds is of no account here.
    ranges["current"] = None
    for argument, cells in ranges.items():
        if cells is not None and cells.error is not None:
            value, place = cells.error
            raise InputError(f"holds {value}, must hold no error value", argument=argument, at=place)
    typed = read_arguments(function, ranges)
    del typed["current"]
    return House(**typed)  # type: ignore[arg-type]  # read as declared
