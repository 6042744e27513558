"""A server's resources: listed, read by URI and by template, in every era, and by nobody else."""

import asyncio
import base64
from typing import Any

import msgspec
import pytest

from tests.mcp_runtime.cast import ADA, GUS, MAX, credential
from tests.mcp_runtime.library import ERAS, ask, error_of, result_of, stock
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica

pytestmark = pytest.mark.anyio

NOT_FOUND = {"2026-07-28": -32602, "2025-11-25": -32002, "2025-06-18": -32002, "2025-03-26": -32002}


@pytest.fixture
def record(record: Record) -> Record:
    stock(record)
    return record


@pytest.mark.parametrize("era", ERAS)
async def test_a_list_says_what_each_resource_is(served: Replica, era: str) -> None:
    listed = await result_of(served, era, "resources/list")
    first = listed["resources"][0]
    assert first == {
        "uri": "shelf://motto",
        "name": "motto",
        "title": "Motto",
        "description": "canary-of-acme",
        "mimeType": "text/plain",
        "size": 9,
        "annotations": {"audience": ["user"], "priority": 0.5, "lastModified": "2026-01-01T00:00:00Z"},
    }
    assert all({"uri", "name"} <= resource.keys() for resource in listed["resources"])
    (template,) = (await result_of(served, era, "resources/templates/list"))["resourceTemplates"]
    assert (template["uriTemplate"], template["title"]) == ("shelf://books/{title}", "Book")
    assert not {"completes", "config", "kind", "id"} & (first.keys() | template.keys())


async def test_modern_results_carry_what_caches_must_know(served: Replica) -> None:
    for method, params in (
        ("resources/list", {}),
        ("resources/templates/list", {}),
        ("resources/read", {"uri": "shelf://motto"}),
    ):
        result = await result_of(served, "2026-07-28", method, **params)
        assert (result["resultType"], result["cacheScope"], result["ttlMs"] >= 0) == ("complete", "private", True)
        assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "desk"
        assert not {"resultType", "ttlMs", "cacheScope"} & (await result_of(served, ERAS[1], method, **params)).keys()


READ: dict[str, list[dict[str, Any]]] = {
    "shelf://motto": [{"uri": "shelf://motto", "mimeType": "text/plain", "text": "read more"}],
    "shelf://stamp": [
        {"uri": "shelf://stamp", "mimeType": "image/png", "blob": base64.b64encode(b"\x89PNG\r\n").decode()}
    ],
    "shelf://whose": [{"uri": "shelf://whose", "mimeType": "application/json", "text": '{"tenant":"acme"}'}],
    "shelf://pair": [
        {"uri": "shelf://pair/one", "mimeType": "text/plain", "text": "one"},
        {"uri": "shelf://pair/two", "mimeType": "text/plain", "text": "two"},
    ],
    "shelf://books/the%20sea": [
        {"uri": "shelf://books/the%20sea", "mimeType": "text/plain", "text": "the sea of acme"}
    ],
}


@pytest.mark.must("MUST-23.8")
@pytest.mark.parametrize("era", ERAS)
async def test_reading(served: Replica, era: str) -> None:
    for uri, contents in READ.items():
        assert (await result_of(served, era, "resources/read", uri=uri))["contents"] == contents


ABSENT = (
    "shelf://absent",
    "shelf://books/",
    "shelf://books/a/b",
    "shelf://books/..%2Fmotto",
    "shelf://books/%2E%2E",
    "shelf://books/lost",
    "shelf://books/longer-than-any-title",
    "SHELF://motto",
    "file:///etc/passwd",
    "no uri at all",
    "",
)


@pytest.mark.must("MUST-05a.3", "MUST-23.6", "MUST-23.7")
@pytest.mark.parametrize("era", ERAS)
async def test_what_is_not_there_is_an_error_that_names_it(served: Replica, era: str) -> None:
    for uri in ABSENT:
        error = await error_of(served, era, "resources/read", uri=uri)
        assert (error["code"], error["data"]) == (NOT_FOUND[era], {"type": "resource_not_found", "uri": uri})


@pytest.mark.parametrize("era", ERAS)
async def test_an_outsider_reads_their_own_and_nothing_of_acme(served: Replica, era: str) -> None:
    own = await result_of(served, era, "resources/read", GUS, GLOBEX, uri="shelf://books/sea")
    assert own["contents"][0]["text"] == "sea of globex"
    for method, params in (
        ("resources/list", {}),
        ("resources/templates/list", {}),
        ("resources/read", {"uri": "shelf://motto"}),
    ):
        refused = await served.modern(method, GUS, ACME, params=params)
        absent = await served.modern(method, GUS, "/mcp/nobody/nothing", params=params)
        assert (refused.status_code, refused.content) == (401, absent.content)
    assert "canary-of-acme" not in (await ask(served, era, "resources/list", GUS, GLOBEX)).text


async def test_without_a_scope_nothing_is_read_and_the_challenge_names_it(served: Replica, record: Record) -> None:
    record.keep_key("bare", credential("acme", "ada", "owner", scopes=("openid",), credential_id="bare"))
    for method, params in (
        ("resources/list", {}),
        ("resources/read", {"uri": "shelf://motto"}),
        ("prompts/get", {"name": "gallery"}),
        ("completion/complete", {}),
    ):
        refused = await served.modern(method, "bare", params=params)
        assert (refused.status_code, "mcp:read" in refused.headers["www-authenticate"]) == (401, True)


@pytest.mark.must("MUST-31.5")
@pytest.mark.parametrize("scope", ["mcp:read", "mcp:call"])
async def test_either_scope_suffices_and_no_tool_need_be_granted(served: Replica, record: Record, scope: str) -> None:
    record.keep_key("scoped", credential("acme", "max", "caller", scopes=(scope,), credential_id="scoped"))
    assert (await result_of(served, "2026-07-28", "resources/read", "scoped", uri="shelf://motto"))["contents"]
    assert (await result_of(served, "2026-07-28", "resources/list", MAX))["resources"]


@pytest.mark.must("MUST-13.2")
async def test_a_header_that_names_another_resource_is_refused(served: Replica) -> None:
    for name in ("shelf://stamp", None):
        params, headers = {"uri": "shelf://motto"}, {"Mcp-Name": name}
        refused = await served.modern("resources/read", params=params, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)


@pytest.mark.parametrize("era", ERAS)
async def test_a_cursor_that_was_never_given_out_is_invalid(served: Replica, era: str) -> None:
    for method in ("resources/list", "resources/templates/list", "prompts/list"):
        assert (await error_of(served, era, method, cursor="page-2"))["code"] == -32602


@pytest.mark.parametrize("era", ERAS)
async def test_a_server_without_any_has_neither_capability_nor_method(
    served: Replica, record: Record, era: str
) -> None:
    record.change_server("acme", "desk", resources=(), templates=(), prompts=())
    for method, params in (
        ("resources/list", {}),
        ("resources/templates/list", {}),
        ("resources/read", {"uri": "shelf://motto"}),
        ("prompts/list", {}),
        ("prompts/get", {"name": "guide"}),
        ("completion/complete", {}),
    ):
        assert (await error_of(served, era, method, **params))["code"] == -32601
    discovered = await result_of(served, "2026-07-28", "server/discover")
    assert not {"resources", "prompts", "completions"} & discovered["capabilities"].keys()


async def test_capabilities_are_said_where_there_is_something(served: Replica) -> None:
    discovered = await result_of(served, "2026-07-28", "server/discover")
    assert {"resources", "prompts", "completions"} <= discovered["capabilities"].keys()
    body = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
    opened = await served.http.post(
        ACME,
        content=msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": body}),
        headers={
            "Authorization": f"Bearer {ADA}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        },
    )
    assert {"resources", "prompts", "completions"} <= opened.json()["result"]["capabilities"].keys()


@pytest.mark.must("MUST-17.1")
@pytest.mark.parametrize("era", ERAS)
async def test_every_replica_and_every_connection_has_the_same(served: Replica, beside: Replica, era: str) -> None:
    for method in ("resources/list", "resources/templates/list", "prompts/list"):
        before = await result_of(served, era, method)
        await result_of(served, era, "resources/read", uri="shelf://motto")
        assert await result_of(served, era, method) == await result_of(beside, era, method) == before
    assert await result_of(beside, era, "resources/read", uri="shelf://books/sea") == await result_of(
        served, era, "resources/read", uri="shelf://books/sea"
    )


async def test_a_resource_that_is_switched_off_is_gone_everywhere(
    served: Replica, beside: Replica, record: Record, publisher: Publisher
) -> None:
    for running in (served, beside):
        assert (await result_of(running, "2026-07-28", "resources/read", uri="shelf://motto"))["contents"]
    left = record.snapshots["acme", "desk"].resources[1:]
    await publisher.server(record.change_server("acme", "desk", resources=left))
    async with asyncio.timeout(5):
        for running in (served, beside):
            while "error" not in (await running.modern("resources/read", params={"uri": "shelf://motto"})).json():
                await asyncio.sleep(0.02)
    assert (await result_of(served, "2026-07-28", "resources/read", GUS, GLOBEX, uri="shelf://motto"))["contents"]
