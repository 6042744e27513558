"""What every message keeps to, whatever it is about (MCP basic/index; basic/transports, Sending Messages)."""

from typing import Any

import msgspec
import pytest

from mcp_runtime.wire.errors import TABLE
from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import ACCEPT, initialize, post, request
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.serving import ACME, MODERN, Replica, events
from tests.mcp_runtime.streaming import waiting_call

pytestmark = pytest.mark.anyio

LEGACY = ("2025-03-26", "2025-06-18", "2025-11-25")
NOTIFICATIONS: list[dict[str, Any]] = [
    {"method": "notifications/initialized"},
    {"method": "notifications/cancelled", "params": {"requestId": "of nothing"}},
    {"method": "notifications/cancelled", "params": {}},
    {"method": "notifications/that/nobody/knows", "params": {"x": 1}},
    {"method": "tools/call", "params": {"name": "erase", "arguments": {"name": "x"}}},
]
"""The last is a request that forgot its id: there is nobody to answer, and nothing happens."""


async def modern(served: Replica, message: dict[str, Any], **more: str) -> Any:
    """One message of 2026-07-28, whatever it is."""
    headers = {"Authorization": f"Bearer {ADA}", "Content-Type": "application/json", "Accept": ACCEPT}
    headers |= {"MCP-Protocol-Version": MODERN, "Mcp-Method": str(message.get("method")), **more}
    return await served.http.post(ACME, content=msgspec.json.encode({"jsonrpc": "2.0", **message}), headers=headers)


@pytest.mark.must("MUST-03.1", "MUST-05.5")
async def test_a_notification_is_accepted_and_never_answered(served: Replica, probe: Watch) -> None:
    sessions = [await initialize(served, version=version) for version in LEGACY]
    for notification in NOTIFICATIONS:
        answers = [await modern(served, notification)]
        answers += [await post(served, {"jsonrpc": "2.0", **notification}, session=session) for session in sessions]
        assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 4
    assert probe.effects == []


@pytest.mark.must("MUST-03.2")
async def test_what_can_not_be_accepted_is_an_http_error(served: Replica) -> None:
    answers = [
        await post(served, {"jsonrpc": "2.0", "method": "notifications/initialized"}),
        await post(served, {"jsonrpc": "2.0", "method": "notifications/initialized"}, session="of-nobody"),
        await modern(served, NOTIFICATIONS[0], **{"MCP-Protocol-Version": "2031-01-01"}),
        await modern(served, {"id": 1, "result": {}}),
        await modern(served, {"params": {}}),
    ]
    assert [answer.status_code for answer in answers] == [400, 404, 400, 400, 400]
    assert all("error" in answer.json() for answer in answers)


@pytest.mark.must("MUST-04", "MUST-05a.2")
async def test_a_request_is_answered_with_one_object_or_with_a_stream(served: Replica, probe: Watch) -> None:
    probe.hold.set()
    session = await initialize(served)
    quick, lasting = request("tools/call", name="echo", arguments={"text": "x"}), waiting_call()
    params = {**lasting["params"], "_meta": lasting["meta"]}
    for one_object in (await served.call("echo", {"text": "x"}), await post(served, quick, session=session)):
        assert one_object.headers["content-type"] == "application/json"
        assert one_object.json()["id"] == 1
    for stream in (
        await served.modern("tools/call", **lasting),
        await post(served, request("tools/call", **params), session=session),
    ):
        assert stream.headers["content-type"] == "text/event-stream"
        *before, last = events(stream.text)
        assert len(before) >= 2
        assert all("id" not in message and message["method"].startswith("notifications/") for message in before)
        assert (last["id"], "result" in last, "method" in last) == (1, True, False)


@pytest.mark.must("MUST-05.3")
@pytest.mark.parametrize("number", [0, -1, 2**53, "", "1", "grüße", "x" * 512])
async def test_an_answer_has_the_id_of_its_request(served: Replica, number: int | str) -> None:
    session = await initialize(served)
    for _ in range(2):  # of the calls, the second one takes the express lane
        answers = [
            await served.call("echo", {"text": "x"}, id=number),
            await served.call("nothing", {}, id=number),
            await served.modern("no/method", id=number),
            await post(served, request("ping", number), session=session),
            await post(served, request("no/method", number), session=session),
        ]
        for answer in answers:
            assert (answer.json()["id"], type(answer.json()["id"])) == (number, type(number))


@pytest.mark.must("MUST-05.2")
@pytest.mark.parametrize("number", ["null", "1.5", "true", "[1]", "{}"])
async def test_an_id_is_a_string_or_an_integer(served: Replica, number: str) -> None:
    for version in (MODERN, "2025-11-25"):
        meta = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}' if version == MODERN else ""
        body = f'{{"jsonrpc":"2.0","id":{number},"method":"tools/list","params":{{{meta}}}}}'
        headers = {"Authorization": f"Bearer {ADA}", "Content-Type": "application/json", "Accept": ACCEPT}
        answer = await served.http.post(ACME, content=body, headers={**headers, "MCP-Protocol-Version": version})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600)
        assert answer.json().get("id") is None


@pytest.mark.must("MUST-05.4")
def test_every_error_has_a_code_that_is_an_integer_in_either_era() -> None:
    codes = [code for row in TABLE.values() for code in (row.code, row.legacy_code) if code is not None]
    assert codes
    assert {type(code) for code in codes} == {int}


@pytest.mark.must("MUST-06.1")
async def test_a_batch_has_an_end_and_no_handshake_in_it(served: Replica) -> None:
    session = await initialize(served, version="2025-03-26")
    many = [request("ping", number) for number in range(50)]
    answers = events((await post(served, many, session=session)).text)
    assert sorted(answer["id"] for answer in answers) == list(range(50))
    handshake = request("initialize", 51, protocolVersion="2025-03-26", capabilities={}, clientInfo={})
    for batch in ([*many, request("ping", 50)], [], [request("ping"), handshake]):
        assert (await post(served, batch, session=session)).status_code == 400
