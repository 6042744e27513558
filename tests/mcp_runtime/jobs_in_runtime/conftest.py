"""Servers whose waiting tool runs in the background, for both tenants; acme's members may call it as well."""

from collections.abc import AsyncIterator

import pytest

from mcp_runtime.contract.snapshot import GrantSpec
from tests.mcp_runtime.cast import OWNERS_MAY_ALL, cast, server, tools
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.record import Record

CALLERS_MAY_ALL = GrantSpec(subject_kind="role", subject="caller", target_kind="server")


@pytest.fixture
def record() -> Record:
    record = cast()
    in_background = tools(wait={"mode": "background"}, erase={"mode": "background"})
    for tenant in ("acme", "globex"):
        record.keep_server(server(tenant, tools=in_background, grants=(OWNERS_MAY_ALL, CALLERS_MAY_ALL)))
    return record


@pytest.fixture
async def worker(record: Record, empty_store: str) -> AsyncIterator[Worker]:
    worker = Worker(record.jobs, empty_store)
    yield worker
    await worker.redis.aclose()
