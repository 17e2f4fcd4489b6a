"""TE_BATCH: the best weights of many accounts that share a risk model, a row each."""

import numpy as np

from trackerr_xl.core.table.limits import Attributes, Limit
from trackerr_xl.functions.accounts import SOLVED, Desk, House, Outcomes
from trackerr_xl.functions.arguments import WEIGHTS
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.optimize import ATTRIBUTES_HELP, CONSTRAINTS_HELP, OPTIONS_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Accounts, Covariance, Labelled

HEADERS = ("Account", "Status", "TE", "Turnover", "Message")
"""Columns before those of the weights."""


def te_batch(
    accounts: Accounts,
    weights: Labelled,
    cov: Covariance,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    options: Options | None,
) -> Answer:
    """The best weights of every account; one without an answer says why in its row."""
    desk = Desk(House(weights, cov, constraints, attributes, options), accounts.assets, accounts.columns)
    outcomes = desk.outcomes(accounts)
    return Answer([[*HEADERS, *desk.names], *rows_of(outcomes)], _notes(outcomes))


def rows_of(outcomes: Outcomes) -> list[list[Value]]:
    """A row an account, empty texts where there is no number."""
    numbers = np.column_stack([outcomes.error, outcomes.turnover, outcomes.weights])
    rows: list[list[Value]] = []
    for at, row in enumerate(numbers.tolist()):
        error, turnover, *weights = ("" if value != value else value for value in row)
        head = (outcomes.names[at], outcomes.status[at], error, turnover, outcomes.sentences[at])
        rows.append([*head, *weights])
    return rows


def _notes(outcomes: Outcomes) -> list[tuple[str, str]]:
    refused = [at for at, status in enumerate(outcomes.status) if status not in SOLVED]
    count = len(outcomes.names)
    notes = [("Accounts", f"{count - len(refused):,} of {count:,} have weights.")]
    return notes + [
        (outcomes.status[at], f"{outcomes.names[at]}: {outcomes.sentences[at]}") for at in refused[:_NAMED]
    ]


_NAMED = 20
"""Most accounts without an answer that are named in the notes; the table has all."""

ACCOUNTS_HELP = (
    "Table with the header Account, columns headed by names (weights held now), Exclude (names or groups, ; between them) "
    "and limits such as Turnover Max; none in a cell lifts the limit."
)

TE_BATCH = SheetFunction(
    name="TE_BATCH",
    category="optimising",
    summary="The best weights of many accounts that share risk model, benchmark and limits, each with its own holdings, limits and exclusions.",
    arguments=(
        Argument("accounts", "accounts", ACCOUNTS_HELP),
        WEIGHTS,
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument("constraints", "constraints", CONSTRAINTS_HELP, default=None),
        Argument("attributes", "attributes", ATTRIBUTES_HELP, default=None),
        Argument("options", "options", OPTIONS_HELP, default=None),
    ),
    result=Result(
        "table",
        "A row per account: status, tracking error, turnover, what is wrong if anything is, and the weights; "
        "an account without an answer stops no other.",
        unit="fraction",
    ),
    run=te_batch,
    example="=TE_BATCH(Accounts, Benchmark, Cov, Limits, Assets)",
)
