"""What all sides have written down, at the end of a run."""

from tests.chaos.cluster import Cluster
from tests.chaos.evidence import Evidence
from tests.chaos.ledger import Ledger
from tests.chaos.toolkit import PROMISES
from tests.chaos.upstream import effects_read


def gathered(cluster: Cluster, ledger: Ledger) -> Evidence:
    """Read it all."""
    return Evidence(
        tools=PROMISES,
        acknowledgements=ledger.acknowledgements,
        answers=ledger.answers,
        progress_heard=ledger.progress_heard,
        unexpected=ledger.unexpected,
        effects=list(effects_read(cluster.record)),
        jobs=cluster.onlooker.jobs(),
        calls=cluster.onlooker.calls(),
        sightings=cluster.onlooker.sightings(),
    )
