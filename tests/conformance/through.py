"""`python -m tests.conformance.through`: the public suite at a server whose tools, resources and prompts are those of
another, which has the suite's fixtures itself. Prints what passes there, and what is lost on the way.

Both servers run in this process, each on a store of its own. Exit status 0 when nothing is lost beyond `LOST`, which
docs/conformance.md names.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from mcp_runtime.toolkits.conformance import toolkit
from mcp_runtime.toolkits.primitive_testing import offered_by
from mcp_runtime.toolkits.registry import ToolkitRegistry
from tests.conformance.rotating_proxy import RotatingProxy
from tests.conformance.suite import REVISIONS, Scenario, suite_run
from tests.fixtures.node import node_ensure
from tests.fixtures.store import ValkeyServer
from tests.mcp_runtime.cast import ADA, cast, tool_spec
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica, replica
from tests.mcp_runtime.upstreams.world import world

HOST: Final = "mcp.corp.internal"
REGISTRY: Final = ToolkitRegistry([toolkit], development=True)

LOST: Final[dict[str, dict[str, str]]] = {
    "2025-11-25": {},
    "2026-07-28": {
        "server-stateless": "A changed list of the upstream waits for approval before ours changes; and that a "
        "capability is missing turns out when the stream of the answer has begun, so its status is 200.",
    },
}
"""By revision: scenarios that pass directly and not through, and why."""


def conforming() -> Record:
    """acme's server with everything that the suite asks for, but what needs a worker."""
    record = cast()
    tools = tuple(tool_spec(definition) for definition in toolkit.definitions if not definition.background)
    record.change_server("acme", "desk", tools=tools, **offered_by(toolkit))
    return record


@asynccontextmanager
async def servers(folder: Path) -> AsyncIterator[tuple[Replica, Replica]]:
    """The server with the fixtures, and the one that leads to it."""
    async with AsyncExitStack() as running:
        stores = [ValkeyServer(folder / name) for name in ("direct", "through")]
        for store in stores:
            store.socket.parent.mkdir()
            store.start()
            running.callback(store.stop)
        hosts = frozenset({HOST})
        direct = await running.enter_async_context(
            replica(conforming(), stores[0].url, registry=REGISTRY, allowed_hosts=hosts)
        )
        record = cast()
        through = await running.enter_async_context(replica(record, stores[1].url))
        changes = {
            "url": f"http://{HOST}:8080{ACME}",
            "auth": "headers",
            "headers": (("Authorization", f"Bearer {ADA}"),),
        }
        around = await running.enter_async_context(world(direct.http.base_url.port, **changes))
        around.serve(record, through, await around.offer())
        yield direct, through


async def suite_at(server: Replica, node: Path, revision: str, output: Path) -> dict[str, Scenario]:
    """The scenarios of one revision, by way of a proxy that authorizes."""
    async with authorizing(server) as url:
        return await asyncio.to_thread(suite_run, node, url, revision, output)


@asynccontextmanager
async def authorizing(server: Replica) -> AsyncIterator[str]:
    """The server's URL for a client that has no credential."""
    proxy = RotatingProxy([f"{server.http.base_url.host}:{server.http.base_url.port}"], f"Bearer {ADA}", None)
    listening = await asyncio.start_server(proxy, "127.0.0.1", 0, limit=64 * 1024)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}{ACME}"


async def compare(node: Path, folder: Path, revisions: Sequence[str]) -> list[str]:
    """Run both; the names of what is lost on the way and should not be."""
    lost = []
    async with servers(folder) as (direct, through):
        for revision in revisions:
            directly = await suite_at(direct, node, revision, folder / f"direct-{revision}")
            passed_on = await suite_at(through, node, revision, folder / f"through-{revision}")
            lost += [f"{name}@{revision}" for name in missing(revision, directly, passed_on)]
    return lost


def missing(revision: str, directly: dict[str, Scenario], through: dict[str, Scenario]) -> list[str]:
    """Print a line per scenario that passes directly; what is lost and not excepted."""
    lost = []
    for name in sorted(name for name, scenario in directly.items() if scenario.is_good):
        found = through.get(name)
        is_good = found is not None and found.is_good
        print(f"{'✓' if is_good else '✗'} {name}@{revision}")
        for complaint in () if is_good or found is None else found.complaints:
            print(f"    {complaint[:300]}")
        if not is_good and name not in LOST[revision]:
            lost.append(name)
    return lost


def main() -> int:
    """The command line."""
    node = node_ensure()
    with tempfile.TemporaryDirectory() as name:
        lost = asyncio.run(compare(node, Path(name), sys.argv[1:] or REVISIONS))
    if lost:
        print(f"Lost on the way: {', '.join(lost)}", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
