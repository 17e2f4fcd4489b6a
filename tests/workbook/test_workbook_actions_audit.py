"""Write audit formulas: OK in two spreadsheet programs, a failure where a weight, an input or a limit is another."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter
from asked_book import write_question, write_rows

from tests.every_row import random_question
from tests.libreoffice import recalculated_values, with_answers_as_constants
from trackerr_xl import evaluate
from trackerr_xl.errors import InputError, NoAnswerError
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.actions.audit.write import write_audit
from trackerr_xl.workbook.actions.desk import changed
from trackerr_xl.workbook.actions.optimise import optimise
from trackerr_xl.workbook.book import Address, parse_location
from trackerr_xl.workbook.file.package import Package, open_package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook
from trackerr_xl.workbook.read_book import read_book
from trackerr_xl.workbook.recalculate import recalculate
from trackerr_xl.workbook.write_back import write_back

TEMPLATES = Path(__file__).parents[2] / "workbook_templates"
TRACKERS = ("bond_index_tracker.xlsx", "equity_index_tracker.xlsx")
NOW = datetime(2026, 3, 31, 17, 30)
VERDICT = Address("Audit", 5, 3)
# The best tracking error the limits allow stands in the last line of the checks.
OPTIMALITY = "No weights within the limits have less than"
TRACKING_ERROR = "Tracking error a year by MMULT, as it was reported"

BENCHMARK = [["Ash", 0.4], ["Birch", 0.3], ["Cedar", 0.2], ["Dogwood", 0.1]]
COV = [
    [None, "Ash", "Birch", "Cedar", "Dogwood"],
    ["Ash", 0.04, 0.012, 0.008, 0.004],
    ["Birch", 0.012, 0.05, 0.01, 0.006],
    ["Cedar", 0.008, 0.01, 0.03, 0.005],
    ["Dogwood", 0.004, 0.006, 0.005, 0.06],
]
FACTS = [["Name", "Sector"], ["Ash", "Banks"], ["Birch", "Banks"], ["Cedar", "Energy"], ["Dogwood", "Energy"]]
HEADERS = ["Type", "Item", "Min", "Max", "Basis", "Penalty", "On", "Note"]
RULES = [HEADERS, ["Weight", "*", 0.0, 0.35], ["Group", "Sector=*", -0.02, 0.02, "Active"]]
RULES = [row + [None] * (8 - len(row)) for row in RULES]


def audited(path: Path, at: Address | None = None) -> Package:
    """The workbook with its audit in it, calculated."""
    package = open_package(path)
    plan = write_audit(read_book(package), NOW, at)
    return read_package(changed(package, plan.changes), path.name)


def shown(package: Package, inputs: Mapping[str, float | str] | None = None) -> dict[str, Any]:
    """Every line of the audit by its label, its status as the value, after a recalculation with other inputs."""
    done = recalculate(
        package, inputs={parse_location(cell): value for cell, value in (inputs or {}).items()}
    )
    return statuses(lambda cell: done.values.get(parse_location(f"Audit!{cell}")), package)


def statuses(value: Any, package: Package) -> dict[str, Any]:
    sheet = read_book(package).sheets["audit"]
    words = {"Verdict": value("C5")}
    for row in range(9, 200):
        label = sheet.stored(row, 2)
        if sheet.stored(row, 9) not in (None, "", "Verdict"):
            words[str(label)] = value(f"I{row}") or sheet.stored(row, 9)
    return words


def in_libreoffice(
    package: Package, folder: Path, inputs: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """The same as LibreOffice calculates it, with our own answers as constants."""
    cells: dict[str, dict[tuple[int, int], float]] = {}
    for cell, number in (inputs or {}).items():
        at = parse_location(cell)
        cells.setdefault(at.sheet, {})[at.place] = number
    folder.mkdir()
    path = folder / "audited.xlsx"
    path.write_bytes(
        patch_workbook(package, {title: SheetEdits(inputs=each) for title, each in cells.items()})
    )
    (folder / "constants").mkdir()
    values = recalculated_values(with_answers_as_constants(path, folder / "constants"))
    return statuses(lambda cell: values.get(("Audit", cell)), package)


@pytest.mark.parametrize("name", TRACKERS)
def test_a_template_is_ok_and_a_weight_changed_by_hand_is_not(name: str) -> None:
    package = audited(TEMPLATES / name)
    assert set(shown(package).values()) == {"OK"}
    typed = shown(package, {"Weights!F6": 0.2})
    assert str(typed["Verdict"]).startswith("CHECK: ")
    assert typed["Budget (assumed)"].startswith("CHECK: broken by 0.1")
    assert typed["Weight * (row 2)"] == f"CHECK: broken by {0.2 - {'b': 0.04, 'e': 0.05}[name[0]]:.7f}"
    assert typed[TRACKING_ERROR] == "CHECK: not the weights or inputs reported: write the audit anew"
    assert typed[OPTIMALITY].startswith("CHECK: other weights may have up to ")


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", TRACKERS)
def test_libreoffice_finds_the_same(name: str, tmp_path: Path) -> None:
    package = audited(TEMPLATES / name)
    assert set(in_libreoffice(package, tmp_path / "as it is").values()) == {"OK"}
    typed = {"Weights!F6": 0.2}
    there, here = in_libreoffice(package, tmp_path / "typed", typed), shown(package, typed)
    assert there == here
    assert str(there["Verdict"]).startswith("CHECK: ")


def test_no_cell_of_an_audit_calls_python() -> None:
    book = read_book(audited(TEMPLATES / TRACKERS[0]))
    formulas = [
        cell.text for title in ("audit", "audit names") for cell in book.sheets[title].formulas.values()
    ]
    assert len(formulas) > 500
    assert not [text for text in formulas if "TE_" in text.upper() or "TRACKING_ERROR" in text.upper()]


def test_feasible_weights_that_are_not_the_best_fail_by_what_they_lose(tmp_path: Path) -> None:
    best = [weight for _, weight in evaluate("TE_OPTIMIZE", BENCHMARK, COV, RULES, FACTS)]
    # Within every limit, with more in the second name of each sector than is best.
    worse = [0.34, 0.34, 0.2, 0.12]
    package = audited(write_question(tmp_path / "q.xlsx", [BENCHMARK, COV, RULES, FACTS], typed=worse))
    found = shown(package)
    benchmark, cov = np.array([w for _, w in BENCHMARK]), np.array([row[1:] for row in COV[1:]], dtype=float)
    least, more = (
        np.sqrt((np.array(w) - benchmark) @ cov @ (np.array(w) - benchmark)) for w in (best, worse)
    )
    assert (
        found["Weight * (row 2)"] == found["Group Sector=Banks (row 3)"] == found["Budget (assumed)"] == "OK"
    )
    lost = float(
        found[OPTIMALITY].removeprefix("CHECK: other weights may have up to ").removesuffix(" bp less")
    )
    # A bound, not the loss itself: never less than what is truly lost.
    assert 0.1 < 10000 * (more - least) <= lost + 0.005
    assert found["Verdict"] == "CHECK: 2 of 11 lines below do not hold"


def test_what_changes_after_the_audit_was_written_is_told(tmp_path: Path) -> None:
    package = audited(
        write_question(tmp_path / "q.xlsx", [BENCHMARK, COV, RULES, FACTS], typed=[0.35, 0.35, 0.2, 0.1])
    )
    label = "Cells of the limits changed since"
    told = "CHECK: the limits changed: write the audit anew"
    assert shown(package)[label] == "OK"
    for cell, value in (
        ("Rules!E4", 0.5),
        ("Rules!C5", "Sector=Banks"),
        ("Rules!H4", "no"),
        ("Rules!B6", "Budget"),
    ):
        assert shown(package, {cell: value})[label] == told, cell
    # A note says nothing that is calculated with.
    assert shown(package, {"Rules!I4": "agreed with the client"})[label] == "OK"
    groups = shown(package, {"Facts!C7": "Telecoms"})
    assert groups["Names outside the groups of Group Sector=* (row 3)"] == (
        "CHECK: there are other groups than were audited: write the audit anew"
    )
    moved = shown(package, {"Held!B3": "Birch", "Held!B4": "Ash"})
    assert moved["Names that differ between the ranges"] == "CHECK: a range is in another order now"
    assert shown(package, {"Bench!C5": "#N/A"})["Verdict"].startswith("CHECK: ")


def test_an_error_value_anywhere_is_never_ok(tmp_path: Path) -> None:
    package = audited(write_question(tmp_path / "q.xlsx", [BENCHMARK, COV, RULES, FACTS]))
    found = recalculate(package, inputs={parse_location("Cov!D5"): CellError("#N/A")})
    assert str(found.values[VERDICT]).startswith("CHECK: ")


KINDS = 60


@pytest.mark.parametrize("batch", range(4))
def test_every_row_of_random_tables_is_audited_and_holds(batch: int, tmp_path: Path) -> None:
    """Weights, groups, exposures, ratios, budgets, gross, turnover, trades, betas, returns and active share."""
    done = 0
    for seed in range(batch * KINDS // 4, (batch + 1) * KINDS // 4):
        arguments = random_question(seed).arguments()
        header = [str(title) for title in arguments[2][0]]
        # What has no native proof is for the next test: prices of breaches, costs, other objectives.
        arguments[2] = [header] + [
            [None if title == "Penalty" else cell for title, cell in zip(header, row, strict=True)]
            for row in arguments[2][1:]
            if row[0] not in ("Cost", "TE")
        ]
        arguments[5] = [row for row in arguments[5] if row[0] != "Objective"]
        if isinstance(evaluate("TE_OPTIMIZE", *arguments)[0][0], CellError):
            continue
        package = audited(write_question(tmp_path / f"{seed}.xlsx", arguments))
        found = statuses(lambda cell, p=package: _stored(p, cell), package)
        wrong = {
            label: words
            for label, words in found.items()
            if not str(words).startswith(("OK", "Not audited: more"))
        }
        assert not wrong, seed
        assert found[OPTIMALITY] == "OK", seed
        done += 1
    assert done >= KINDS // 8


def _stored(package: Package, cell: str) -> Any:
    return read_book(package).sheets["audit"].stored(*parse_location(f"Audit!{cell}").place)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["Weight", "Ash", None, 0.3, None, 0.5], "Weight Ash (row 4) may be broken at a price"),
        (["TE", None, None, 0.5], "TE (row 4) limits the tracking error itself"),
    ],
)
def test_what_has_no_native_proof_is_said_and_never_ok(tmp_path: Path, row: list[Any], words: str) -> None:
    rules = [*RULES, row + [None] * (8 - len(row))]
    path = write_question(tmp_path / "q.xlsx", [BENCHMARK, COV, rules, FACTS])
    plan = write_audit(read_book(open_package(path)), NOW)
    assert plan.words[-1] == f"Optimality is not audited: {words}."
    found = shown(audited(path))
    assert found[OPTIMALITY] == f"Not audited: {words}"
    assert found["Verdict"].startswith("OK, and ")
    assert found["Verdict"].endswith(" lines are not audited")


def test_other_objectives_have_their_limits_audited(tmp_path: Path) -> None:
    facts = [[*row, extra] for row, extra in zip(FACTS, ["Alpha", 0.02, 0.05, 0.03, 0.04], strict=True)]
    options = [["Option", "Value"], ["Objective", "Max return"]]
    rules = [*RULES, ["TE", None, None, 0.02, None, None, None, None]]
    path = write_question(tmp_path / "q.xlsx", [BENCHMARK, COV, rules, facts, None, options])
    found = shown(audited(path))
    assert found["TE (row 4)"] == found["Group Sector=Energy (row 3)"] == "OK"
    assert found[OPTIMALITY] == "Not audited: the objective is Max return"


def test_weights_in_percent_and_a_year_of_months(tmp_path: Path) -> None:
    hundred = [[name, 100 * weight] for name, weight in BENCHMARK]
    rules = [
        [*row[:2], *(None if cell is None else 100 * cell for cell in row[2:4]), *row[4:]]
        for row in RULES[1:]
    ]
    options = [["Option", "Value"], ["Units", "Percent"], ["Periods", 12]]
    path = write_question(tmp_path / "q.xlsx", [hundred, COV, [HEADERS, *rules], FACTS, None, options])
    package = audited(path)
    assert set(shown(package).values()) == {"OK"}
    fraction = audited(write_question(tmp_path / "f.xlsx", [BENCHMARK, COV, RULES, FACTS]))
    error, yearly = (float(_by_label(each, TRACKING_ERROR)) for each in (fraction, package))
    assert yearly == pytest.approx(error * 12**0.5, rel=1e-12)


def _by_label(package: Package, label: str) -> Any:
    sheet = read_book(package).sheets["audit"]
    row = next(row for row in range(9, 60) if sheet.stored(row, 2) == label)
    return sheet.stored(row, 3)


def test_without_names_ranges_are_matched_by_position(tmp_path: Path) -> None:
    benchmark, cov = [[w] for _, w in BENCHMARK], [row[1:] for row in COV[1:]]
    rules = [HEADERS, ["Weight", "*", 0.0, 0.35] + [None] * 4]
    answer = evaluate("TE_OPTIMIZE", benchmark, cov, rules)
    assert len(answer[0]) == 1
    path = tmp_path / "q.xlsx"
    write_question(path, [benchmark, cov, rules])
    assert set(shown(audited(path)).values()) == {"OK"}


EXPOSED = [
    [None, "Market", "Oil"],
    ["Ash", 1.1, 0.2],
    ["Birch", 0.9, 0.0],
    ["Cedar", 1.0, 0.8],
    ["Dogwood", 0.7, 1.1],
]
FACTOR_COV = [[None, "Market", "Oil"], ["Market", 0.03, 0.004], ["Oil", 0.004, 0.05]]
OWN = [["Dogwood", 0.2], ["Ash", 0.1], ["Birch", 0.15], ["Cedar", 0.12]]


def model_book(path: Path, *, in_a_cell: bool, percent: bool = False) -> Path:
    """A workbook whose covariance is a factor model, inside the formula of the optimiser or in a cell of its own."""
    units = "Percent sd" if percent else "Decimal sd"
    square = [
        [cell * 1e4 if percent and isinstance(cell, float) else cell for cell in row] for row in FACTOR_COV
    ]
    own = [[name, 100 * risk if percent else risk] for name, risk in OWN]
    rules = [
        *RULES,
        ["Beta", None, 0.9, 1.1, None, None, None, None],
        ["Turnover", None, None, 0.3] + [None] * 4,
    ]
    ranges = {"Bench": BENCHMARK, "Rules": rules, "Facts": FACTS, "Now": BENCHMARK}
    ranges |= {"Exp": EXPOSED, "Fac": square, "Own": own}
    model = f'RISK_MODEL(Exp!$B$3:$D$7,Fac!$B$3:$D$5,Own!$B$3:$C$6,"{units}")'
    with xlsxwriter.Workbook(path) as book:
        areas = {}
        for name, rows in ranges.items():
            write_rows(book.add_worksheet(name), rows)
            end = xlsxwriter.utility.xl_rowcol_to_cell(1 + len(rows), len(rows[0]), True, True)
            areas[name] = f"{name}!$B$3:{end}"
        sheet = book.add_worksheet("Answer")
        if in_a_cell:
            sheet.write_formula("A1", f"={model}", None, "RISK:")
        cov = "$A$1" if in_a_cell else model
        formula = f"=TE_OPTIMIZE({areas['Bench']},{cov},{areas['Rules']},{areas['Facts']},{areas['Now']})"
        sheet.write_dynamic_array_formula("B3:C6", formula, None, 0)
    package = open_package(path)
    path.write_bytes(write_back(package, recalculate(package)))
    return path


@pytest.mark.parametrize(("in_a_cell", "percent"), [(False, False), (True, False), (True, True)])
def test_a_factor_model_is_multiplied_out_by_excel(tmp_path: Path, in_a_cell: bool, percent: bool) -> None:
    package = audited(model_book(tmp_path / "q.xlsx", in_a_cell=in_a_cell, percent=percent))
    assert set(shown(package).values()) == {"OK"}
    book = read_book(package)
    weights = np.array([book.sheets["answer"].stored(row, 3) for row in range(3, 7)], dtype=float)
    loadings = np.array([row[1:] for row in EXPOSED[1:]], dtype=float)
    own = np.array([dict(OWN)[name] for name, _ in BENCHMARK])
    cov = loadings @ np.array([row[1:] for row in FACTOR_COV[1:]], dtype=float) @ loadings.T + np.diag(own**2)
    active = weights - np.array([weight for _, weight in BENCHMARK])
    assert _by_label(package, TRACKING_ERROR) == pytest.approx(
        float(np.sqrt(active @ cov @ active)), rel=1e-12
    )
    assert str(shown(package, {"Exp!C5": 0.5})["Verdict"]).startswith("CHECK: ")
    assert str(shown(package, {"Own!C4": 0.5 * (100 if percent else 1)})["Verdict"]).startswith("CHECK: ")


@pytest.mark.libreoffice
def test_libreoffice_multiplies_a_factor_model_out_too(tmp_path: Path) -> None:
    package = audited(model_book(tmp_path / "q.xlsx", in_a_cell=False))
    assert set(in_libreoffice(package, tmp_path / "as it is").values()) == {"OK"}


HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "-2"]


def test_names_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    benchmark = [[name, weight] for name, (_, weight) in zip(HOSTILE, BENCHMARK, strict=True)]
    cov = [[None, *HOSTILE]] + [[name, *row[1:]] for name, row in zip(HOSTILE, COV[1:], strict=True)]
    facts = [FACTS[0]] + [[name, f"=HYPERLINK({at})"] for at, name in enumerate(HOSTILE)]
    rules = [HEADERS, ["Group", "Sector==HYPERLINK(0)", 0.0, 0.3] + [None] * 4]
    package = audited(write_question(tmp_path / "q.xlsx", [benchmark, cov, rules, facts]))
    book = read_book(package)
    assert [book.sheets["audit names"].stored(row, 2) for row in range(7, 11)] == HOSTILE
    assert not {(row, 2) for row in range(7, 11)} & set(book.sheets["audit names"].formulas)
    assert set(shown(package).values()) == {"OK"}
    styles = package.read("xl/styles.xml")
    assert b'quotePrefix="1"' in styles


def test_an_audit_is_written_again_in_its_place_and_never_over_a_sheet_of_the_user(tmp_path: Path) -> None:
    first = audited(write_question(tmp_path / "q.xlsx", [BENCHMARK, COV, RULES, FACTS]))
    again = read_package(changed(first, write_audit(read_book(first), NOW).changes), "q.xlsx")
    assert list(again.sheets) == list(first.sheets)
    assert again.data == first.data
    with xlsxwriter.Workbook(tmp_path / "own.xlsx") as book:
        book.add_worksheet("Audit").write("A1", "ours")
    with pytest.raises(InputError, match="has a sheet Audit that is not ours: give it another name"):
        write_audit(read_book(open_package(tmp_path / "own.xlsx")), NOW)


def test_nothing_to_audit_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        InputError,
        match="has no formula that is one call of TE_OPTIMIZE, and no optimised weights: there is nothing to audit",
    ):
        write_audit(read_book(open_package(TEMPLATES / "bond_risk.xlsx")), NOW)


def test_limits_that_clash_are_refused_in_the_words_of_the_optimiser(tmp_path: Path) -> None:
    path = write_question(tmp_path / "q.xlsx", [BENCHMARK, COV, RULES, FACTS])
    package = open_package(path)
    clashing = read_package(
        patch_workbook(package, {"Rules": SheetEdits(inputs={(4, 5): 0.1})}), package.name
    )
    with pytest.raises(NoAnswerError):
        write_audit(read_book(clashing), NOW)


def test_weights_of_the_button_optimise_are_audited_too(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "q.xlsx") as book:
        for name, rows in (
            ("Benchmark", BENCHMARK),
            ("Covariance", COV),
            ("Limits", RULES),
            ("Assets", FACTS),
        ):
            write_rows(book.add_worksheet(name), rows)
            end = xlsxwriter.utility.xl_rowcol_to_cell(1 + len(rows), len(rows[0]), True, True)
            book.define_name(name, f"={name}!$B$3:{end}")
    package = open_package(tmp_path / "q.xlsx")
    optimised = read_package(changed(package, optimise(read_book(package)).changes), "q.xlsx")
    with_audit = read_package(changed(optimised, write_audit(read_book(optimised), NOW).changes), "q.xlsx")
    assert set(shown(with_audit).values()) == {"OK"}
    assert shown(with_audit, {"Optimised!C7": 0.34})["Verdict"].startswith("CHECK: ")
