"""Formulas of the old kind: where one value is wanted, a range stands for its cell in the formula's own row or column.

A formula that Excel did not mark as an array is calculated by this rule (implicit intersection). The engine calculates
every formula as an array, so the rule is carried out on the formula's text. Which arguments want one value is known
from Microsoft's BIFF documentation of parameter classes; functions not listed came later than the rule.
"""

from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.formulas import Call, Group, Lifted, Node, Nodes, Reference, Word, walk
from trackerr_xl.workbook.own_names import own_function
from trackerr_xl.workbook.resolve import own_row_or_column


def intersected(nodes: Nodes, home: Address) -> Nodes:
    """An old-style formula with every range that stands for one value replaced by that cell."""
    modern = any(isinstance(node, Call) and node.name in ("LET", "LAMBDA") for node in walk(nodes))
    return nodes if modern else _sequence(nodes, _VALUE, home)


def may_be_array(nodes: Nodes) -> bool:
    """Whether the engine could make more than one value of an old-style formula, of which its cell shows the first."""
    return any(
        isinstance(node, Lifted)
        or (isinstance(node, Reference) and node.spilled)
        or (isinstance(node, Word) and node.kind == "array")
        or (isinstance(node, Call) and (node.name not in _CLASSES or node.name in _GIVE_ARRAYS))
        for node in walk(nodes)
    )


_VALUE, _RANGE, _ARRAY, _OUTER = "V", "R", "A", "O"

_PATTERNS = {
    # Every argument is one value; the last letter of a pattern stands for all further arguments.
    "V": (
        "ABS ACOS ACOSH ASIN ASINH ATAN ATAN2 ATANH BETA.DIST BETA.INV BETADIST BETAINV BINOM.DIST BINOMDIST CEILING "
        "CEILING.MATH CHAR CHIDIST CHIINV CHISQ.DIST CHISQ.DIST.RT CHISQ.INV CHISQ.INV.RT CODE COMBIN CONCATENATE "
        "CONFIDENCE CONFIDENCE.NORM COS COSH DATE DATEDIF DATEVALUE DAY DAYS DAYS360 DB DDB DEGREES DOLLAR EDATE "
        "EOMONTH ERROR.TYPE EVEN EXACT EXP EXPON.DIST EXPONDIST F.DIST F.DIST.RT F.INV F.INV.RT FACT FDIST FIND FINV "
        "FISHER FISHERINV FIXED FLOOR FLOOR.MATH FV GAMMA.DIST GAMMA.INV GAMMADIST GAMMAINV GAMMALN HOUR HYPERLINK "
        "HYPGEOMDIST IFERROR IFNA INDIRECT INT IPMT ISBLANK ISERR ISERROR ISEVEN ISLOGICAL ISNA ISNONTEXT ISNUMBER "
        "ISODD ISTEXT LEFT LEN LN LOG LOG10 LOGINV LOGNORM.DIST LOGNORM.INV LOGNORMDIST LOWER MID MINUTE MOD MONTH "
        "MROUND NA NEGBINOMDIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NORMDIST NORMINV NORMSDIST NORMSINV NOT NOW "
        "NPER ODD PERMUT PI PMT POISSON POISSON.DIST POWER PPMT PRICE PROPER PV QUOTIENT RADIANS RAND RANDBETWEEN "
        "RATE REPLACE REPT RIGHT ROUND ROUNDDOWN ROUNDUP SEARCH SECOND SIGN SIN SINH SLN SQRT STANDARDIZE SUBSTITUTE "
        "SYD T T.DIST T.DIST.2T T.DIST.RT T.INV T.INV.2T TAN TANH TDIST TEXT TIME TIMEVALUE TINV TODAY TRIM TRUNC "
        "UPPER VALUE VDB WEEKDAY WEEKNUM WEIBULL WEIBULL.DIST YEAR YEARFRAC YIELD ADDRESS DURATION MDURATION COUPNUM "
        "COUPPCD COUPNCD COUPDAYS COUPDAYBS COUPDAYSNC ACCRINT DISC INTRATE RECEIVED YIELDDISC EFFECT NOMINAL"
    ),
    "R": (
        "AND AREAS AVEDEV AVERAGE AVERAGEA COLUMN COLUMNS COUNT COUNTA COUNTBLANK DEVSQ GEOMEAN HARMEAN ISREF KURT MAX "
        "MAXA MEDIAN MIN MINA OR PRODUCT ROW ROWS SKEW STDEV STDEV.P STDEV.S STDEVA STDEVP STDEVPA SUM SUMSQ VAR VAR.P "
        "VAR.S VARA VARP VARPA GCD LCM XOR MULTINOMIAL MIRR N FVSCHEDULE DSUM DAVERAGE DCOUNT DMAX DMIN DGET"
    ),
    "A": (
        "CORREL COVAR COVARIANCE.P COVARIANCE.S F.TEST FORECAST FORECAST.LINEAR FREQUENCY FTEST GROWTH INTERCEPT LINEST "
        "LOGEST MDETERM MINVERSE MMULT MODE MODE.SNGL PEARSON PROB RSQ SLOPE STEYX SUMPRODUCT SUMX2MY2 SUMX2PY2 SUMXMY2 "
        "T.TEST TRANSPOSE TREND TTEST CHITEST CHISQ.TEST"
    ),
    "AV": "INDEX",
    "RV": (
        "COUNTIF IRR LARGE OFFSET PERCENTILE PERCENTILE.EXC PERCENTILE.INC PERCENTRANK PERCENTRANK.INC "
        "PERCENTRANK.EXC QUARTILE QUARTILE.EXC QUARTILE.INC SMALL TRIMMEAN ZTEST Z.TEST"
    ),
    "RVR": "SUMIF AVERAGEIF",
    "RRV": "XIRR",
    "VRV": "HLOOKUP MATCH RANK RANK.EQ RANK.AVG VLOOKUP",
    "VAA": "LOOKUP",
    "VR": "NPV SUBTOTAL SERIESSUM XNPV",
    "VVR": "NETWORKDAYS WORKDAY TEXTJOIN AGGREGATE",
    "VO": "IF CHOOSE",
    "RVP": "COUNTIFS",
    "RRP": "SUMIFS AVERAGEIFS MAXIFS MINIFS",
}
_CLASSES = {name: pattern for pattern, names in _PATTERNS.items() for name in names.split()}
_GIVE_RANGES = frozenset(("INDEX", "OFFSET", "INDIRECT"))
_GIVE_ARRAYS = _GIVE_RANGES | {
    "FREQUENCY",
    "GROWTH",
    "LINEST",
    "LOGEST",
    "MINVERSE",
    "MMULT",
    "TRANSPOSE",
    "TREND",
}


def _class(name: str, position: int) -> str:
    """Class of an argument: one value, a range, an array, or whatever its function's own place asks for."""
    pattern = _CLASSES.get(name)
    if pattern is None:
        return _RANGE if own_function(name) else _ARRAY
    if pattern == "RVP":
        return _RANGE if position % 2 == 0 else _VALUE
    if pattern == "RRP":
        return _RANGE if position == 0 or position % 2 == 1 else _VALUE
    return pattern[min(position, len(pattern) - 1)]


def _sequence(nodes: Nodes, wanted: str, home: Address) -> Nodes:
    if wanted == _ARRAY:
        return nodes
    operands = [node for node in nodes if not (isinstance(node, Word) and node.kind == "space")]
    dynamic_range = any(isinstance(node, Word) and node.text == ":" for node in nodes)
    inner = wanted if len(operands) == 1 or dynamic_range else _VALUE
    out: list[Node] = []
    for node in nodes:
        out.extend(_node(node, inner if not dynamic_range else _RANGE, home))
    return tuple(out)


def _node(node: Node, wanted: str, home: Address) -> Nodes:
    if isinstance(node, Reference) and wanted == _VALUE and not node.spilled:
        return (own_row_or_column(node, home),)
    if isinstance(node, Group):
        return (Group(tuple(_sequence(argument, wanted, home) for argument in node.arguments)),)
    if not isinstance(node, Call):
        return (node,)
    classes = (_class(node.name, position) for position in range(len(node.arguments)))
    arguments = tuple(
        _sequence(argument, wanted if kind == _OUTER else kind, home)
        for argument, kind in zip(node.arguments, classes, strict=True)
    )
    call = Call(node.name, arguments)
    if wanted == _VALUE and node.name in _GIVE_RANGES:
        return (Word("operator", "@"), call)
    return (call,)
