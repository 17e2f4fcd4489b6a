"""A small named sheet: the names that the examples of the catalogue use, and a reader of their formulas."""

import re

from trackerr_xl.sheet.cells import Given

NAMED: dict[str, Given] = {
    "Portfolio": [["AAA", 0.5], ["BBB", 0.3], ["CCC", 0.2]],
    "Benchmark": [["AAA", 0.4], ["BBB", 0.3], ["CCC", 0.3]],
    "Cov": [
        [None, "AAA", "BBB", "CCC"],
        ["AAA", 0.0004, 0.0001, 0.0],
        ["BBB", 0.0001, 0.0009, 0.0002],
        ["CCC", 0.0, 0.0002, 0.0016],
    ],
    "PortfolioThen": [["AAA", 0.45], ["BBB", 0.35], ["CCC", 0.2]],
    "CovThen": [
        [None, "AAA", "BBB", "CCC"],
        ["AAA", 0.0003, 0.00005, 0.0],
        ["BBB", 0.00005, 0.0008, 0.0001],
        ["CCC", 0.0, 0.0001, 0.0012],
    ],
    "Impossible": [
        [None, "AAA", "BBB", "CCC"],
        ["AAA", 0.0004, 0.0006, 0.0],
        ["BBB", 0.0006, 0.0009, 0.0012],
        ["CCC", 0.0, 0.0012, 0.0016],
    ],
    "Sectors": [["AAA", "Banks"], ["BBB", "Oil"], ["CCC", "Banks"]],
    "Exposures": [
        [None, "Market", "Value"],
        ["AAA", 0.9, 0.5],
        ["BBB", 1.0, -0.25],
        ["CCC", 1.2, 0.0],
    ],
    "FactorCov": [
        [None, "Market", "Value"],
        ["Market", 0.0016, 0.0001],
        ["Value", 0.0001, 0.0004],
    ],
    "Specific": [["AAA", 0.0004], ["BBB", 0.0009], ["CCC", 0.0001]],
    "Alpha": [["AAA", 0.001], ["BBB", 0.002], ["CCC", 0.004]],
    "Returns": [
        ["Date", "AAA", "BBB", "CCC"],
        [46022.0, 0.010, 0.020, -0.010],
        [46053.0, -0.005, 0.012, 0.030],
        [46081.0, 0.008, -0.020, 0.004],
        [46112.0, 0.002, 0.011, -0.016],
        [46142.0, -0.011, 0.004, 0.021],
        [46173.0, 0.014, 0.009, 0.006],
    ],
    "NameReturns": [["AAA", 0.03], ["BBB", -0.02], ["CCC", 0.01]],
    "BacktestOptions": [
        ["Option", "Value"],
        ["Look-back", 3.0],
        ["Periods", 12.0],
        ["Covariance", "LW Identity"],
    ],
    "Shares": [["AAA", 1000.0], ["BBB", 500.0]],
    "Prices": [["AAA", 41.25], ["BBB", 120.5], ["CCC", 9.99]],
    "Lots": [["Name", "Lot", "MinPiece"], ["AAA", 10.0, None], ["BBB", 1.0, None], ["CCC", 100.0, 500.0]],
    "Accounts": [
        ["Account", "AAA", "BBB", "CCC", "Exclude", "Turnover Max"],
        ["Smith", 0.3, 0.3, 0.4, None, 0.05],
        ["Jones", None, None, None, None, None],
        ["Brown", 0.5, 0.2, 0.3, "CCC", None],
    ],
    "FundReturns": [
        [46022.0, 0.010],
        [46053.0, 0.006],
        [46081.0, 0.001],
        [46112.0, 0.002],
        [46142.0, 0.001],
        [46173.0, 0.014],
    ],
    "IndexReturns": [
        [46022.0, 0.008],
        [46053.0, 0.009],
        [46081.0, -0.001],
        [46112.0, 0.000],
        [46142.0, 0.003],
        [46173.0, 0.011],
    ],
    "Limits": [
        ["Type", "Item", "Min", "Max", "Basis"],
        ["Weight", "*", 0.0, 0.35, None],
        ["Group", "Sector=Banks", None, 0.0, "Active"],
        ["Exposure", "Duration", -0.5, 0.5, "Active"],
    ],
    "TwoNames": [["Type", "Item", "Min", "Max"], ["Names", None, None, 2.0]],
    "Assets": [
        ["Name", "Sector", "Duration"],
        ["AAA", "Banks", 2.0],
        ["BBB", "Oil", 5.0],
        ["CCC", "Banks", 7.0],
    ],
}


def parsed(formula: str) -> tuple[str, list[Given]]:
    """Function and arguments of an example such as ``=TE_CONTRIB(Portfolio, Benchmark, Cov, Sectors, 12)``."""
    match = re.fullmatch(r"=(\w+)\((.*)\)", formula)
    assert match is not None, formula
    words = [word.strip() for word in match[2].split(",")] if match[2].strip() else []
    return match[1], [_value(word) for word in words]


def _value(word: str) -> Given:
    if word in NAMED:
        return NAMED[word]
    return word[1:-1] if word.startswith('"') else float(word)
