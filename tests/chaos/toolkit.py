"""Background tools whose effects are elsewhere: on an upstream that writes down every one of them.

Each names its effect by the job, as `Context.idempotency_key` asks. `PROMISES` says what may be expected of each.
"""

import json
from http.client import HTTPConnection
from time import monotonic, sleep
from typing import Annotated, Final

from msgspec import Meta, Struct

from mcp_runtime.toolkits import Context, ToolError, Toolkit
from tests.chaos.evidence import ToolPromise

toolkit = Toolkit("warehouse", title="Warehouse", description="Tools with effects elsewhere.")

NAP_SECONDS: Final = 1.0
DRILL_SECONDS: Final = 15.0
"""Longer than a tool that was asked to stop is waited for."""

Port = Annotated[int, Meta(description="Where the upstream listens on this machine.", ge=1, le=65535)]
Seconds = Annotated[float, Meta(description="How long the work takes.", ge=0, le=20)]


class Receipt(Struct, frozen=True):
    """What the upstream says."""

    receipt: int


def _effect(upstream: int, name: str, context: Context) -> Receipt:
    connection = HTTPConnection("127.0.0.1", upstream, timeout=10)
    asked = {"key": context.idempotency_key, "name": name, "attempt": context.attempt}
    try:
        connection.request("POST", "/", json.dumps(asked))
        return Receipt(json.load(connection.getresponse())["receipt"])
    finally:
        connection.close()


@toolkit.tool(background=True, destructive=True, idempotent=False, timeout_seconds=60)
def ship(upstream: Port, work: Seconds, context: Context) -> Receipt:
    """Send a parcel: twice would be one too many."""
    sleep(work / 2)
    receipt = _effect(upstream, "shipped", context)
    sleep(work / 2)
    return receipt


@toolkit.tool(background=True, destructive=False, idempotent=True, timeout_seconds=60)
def reserve(upstream: Port, work: Seconds, context: Context) -> Receipt:
    """Reserve a place on the shelf: asked again under the same key, it is the same place."""
    sleep(work / 2)
    receipt = _effect(upstream, "reserved", context)
    sleep(work / 2)
    return receipt


@toolkit.tool(background=True, destructive=False, idempotent=True, timeout_seconds=60)
def count(upstream: Port, work: Seconds, context: Context) -> Receipt:
    """Count a shelf in ten steps, saying after each how far it is."""
    for step in range(1, 11):
        sleep(work / 10)
        context.progress(step, 10, f"shelf {step}")
        context.raise_if_cancelled()
    return _effect(upstream, "counted", context)


@toolkit.tool(background=True, destructive=True, idempotent=False, timeout_seconds=60)
def refuse(upstream: Port, work: Seconds, context: Context) -> Receipt:
    """Write down a complaint, then say no."""
    sleep(work / 2)
    receipt = _effect(upstream, "refused", context)
    raise ToolError(f"The parcel was refused (complaint {receipt.receipt}).", type="refused")


@toolkit.tool(background=True, destructive=True, idempotent=False, timeout_seconds=NAP_SECONDS)
def nap(upstream: Port, work: Seconds, context: Context) -> Receipt:
    """Begin, and be slower than allowed."""
    _effect(upstream, "lain down", context)
    deadline = monotonic() + NAP_SECONDS + work + 1
    while monotonic() < deadline:
        sleep(0.05)
        context.raise_if_cancelled()
    return _effect(upstream, "got up", context)


@toolkit.tool(background=True, destructive=True, idempotent=False, timeout_seconds=60)
def drill(upstream: Port, work: Seconds, context: Context) -> Receipt:
    """Drill, hearing nobody who says stop."""
    _effect(upstream, "drill on", context)
    context.progress(1, 2, "drilling")
    sleep(DRILL_SECONDS + work)
    return _effect(upstream, "drill off", context)


PROMISES: Final = {
    "ship": ToolPromise(may_repeat=False, effects=frozenset({"shipped"})),
    "reserve": ToolPromise(may_repeat=True, effects=frozenset({"reserved"})),
    "count": ToolPromise(may_repeat=True, effects=frozenset({"counted"})),
    "refuse": ToolPromise(may_repeat=False, effects=frozenset({"refused"})),
    "nap": ToolPromise(may_repeat=False, effects=frozenset({"lain down", "got up"})),
    "drill": ToolPromise(may_repeat=False, effects=frozenset({"drill on", "drill off"})),
}
