"""Servers with background tools say so: in their capabilities, their tools and the schemas of what these answer."""

from typing import Any

import jsonschema
import pytest

from mcp_runtime.calls.job_schemas import with_reference
from mcp_runtime.contract.names import GET_JOB_RESULT
from mcp_runtime.contract.snapshot import GrantSpec
from tests.mcp_runtime.cast import ADA, MAX, OWNERS_MAY_ALL, READER, tools
from tests.mcp_runtime.legacy_client import initialize, initialize_request, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica

pytestmark = pytest.mark.anyio

ECHO_ALONE = GrantSpec(subject_kind="role", subject="caller", target_kind="tool", target="id-of-echo")
A_JOB = {"job": {"id": "1", "tool": "t", "status": "working", "statusUri": "task://status/1"}}


async def names(served: Replica, key: str) -> list[str]:
    return [tool["name"] for tool in (await served.modern("tools/list", key)).json()["result"]["tools"]]


async def test_resources_are_offered_where_tools_run_in_the_background(served: Replica, record: Record) -> None:
    assert (await served.modern("server/discover")).json()["result"]["capabilities"]["resources"]["listChanged"]
    assert (await post(served, initialize_request())).json()["result"]["capabilities"]["resources"]["listChanged"]


async def test_and_nowhere_else(served: Replica, record: Record) -> None:
    record.change_server("acme", "desk", tools=tools())
    assert "resources" not in (await served.modern("server/discover")).json()["result"]["capabilities"]
    assert "resources" not in (await post(served, initialize_request())).json()["result"]["capabilities"]
    assert GET_JOB_RESULT not in await names(served, ADA)
    assert (await served.modern("resources/list")).json()["error"]["code"] == -32601
    session = await initialize(served)
    assert (await post(served, request("resources/list"), session=session)).json()["error"]["code"] == -32601


async def test_the_runtimes_own_tool_is_for_those_who_may_have_jobs(served: Replica, record: Record) -> None:
    assert (await names(served, ADA))[-1] == GET_JOB_RESULT
    assert GET_JOB_RESULT not in await names(served, READER)
    record.change_server("acme", "desk", grants=(OWNERS_MAY_ALL, ECHO_ALONE))
    await served.runtime.redis.flushall()
    await served.runtime.changes._look()
    assert await names(served, MAX) == ["echo"]
    refused = await served.call(GET_JOB_RESULT, {"job_id": "x"}, MAX)
    assert refused.json()["error"]["data"]["type"] == "unknown_tool"
    listed = (await served.modern("resources/templates/list", MAX)).json()["result"]
    assert listed["resourceTemplates"] == []


async def test_a_background_tool_promises_both_of_its_answers(served: Replica) -> None:
    listed = (await served.modern("tools/list")).json()["result"]["tools"]
    schemas = {tool["name"]: tool.get("outputSchema") for tool in listed}
    assert schemas["wait"]["type"] == "object"
    for answer in ({"result": "text"}, A_JOB):
        jsonschema.validate(answer, schemas["wait"])
    for wrong in ({"result": 7}, {"job": {}}, {}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schemas["wait"])
    assert "anyOf" not in schemas["echo"]
    assert schemas[GET_JOB_RESULT] is None


@pytest.mark.parametrize(
    ("schema", "fits", "does_not_fit"),
    [
        (
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "type": "object",
                "properties": {"nodes": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
                "required": ["nodes"],
                "$defs": {"Node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}},
            },
            {"nodes": [{"next": {}}]},
            {"nodes": [{"next": 1}]},
        ),
        (
            {
                "type": "object",
                "properties": {"name": {"type": "string"}, "child": {"$ref": "#"}},
                "required": ["name"],
                "additionalProperties": False,
            },
            {"name": "a", "child": {"name": "b"}},
            {"name": "a", "child": {"job": {}}},
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "integer"}, "b": {"$ref": "#/properties/a"}},
                "required": ["b"],
            },
            {"b": 1},
            {"b": "1"},
        ),
    ],
)
def test_references_of_a_schema_hold(schema: dict[str, Any], fits: object, does_not_fit: object) -> None:
    union = with_reference(schema)
    jsonschema.Draft202012Validator.check_schema(union)
    jsonschema.validate(fits, union)
    jsonschema.validate(A_JOB, union)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(does_not_fit, union)
