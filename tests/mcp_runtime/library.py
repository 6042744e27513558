"""What the library toolkit offers, as servers have it; and both eras behind one question."""

from typing import Any

import msgspec

from mcp_runtime.toolkits.primitive_testing import offered_by
from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.library_toolkit import toolkit
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica

ERAS = ("2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26")


def shelves(description: str) -> dict[str, Any]:
    """Everything of the toolkit, with descriptions that tell whose it is."""
    return {
        kind: tuple(msgspec.structs.replace(spec, description=description) for spec in specs)
        for kind, specs in offered_by(toolkit).items()
    }


def stock(record: Record) -> None:
    """Give both tenants' servers a library."""
    for tenant in ("acme", "globex"):
        record.change_server(tenant, "desk", **shelves(f"canary-of-{tenant}"))


async def ask(served: Replica, era: str, method: str, key: str = ADA, path: str = ACME, **params: Any) -> Any:
    """One request in an era; the whole response."""
    if era == "2026-07-28":
        return await served.modern(method, key, path, params=params)
    session = await initialize(served, key, era, path)
    return await post(served, request(method, **params), key, session, path)


async def result_of(served: Replica, era: str, method: str, key: str = ADA, path: str = ACME, **params: Any) -> Any:
    """The result of a request that succeeds."""
    response = await ask(served, era, method, key, path, **params)
    assert (response.status_code, "result" in response.json()) == (200, True), response.text
    return response.json()["result"]


async def error_of(served: Replica, era: str, method: str, key: str = ADA, path: str = ACME, **params: Any) -> Any:
    """The error of a request that fails."""
    return (await ask(served, era, method, key, path, **params)).json()["error"]
