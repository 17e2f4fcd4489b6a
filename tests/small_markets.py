"""Small markets with tables of every linear and bent row, and HiGHS to say whether a table leaves any weights.

The reading of a table here goes name by name and side by side, and shares nothing with the one in `core`.
"""

import numpy as np
from scipy.optimize import linprog

HEADER = ["Type", "Item", "Min", "Max", "Basis"]
SECTORS = ["Gov", "Corp", "Mortgage"]
MIN, MAX = 2, 3
# Ranges of Min and of Max that leave about half of the tables without weights.
RANGES = {
    ("Weight", "Absolute"): ((0.0, 0.3), (0.02, 0.4)),
    ("Weight", "Active"): ((-0.1, 0.1), (-0.05, 0.1)),
    ("Weight", "Relative"): ((0.0, 1.2), (0.6, 1.5)),
    ("Group", "Absolute"): ((0.1, 0.7), (0.1, 0.6)),
    ("Group", "Active"): ((-0.1, 0.2), (-0.1, 0.1)),
    ("Group", "Relative"): ((0.5, 1.4), (0.5, 1.2)),
    ("Exposure", "Absolute"): ((1.0, 7.0), (3.0, 9.0)),
    ("Exposure", "Active"): ((-0.5, 1.0), (-1.0, 0.5)),
    ("Exposure", "Relative"): ((0.8, 1.3), (0.7, 1.2)),
    ("Budget", "Absolute"): ((0.5, 1.0), (0.9, 1.2)),
    ("Turnover", "Absolute"): ((None, None), (0.01, 0.4)),
    ("Gross", "Absolute"): ((None, None), (0.7, 1.3)),
    ("ActiveShare", "Absolute"): ((None, None), (0.01, 0.3)),
    ("Trade", "Absolute"): ((-0.2, 0.1), (-0.05, 0.2)),
    ("Ratio", "Absolute"): ((0.2, 2.0), (0.1, 2.0)),
}
KINDS = ["Weight", "Weight", "Group", "Group", "Exposure", "Budget", "Turnover", "Gross", "ActiveShare"]
KINDS += ["Trade", "Ratio", "Exclude", "Hold"]


class Market:
    """Names with weights, holdings, sectors and durations."""

    def __init__(self, rng):
        self.n = int(rng.integers(3, 10))
        self.names = [f"Bond {at}" for at in range(self.n)]
        self.benchmark, self.current = rng.dirichlet(np.ones(self.n)), rng.dirichlet(np.ones(self.n))
        roots = rng.normal(size=(self.n, self.n + 3))
        self.cov = (roots @ roots.T + (roots @ roots.T).T) / 2
        self.sectors = [*SECTORS, *rng.choice(SECTORS, self.n - 3).tolist()]
        self.durations = rng.uniform(1.0, 10.0, self.n)

    def row(self, rng):
        kind = str(rng.choice(KINDS))
        based = kind in ("Weight", "Group", "Exposure")
        basis = str(rng.choice(["Absolute", "Active", "Relative"])) if based else "Absolute"
        name, sector = str(rng.choice(self.names)), f"Sector={rng.choice(SECTORS)}"
        if kind in ("Exclude", "Hold"):
            return [kind, name if rng.random() < 0.7 else sector, None, None, None]
        item = {
            "Weight": name if rng.random() < 0.6 else "*",
            "Trade": name if rng.random() < 0.6 else "*",
            "Group": sector if rng.random() < 0.7 else "Sector=*",
            "Exposure": "Duration",
            "Ratio": "Sector=Gov / Sector=Corp",
        }.get(kind)
        (least, most), tops = RANGES[kind, basis]
        low = None if least is None else round(float(rng.uniform(least, most)), 3)
        high = round(float(rng.uniform(*tops)), 3)
        if low is None:
            return [kind, item, None, high, basis]
        sides = [(low, max(low, high)), (None, high), (low, None)][rng.integers(3)]
        return [kind, item, *sides, basis]

    def arguments(self, table):
        edges = [[name, *row] for name, row in zip(self.names, self.cov.tolist(), strict=True)]
        about = zip(self.names, self.sectors, self.durations.tolist(), strict=True)
        return [
            self.named(self.benchmark),
            [[None, *self.names], *edges],
            [HEADER, *table],
            [["Name", "Sector", "Duration"], *map(list, about)],
            self.named(self.current),
        ]

    def named(self, weights):
        return [[name, float(weight)] for name, weight in zip(self.names, weights, strict=True)]

    def held(self, item):
        """Ones for the names that an item stands for."""
        if item in self.names:
            return np.array([float(name == item) for name in self.names])
        return np.array([float(f"Sector={sector}" == item) for sector in self.sectors])


def breach(market, table):
    """The least total breach of the table, by HiGHS; infinite where the limits of a name cross."""
    bounds = [bounds_of(market, table, at) for at in range(market.n)]
    crossing = max(low - high for low, high in bounds)
    if crossing > 0.0:
        return crossing
    rows, limits = [], []
    for coefficients, reference, scale, low, high in sums(market, table):
        # Weights, then for each name the distance from the reference, if the row counts distances.
        plain = np.zeros(market.n) if reference is not None else coefficients
        far = np.zeros(market.n) if reference is None else coefficients
        for sign, limit in ((1.0, high), (-1.0, low)):
            if limit is not None:
                rows.append((sign * plain / scale, sign * far / scale, reference))
                limits.append(sign * limit / scale)
    return elastic(market, bounds, rows, limits)


def elastic(market, bounds, rows, limits):
    n, references = market.n, [row[2] for row in rows if row[2] is not None]
    width = n * (1 + len(references)) + len(rows)
    matrix, right, place = [], [], 0
    for number, (plain, far, reference) in enumerate(rows):
        line = np.zeros(width)
        line[:n] = plain
        line[width - len(rows) + number] = -1.0
        if reference is not None:
            place += 1
            mine = slice(n * place, n * (place + 1))
            line[mine] = far
            for sign in (1.0, -1.0):
                distance = np.zeros((n, width))
                distance[:, :n], distance[:, mine] = sign * np.eye(n), -np.eye(n)
                matrix.append(distance)
                right.append(sign * reference)
        matrix.append(line[None, :])
        right.append(np.array([limits[number]]))
    costs = np.concatenate([np.zeros(width - len(rows)), np.ones(len(rows))])
    box = [*bounds, *[(0.0, None)] * (width - n)]
    answer = linprog(costs, A_ub=np.vstack(matrix), b_ub=np.concatenate(right), bounds=box)
    assert answer.status == 0
    return float(answer.fun)


def sums(market, table):
    """Coefficients, reference of the distances if any, largest coefficient, and the two limits of every row."""
    ones = np.ones(market.n)
    if not any(row[0] == "Budget" for row in table):
        yield ones, None, 1.0, 1.0, 1.0
    for kind, item, low, high, basis in table:
        if kind == "Budget":
            yield ones, None, 1.0, low, high
        elif kind == "Exposure":
            yield market.durations, None, 10.0, *based(market, market.durations, low, high, basis)
        elif kind == "Ratio":
            yield from ratio(market, item, low, high)
        elif kind == "Group":
            yield from groups(market, table, item, low, high, basis)
        elif kind in ("Turnover", "Gross", "ActiveShare"):
            reference = {"Turnover": market.current, "Gross": 0.0 * ones, "ActiveShare": market.benchmark}[
                kind
            ]
            yield ones * (1.0 if kind == "Gross" else 0.5), reference, 1.0, None, high


def ratio(market, item, low, high):
    above, below = (market.held(part) for part in item.split(" / "))
    if low is not None:
        yield above - low * below, None, max(1.0, low), 0.0, None
    if high is not None:
        yield above - high * below, None, max(1.0, high), None, 0.0


def groups(market, table, item, low, high, basis):
    """One group, or all that no other row of the same basis and side names."""
    if item != "Sector=*":
        yield market.held(item), None, 1.0, *based(market, market.held(item), low, high, basis)
        return
    for sector in SECTORS:
        outright, members = f"Sector={sector}", market.held(f"Sector={sector}")
        rivals = [row for row in table if row[:2] == ["Group", outright] and row[4] == basis]
        ends = [
            None if any(rival[side] is not None for rival in rivals) else end
            for side, end in ((MIN, low), (MAX, high))
        ]
        yield members, None, 1.0, *based(market, members, *ends, basis)


def based(market, coefficients, low, high, basis):
    reference = float(coefficients @ market.benchmark)
    return tuple(None if end is None else absolute(end, basis, reference) for end in (low, high))


def absolute(limit, basis, reference):
    return limit + reference if basis == "Active" else limit * reference if basis == "Relative" else limit


def bounds_of(market, table, at):
    mine = (market.names[at], f"Sector={market.sectors[at]}")
    fixed = [
        0.0 if row[0] == "Exclude" else market.current[at]
        for row in table
        if row[0] in ("Exclude", "Hold") and row[1] in mine
    ]
    if fixed:
        return max(fixed), min(fixed)
    return max(ends(market, table, at, MIN, 0.0)), min(ends(market, table, at, MAX, 1.0))


def ends(market, table, at, side, default):
    for kind, basis in (
        ("Weight", "Absolute"),
        ("Weight", "Active"),
        ("Weight", "Relative"),
        ("Trade", "Absolute"),
    ):
        speaking = {
            item: [
                row[side]
                for row in table
                if row[:2] == [kind, item] and row[4] == basis and row[side] is not None
            ]
            for item in (market.names[at], "*")
        }
        in_force = speaking[market.names[at]] or speaking["*"]
        for limit in in_force:
            yield (
                limit + market.current[at]
                if kind == "Trade"
                else absolute(limit, basis, market.benchmark[at])
            )
        if (kind, basis) == ("Weight", "Absolute") and not in_force:
            yield default
