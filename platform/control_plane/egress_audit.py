"""What is refused its way out in the web process, beside calls: kept with the calls of its tenant that were refused."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from control_plane.rates import is_too_often
from egress.denials import Denial, Report
from mcp_runtime.replica.egress_denials import EgressDenials
from tenants.actor import Actor
from tenants.models import Tenant
from tenants.services.http_tool_trials import egress_denials_record

MOST: Final = 20
WITHIN: Final = 60
"""How many are kept of one tenant, within so many seconds. The log has them all."""


@contextmanager
def denials_kept(*, tenant: Tenant, actor: Actor) -> Iterator[Report]:
    """Gives what a door reports to. What it heard is written at the end, so open no scope around it."""
    heard: list[Denial] = []
    logged = EgressDenials(Counter())

    def hear(denial: Denial) -> None:
        logged(denial)
        if len(heard) < MOST and denial not in heard:
            heard.append(denial)

    try:
        yield hear
    finally:
        kept = [each for each in heard if not is_too_often("egress-audit", str(tenant.pk), most=MOST, seconds=WITHIN)]
        if kept:
            egress_denials_record(tenant=tenant, actor=actor, server=None, tool="", denials=kept)
