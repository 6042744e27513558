"""What a replica notices of an upstream is quarantined at once, in that upstream's tenant alone."""

import asyncio

import pytest

from tenants.models.upstream import DefinitionState
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.upstream_reports import DatabaseUpstreamReports
from tests.fixtures.cast import Cast
from tests.fixtures.upstreams import approved, definitions, tool


@pytest.mark.django_db(transaction=True)
def test_what_a_replica_notices_is_written_down_for_its_tenant_alone(cast: Cast) -> None:
    ours, theirs = approved(cast.ada), approved(cast.gus)
    threads = DatabaseThreads(threads=1)
    reports = DatabaseUpstreamReports(threads)
    changed = {"tools": [tool(title="Other")]}
    try:
        asyncio.run(reports.offered(str(cast.globex.tenant.pk), str(ours.pk), changed))
        assert definitions(cast.ada, ours)["create_issue"].state == DefinitionState.APPROVED
        asyncio.run(reports.offered(str(cast.acme.tenant.pk), str(ours.pk), changed))
    finally:
        threads.close()
    assert definitions(cast.ada, ours)["create_issue"].state == DefinitionState.CHANGED
    assert definitions(cast.gus, theirs)["create_issue"].state == DefinitionState.APPROVED
