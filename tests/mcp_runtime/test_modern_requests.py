"""The modern era on the wire: discovery, lists, calls, and headers that must mirror the body."""

import base64
from typing import Any

import pytest

from tests.mcp_runtime.cast import GUS
from tests.mcp_runtime.serving import CAPABILITIES_META, GLOBEX, VERSION_META, Replica

pytestmark = pytest.mark.anyio


@pytest.mark.must("MUST-10")
async def test_discovery_names_versions_capabilities_and_the_server(served: Replica) -> None:
    result = (await served.modern("server/discover")).json()["result"]
    assert result["resultType"] == "complete"
    unsupported = {"meta": {VERSION_META: "2031-01-01"}, "headers": {"MCP-Protocol-Version": "2031-01-01"}}
    refused = (await served.modern("tools/list", **unsupported)).json()["error"]
    assert result["supportedVersions"] == refused["data"]["supported"]
    assert {"2026-07-28", "2025-11-25"} < set(result["supportedVersions"])
    assert "tools" in result["capabilities"]
    assert result["cacheScope"] == "private"
    assert result["instructions"] == "canary-of-acme"
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "desk"


async def test_a_call_is_answered_with_text_and_structured_content(served: Replica) -> None:
    response = await served.call("echo", {"text": "grüße"}, id="a-1")
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body["id"] == "a-1"
    assert body["result"]["content"] == [{"type": "text", "text": "grüße"}]
    assert body["result"]["structuredContent"] == {"result": "grüße"}
    assert body["result"]["isError"] is False


async def test_each_tenant_gets_its_own_server(served: Replica) -> None:
    answer = (await served.modern("server/discover", GUS, GLOBEX)).text
    assert "canary-of-globex" in answer
    assert "canary-of-acme" not in answer


@pytest.mark.must("MUST-13.1")
@pytest.mark.parametrize(
    ("headers", "meta"),
    [
        ({"Mcp-Method": "prompts/list"}, {}),
        ({"Mcp-Method": "TOOLS/CALL"}, {}),
        ({"Mcp-Method": None}, {}),
        ({"Mcp-Name": "another"}, {}),
        ({"Mcp-Name": None}, {}),
        ({"Mcp-Name": "=?base64?ZWNobw?="}, {}),
        ({"MCP-Protocol-Version": "2025-11-25"}, {}),
        ({"MCP-Protocol-Version": None}, {}),
        ({}, {VERSION_META: "2025-11-25"}),
    ],
)
async def test_headers_that_contradict_the_body_are_refused(
    served: Replica, headers: dict[str, str | None], meta: dict[str, Any]
) -> None:
    response = await served.call("echo", {"text": "x"}, headers=headers, meta=meta)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == -32020
    assert response.json()["id"] == 1


@pytest.mark.must("MUST-13.3")
async def test_a_name_may_come_encoded(served: Replica) -> None:
    encoded = f"=?base64?{base64.b64encode(b'echo').decode()}?="
    response = await served.call("echo", {"text": "x"}, headers={"Mcp-Name": encoded})
    assert response.json()["result"]["structuredContent"] == {"result": "x"}


@pytest.mark.must("MUST-13.1")
async def test_two_copies_of_a_mirror_are_refused(served: Replica) -> None:
    request = served.http.build_request("POST", "/mcp/acme/desk", content=b"{}")
    request.headers = type(request.headers)(
        [("host", request.url.netloc.decode()), ("mcp-name", "echo"), ("mcp-name", "erase"), ("content-length", "2")]
    )
    response = await served.http.send(request)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == -32020


@pytest.mark.parametrize("missing", [VERSION_META, CAPABILITIES_META])
async def test_a_request_without_its_envelope_is_malformed(served: Replica, missing: str) -> None:
    response = await served.modern("tools/list", meta={missing: 7})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == -32602
    assert missing in response.json()["error"]["message"]


async def test_an_unsupported_version_is_told_what_is_supported(served: Replica) -> None:
    options: dict[str, Any] = {"meta": {VERSION_META: "2031-01-01"}, "headers": {"MCP-Protocol-Version": "2031-01-01"}}
    error = (await served.modern("tools/list", **options)).json()["error"]
    assert error["code"] == -32022
    assert error["data"]["requested"] == "2031-01-01"
    assert "2026-07-28" in error["data"]["supported"]


@pytest.mark.must("MUST-12.2")
async def test_an_unknown_method_is_not_found(served: Replica) -> None:
    for method in ("nothing/here", "ping", "initialize"):
        response = await served.modern(method)
        assert response.status_code == 404
        assert response.json()["error"]["code"] == -32601


async def test_a_notification_is_accepted_without_a_body(served: Replica) -> None:
    content = b'{"jsonrpc":"2.0","method":"notifications/anything"}'
    headers = {
        "Authorization": "Bearer ada-key",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": "2026-07-28",
    }
    response = await served.http.post("/mcp/acme/desk", content=content, headers=headers)
    assert response.status_code == 202
    assert response.content == b""


@pytest.mark.must("MUST-02.2")
async def test_reading_and_deleting_are_not_modern_methods(served: Replica) -> None:
    for method in ("GET", "DELETE", "PUT"):
        headers = {"Authorization": "Bearer ada-key", "MCP-Protocol-Version": "2026-07-28"}
        assert (await served.http.request(method, "/mcp/acme/desk", headers=headers)).status_code == 405
