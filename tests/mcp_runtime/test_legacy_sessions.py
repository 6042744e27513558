"""The legacy era: the handshake, and sessions that any replica serves and nobody else's principal can use."""

import msgspec
import pytest

from tests.mcp_runtime.cast import ADA, GUS, MAX, credential
from tests.mcp_runtime.legacy_client import initialize, initialize_request, legacy_headers, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica, events

pytestmark = pytest.mark.anyio


@pytest.mark.must("MUST-07.1")
@pytest.mark.parametrize("version", ["2025-03-26", "2025-06-18", "2025-11-25"])
async def test_the_version_asked_for_is_the_version_agreed_on(served: Replica, version: str) -> None:
    response = await post(served, initialize_request(version))
    result = response.json()["result"]
    assert result["protocolVersion"] == version
    assert result["serverInfo"]["name"] == "desk"
    assert result["instructions"] == "canary-of-acme"
    assert all(0x21 <= ord(character) <= 0x7E for character in response.headers["mcp-session-id"])


@pytest.mark.must("MUST-07.2")
async def test_an_unknown_version_is_answered_with_the_newest_legacy_one(served: Replica) -> None:
    response = await post(served, initialize_request("1999-01-01"))
    assert response.json()["result"]["protocolVersion"] == "2025-11-25"


@pytest.mark.must("MUST-07.4")
async def test_another_replica_serves_the_session(served: Replica, beside: Replica) -> None:
    session = await initialize(served)
    call = request("tools/call", name="echo", arguments={"text": "elsewhere"})
    answer = await post(beside, call, session=session)
    assert answer.json()["result"]["structuredContent"] == {"result": "elsewhere"}
    assert (await post(beside, request("ping"), session=session)).json()["result"] == {}


@pytest.mark.must("MUST-08.2")
async def test_a_deleted_session_is_gone_on_every_replica_at_once(served: Replica, beside: Replica) -> None:
    session = await initialize(served)
    headers = legacy_headers(session=session)
    assert (await beside.http.request("DELETE", ACME, headers=headers)).status_code == 204
    for replica in (served, beside):
        assert (await post(replica, request("ping"), session=session)).status_code == 404
        assert (await replica.http.request("DELETE", ACME, headers=headers)).status_code == 404


@pytest.mark.must("MUST-08.4")
async def test_a_session_opens_nothing_for_anybody_else(served: Replica) -> None:
    session = await initialize(served)
    made_up = await post(served, request("tools/list"), MAX, "no-such-session")
    foreign = await post(served, request("tools/list"), MAX, session)
    assert foreign.status_code == made_up.status_code == 404
    assert foreign.content == made_up.content
    assert (await post(served, request("tools/list"), GUS, session)).status_code == 401
    deletion = await served.http.request("DELETE", ACME, headers=legacy_headers(MAX, session))
    assert deletion.status_code == 404
    assert (await post(served, request("ping"), session=session)).status_code == 200


async def test_a_rotated_key_keeps_the_session(served: Replica, record: Record) -> None:
    session = await initialize(served)
    record.keep_key("ada-new-key", credential("acme", "ada", "owner", credential_id="another", api_key="another"))
    assert (await post(served, request("ping"), "ada-new-key", session)).status_code == 200


async def test_requests_need_a_session(served: Replica) -> None:
    response = await post(served, request("tools/list"))
    assert response.status_code == 400
    assert "Mcp-Session-Id" in response.json()["error"]["message"]


async def test_a_session_is_initialized_once(served: Replica) -> None:
    session = await initialize(served)
    assert (await post(served, initialize_request(), session=session)).status_code == 400


@pytest.mark.must("MUST-07.3")
async def test_an_unsupported_version_header_is_refused(served: Replica) -> None:
    session = await initialize(served)
    response = await post(served, request("ping"), session=session, **{"MCP-Protocol-Version": "1999-01-01"})
    assert response.status_code == 400


async def test_a_tenant_has_no_more_sessions_than_its_plan(served: Replica, record: Record) -> None:
    limits = msgspec.structs.replace(record.snapshots["acme", "desk"].tenant.limits, sessions=2)
    tenant = msgspec.structs.replace(record.snapshots["acme", "desk"].tenant, limits=limits)
    record.change_server("acme", "desk", tenant=tenant)
    sessions = [await initialize(served) for _ in range(2)]
    refused = await post(served, initialize_request())
    assert refused.status_code == 429
    assert refused.json()["error"]["data"]["limit"] == 2
    await served.http.request("DELETE", ACME, headers=legacy_headers(session=sessions[0]))
    assert (await post(served, initialize_request())).status_code == 200


async def test_unknown_methods_are_answered_within_the_session(served: Replica) -> None:
    session = await initialize(served)
    response = await post(served, request("server/discover"), session=session)
    assert response.status_code == 200
    assert response.json()["error"]["code"] == -32601


@pytest.mark.must("MUST-06.1")
async def test_a_batch_is_answered_request_by_request_where_the_revision_has_batches(served: Replica) -> None:
    session = await initialize(served, ADA, "2025-03-26")
    batch = [
        request("ping", "a"),
        request("tools/call", "b", name="echo", arguments={"text": "in a batch"}),
        {"jsonrpc": "2.0", "method": "notifications/whatever"},
        request("nothing/here", "c"),
    ]
    answers = {message["id"]: message for message in events((await post(served, batch, session=session)).text)}
    assert answers["a"]["result"] == {}
    assert answers["b"]["result"]["structuredContent"] == {"result": "in a batch"}
    assert answers["c"]["error"]["code"] == -32601
    newer = await initialize(served, ADA, "2025-06-18")
    assert (await post(served, batch, session=newer)).status_code == 400
