"""The template *equity_index_tracker.xlsx*: a hundred companies, sector-neutral, capped and screened."""

from typing import Final

from trackerr_xl.workbook.templates.equity_index import SEED, equity_index
from trackerr_xl.workbook.templates.page import Book
from trackerr_xl.workbook.templates.plan import Card, Check, Limit, Plan, attribute_cells, sector_gaps
from trackerr_xl.workbook.templates.synthetic import SyntheticIndex
from trackerr_xl.workbook.templates.tracker import (
    CHECKS_CARD,
    NOTES,
    SHARE_CARD,
    TE_CARD,
    held_card,
    write_tracker,
)

_LIMITS: Final = (
    Limit("Weight", "*", 0.0, 0.05, "", "Yes", "No company short, none above 5 %"),
    Limit("Group", "Sector=*", 0.0, 0.0, "Active", "Yes", "Every sector at its weight in the index"),
    Limit("Exclude", "ESG=Red", None, None, "", "Yes", "No company marked Red"),
    Limit("Exposure", "Carbon", None, 0.8, "Relative", "Yes", "At most 80 % of the index's carbon intensity"),
    Limit("Exposure", "Beta", -0.02, 0.02, "Active", "Yes", "Beta within 0.02 of the index", "two decimals"),
    Limit(
        "Exposure",
        "Value",
        -0.1,
        0.1,
        "Active",
        "No",
        "Off: set On to Yes to stay near the index's value tilt",
        "two decimals",
    ),
)
_NOTES: Final = (
    (
        "Data",
        f"A hundred made-up companies in ten sectors, from random seed {SEED}. Replace them with your own index.",
    ),
    (
        "Units of the index",
        "Beta: against the market factor. Carbon: tonnes of CO2 per million of sales. Size, Value, Momentum: standard "
        "deviations from the average company.",
    ),
    (
        "Covariance",
        "Annual: a market factor at 15.5 % volatility, ten sector factors, three style factors, and each company's own risk "
        "of 14 to 30 %.",
    ),
)


def write_equity_index_tracker(book: Book) -> None:
    """Write every sheet of the template."""
    write_tracker(book, _plan())


def _plan() -> Plan:
    index = equity_index()
    return Plan(
        index=index,
        title="Equity index tracker",
        subtitle="A hundred companies, sector-neutral, 5 % caps, exclusions and a carbon limit, at least tracking error",
        holding="company",
        looks={"Carbon": "whole"} | dict.fromkeys(("Beta", "Size", "Value", "Momentum"), "two decimals"),
        shown=("Sector", "ESG"),
        limits=_LIMITS,
        checks=_checks(index),
        cards=_cards(index),
        notes=(*_NOTES, *NOTES),
    )


def _checks(index: SyntheticIndex) -> tuple[Check, ...]:
    sectors = sector_gaps(index)
    beta, value, marks = (attribute_cells(index, name) for name in ("Beta", "Value", "ESG"))
    return (
        Check("Smallest weight", "=MIN(Portfolio_Weights)", limit=0),
        Check("Largest weight", "=MAX(Portfolio_Weights)", limit=0),
        Check("Sector furthest below the index", f"=MIN({sectors})", "signed percent", limit=1),
        Check("Sector furthest above the index", f"=MAX({sectors})", "signed percent", limit=1),
        Check("Held in companies marked Red", f'=SUMIF({marks},"Red",Portfolio_Weights)', most=0.0, limit=2),
        Check("Carbon as a part of the index's", f"={_carbon(index)}", limit=3),
        Check("Beta less the index's", f"=SUMPRODUCT(Active,{beta})", "two decimals", limit=4),
        Check("Value less the index's", f"=SUMPRODUCT(Active,{value})", "two decimals", limit=5),
    )


def _cards(index: SyntheticIndex) -> tuple[Card, ...]:
    beta = attribute_cells(index, "Beta")
    return (
        TE_CARD,
        SHARE_CARD,
        held_card(index, "Companies held"),
        Card("Carbon against the index", f"={_carbon(index)}", "card percent", "intensity, index = 100 %"),
        Card(
            "Beta",
            f"=SUMPRODUCT(Portfolio_Weights,{beta})",
            "two decimals",
            f'="index "&TEXT(SUMPRODUCT(Index_Weights,{beta}),"0.00")',
        ),
        Card(
            "Largest holding",
            "=MAX(Portfolio_Weights)",
            "percent",
            '="index "&TEXT(MAX(Index_Weights),"0.00%")',
        ),
        CHECKS_CARD,
    )


def _carbon(index: SyntheticIndex) -> str:
    cells = attribute_cells(index, "Carbon")
    return f"SUMPRODUCT(Portfolio_Weights,{cells})/SUMPRODUCT(Index_Weights,{cells})"
