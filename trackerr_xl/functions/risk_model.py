"""A factor model as one cell: its name stands for exposures, factor covariance and specific risk."""

from collections.abc import Iterator

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.functions import models
from trackerr_xl.functions.factor_parts import (
    EXPOSURES,
    FACTOR_COV,
    UNITS,
    FactorParts,
    factor_parts,
    part_warnings,
)
from trackerr_xl.functions.match import volatility_warnings
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction
from trackerr_xl.functions.values import Labelled, LabelledMatrix, LabelledModel, Panel


def risk_model(exposures: Panel, factor_cov: LabelledMatrix, specific: Labelled, units: str) -> Answer:
    """The name of the model XFX' + D, which is kept for the functions that are given the name."""
    parts = factor_parts(exposures, factor_cov, specific, units)
    arrays = (parts.exposures, parts.factor_cov, parts.specific)
    name = models.content_name(arrays, [*(parts.names or ()), "", *parts.factors])
    kept = models.known(name) or LabelledModel(FactorModel.from_exposures(*arrays), parts.names)
    models.remember(name, kept)
    return Answer(name, tuple(_notes(parts, kept, units)))


def _notes(parts: FactorParts, kept: LabelledModel, units: str) -> Iterator[tuple[str, str]]:
    size, factors = parts.exposures.shape
    yield "Model", f"{size} names and {factors} factors; {size} × {size} numbers are never formed."
    yield "Units", f"{units}: see that these are volatilities per period that you know."
    from_factors = kept.model.diagonal() - parts.specific
    yield (
        "Volatility",
        f"Of the middle name: {_middle(from_factors)} from factors, {_middle(parts.specific)} specific.",
    )
    yield from part_warnings(parts)
    yield from volatility_warnings(kept.model)


def _middle(variances: Vector) -> str:
    return f"{100.0 * float(np.sqrt(max(float(np.median(variances)), 0.0))):.4g} %"


RISK_MODEL = SheetFunction(
    name="RISK_MODEL",
    category="covariance",
    summary="A factor model as one cell, accepted wherever cov is: exposures, covariance of the factors, specific risk.",
    arguments=(
        EXPOSURES,
        FACTOR_COV,
        Argument(
            "specific",
            "weights",
            "Specific variance of each name, or its standard deviation: see units. One column, one row or [name, number].",
            unit="see units",
        ),
        UNITS,
    ),
    result=Result("text", "The name of the model's content; other functions take it for cov."),
    run=risk_model,
    example="=RISK_MODEL(Exposures, FactorCov, Specific)",
    kept=False,
)
