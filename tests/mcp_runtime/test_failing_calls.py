"""How calls fail: in words that a model can act on, and with nothing of the inside in them."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.mcp_runtime.cast import tools
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, events

pytestmark = pytest.mark.anyio

ERROR = "io.atrium/error"


@pytest.mark.must("MUST-22.1")
async def test_wrong_arguments_name_the_problem_and_the_model_sees_it(served: Replica) -> None:
    result = (await served.call("echo", {"txt": 1})).json()["result"]
    assert result["isError"] is True
    text = result["content"][0]["text"]
    assert '"text" is a required property' in text
    assert "txt" in text
    assert result["_meta"][ERROR]["type"] == "invalid_arguments"


@pytest.mark.parametrize(("version", "is_protocol_error"), [("2025-06-18", True), ("2025-11-25", False)])
async def test_wrong_arguments_in_each_legacy_revision(served: Replica, version: str, is_protocol_error: bool) -> None:
    session = await initialize(served, version=version)
    answer = (await post(served, request("tools/call", name="echo", arguments={}), session=session)).json()
    assert ("error" in answer) is is_protocol_error
    assert "required property" in (
        answer["error"]["message"] if is_protocol_error else answer["result"]["content"][0]["text"]
    )


async def test_an_unknown_tool_is_a_protocol_error(served: Replica) -> None:
    error = (await served.call("nothing", {})).json()["error"]
    assert error["code"] == -32602
    assert "nothing" in error["message"]
    assert "tools/list" in error["message"]


@pytest.mark.parametrize("quick", [True, False])
async def test_a_tool_may_have_the_call_itself_fail(served: Replica, record: Record, quick: bool) -> None:
    record.change_server("acme", "desk", tools=tools(insist={"quick": quick}))
    for headers in ({}, {"Accept": "application/json"}):
        answer = await served.call("insist", {}, headers=headers)
        message = answer.json() if answer.text.startswith("{") else events(answer.text)[-1]
        assert message["error"] == {
            "code": -32603,
            "message": "The desk is closed for good.",
            "data": {"type": "toolkit_error", "error": "closed"},
        }


async def test_a_tools_own_error_reaches_the_model(served: Replica) -> None:
    result = (await served.call("complain", {})).json()["result"]
    assert result["isError"] is True
    assert result["content"][0]["text"] == "There is no such city. Try Berlin."
    assert result["_meta"][ERROR]["type"] == "unknown_city"


@pytest.mark.must("MUST-22.4")
async def test_a_crash_shows_an_incident_and_nothing_else(served: Replica, caplog: pytest.LogCaptureFixture) -> None:
    answer = await served.call("crash", {})
    assert "canary-secret" not in answer.text
    assert "RuntimeError" not in answer.text
    result = answer.json()["result"]
    assert result["isError"] is True
    incident = result["_meta"][ERROR]["incident"]
    assert incident in result["content"][0]["text"]
    assert any(getattr(entry, "incident", "") == incident for entry in caplog.records)
    assert (await served.call("echo", {"text": "still here"})).status_code == 200


async def test_a_tool_that_takes_too_long_is_stopped(served: Replica) -> None:
    result = (await served.call("dawdle", {})).json()["result"]
    assert result["_meta"][ERROR]["type"] == "timeout"
    assert "0.05 s" in result["content"][0]["text"]


@pytest.mark.must("MUST-22.5")
async def test_a_result_that_breaks_its_schema_is_not_passed_on(served: Replica) -> None:
    answer = await served.call("promise", {})
    assert "not a number" not in answer.text
    assert answer.json()["result"]["_meta"][ERROR]["type"] == "invalid_output"


@pytest.mark.must("MUST-22.4")
async def test_a_result_beyond_the_limit_says_so(served: Replica) -> None:
    result = (await served.call("fill", {"length": 2_000_000})).json()["result"]
    assert result["_meta"][ERROR]["type"] == "result_too_large"
    assert result["_meta"][ERROR]["limit"] == 1024 * 1024


async def test_a_tool_this_installation_does_not_have_is_an_incident(served: Replica, record: Record) -> None:
    gone = {"toolkit": "uninstalled", "tool": "echo"}
    record.change_server("acme", "desk", tools=tools(echo={"config": gone}))
    result = (await served.call("echo", {"text": "x"})).json()["result"]
    assert result["isError"] is True
    assert "uninstalled" not in str(result)


@pytest.mark.must("MUST-05.1")
@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, -32700),
        (b"\xff\xfe", 400, -32700),
        (b"7", 400, -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"tools/list"}', 400, -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"tools/list"}', 400, -32600),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}', 400, -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}', 400, -32602),
        (b"[" * 100_000, 400, -32700),
        (b'{"a":' * 100_000, 400, -32600),
    ],
)
async def test_bodies_that_are_no_message_are_diagnosed(
    served: Replica, content: bytes, status: int, code: int
) -> None:
    headers = {"Authorization": "Bearer ada-key", "Content-Type": "application/json"}
    response = await served.http.post("/mcp/acme/desk", content=content, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


async def test_bodies_have_a_size_a_depth_and_a_kind(served: Replica) -> None:
    deep = "[" * 70 + "]" * 70
    nested = await served.call("echo", {"deep": json.loads(deep)})
    assert nested.json()["error"]["data"]["type"] == "too_deep"
    headers = {"Authorization": "Bearer ada-key", "Content-Type": "application/json"}
    large = b'{"x":"' + b"x" * (4 * 1024 * 1024) + b'"}'
    assert (await served.http.post("/mcp/acme/desk", content=large, headers=headers)).status_code == 413

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    assert (await served.http.post("/mcp/acme/desk", content=chunks(), headers=headers)).status_code == 413
    headers["Content-Type"] = "text/plain"
    assert (await served.http.post("/mcp/acme/desk", content=b"{}", headers=headers)).status_code == 415
    compressed = {**headers, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await served.http.post("/mcp/acme/desk", content=b"{}", headers=compressed)).status_code == 415
