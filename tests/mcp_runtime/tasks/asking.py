"""Tasks as clients of both eras ask for them."""

from typing import Any, Final

import httpx

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.legacy_client import post, request
from tests.mcp_runtime.serving import ACME, CAPABILITIES_META, Replica

EXTENSION: Final = "io.modelcontextprotocol/tasks"
DECLARED: Final = {CAPABILITIES_META: {"extensions": {EXTENSION: {}}}}
CALL: Final[dict[str, Any]] = {"name": "wait", "arguments": {"steps": 1}}


async def ask(
    served: Replica, method: str, task_id: str, key: str = ADA, path: str = ACME, **params: Any
) -> httpx.Response:
    """A request about a task by a client that declares the extension."""
    params = {"taskId": task_id, **params}
    return await served.modern(method, key, path, params=params, meta=DECLARED, headers={"Mcp-Name": task_id})


async def begin(served: Replica, worker: Worker, key: str = ADA, path: str = ACME) -> str:
    """A task of somebody's, running."""
    answer = await served.modern("tools/call", key, path, params=CALL, meta=DECLARED)
    job_id = await worker.take()
    assert answer.json()["result"]["taskId"] == job_id
    return job_id


async def legacy(served: Replica, session: str, method: str, key: str = ADA, path: str = ACME, **params: Any) -> Any:
    """A request of a session: its response message, where that is one object."""
    return (await post(served, request(method, **params), key, session, path)).json()
