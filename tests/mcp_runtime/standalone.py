"""A replica in a process of its own, to be killed: `python -m tests.mcp_runtime.standalone PORT REDIS_URL`.

Nobody lets its waiting tools go. PULSE_SECONDS is how often it says that it lives.
"""

import asyncio
import os
import sys

import uvicorn

from mcp_runtime.asgi import build_application
from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.executors.builtin_primitives import BuiltinPrimitives
from mcp_runtime.settings import RuntimeSettings
from tests.mcp_runtime.cast import REGISTRY, cast
from tests.mcp_runtime.probe_toolkit import Watch, watch


async def main(port: int, redis_url: str) -> None:
    """Serve the cast until killed."""
    watch[:] = [Watch()]
    record = cast()
    application = build_application(
        RuntimeSettings(
            public_url=f"http://127.0.0.1:{port}",
            redis_url=redis_url,
            allow_loopback=True,
            pulse_interval=float(os.environ.get("PULSE_SECONDS", "2")),
        ),
        credentials=record,
        snapshots=record,
        audit_log=record,
        jobs=record.jobs,
        executors={"builtin": BuiltinExecutor(REGISTRY).bind},
        primitives={"builtin": BuiltinPrimitives(REGISTRY)},
    )
    await uvicorn.Server(uvicorn.Config(application, port=port, log_level="warning", access_log=False)).serve()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
