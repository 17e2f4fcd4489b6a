"""The catalogue: every function a user can type, declared once."""

from trackerr_xl.functions.attribution import BRINSON
from trackerr_xl.functions.backtest import TE_BACKTEST
from trackerr_xl.functions.batch import TE_BATCH
from trackerr_xl.functions.beta import ACTIVE_BETA
from trackerr_xl.functions.bridge import TE_BRIDGE
from trackerr_xl.functions.constraints import TE_CONSTRAINTS
from trackerr_xl.functions.cov_check import COV_CHECK
from trackerr_xl.functions.cov_estimate import COV_ESTIMATE
from trackerr_xl.functions.cov_nearest import COV_NEAREST
from trackerr_xl.functions.decompose import TE_CONTRIB
from trackerr_xl.functions.drift import TE_DRIFT
from trackerr_xl.functions.explain import TE_EXPLAIN
from trackerr_xl.functions.factors import TE_FACTORS
from trackerr_xl.functions.frontier import TE_FRONTIER
from trackerr_xl.functions.headroom import TE_HEADROOM
from trackerr_xl.functions.help import TE_HELP
from trackerr_xl.functions.ladder import TE_LADDER
from trackerr_xl.functions.measure import ACTIVE_SHARE, TRACKING_ERROR
from trackerr_xl.functions.names import TE_NAMES
from trackerr_xl.functions.optimize import TE_OPTIMIZE
from trackerr_xl.functions.reconcile import TE_RECONCILE
from trackerr_xl.functions.risk_model import RISK_MODEL
from trackerr_xl.functions.rolling import TE_ROLLING
from trackerr_xl.functions.sample import TE_SAMPLE
from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.functions.stats import TE_STATS
from trackerr_xl.functions.track import TE_TRACK
from trackerr_xl.functions.trades import TE_TRADES
from trackerr_xl.functions.versions import TE_VERSION

CATALOGUE: dict[str, SheetFunction] = {
    function.name: function
    for function in (
        TRACKING_ERROR,
        ACTIVE_SHARE,
        ACTIVE_BETA,
        TE_STATS,
        TE_ROLLING,
        TE_CONTRIB,
        TE_FACTORS,
        TE_BRIDGE,
        BRINSON,
        COV_ESTIMATE,
        COV_CHECK,
        COV_NEAREST,
        RISK_MODEL,
        TE_OPTIMIZE,
        TE_FRONTIER,
        TE_NAMES,
        TE_SAMPLE,
        TE_TRACK,
        TE_BATCH,
        TE_TRADES,
        TE_LADDER,
        TE_HEADROOM,
        TE_CONSTRAINTS,
        TE_EXPLAIN,
        TE_RECONCILE,
        TE_BACKTEST,
        TE_DRIFT,
        TE_HELP,
        TE_VERSION,
    )
}
