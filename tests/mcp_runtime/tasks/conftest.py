"""Servers whose waiting tool runs in the background, and whose telling tool runs only as a task."""

import pytest

from tests.mcp_runtime.cast import OWNERS_MAY_ALL, cast, server, tools
from tests.mcp_runtime.jobs_in_runtime.conftest import CALLERS_MAY_ALL, worker
from tests.mcp_runtime.record import Record

__all__ = ["worker"]


@pytest.fixture
def record() -> Record:
    record = cast()
    in_background = tools(wait={"mode": "background"}, tell={"mode": "background", "task_required": True})
    for tenant in ("acme", "globex"):
        record.keep_server(server(tenant, tools=in_background, grants=(OWNERS_MAY_ALL, CALLERS_MAY_ALL)))
    return record
