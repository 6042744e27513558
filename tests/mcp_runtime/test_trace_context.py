"""The trace that a client names goes along: to the tool, to its job, and into the audit."""

from typing import Any

import pytest

from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import Replica, events
from tests.mcp_runtime.test_audit_trail import flushed

pytestmark = pytest.mark.anyio

ID = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{ID}-00f067aa0ba902b7-01"
TRACE = {"traceparent": PARENT, "tracestate": "vendor=1", "baggage": "user=ada"}


async def carried(served: Replica, meta: dict[str, Any]) -> Any:
    """What a tool would send on."""
    return events((await served.call("trace", {}, meta=meta)).text)[-1]["result"]["structuredContent"]


async def test_a_tool_gets_what_it_can_send_on(served: Replica) -> None:
    assert await carried(served, TRACE) == TRACE
    assert await carried(served, {}) == {}


@pytest.mark.parametrize(
    "parent",
    [
        7,
        "",
        PARENT.upper(),
        PARENT[:-1],
        PARENT + "-more",
        f"ff-{ID}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{ID}-{'0' * 16}-01",
        PARENT + "\n",
    ],
)
async def test_a_trace_that_is_none_is_left_out(served: Replica, parent: Any) -> None:
    assert await carried(served, {**TRACE, "traceparent": parent}) == {}


async def test_what_belongs_to_it_is_carried_only_where_it_could_be_a_header(served: Replica) -> None:
    assert await carried(served, {**TRACE, "tracestate": "a\r\nb", "baggage": "é"}) == {"traceparent": PARENT}
    assert await carried(served, {**TRACE, "tracestate": "a" * 600, "baggage": 1}) == {"traceparent": PARENT}
    later = f"01-{ID}-00f067aa0ba902b7-01-what.comes.later"
    assert await carried(served, {"traceparent": later}) == {"traceparent": later}


@pytest.mark.parametrize("name", ["echo", "wait"])
async def test_the_audit_has_its_id(served: Replica, publisher: Publisher, record: Record, name: str) -> None:
    record.questions = 0
    arguments: dict[str, Any] = {"text": "hello"} if name == "echo" else {}
    for _ in range(2):  # the second one takes the express lane, where there is one
        await served.call(name, arguments, meta={"traceparent": PARENT})
    await served.call(name, arguments, meta={"traceparent": "broken"})
    await served.call(name, arguments)
    assert [event.trace_id for event in await flushed(served, publisher)] == [ID, ID, "", ""]
