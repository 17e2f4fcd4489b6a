"""The shipped templates: built the same every time, every value true, every answer right when an input moves."""

import re
import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import libreoffice
import numpy as np
import openpyxl
import poison
import pytest
from independent_weights import independent_weights, least_tracking_error
from numpy.typing import NDArray
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.book import Address, parse_location
from trackerr_xl.workbook.check import check
from trackerr_xl.workbook.file.addresses import address
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.templates.__main__ import main
from trackerr_xl.workbook.templates.build import TEMPLATES, built_pair

ROOT = Path(__file__).parents[2]
BOND, EQUITY, RISK = "bond_index_tracker.xlsx", "equity_index_tracker.xlsx", "bond_risk.xlsx"
FUND, PERFORMANCE = "active_fund.xlsx", "performance.xlsx"
SAMPLING, DIRECT = "bond_sampling.xlsx", "direct_index.xlsx"

Vector = NDArray[np.float64]

every_template = pytest.mark.parametrize("name", TEMPLATES)
every_tracker = pytest.mark.parametrize("name", [BOND, EQUITY])


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the templates as the command builds them now."""
    folder = tmp_path_factory.mktemp("templates")
    main(folder)
    return folder


@pytest.fixture(scope="module")
def shown(fresh: Path) -> dict[str, Workbook]:
    """The templates as a viewer without our functions shows them."""
    return {name: openpyxl.load_workbook(fresh / name, data_only=True) for name in TEMPLATES}


@every_template
def test_two_builds_are_the_same_bytes(fresh: Path, name: str) -> None:
    plain, with_macros = built_pair(TEMPLATES[name])
    assert plain == (fresh / name).read_bytes()
    assert with_macros == (fresh / name).with_suffix(".xlsm").read_bytes()


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
@every_template
def test_the_shipped_file_is_what_the_command_builds(fresh: Path, name: str, suffix: str) -> None:
    file = Path(name).with_suffix(suffix).name
    shipped, now = _parts(ROOT / "workbook_templates" / file), _parts(fresh / file)
    assert list(shipped) == list(now)
    for part in shipped:
        skeleton, values = _without_values(shipped[part])
        assert skeleton == _without_values(now[part])[0], part
        # Another processor may round the last digit another way; no more than that.
        assert values == pytest.approx(_without_values(now[part])[1], rel=1e-9, abs=1e-12), part


@every_template
def test_every_stored_value_is_the_recalculated_one(fresh: Path, name: str) -> None:
    report = check(fresh / name)
    assert report.differences == ()
    assert report.not_evaluated == ()
    assert report.equal > 1000


@every_template
def test_a_poisoned_template_recalculates_to_the_values_it_was_built_with(
    fresh: Path, tmp_path: Path, name: str
) -> None:
    true = recalculate(fresh / name).values
    poisoned = tmp_path / name
    assert poison.poison(fresh / name, poisoned) > 700
    now = recalculate(poisoned).values
    assert set(now) == set(true)
    assert [place for place in true if now[place] != true[place]] == []


@every_template
@pytest.mark.libreoffice
def test_every_cell_is_the_same_in_libreoffice_with_our_extension(
    fresh: Path, tmp_path: Path, name: str
) -> None:
    poisoned = tmp_path / name
    poison.poison(fresh / name, poisoned)
    theirs = libreoffice.values_with_our_extension(poisoned)
    ours = recalculate(fresh / name)
    assert ours.not_evaluated == ()
    for place, value in ours.values.items():
        seen = theirs.get((place.sheet, address(place.row, place.column)), "")
        assert _number_of_a_date(seen) == _as_libreoffice_shows(value), place
    assert len(ours.values) > 1000


def _as_libreoffice_shows(value: Cell) -> object:
    """A cell as its file shows it: an error value is its text, and an empty text is no cell."""
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-9, abs=1e-12)
    return value


def _number_of_a_date(value: object) -> object:
    """What a sheet has in a cell that is shown as a date."""
    return (value - datetime(1899, 12, 30)) / timedelta(days=1) if isinstance(value, datetime) else value


def test_the_three_bonds_are_the_index_itself_with_no_tracking_error(shown: dict[str, Workbook]) -> None:
    sheet = shown[BOND]["Three bonds"]
    assert [sheet[f"C{row}"].value for row in (15, 16, 17)] == pytest.approx([0.4, 0.3, 0.3], abs=1e-9)
    assert sheet["G24"].value == pytest.approx(0.0, abs=1e-5)


def test_equal_weights_of_the_three_bonds_are_8_76_basis_points_off(shown: dict[str, Workbook]) -> None:
    # By hand: a = (−2, 1, 1)/30, a′Σa = (4·1 + 1.5 + 2 − 0.8 − 0.4 + 0.6)·1e-4/900 = 6.9e-4/900.
    assert shown[BOND]["Three bonds"]["G23"].value == pytest.approx(1e4 * np.sqrt(6.9e-4 / 900), rel=1e-12)


def test_bond_a_capped_at_35_percent_equals_the_closed_form(shown: dict[str, Workbook]) -> None:
    # By hand: with a = (−c, x, c − x) the derivative of a′Σa is zero at x = c (s33 − s23 + s12 − s13)/(s22 + s33 − 2 s23).
    c = 0.05
    x = c * (2.0 - 0.3 + 0.2 - 0.1) / (1.5 + 2.0 - 0.6)
    sheet = shown[BOND]["Three bonds"]
    assert [sheet[f"G{row}"].value for row in (15, 16, 17)] == pytest.approx(
        [0.35, 0.3 + x, 0.3 + c - x], abs=1e-9
    )


@pytest.mark.parametrize("cap", [0.0, 0.1, 0.35, 0.39])
def test_moving_the_cap_on_bond_a_gives_an_independent_solvers_weights(fresh: Path, cap: float) -> None:
    now = recalculate(fresh / BOND, inputs={parse_location("'Three bonds'!N8"): cap})
    sheet = openpyxl.load_workbook(fresh / BOND)["Three bonds"]
    cov = _numbers(sheet, "F7:H9")
    expected = least_tracking_error(
        cov, _numbers(sheet, "C7:C9").ravel(), [(np.eye(3), np.zeros(3), np.array([cap, 1.0, 1.0]))]
    )
    assert _column(now, "Three bonds", "G", 15, 17) == pytest.approx(expected, abs=1e-7)


@every_tracker
def test_every_weight_equals_an_independent_solvers(
    fresh: Path, shown: dict[str, Workbook], name: str
) -> None:
    expected = independent_weights(fresh / name, {})
    stored = _numbers(shown[name]["Weights"], f"O6:O{5 + len(expected)}").ravel()
    assert stored == pytest.approx(expected, abs=1e-6)


CHANGES = {
    BOND: (
        {"Limits!E6": 0.045},
        {"Limits!E8": 0.01},
        {"Index!C6": 0.05, "Index!C7": 0.0188},
    ),
    EQUITY: (
        {"Limits!E6": 0.04},
        {"Limits!E9": 0.9},
        {"Index!C6": 0.0581, "Index!C9": 0.0209},
    ),
}
"""A cap moved, another limit moved, and weight of the index moved from one name to another of its sector."""


@every_tracker
@pytest.mark.parametrize("change", range(3))
def test_a_changed_input_gives_an_independent_solvers_weights(fresh: Path, name: str, change: int) -> None:
    moved = CHANGES[name][change]
    now = recalculate(fresh / name, inputs={parse_location(cell): value for cell, value in moved.items()})
    expected = independent_weights(fresh / name, moved)
    weights = _column(now, "Weights", "O", 6, 5 + len(expected))
    assert weights == pytest.approx(expected, abs=1e-6)
    stored = openpyxl.load_workbook(fresh / name, data_only=True)["Weights"]
    assert weights != pytest.approx(_numbers(stored, f"O6:O{5 + len(expected)}").ravel(), abs=1e-4)


@every_tracker
def test_the_first_line_says_what_matters(shown: dict[str, Workbook], name: str) -> None:
    assert (
        shown[name]["Tracker"]["B3"].value
        == {
            BOND: "Tracking error 7.1 bp a year, with 37 of 40 names. Every limit holds. Industrials takes the largest part, 87%.",
            EQUITY: "Tracking error 74.8 bp a year, with 83 of 100 names. Every limit holds. Technology takes the largest part, 42%.",
        }[name]
    )


@every_tracker
def test_checks_of_the_shipped_answer_all_hold(shown: dict[str, Workbook], name: str) -> None:
    words = _statuses(shown[name])
    assert set(words.values()) == {"OK", "Off"}
    assert [label for label, word in words.items() if word == "Off"] == [
        {BOND: "KRD 10Y less the index's, years", EQUITY: "Value less the index's"}[name]
    ]
    assert shown[name]["Tracker"]["N5"].value == "OK"


@every_tracker
def test_a_weight_typed_by_hand_turns_the_checks_it_breaks(
    fresh: Path, shown: dict[str, Workbook], name: str
) -> None:
    now = recalculate(fresh / name, inputs={Address("Weights", 6, 6): 0.2})
    broken = {
        label
        for row, label in enumerate(_statuses(shown[name]), start=6)
        if now.values[Address("Checks", row, 6)] == "CHECK"
    }
    assert {"Portfolio weights sum to 100 %", "Largest weight", "Sector furthest above the index"} <= broken
    # What Excel and we compute from the same weights agrees whatever the weights are.
    assert not {
        label for label in broken if "less TE" in label or "by MMULT" in label or "gap between" in label
    }
    assert now.values[Address("Tracker", 5, 14)] == "CHECK"
    assert "Not every check holds: see the sheet Checks." in str(now.values[Address("Tracker", 3, 2)])


def test_a_limit_switched_on_binds_and_is_checked(fresh: Path, shown: dict[str, Workbook]) -> None:
    row = 6 + list(_statuses(shown[BOND])).index("KRD 10Y less the index's, years")
    now = recalculate(
        fresh / BOND, inputs={parse_location("Limits!G12"): "Yes", parse_location("Limits!D12"): 0.02}
    )
    assert now.values[Address("Checks", row, 6)] == "OK"
    assert now.values[Address("Checks", row, 3)] >= 0.02 - 1e-6


def test_limits_that_clash_show_no_answer_and_every_check_of_it_fails(fresh: Path) -> None:
    now = recalculate(fresh / BOND, inputs={parse_location("Limits!E6"): 0.01})
    assert str(now.values[Address("Weights", 6, 14)]) == "#N/A"
    assert now.values[Address("Tracker", 3, 2)] == "No portfolio satisfies the limits: see the sheet Explain."
    assert now.values[Address("Checks", 6, 6)] == "CHECK"
    assert now.values[Address("Tracker", 5, 14)] == "CHECK"


def test_what_does_not_exist_is_a_true_error_value_not_a_text(shown: dict[str, Workbook]) -> None:
    # Sector-neutral: no sector has an active weight, so none has a marginal contribution.
    cells = [shown[EQUITY]["Contributions"][f"D{row}"] for row in range(6, 16)]
    assert [(cell.value, cell.data_type) for cell in cells] == [("#N/A", "e")] * 10


@every_template
def test_excel_without_the_add_in_is_not_asked_to_recalculate_on_opening(fresh: Path, name: str) -> None:
    calculation = re.findall(r"<calcPr [^>]*>", _parts(fresh / name)["xl/workbook.xml"])
    assert calculation == ['<calcPr calcId="191029"/>']


@every_template
def test_our_calls_are_stored_as_plain_dynamic_arrays(fresh: Path, name: str) -> None:
    sheets = "".join(
        text for part, text in _parts(fresh / name).items() if part.startswith("xl/worksheets/sheet")
    )
    spills = re.findall(
        r'<c r="[A-Z]+\d+"[^>]* cm="1"[^>]*><f t="array" ref="[A-Z]+\d+:[A-Z]+\d+">(?:TE_\w+|BRINSON)\(',
        sheets,
    )
    assert len(spills) == {BOND: 8, EQUITY: 5, RISK: 3, FUND: 6, PERFORMANCE: 4, SAMPLING: 4, DIRECT: 4}[name]
    assert "_xlfn" not in sheets
    assert "_xludf" not in sheets


@every_template
def test_every_sheet_prints_in_landscape_fitted_to_the_page(fresh: Path, name: str) -> None:
    book = openpyxl.load_workbook(fresh / name)
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert not sheet.sheet_view.showGridLines, sheet.title
    assert len(book.worksheets[1 if name == BOND else 0]._charts) == 3


def _numbers(sheet: Worksheet, cells: str) -> Vector:
    return np.array([[cell.value for cell in row] for row in sheet[cells]], dtype=float)


def _column(now: Recalculation, sheet: str, column: str, first: int, last: int) -> Vector:
    return np.array(
        [now.values[parse_location(f"'{sheet}'!{column}{row}")] for row in range(first, last + 1)]
    )


def _statuses(book: Workbook) -> dict[str, str]:
    """Label of every check to its status, in order."""
    words = {}
    for row in book["Checks"].iter_rows(min_row=6, min_col=2, max_col=6, values_only=True):
        if row[0] is None or row[4] is None:
            return words
        words[row[0]] = row[4]
    return words


def _parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(path.read_bytes())) as package:
        return {part: package.read(part).decode(errors="surrogateescape") for part in package.namelist()}


def _without_values(text: str) -> tuple[str, list[float]]:
    """A part without the numbers of its cells and charts and without what TE_EXPLAIN says of one machine, and those numbers."""
    text = re.sub(
        r">(?:surrogate|dual Newton|active set)[^<]*<",
        ">…<",
        text,
    )
    number = r"<(?:c:)?v>(-?[\d.]+(?:[Ee][-+]?\d+)?)</(?:c:)?v>"
    return re.sub(number, "<v/>", text), [float(found) for found in re.findall(number, text)]
