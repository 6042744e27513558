"""What a request of 2026-07-28 says of itself, and that a session's id says nothing of who sends it."""

from typing import Any

import msgspec
import pytest

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import initialize, legacy_headers, post, request
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import ACME, CAPABILITIES_META, MODERN, VERSION_META, Replica, modern_request

pytestmark = pytest.mark.anyio


async def send(served: Replica, params: Any, **headers: str) -> Any:
    """A tools/list with these params and no others."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", **({} if params is None else {"params": params})}
    named = {"Authorization": f"Bearer {ADA}", "Content-Type": "application/json", "MCP-Protocol-Version": MODERN}
    content = msgspec.json.encode(body)
    return await served.http.post(ACME, content=content, headers={**named, "Mcp-Method": "tools/list", **headers})


@pytest.mark.must("MUST-11")
async def test_what_is_missing_or_of_another_type_is_invalid(served: Replica) -> None:
    whole: dict[str, Any] = {VERSION_META: MODERN, CAPABILITIES_META: {}}
    incomplete: list[Any] = [None, {}, {"_meta": {}}, {"_meta": None}, {"_meta": []}]
    incomplete += [{"_meta": {name: value for name, value in whole.items() if name != left_out}} for left_out in whole]
    incomplete += [{"_meta": {**whole, name: wrong}} for name in whole for wrong in (None, 7, [])]
    for params in incomplete:
        answer = await send(served, params)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32602), params
    assert (await send(served, {"_meta": whole})).status_code == 200


@pytest.mark.must("MUST-12.1")
async def test_a_version_that_is_not_spoken_is_told_which_are(served: Replica) -> None:
    for version in ("2031-01-01", "2025-11-25", "x", ""):
        meta = {VERSION_META: version, CAPABILITIES_META: {}}
        answer = await send(served, {"_meta": meta}, **{"MCP-Protocol-Version": version})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["data"]["requested"]) == (400, -32022, version)
        assert MODERN in error["data"]["supported"]


@pytest.mark.must("MUST-13.5")
async def test_names_of_headers_have_no_case_and_values_have(served: Replica) -> None:
    asked = modern_request("tools/call", params={"name": "echo", "arguments": {"text": "x"}})
    for change in (str.upper, str.lower):
        headers = {change(name): value for name, value in asked["headers"].items()}
        assert (await served.http.post(ACME, content=asked["content"], headers=headers)).status_code == 200
    for name in ("Mcp-Method", "Mcp-Name"):
        headers = {**asked["headers"], name: asked["headers"][name].upper()}
        answer = await served.http.post(ACME, content=asked["content"], headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32020)


@pytest.mark.must("MUST-08.1")
async def test_ids_of_sessions_are_visible_and_not_to_be_guessed(served: Replica) -> None:
    sessions = [await initialize(served) for _ in range(20)]
    assert all(0x21 <= ord(character) <= 0x7E for session in sessions for character in session)
    assert min(map(len, sessions)) >= 32
    columns = list(zip(*sessions, strict=True))
    assert len(set(sessions)) == 20
    assert all(len(set(column)) > 1 for column in columns)  # no part of them is the same in all


@pytest.mark.must("MUST-08.3", "MUST-08.4")
async def test_a_session_is_no_credential(served: Replica, record: Record, publisher: Publisher) -> None:
    session = await initialize(served)
    anonymous = {name: value for name, value in legacy_headers(session=session).items() if name != "Authorization"}
    content = msgspec.json.encode(request("tools/list"))
    for headers in (anonymous, legacy_headers("made-up", session)):
        for method in ("POST", "GET", "DELETE"):
            assert (await served.http.request(method, ACME, content=content, headers=headers)).status_code == 401
    assert (await post(served, request("ping"), session=session)).status_code == 200
    await publisher.revocation(ADA, record.revoke(ADA).version + 1)
    await served.runtime.changes._look()
    assert (await post(served, request("ping"), session=session)).status_code == 401


@pytest.mark.must("MUST-08.3")
async def test_a_session_means_nothing_to_a_modern_request(served: Replica) -> None:
    for session in (await initialize(served), "made-up"):
        answer = await served.modern("tools/list", headers={"Mcp-Session-Id": session})
        assert (answer.status_code, "mcp-session-id" in answer.headers) == (200, False)
        anonymous = await served.modern("tools/list", headers={"Mcp-Session-Id": session, "Authorization": None})
        assert anonymous.status_code == 401
