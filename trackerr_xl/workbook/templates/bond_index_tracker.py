"""The template *bond_index_tracker.xlsx*: the notebook's three bonds, and an index of forty."""

from typing import Final

from trackerr_xl.workbook.templates.bond_index import SEED, bond_index
from trackerr_xl.workbook.templates.page import Book
from trackerr_xl.workbook.templates.plan import (
    WEIGHTS,
    Card,
    Check,
    Limit,
    Plan,
    attribute_cells,
    holding_cells,
    sector_gaps,
)
from trackerr_xl.workbook.templates.synthetic import SyntheticIndex
from trackerr_xl.workbook.templates.three_bonds import write_three_bonds
from trackerr_xl.workbook.templates.tracker import (
    CHECKS_CARD,
    NOTES,
    SHARE_CARD,
    TE_CARD,
    held_card,
    write_tracker,
)

_LIMITS: Final = (
    Limit("Weight", "*", 0.0, 0.04, "", "Yes", "No bond short, none above 4 %"),
    Limit("Group", "Sector=*", -0.05, 0.05, "Active", "Yes", "Every sector within 5 % of the index"),
    Limit("Group", "Issuer=*", None, 0.02, "Active", "Yes", "No issuer more than 2 % above the index"),
    Limit(
        "Exposure",
        "Duration",
        -0.1,
        0.1,
        "Active",
        "Yes",
        "Duration within 0.1 years of the index",
        "two decimals",
    ),
    Limit("Exposure", "Yield", 0.0, None, "Active", "Yes", "No less yield than the index"),
    Limit("Exclude", "ESG=Red", None, None, "", "Yes", "No bond of an issuer marked Red"),
    Limit(
        "Exposure",
        "KRD 10Y",
        -0.05,
        0.05,
        "Active",
        "No",
        "Off: set On to Yes to match the ten-year key rate",
        "two decimals",
    ),
)
_NOTES: Final = (
    (
        "Data",
        f"Forty made-up bonds of thirteen made-up issuers, from random seed {SEED}. Replace them with your own index.",
    ),
    (
        "Units of the index",
        "Yield and Spread: fractions, shown in %. Duration and KRD: years. DTS: duration × spread, in years × %. "
        "Maturity: calendar year.",
    ),
    (
        "Covariance",
        "Annual: key-rate durations times a covariance of the curve, plus DTS times a yearly move of spreads by 40 % of "
        "themselves, plus risk of the issuer and of the bond.",
    ),
    (
        "Three bonds",
        "The first sheet is the notebook's problem. Its covariance is about 1e-4 a period, chosen so that equal weights are "
        "8.76 bp from the index.",
    ),
)


def write_bond_index_tracker(book: Book) -> None:
    """Write every sheet of the template."""
    write_three_bonds(book)
    write_tracker(book, _plan())


def _plan() -> Plan:
    index = bond_index()
    return Plan(
        index=index,
        title="Bond index tracker",
        subtitle="Forty bonds, least tracking error inside sector, issuer, duration and weight limits",
        holding="bond",
        looks={"Maturity": "whole", "Yield": "percent", "Spread": "percent"}
        | dict.fromkeys(("Duration", "DTS", *(f"KRD {key}Y" for key in (2, 5, 10, 20, 30))), "two decimals"),
        shown=("Sector", "Issuer"),
        limits=_LIMITS,
        checks=_checks(index),
        cards=_cards(index),
        notes=(*_NOTES, *NOTES),
    )


def _checks(index: SyntheticIndex) -> tuple[Check, ...]:
    sectors = sector_gaps(index)
    duration, bond_yield, key_rate = (
        attribute_cells(index, name) for name in ("Duration", "Yield", "KRD 10Y")
    )
    issuers, marks = (attribute_cells(index, name) for name in ("Issuer", "ESG"))
    issuer_active = f"SUMIF({issuers},{issuers},{holding_cells(index, WEIGHTS, 'E')})"
    return (
        Check("Smallest weight", "=MIN(Portfolio_Weights)", limit=0),
        Check("Largest weight", "=MAX(Portfolio_Weights)", limit=0),
        Check("Sector furthest below the index", f"=MIN({sectors})", "signed percent", limit=1),
        Check("Sector furthest above the index", f"=MAX({sectors})", "signed percent", limit=1),
        Check(
            "Issuer furthest above the index",
            f"=SUMPRODUCT(MAX({issuer_active}))",
            "signed percent",
            limit=2,
        ),
        Check("Duration less the index's, years", f"=SUMPRODUCT(Active,{duration})", "two decimals", limit=3),
        Check("Yield less the index's", f"=SUMPRODUCT(Active,{bond_yield})", "percent", limit=4),
        Check("Held in bonds marked Red", f'=SUMIF({marks},"Red",Portfolio_Weights)', most=0.0, limit=5),
        Check("KRD 10Y less the index's, years", f"=SUMPRODUCT(Active,{key_rate})", "two decimals", limit=6),
    )


def _cards(index: SyntheticIndex) -> tuple[Card, ...]:
    sectors = sector_gaps(index)
    duration, bond_yield = (attribute_cells(index, name) for name in ("Duration", "Yield"))
    return (
        TE_CARD,
        SHARE_CARD,
        held_card(index, "Bonds held"),
        Card(
            "Duration",
            f"=SUMPRODUCT(Portfolio_Weights,{duration})",
            "two decimals",
            f'="index "&TEXT(SUMPRODUCT(Index_Weights,{duration}),"0.00")&" years"',
        ),
        Card(
            "Yield",
            f"=SUMPRODUCT(Portfolio_Weights,{bond_yield})",
            "percent",
            f'="index "&TEXT(SUMPRODUCT(Index_Weights,{bond_yield}),"0.00%")',
        ),
        Card(
            "Largest sector gap",
            f"=MAX(MAX({sectors}),-MIN({sectors}))",
            "percent",
            "active weight of one sector",
        ),
        CHECKS_CARD,
    )
