"""trackerr_xl in xlwings Lite: paste into main.py. Written by `python -m trackerr_xl.publish`; do not edit."""

from typing import Annotated

from xlwings import func

from trackerr_xl.hosts.officejs import Cells, answer


@func
def TRACKING_ERROR(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight]; without cov the portfolio's returns, or [date, return]."}],
    benchmark: Annotated[Cells, {"doc": "Benchmark weights, or without cov the benchmark's returns over the same dates."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell. Left out: ex-post."}] = None,
    periods: Annotated[Cells, {"doc": "Periods a year of the covariance or the returns: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
    method: Annotated[Cells, {"doc": "Ex-post only. Std: sample, mean removed. RMS: drift included. MAD: mean absolute deviation. Downside: shortfalls. Geometric: of (1+r)/(1+q)-1. EWMA 60: halflife of 60 periods."}] = None,
) -> Cells:
    """Tracking error: ex-ante from weights when a covariance is given, otherwise ex-post from two return series."""
    return answer("TRACKING_ERROR", portfolio, benchmark, cov, periods, method)


@func
def ACTIVE_SHARE(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight]."}],
    benchmark: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
) -> Cells:
    """Active share: half the sum of absolute differences of the weights, over the union of the names."""
    return answer("ACTIVE_SHARE", portfolio, benchmark)


@func
def ACTIVE_BETA(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight]; without cov the portfolio's returns, or [date, return]."}],
    benchmark: Annotated[Cells, {"doc": "Benchmark weights, or without cov the benchmark's returns over the same dates."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell. Left out: ex-post."}] = None,
) -> Cells:
    """Beta against the benchmark: ex-ante from weights when a covariance is given, otherwise ex-post from two return series."""
    return answer("ACTIVE_BETA", portfolio, benchmark, cov)


@func
def TE_STATS(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight]."}] = None,
    benchmark: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}] = None,
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell. For ex-ante figures."}] = None,
    portfolio_returns: Annotated[Cells, {"doc": "Simple returns of the portfolio per period: one column, one row, or [date, return]; an empty cell is a return that is missing, and its date is left out of both series."}] = None,
    benchmark_returns: Annotated[Cells, {"doc": "Simple returns of the benchmark per period: one column, one row, or [date, return]; an empty cell is a return that is missing, and its date is left out of both series."}] = None,
    periods: Annotated[Cells, {"doc": "Periods a year of the covariance and the returns: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
) -> Cells:
    """Tracking error before and after the fact on one page: beta and residual parts, active share, returns, information ratio, hit rate, drawdown and a 95 % band."""
    return answer("TE_STATS", portfolio, benchmark, cov, portfolio_returns, benchmark_returns, periods)


@func
def TE_ROLLING(
    portfolio_returns: Annotated[Cells, {"doc": "Simple returns of the portfolio per period: one column, one row, or [date, return]; an empty cell is a return that is missing, and its date is left out of both series."}],
    benchmark_returns: Annotated[Cells, {"doc": "Simple returns of the benchmark per period: one column, one row, or [date, return]; an empty cell is a return that is missing, and its date is left out of both series."}],
    window: Annotated[Cells, {"doc": "Returns in each window."}],
    periods: Annotated[Cells, {"doc": "Periods a year of the returns: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
    halflife: Annotated[Cells, {"doc": "Periods after which the weight of a return in the window has halved; left out, all weigh alike."}] = None,
) -> Cells:
    """Ex-post tracking error over a moving window, a cell for each row of the portfolio's returns."""
    return answer("TE_ROLLING", portfolio_returns, benchmark_returns, window, periods, halflife)


@func
def TE_CONTRIB(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight]."}],
    benchmark: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}],
    groups: Annotated[Cells, {"doc": "A group for each name: one column or row in the order of the portfolio, or [name, group]."}] = None,
    periods: Annotated[Cells, {"doc": "Periods a year of the covariance: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
    funding: Annotated[Cells, {"doc": "What is sold to buy a name: Cash, or a slice of the whole Benchmark."}] = None,
) -> Cells:
    """Contributions of names or groups to the ex-ante tracking error: marginal, total, share and stand-alone."""
    return answer("TE_CONTRIB", portfolio, benchmark, cov, groups, periods, funding)


@func
def TE_FACTORS(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight]."}],
    benchmark: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    exposures: Annotated[Cells, {"doc": "A row for each name, a column for each factor, with names at the left and factors on top if there are any. Bonds: key-rate durations, and duration times spread."}],
    factor_cov: Annotated[Cells, {"doc": "Covariance of the factors' returns per period: k × k, or with the factors on both edges, matched by name."}],
    specific: Annotated[Cells, {"doc": "Specific variance of each name, or its standard deviation: see units. Left out: none."}] = None,
    periods: Annotated[Cells, {"doc": "Periods a year of factor_cov and specific: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
    units: Annotated[Cells, {"doc": "Of factor_cov and specific. Decimal: fractions squared; Percent: percent squared. Variance: specific holds variances; sd: standard deviations."}] = None,
    blocks: Annotated[Cells, {"doc": "A block for each factor, such as Curve and Spreads: one row or column in the order of exposures, or [factor, block]."}] = None,
) -> Cells:
    """Contributions to the ex-ante tracking error by factor of a risk model, and specific: isolated, cumulative, change."""
    return answer("TE_FACTORS", portfolio, benchmark, exposures, factor_cov, specific, periods, units, blocks)


@func
def TE_BRIDGE(
    w_old: Annotated[Cells, {"doc": "Portfolio weights of the old date, one column, one row or [name, weight]."}],
    b_old: Annotated[Cells, {"doc": "Benchmark weights of the old date, one column, one row or [name, weight]."}],
    cov_old: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell. Of the old date, for the names of both."}],
    w_new: Annotated[Cells, {"doc": "Portfolio weights of the new date, one column, one row or [name, weight]."}],
    b_new: Annotated[Cells, {"doc": "Benchmark weights of the new date, one column, one row or [name, weight]."}],
    cov_new: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell. Of the new date, for the names of both."}],
    periods: Annotated[Cells, {"doc": "Periods a year of the covariances: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
) -> Cells:
    """Why the ex-ante tracking error changed between two dates: portfolio, benchmark, volatility, correlation, specific."""
    return answer("TE_BRIDGE", w_old, b_old, cov_old, w_new, b_new, cov_new, periods)


@func
def BRINSON(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights at the start of each period. One period: one column, one row or [name, number]; several: a row per period, names on top, dates at the left if they have any."}],
    benchmark: Annotated[Cells, {"doc": "Benchmark weights at the start of each period. One period: one column, one row or [name, number]; several: a row per period, names on top, dates at the left if they have any."}],
    portfolio_returns: Annotated[Cells, {"doc": "Returns of the names in the portfolio. One period: one column, one row or [name, number]; several: a row per period, names on top, dates at the left if they have any."}],
    benchmark_returns: Annotated[Cells, {"doc": "Returns of the names in the benchmark. One period: one column, one row or [name, number]; several: a row per period, names on top, dates at the left if they have any."}],
    groups: Annotated[Cells, {"doc": "A group for each name: one column or row in the order of the portfolio, or [name, group]."}],
) -> Cells:
    """Brinson–Fachler attribution of the active return to allocation, selection and interaction by group, linked over periods."""
    return answer("BRINSON", portfolio, benchmark, portfolio_returns, benchmark_returns, groups)


@func
def COV_ESTIMATE(
    returns: Annotated[Cells, {"doc": "Simple returns: a row for each date, oldest first unless dates stand at the left; a column for each name, names on top if wanted. Empty: missing."}],
    method: Annotated[Cells, {"doc": "Sample. EWMA: newer dates count more. LW Identity, LW Index, LW Correlation: Ledoit and Wolf's three targets. LW Nonlinear. OAS. Denoise: eigenvalues within noise made equal."}] = None,
    periods: Annotated[Cells, {"doc": "Periods a year of the returns, which the covariance is multiplied by: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
    halflife: Annotated[Cells, {"doc": "EWMA only: periods after which a weight has halved; 60 when left out."}] = None,
    missing: Annotated[Cells, {"doc": "Complete: dates without gaps. Pairwise (Sample, EWMA): the dates two names share, then made possible. EM (Sample): the most likely under normal returns."}] = None,
) -> Cells:
    """Covariance of returns: sample, exponentially weighted, shrunk or denoised; missing returns are never taken for zeros."""
    return answer("COV_ESTIMATE", returns, method, periods, halflife, missing)


@func
def COV_CHECK(
    cov: Annotated[Cells, {"doc": "Any square of numbers meant as a covariance: n × n, or with the names on both edges."}],
    returns: Annotated[Cells, {"doc": "The returns it was made of, if they are at hand: a row for each date, a column for each name. Empty: missing."}] = None,
) -> Cells:
    """What can be seen of a covariance: symmetry, eigenvalues, condition, doubled and riskless names, units; beside returns its divisor and periods."""
    return answer("COV_CHECK", cov, returns)


@func
def COV_NEAREST(
    cov: Annotated[Cells, {"doc": "Symmetric matrix that need not be positive semidefinite: n × n, or with the names on both edges. Correlations too."}],
    method: Annotated[Cells, {"doc": "Higham: nearest correlations, variances kept. Higham covariance: nearest matrix, variances free. Clip: eigenvalues of the correlations clipped, variances kept."}] = None,
) -> Cells:
    """The nearest matrix that can be a covariance, when negative eigenvalues show that this one cannot; how far it moved is told."""
    return answer("COV_NEAREST", cov, method)


@func
def RISK_MODEL(
    exposures: Annotated[Cells, {"doc": "A row for each name, a column for each factor, with names at the left and factors on top if there are any. Bonds: key-rate durations, and duration times spread."}],
    factor_cov: Annotated[Cells, {"doc": "Covariance of the factors' returns per period: k × k, or with the factors on both edges, matched by name."}],
    specific: Annotated[Cells, {"doc": "Specific variance of each name, or its standard deviation: see units. One column, one row or [name, number]."}],
    units: Annotated[Cells, {"doc": "Of factor_cov and specific. Decimal: fractions squared; Percent: percent squared. Variance: specific holds variances; sd: standard deviations."}] = None,
) -> Cells:
    """A factor model as one cell, accepted wherever cov is: exposures, covariance of the factors, specific risk."""
    return answer("RISK_MODEL", exposures, factor_cov, specific, units)


@func
def TE_OPTIMIZE(
    weights: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}],
    constraints: Annotated[Cells, {"doc": "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 to 1, their sum 1."}] = None,
    attributes: Annotated[Cells, {"doc": "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."}] = None,
    current: Annotated[Cells, {"doc": "Weights held now; Hold, Trade, Turnover and Cost rows count trades from them."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance, Seconds, Gap, Observations."}] = None,
) -> Cells:
    """The best weights under a table of limits, of least tracking error against a benchmark unless an option says otherwise; with two arguments long-only and fully invested."""
    return answer("TE_OPTIMIZE", weights, cov, constraints, attributes, current, options)


@func
def TE_FRONTIER(
    weights: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}],
    alpha: Annotated[Cells, {"doc": "Expected return of each name per period of cov, one column, one row or [name, return]."}],
    constraints: Annotated[Cells, {"doc": "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 to 1, their sum 1."}] = None,
    attributes: Annotated[Cells, {"doc": "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."}] = None,
    current: Annotated[Cells, {"doc": "Weights held now; Hold, Trade, Turnover and Cost rows count trades from them."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance, Seconds, Gap, Observations, Points."}] = None,
) -> Cells:
    """The most expected return for every tracking error: all corner portfolios where the limits are linear, a grid otherwise."""
    return answer("TE_FRONTIER", weights, cov, alpha, constraints, attributes, current, options)


@func
def TE_NAMES(
    weights: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}],
    counts: Annotated[Cells, {"doc": "The largest numbers of names to hold, one column or row."}],
    constraints: Annotated[Cells, {"doc": "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 to 1, their sum 1."}] = None,
    attributes: Annotated[Cells, {"doc": "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."}] = None,
    current: Annotated[Cells, {"doc": "Weights held now; Hold, Trade, Turnover and Cost rows count trades from them."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance, Seconds, Gap, Observations."}] = None,
) -> Cells:
    """What each number of names costs in tracking error: the best found, a proven bound, the gap between them and the time it took."""
    return answer("TE_NAMES", weights, cov, counts, constraints, attributes, current, options)


@func
def TE_SAMPLE(
    weights: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    attributes: Annotated[Cells, {"doc": "Table with a header row: names first, then the columns that make the cells; contributions of Duration and DTS are matched where there are such columns."}],
    cells: Annotated[Cells, {"doc": "Columns that make the cells, with commas between them, and where a column of numbers is cut: Sector, Duration 3 5 10. Without numbers it is cut into quarters of the index."}],
    constraints: Annotated[Cells, {"doc": "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 to 1, their sum 1."}] = None,
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance, Seconds, Gap, Observations."}] = None,
    show: Annotated[Cells, {"doc": "Sample: names, weights and cells. Cells: a row per cell with its gaps. Summary: figures, with cov the tracking error beside the least of as many names."}] = None,
) -> Cells:
    """Stratified sample of an index: names of every cell, weights that match each cell's weight, duration and DTS, the gaps, and the least tracking error beside it."""
    return answer("TE_SAMPLE", weights, attributes, cells, constraints, cov, options, show)


@func
def TE_TRACK(
    returns: Annotated[Cells, {"doc": "Returns of the names, dates down and names across; names on top and dates at the left if there are any."}],
    index_returns: Annotated[Cells, {"doc": "Returns of the index over the same dates, one column, one row or [date, return]."}],
    constraints: Annotated[Cells, {"doc": "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 to 1, their sum 1."}] = None,
    attributes: Annotated[Cells, {"doc": "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."}] = None,
    current: Annotated[Cells, {"doc": "Weights held now; Hold, Trade, Turnover and Cost rows count trades from them."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance, Seconds, Gap, Observations, Method."}] = None,
) -> Cells:
    """Weights whose past returns follow those of an index, by regression within limits; no covariance and no index weights needed."""
    return answer("TE_TRACK", returns, index_returns, constraints, attributes, current, options)


@func
def TE_BATCH(
    accounts: Annotated[Cells, {"doc": "Table with the header Account, columns headed by names (weights held now), Exclude (names or groups, ; between them) and limits such as Turnover Max; none in a cell lifts the limit."}],
    weights: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}],
    constraints: Annotated[Cells, {"doc": "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 to 1, their sum 1."}] = None,
    attributes: Annotated[Cells, {"doc": "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance, Seconds, Gap, Observations."}] = None,
) -> Cells:
    """The best weights of many accounts that share risk model, benchmark and limits, each with its own holdings, limits and exclusions."""
    return answer("TE_BATCH", accounts, weights, cov, constraints, attributes, options)


@func
def TE_TRADES(
    target: Annotated[Cells, {"doc": "Weights wanted, one column, one row or [name, weight]; what they leave is cash."}],
    current_shares: Annotated[Cells, {"doc": "Shares or nominal held now, like the target or [name, shares]; 0 where nothing is held."}],
    prices: Annotated[Cells, {"doc": "Price of one share, or of one unit of nominal with accrued interest, like the target or [name, price]."}],
    value_or_cash: Annotated[Cells, {"doc": "Cash to invest beside the holdings; or two cells, Value and what holdings and cash are worth together."}],
    lots: Annotated[Cells, {"doc": "Lot of each name: one number, [name, lot], or a table with columns Lot and MinPiece (the smallest holding). Left out: 1."}] = None,
    costs: Annotated[Cells, {"doc": "Cost per amount traded: one number, [name, cost], or a table with columns Cost and Fee (money a ticket). Left out: none."}] = None,
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}] = None,
    benchmark: Annotated[Cells, {"doc": "Benchmark weights for the tracking errors shown. Left out: the target."}] = None,
) -> Cells:
    """Tickets in whole lots or bond pieces from the holdings to a target, by tracking error, cash never negative, costs to the cent."""
    return answer("TE_TRADES", target, current_shares, prices, value_or_cash, lots, costs, cov, benchmark)


@func
def TE_LADDER(
    current: Annotated[Cells, {"doc": "Weights held now, one column, one row or [name, weight]."}],
    weights: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}],
    costs: Annotated[Cells, {"doc": "Cost per unit traded of each name, or one for all. Left out: the column Cost of the attributes, or none."}] = None,
    constraints: Annotated[Cells, {"doc": "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 to 1, their sum 1."}] = None,
    attributes: Annotated[Cells, {"doc": "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance, Seconds, Gap, Observations."}] = None,
) -> Cells:
    """The trades to the best weights in order of tracking error removed per cost, with cumulative tracking error, turnover and cost."""
    return answer("TE_LADDER", current, weights, cov, costs, constraints, attributes, options)


@func
def TE_HEADROOM(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight]."}],
    benchmark: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}],
    te_limit: Annotated[Cells, {"doc": "Largest tracking error a year."}],
    periods: Annotated[Cells, {"doc": "Periods a year of the covariance: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
    funding: Annotated[Cells, {"doc": "What pays for a purchase: Cash, or a slice of the whole Benchmark."}] = None,
) -> Cells:
    """The most that can be bought and sold of each name, alone, before the ex-ante tracking error reaches a limit."""
    return answer("TE_HEADROOM", portfolio, benchmark, cov, te_limit, periods, funding)


@func
def TE_CONSTRAINTS(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight], such as the answer of TE_OPTIMIZE."}],
    weights: Annotated[Cells, {"doc": "Benchmark weights, one column, one row or [name, weight]."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}],
    constraints: Annotated[Cells, {"doc": "The constraints table of TE_OPTIMIZE."}],
    attributes: Annotated[Cells, {"doc": "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."}] = None,
    current: Annotated[Cells, {"doc": "Weights held now; Hold, Trade, Turnover and Cost rows count trades from them."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Objective, Risk aversion, Turnover, Units, Periods, Sum to, Missing cov name, Layout, Funding, Tolerance, Seconds, Gap, Observations."}] = None,
) -> Cells:
    """The constraints table answers back, row for row: value, slack, status, what the row costs, and the result without it."""
    return answer("TE_CONSTRAINTS", portfolio, weights, cov, constraints, attributes, current, options)


@func
def TE_EXPLAIN(
    function_name: Annotated[Cells, {"doc": "Name of the function in quotes; its own arguments follow."}],
    *arguments: Annotated[Cells, {"doc": "Further arguments."}],
) -> Cells:
    """In words: what the answer of a function rests on, or why it has none. Give its name and the same arguments."""
    return answer("TE_EXPLAIN", function_name, *arguments)


@func
def TE_RECONCILE(
    portfolio: Annotated[Cells, {"doc": "Portfolio weights, one column, one row or [name, weight]; without cov the portfolio's returns, or [date, return]."}],
    benchmark: Annotated[Cells, {"doc": "Benchmark weights or returns, as the portfolio."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}] = None,
    target_te: Annotated[Cells, {"doc": "The printed figure, as a fraction, in percent or in basis points."}] = None,
    periods: Annotated[Cells, {"doc": "Periods a year of the covariance or the returns: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
) -> Cells:
    """Every convention of tracking error with its value, and which of them comes nearest to a figure somebody else has printed."""
    return answer("TE_RECONCILE", portfolio, benchmark, cov, target_te, periods)


@func
def TE_BACKTEST(
    returns: Annotated[Cells, {"doc": "Simple returns: a row for each date, oldest first unless dates stand at the left; a column for each name, names on top if wanted. Empty: no return, the name cannot be held."}],
    benchmark: Annotated[Cells, {"doc": "[name, weight] at the start, which drift; or weights by date, names on top; or [date, return] of an index whose weights are not known, which is followed by its returns."}],
    rebalance: Annotated[Cells, {"doc": "Daily; Weekly, Monthly, Quarterly, Semi-annual, Annual: at the close of the last date of each. Every 21: dates. TE 0.5: when the ex-ante tracking error is above 0.5 % a year. Or dates."}] = None,
    constraints: Annotated[Cells, {"doc": "Table with the headers Type, Item, Min, Max and, if wanted, Basis, Penalty, On, Note. Left out: each weight from 0 to 1, their sum 1."}] = None,
    attributes: Annotated[Cells, {"doc": "Table with a header row: names in the first column, then columns such as Sector, Issuer, Duration, Alpha or Cost."}] = None,
    options: Annotated[Cells, {"doc": "Table with the headers Option and Value: Look-back, Covariance, Halflife, Missing returns, History, Periods, Layout Full for weights, and those of TE_OPTIMIZE."}] = None,
) -> Cells:
    """What rebalancing to a benchmark within limits would have earned: dated returns, tracking error, turnover and cost, from what was known on each day."""
    return answer("TE_BACKTEST", returns, benchmark, rebalance, constraints, attributes, options)


@func
def TE_DRIFT(
    weights_then: Annotated[Cells, {"doc": "Portfolio weights at the start, one column, one row or [name, weight]."}],
    benchmark_then: Annotated[Cells, {"doc": "Benchmark weights at the start, one column, one row or [name, weight]."}],
    period_returns: Annotated[Cells, {"doc": "Returns of the names since then: one column, one row or [name, return]; or a row per period with names on top, which are compounded."}],
    cov: Annotated[Cells, {"doc": "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."}] = None,
    te_limit: Annotated[Cells, {"doc": "Largest tracking error a year."}] = None,
    periods: Annotated[Cells, {"doc": "Periods a year of the covariance: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual."}] = None,
) -> Cells:
    """Weights after a period without trades, and whether the tracking error has drifted over its limit."""
    return answer("TE_DRIFT", weights_then, benchmark_then, period_returns, cov, te_limit, periods)


@func
def TE_HELP(
    function_name: Annotated[Cells, {"doc": "Name of a function, in quotes."}] = None,
) -> Cells:
    """The catalogue of functions, or with a name the page of one function."""
    return answer("TE_HELP", function_name)


@func
def TE_VERSION() -> Cells:
    """Versions of trackerr_xl, Python, NumPy and SciPy that answer here."""
    return answer("TE_VERSION")
