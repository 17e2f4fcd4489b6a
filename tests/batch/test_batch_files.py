"""Accounts and results as workbook, CSV and Parquet: the same in all of them, and texts stay texts."""

import math
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from firm import Rows, accounts, read_csv, shared, write_book, write_csv, write_house

from trackerr_xl import evaluate
from trackerr_xl.batch.read_accounts import accounts_of
from trackerr_xl.batch.run import Summary, Team, run_batch
from trackerr_xl.errors import FileRefusedError, InputError, SetupError, TrackerrError
from trackerr_xl.workbook.file.plain_book import write_plain_book


def run(given: Path, book: Path, out: Path) -> Summary:
    return run_batch(given, book, out, Team(), lambda _done, _total: None)


def write_parquet(path: Path, rows: Rows) -> Path:
    pd.DataFrame(rows[1:], columns=rows[0]).to_parquet(path, index=False)
    return path


def test_accounts_are_the_same_from_every_format_and_so_are_their_results(tmp_path: Path) -> None:
    book, table = write_house(tmp_path / "house.xlsx"), accounts(20)
    given = {
        "csv": write_csv(tmp_path / "accounts.csv", table),
        "book": write_book(tmp_path / "accounts.xlsx", table),
        "parquet": write_parquet(tmp_path / "accounts.parquet", table),
        "both": write_house(tmp_path / "both.xlsx", Accounts=table),
    }
    texts = []
    for name, path in given.items():
        summary = run(path, path if name == "both" else book, tmp_path / f"{name}.csv")
        assert (summary.accounts, summary.done, len(summary.refused)) == (20, 20, 2)
        texts.append((tmp_path / f"{name}.csv").read_text("utf-8"))
    assert texts[0].count("\n") == 21
    assert texts == [texts[0]] * 4


def test_results_are_those_of_the_function_in_every_format(tmp_path: Path) -> None:
    book, table = write_house(tmp_path / "house.xlsx"), accounts(9)
    given = write_csv(tmp_path / "accounts.csv", table)
    for suffix in ("csv", "xlsx", "parquet"):
        run(given, book, tmp_path / f"results.{suffix}")
    parts = shared()
    model = evaluate("RISK_MODEL", parts["Exposures"], parts["Factor_Cov"], parts["Specific"])
    expected = evaluate("TE_BATCH", table, parts["Benchmark"], model, parts["Limits"], parts["Assets"])
    in_book = [
        ["" if cell is None else cell for cell in row]
        for row in openpyxl.load_workbook(tmp_path / "results.xlsx")["Results"].values
    ]
    assert in_book == expected
    frame = pd.read_parquet(tmp_path / "results.parquet")
    blank = frame.astype(object).where(frame.notna(), "").to_numpy().tolist()
    assert [list(frame.columns), *blank] == expected
    in_text = [[_number(word) for word in row] for row in read_csv(tmp_path / "results.csv")]
    assert in_text == expected


def _number(word: str) -> str | float:
    try:
        return float(word)
    except ValueError:
        return word


FORMULAS = ("=1+1", "+49 Fund", "-Fund", "@SUM(A1)", "0012", "1e5", "TRUE", 'a "quoted", fund\nand more')


def test_names_that_look_like_formulas_or_numbers_are_texts(tmp_path: Path) -> None:
    book = write_house(tmp_path / "house.xlsx")
    # As a person would have to type them for Excel: an apostrophe before what looks like a formula.
    words = [f"'{name}" if name[0] in "=+-@" else name for name in FORMULAS]
    given = write_csv(tmp_path / "accounts.csv", [["Account"], *([word] for word in words)])
    assert accounts_of(given).names == FORMULAS
    for suffix in ("csv", "xlsx", "parquet"):
        run(given, book, tmp_path / f"results.{suffix}")
    sheet = openpyxl.load_workbook(tmp_path / "results.xlsx")["Results"]
    assert tuple(cell.value for cell in sheet["A"][1:]) == FORMULAS
    assert {cell.data_type for cell in sheet["A"]} <= {"s", "inlineStr"}
    assert tuple(pd.read_parquet(tmp_path / "results.parquet")["Account"]) == FORMULAS
    assert [row[0] for row in read_csv(tmp_path / "results.csv")[1:]] == words
    assert accounts_of(tmp_path / "results.csv").names == FORMULAS


def test_error_values_and_dates_in_a_file_are_faults_of_their_account(tmp_path: Path) -> None:
    table: Rows = [["Account", "N00", "N01"], ["a", "#DIV/0!", 0.5], ["b", 0.5, 0.5], ["c", "1e400", 0.5]]
    summary = run(
        write_csv(tmp_path / "accounts.csv", table),
        write_house(tmp_path / "house.xlsx"),
        tmp_path / "results.csv",
    )
    assert summary.refused == (
        ("a", "TE-100 accounts row 2, column 2 is #DIV/0!, must be a number."),
        (
            "c",
            'TE-100 accounts row 4, column 2 is the text "1e400", must be a number: numbers stored as text are not read.',
        ),
    )


def test_parquet_knows_whole_numbers_dates_and_nothing(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "Account": [12, 13],
            "N00": pd.array([1, None], dtype="Int64"),
            "N01": [math.nan, 0.25],
            "Note": pd.to_datetime(["2026-03-31", None]),
        }
    )
    frame.to_parquet(tmp_path / "accounts.parquet", index=False)
    found = accounts_of(tmp_path / "accounts.parquet")
    assert found.names == ("12", "13")
    assert found.assets == ("N00", "N01")
    np.testing.assert_array_equal(found.holdings, [[1.0, np.nan], [np.nan, 0.25]])


def sentence(given: Path, book: Path, out: Path) -> str:
    with pytest.raises(TrackerrError) as caught:
        run(given, book, out)
    return caught.value.sentence


def test_files_that_cannot_be_used_are_refused_in_a_sentence(tmp_path: Path) -> None:
    book = write_house(tmp_path / "house.xlsx")
    good = write_csv(tmp_path / "accounts.csv", accounts(3))
    out = tmp_path / "results.csv"
    assert sentence(tmp_path / "accounts.txt", book, out) == (
        "TE-160 ACCOUNTS accounts.txt must end in .xlsx, .xlsm, .csv, .parquet."
    )
    assert sentence(good, book, tmp_path / "results.pdf") == (
        "TE-160 --out results.pdf must end in .xlsx, .xlsm, .csv, .parquet."
    )
    assert sentence(good, book, good) == (
        "TE-160 --out accounts.csv is read too, the results need a file of their own."
    )
    assert sentence(tmp_path / "none.csv", book, out) == (
        f"TE-160 ACCOUNTS {tmp_path / 'none.csv'} does not exist."
    )
    assert sentence(tmp_path / "none.parquet", book, out) == "TE-160 ACCOUNTS none.parquet does not exist."
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 but no more")
    assert sentence(tmp_path / "torn.parquet", book, out).startswith(
        "TE-160 ACCOUNTS torn.parquet is not a Parquet file that can be read: "
    )
    assert sentence(write_book(tmp_path / "empty.xlsx", []), book, out) == (
        "TE-160 ACCOUNTS empty.xlsx is empty."
    )
    assert sentence(good, write_book(tmp_path / "plain.xlsx", [[1.0]]), out) == (
        "TE-100 workbook plain.xlsx has no cells named Benchmark: name the range of the benchmark so."
    )
    assert sentence(good, book, tmp_path / "nowhere" / "results.csv") == (
        f"TE-160 journal {tmp_path / 'nowhere' / 'results.csv.journal'} cannot be written: No such file or directory."
    )
    assert not out.exists()
    assert not list(tmp_path.glob("*.journal"))


def test_an_error_value_in_the_house_is_refused(tmp_path: Path) -> None:
    book = write_house(tmp_path / "house.xlsx", [["Weight", "N00", None, "#N/A", None]])
    given = write_csv(tmp_path / "accounts.csv", accounts(3))
    with pytest.raises(InputError) as caught:
        run(given, book, tmp_path / "results.csv")
    assert caught.value.sentence == (
        "TE-100 constraints row 4, column 4 holds #N/A, must hold no error value."
    )


def test_a_missing_package_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SetupError) as caught:
        accounts_of(tmp_path / "accounts.parquet")
    assert caught.value.sentence == (
        'TE-400 accounts.parquet is a Parquet file, which needs the package pyarrow: pip install "trackerr-xl[parquet]".'
    )


def test_more_rows_or_columns_than_a_worksheet_has_are_refused(tmp_path: Path) -> None:
    with (tmp_path / "wide.xlsx").open("wb") as file, pytest.raises(FileRefusedError) as caught:
        write_plain_book(file, "Wide", [], height=10, width=16_385)
    assert caught.value.sentence == (
        "TE-160 would need 10 rows and 16,385 columns, a worksheet has 1,048,576 and 16,384: write .csv or .parquet."
    )
