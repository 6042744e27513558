"""Each message is on one stream: that of the request it is about (MCP 2025-11-25 basic/transports, 2026-07-28
basic/patterns/subscriptions and server/utilities/logging)."""

import asyncio
import re
from typing import Any

import pytest

from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import Replica, events
from tests.mcp_runtime.streaming import begun, resumed, standing, waiting_call
from tests.mcp_runtime.test_listening import listening

pytestmark = pytest.mark.anyio


def call(number: int, token: str) -> dict[str, Any]:
    """A legacy call that lasts, with a token of its own."""
    return request("tools/call", number, name="tell", arguments={"steps": 2}, _meta={"progressToken": token})


@pytest.mark.must("MUST-09.1")
async def test_no_event_id_is_there_twice_in_a_session(served: Replica, beside: Replica, probe: Watch) -> None:
    probe.hold.set()
    session = await initialize(served)
    texts = [
        (await post(running, call(number, "p"), session=session)).text
        for number, running in enumerate((served, beside, served))
    ]
    ids = [line for text in texts for line in re.findall(r"^id: ?(.+)$", text, re.MULTILINE)]
    assert len(ids) >= 9
    assert len(set(ids)) == len(ids)


@pytest.mark.must("MUST-09.2", "MUST-24.1")
async def test_who_comes_back_is_told_of_their_own_stream_alone(served: Replica, beside: Replica, probe: Watch) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        left = {token: await begun(served, session, call(n, token)) for n, token in enumerate(("one", "two"), 1)}
        probe.hold.set()
        for number, (token, left_at) in enumerate(left.items(), 1):
            async with resumed(beside, session, left_at) as stream:
                *reports, last = await stream.rest()
            assert {report["params"]["progressToken"] for report in reports} == {token}
            assert last["id"] == number


@pytest.mark.must("MUST-09.3", "MUST-09.4")
async def test_a_sessions_own_stream_has_neither_answers_nor_what_belongs_to_calls(
    served: Replica, beside: Replica, probe: Watch
) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        async with standing(beside, session) as stream:
            await stream.line("id:")
            probe.hold.set()
            for running in (served, beside):
                *reports, last = events((await post(running, call(7, "p"), session=session)).text)
                assert (len(reports), last["id"]) == (3, 7)
            beside.application.drain()
            assert await stream.rest() == []


@pytest.mark.must("MUST-09.3")
async def test_of_two_streams_of_a_session_one_tells_and_the_other_is_silent(
    served: Replica, record: Record, publisher: Publisher
) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        async with standing(served, session) as older:
            await older.line("id:")
            async with standing(served, session) as newer:
                await newer.line("id:")
                await publisher.server(record.change_server("acme", "desk", tools=()))
                assert (await newer.message())["method"] == "notifications/tools/list_changed"
                served.application.drain()  # what is still to be said is said before a stream ends
                assert await older.rest() == await newer.rest() == []


@pytest.mark.must("MUST-20.4", "MUST-21.2")
async def test_progress_and_logs_are_on_the_stream_of_their_request_alone(served: Replica, probe: Watch) -> None:
    probe.hold.set()
    options = waiting_call(2)
    options["meta"] = {**options["meta"], "io.modelcontextprotocol/logLevel": "debug"}
    async with listening(served, toolsListChanged=True) as stream:
        said = [message.get("method") for message in events((await served.modern("tools/call", **options)).text)]
        assert {"notifications/progress", "notifications/message"} < set(said)
        served.application.drain()
        assert [message.get("method") for message in await stream.rest()] == [None]


@pytest.mark.must("MUST-21.1", "MUST-16.1")
async def test_a_log_level_is_that_of_one_request(served: Replica, probe: Watch) -> None:
    probe.hold.set()
    options = waiting_call(0)
    asked = {**options["meta"], "io.modelcontextprotocol/logLevel": "debug"}
    for meta, logs in ((asked, 2), (options["meta"], 0), (asked, 2)):
        told = events((await served.modern("tools/call", params=options["params"], meta=meta)).text)
        assert [message.get("method") for message in told].count("notifications/message") == logs
