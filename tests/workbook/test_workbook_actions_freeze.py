"""Freeze and thaw: values for formulas, a stamp that tells what changed, and nothing else of the file touched."""

import hashlib
import re
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.libreoffice import saved
from tests.made_workbooks import parts, sheet_xml, zipped
from trackerr_xl.errors import FileRefusedError, InputError
from trackerr_xl.workbook.actions.desk import FileDesk, beside, carry_out, changed
from trackerr_xl.workbook.actions.freeze import freeze
from trackerr_xl.workbook.actions.stamp import read_stamp, versions_now
from trackerr_xl.workbook.actions.thaw import thaw, thawed, verify_stamp
from trackerr_xl.workbook.check import check
from trackerr_xl.workbook.file.package import Package, open_package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook
from trackerr_xl.workbook.read_book import read_book

TEMPLATES = Path(__file__).parents[2] / "workbook_templates"
EVERY = sorted(path.name for path in TEMPLATES.glob("*.xlsx"))
NOW = datetime(2026, 3, 31, 17, 30)


def frozen(package: Package) -> Package:
    return read_package(changed(package, freeze(read_book(package), NOW).changes), package.name)


def broken(package: Package) -> tuple[str, ...]:
    """What the stamp says, none where it holds."""
    report = verify_stamp(read_book(package))
    assert report is not None
    return report.broken


def with_inputs(package: Package, sheet: str, cells: dict[tuple[int, int], float | str | None]) -> Package:
    return read_package(patch_workbook(package, {sheet: SheetEdits(inputs=cells)}), package.name)


def members(data: Package | Path) -> dict[str, bytes]:
    path = data if isinstance(data, Path) else None
    assert path is not None
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", EVERY)
def test_a_frozen_template_has_no_formula_of_ours_and_checks(name: str) -> None:
    before = open_package(TEMPLATES / name)
    package = frozen(before)
    book = read_book(package)
    ours = re.compile(r"\b(TE_\w+|TRACKING_ERROR|RISK_MODEL|ACTIVE_SHARE)\(")
    left = [cell.text for sheet in book.sheets.values() for cell in sheet.formulas.values()]
    assert left
    assert not [text for text in left if ours.search(text)]
    # What every cell shows is what it showed.
    for key, sheet in read_book(before).sheets.items():
        places = {*sheet.constants, *sheet.formulas, *sheet.results}
        assert {at: sheet.stored(*at) for at in places} == {at: book.sheets[key].stored(*at) for at in places}
    assert broken(package) == ()
    for version in (package, thawed(package)):
        report = check(version)
        assert (report.differences, report.not_evaluated) == ((), ())
    assert check(thawed(package)).equal == check(before).equal


@pytest.mark.parametrize("name", EVERY)
def test_thawing_brings_every_formula_back(name: str) -> None:
    before = open_package(TEMPLATES / name)
    package = frozen(before)
    plan = thaw(package, read_book(package), NOW)
    after = read_package(changed(package, plan.changes), name)
    for key, sheet in read_book(before).sheets.items():
        there = read_book(after).sheets[key]
        assert {at: (cell.text, cell.kind, cell.area) for at, cell in sheet.formulas.items()} == {
            at: (cell.text, cell.kind, cell.area) for at, cell in there.formulas.items()
        }
    assert check(after).differences == ()
    assert read_stamp(read_book(after)) is None
    # The sheet of the stamp is used again.
    again = frozen(after)
    assert list(again.sheets) == list(package.sheets)


@pytest.mark.parametrize("name", EVERY)
def test_charts_styles_and_all_other_parts_survive_byte_for_byte(name: str, tmp_path: Path) -> None:
    out = tmp_path / name
    words = carry_out(
        FileDesk(TEMPLATES / name, out, lambda _: None, NOW), "freeze", lambda p: freeze(read_book(p), NOW)
    )
    assert words[0].endswith(" ranges of inputs.")
    before, after = members(TEMPLATES / name), members(out)
    touched = {part for part in before if before[part] != after[part]}
    sheets = {part for part in before if part.startswith("xl/worksheets/sheet")}
    assert touched <= sheets | {
        "xl/workbook.xml",
        "xl/styles.xml",
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
    }
    assert sheets - touched
    (new,) = after.keys() - before.keys()
    assert re.fullmatch(r"xl/worksheets/sheet\d+\.xml", new)
    # Old formats keep their numbers: new ones are put behind them.
    old, now = (
        re.search(rb"<cellXfs[^>]*>(.*?)</cellXfs>", each["xl/styles.xml"], re.DOTALL)
        for each in (before, after)
    )
    assert old is not None
    assert now is not None
    assert now[1].startswith(old[1])
    openpyxl.load_workbook(out)


def test_the_stamp_names_the_cell_that_changed() -> None:
    package = frozen(open_package(TEMPLATES / "equity_index_tracker.xlsx"))
    assert broken(with_inputs(package, "Covariance", {(9, 14): 0.5})) == (
        "Inputs changed since: Covariance!N9.",
    )
    assert broken(with_inputs(package, "Limits", {(6, 5): 0.06})) == ("Inputs changed since: Limits!E6.",)
    assert broken(with_inputs(package, "Weights", {(8, 15): 0.02})) == (
        "Frozen values changed since: Weights!O8.",
    )
    several = broken(with_inputs(package, "Index", {(row, 3): 0.01 for row in range(6, 12)}))
    # Ranges that overlap speak each for itself.
    assert set(several) == {"Inputs changed since: Index!C6, Index!C7, Index!C8, Index!C9 and 2 more."}
    assert broken(with_inputs(package, "Covariance", {(9, 14): 0.5, (14, 9): 0.5})) == (
        "Inputs changed since: Covariance!B5:CX105.",
    )
    # A label is an input as well; its format is not.
    assert broken(with_inputs(package, "Index", {(6, 2): "Someone else"}))
    assert broken(with_inputs(package, "Notes", {(6, 2): "Anything"})) == ()


def test_a_changed_input_is_seen_by_check_in_the_values_too() -> None:
    package = frozen(open_package(TEMPLATES / "bond_index_tracker.xlsx"))
    report = check(thawed(with_inputs(package, "Limits", {(6, 5): 0.05})))
    assert "Weights" in {each.address.sheet for each in report.differences}


def test_the_stamp_says_when_and_with_what(tmp_path: Path) -> None:
    package = frozen(open_package(TEMPLATES / "bond_risk.xlsx"))
    stamp = read_stamp(read_book(package))
    assert stamp is not None
    assert stamp.when == "2026-03-31T17:30:00Z"
    assert stamp.versions == versions_now()
    assert set(stamp.versions) == {"trackerr_xl", "Python", "NumPy", "SciPy"}
    # The digest of one input, by hand: its cells row by row, as place and content.
    (line,) = [line for line in stamp.lines if line.role == "Input" and line.area == (5, 2, 45, 12)]
    sheet = read_book(package).sheets["exposures"]
    text = ""
    for row in range(5, 46):
        for column in range(2, 13):
            value = sheet.stored(row, column)
            if value not in (None, ""):
                word = f"t{value}" if isinstance(value, str) else f"n{value + 0.0:.15g}"
                text += f"{row - 5},{column - 2}:{word}\n"
    assert line.print.whole == hashlib.sha256(text.encode()).hexdigest()


def test_a_stamp_that_was_tampered_with_is_refused() -> None:
    package = frozen(open_package(TEMPLATES / "bond_risk.xlsx"))
    for place, value in (((5, 3), "2020-01-01T00:00:00Z"), ((14, 5), "=1")):
        with pytest.raises(InputError, match="was changed by hand"):
            verify_stamp(read_book(with_inputs(package, "Frozen", {place: value})))


def test_a_version_that_is_another_now_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    package = frozen(open_package(TEMPLATES / "bond_risk.xlsx"))
    now = {**versions_now(), "NumPy": "9.9"}
    monkeypatch.setattr("trackerr_xl.workbook.actions.thaw.versions_now", lambda: now)
    report = verify_stamp(read_book(package))
    assert report is not None
    assert report.versions == (f"Frozen with NumPy {versions_now()['NumPy']}; 9.9 is installed here.",)


@pytest.mark.libreoffice
def test_the_stamp_holds_after_libreoffice_and_openpyxl_saved_the_file(tmp_path: Path) -> None:
    path = tmp_path / "frozen.xlsx"
    path.write_bytes(frozen(open_package(TEMPLATES / "bond_risk.xlsx")).data)
    (tmp_path / "libreoffice").mkdir()
    through = open_package(saved(path, tmp_path / "libreoffice"))
    assert broken(through) == ()
    formulas = read_book(thawed(through)).sheets
    assert sum("TE_" in cell.text for sheet in formulas.values() for cell in sheet.formulas.values()) >= 3
    # It lost Excel's mark of spills: the formulas get it back, and spill as before.
    assert not [part for part in through.archive.members if "metadata.xml" in part and part.startswith("xl/")]
    back = thawed(through)
    kinds = [
        cell.kind for cell in read_book(back).sheets["contributions"].formulas.values() if "TE_" in cell.text
    ]
    assert set(kinds) == {"dynamic"}
    (tmp_path / "back.xlsx").write_bytes(back.data)
    assert openpyxl.load_workbook(tmp_path / "back.xlsx")["Contributions"]["B5"].value.ref.startswith("B5:")
    template = open_package(TEMPLATES / "bond_risk.xlsx")
    assert back.read("xl/metadata.xml") == template.read("xl/metadata.xml")
    values = openpyxl.load_workbook(path)
    values.save(tmp_path / "openpyxl.xlsx")
    # openpyxl drops the values of formulas: only inputs that are formulas of Excel's own are gone then.
    assert read_stamp(read_book(open_package(tmp_path / "openpyxl.xlsx"))) is not None


def book_with_followers(path: Path) -> Package:
    """A spill of ours, formulas that follow it with #, and one that follows those."""
    with xlsxwriter.Workbook(path, {"use_future_functions": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, (name, weight, variance) in enumerate([("=a", 0.5, 0.04), ("@b", 0.5, 0.01)]):
            sheet.write_string(row, 0, name)
            sheet.write(row, 1, weight)
            sheet.write(row, 3, variance if row == 0 else 0)
            sheet.write(row, 4, variance if row == 1 else 0)
        sheet.write_dynamic_array_formula("G1:H2", "=TE_OPTIMIZE(A1:B2,D1:E2)", None, "=a")
        sheet.write_string("G2", "@b")
        sheet.write("H1", 0.5)
        sheet.write("H2", 0.5)
        sheet.write_dynamic_array_formula("J1:K2", "=SORT(ANCHORARRAY(G1),2)", None, "=a")
        sheet.write_string("J2", "@b")
        sheet.write("K1", 0.5)
        sheet.write("K2", 0.5)
        sheet.write_dynamic_array_formula("M1", "=ROWS(ANCHORARRAY(J1))", None, 2)
        sheet.write_formula("M2", "=SUM(H1:H2)", None, 1)
    return open_package(path)


def test_formulas_that_follow_a_spill_are_frozen_with_it(tmp_path: Path) -> None:
    package = book_with_followers(tmp_path / "book.xlsx")
    plan = freeze(read_book(package), NOW)
    assert plan.words == (
        "1 formula of ours became values; the sheet Frozen keeps them with a stamp over 2 ranges of inputs.",
        "2 formulas of Excel's own became values too, because they follow a spill of ours: Sheet1!J1 and others.",
    )
    there = read_package(changed(package, plan.changes), "book.xlsx")
    assert {cell.text for cell in read_book(there).sheets["sheet1"].formulas.values()} == {"=SUM(H1:H2)"}
    back = read_package(changed(there, thaw(there, read_book(there), NOW).changes), "book.xlsx")
    assert {at: cell.text for at, cell in read_book(back).sheets["sheet1"].formulas.items()} == {
        at: cell.text for at, cell in read_book(package).sheets["sheet1"].formulas.items()
    }


def test_names_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    there = frozen(book_with_followers(tmp_path / "book.xlsx"))
    sheet = openpyxl.load_workbook(_written(tmp_path, there))["Sheet1"]
    assert [(sheet[cell].value, sheet[cell].data_type) for cell in ("G1", "G2")] == [("=a", "s"), ("@b", "s")]
    xml = there.read(there.sheets["Sheet1"])
    assert b"<f>" in xml
    assert b"<t>=a</t>" in xml


def _written(folder: Path, package: Package) -> Path:
    path = folder / "written.xlsx"
    path.write_bytes(package.data)
    return path


def test_freezing_twice_and_thawing_nothing_are_refused() -> None:
    package = frozen(open_package(TEMPLATES / "bond_risk.xlsx"))
    with pytest.raises(InputError, match="is frozen already: thaw it first"):
        freeze(read_book(package), NOW)
    plain = open_package(TEMPLATES / "bond_risk.xlsx")
    with pytest.raises(InputError, match="is not frozen: there is nothing to thaw"):
        thaw(plain, read_book(plain), NOW)


def test_a_workbook_without_our_formulas_or_with_a_sheet_of_that_name_is_refused(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "own.xlsx") as book:
        book.add_worksheet("Frozen").write_formula("A1", "=ACTIVE_SHARE(B1:B2,C1:C2)", None, 0)
    with pytest.raises(InputError, match="has a sheet Frozen that is not ours: give it another name"):
        freeze(read_book(open_package(tmp_path / "own.xlsx")), NOW)
    with xlsxwriter.Workbook(tmp_path / "none.xlsx") as book:
        book.add_worksheet().write_formula("A1", "=1+1", None, 2)
    with pytest.raises(InputError, match="has no formula of ours to freeze"):
        freeze(read_book(open_package(tmp_path / "none.xlsx")), NOW)


def test_shared_formulas_go_together_or_stay(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">ACTIVE_SHARE(A1,A1)</f><v>0</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f t="shared" si="0"/><v>0</v></c></row>'
    )
    (tmp_path / "shared.xlsx").write_bytes(zipped(parts({"Sheet1": sheet_xml(rows)})))
    package = open_package(tmp_path / "shared.xlsx")
    there = frozen(package)
    assert read_book(there).sheets["sheet1"].formulas == {}
    half = {"Sheet1": SheetEdits(contents={(1, 2): 0.0})}
    with pytest.raises(FileRefusedError, match="shares one formula between B2 and cells to be changed"):
        patch_workbook(package, half)


def test_the_calculation_chain_goes_with_the_formulas(tmp_path: Path) -> None:
    made = parts({"Sheet1": sheet_xml('<row r="1"><c r="A1"><f>ACTIVE_SHARE(B1,C1)</f><v>0</v></c></row>')})
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    types, links = str(made["[Content_Types].xml"]), str(made["xl/_rels/workbook.xml.rels"])
    made["[Content_Types].xml"] = types.replace(
        "</Types>",
        '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.calcChain+xml"/></Types>',
    )
    made["xl/_rels/workbook.xml.rels"] = links.replace(
        "</Relationships>", f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'
    )
    made["xl/calcChain.xml"] = (
        '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="A1" i="1"/></calcChain>'
    )
    (tmp_path / "chain.xlsx").write_bytes(zipped(made))
    _written(tmp_path, frozen(open_package(tmp_path / "chain.xlsx")))
    after = members(tmp_path / "written.xlsx")
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]


def test_a_copy_is_kept_beside_a_workbook_that_is_changed_in_place(tmp_path: Path) -> None:
    path = tmp_path / "bond_risk.xlsx"
    path.write_bytes((TEMPLATES / "bond_risk.xlsx").read_bytes())
    words = carry_out(
        FileDesk(path, path, lambda _: None, NOW), "freeze", lambda p: freeze(read_book(p), NOW)
    )
    copy = tmp_path / "bond_risk.before-freeze-20260331-173000.xlsx"
    assert words[-1] == f"The workbook as it was: {copy}."
    assert copy.read_bytes() == (TEMPLATES / "bond_risk.xlsx").read_bytes()
    assert beside(path, "freeze", NOW).name == "bond_risk.before-freeze-20260331-173000-2.xlsx"


def test_what_is_refused_leaves_the_workbook_and_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "none.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet()
    before = path.read_bytes()
    with pytest.raises(InputError):
        carry_out(FileDesk(path, path, lambda _: None, NOW), "freeze", lambda p: freeze(read_book(p), NOW))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["none.xlsx"]
