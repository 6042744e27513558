"""What the public conformance suite expects of the tools it calls."""

import json

import msgspec
import pytest

from mcp_runtime.toolkits.conformance import toolkit
from mcp_runtime.toolkits.testing import SchemaMismatch, call


@pytest.mark.parametrize(
    ("tool", "types"),
    [
        ("test_simple_text", ["text"]),
        ("test_image_content", ["image"]),
        ("test_audio_content", ["audio"]),
        ("test_embedded_resource", ["resource"]),
        ("test_multiple_content_types", ["text", "image", "resource"]),
    ],
)
def test_each_kind_of_content_is_there(tool: str, types: list[str]) -> None:
    blocks = msgspec.to_builtins(call(toolkit, tool).result.content)
    assert [block["type"] for block in blocks] == types


def test_the_error_is_one_that_the_model_reads() -> None:
    called = call(toolkit, "test_error_handling")
    assert called.result.is_error
    assert called.text == "This tool intentionally returns an error for testing"


def test_progress_and_log_messages_come_in_threes() -> None:
    assert [said.progress for said in call(toolkit, "test_tool_with_progress").progress] == [0, 50, 100]
    assert {said.level for said in call(toolkit, "test_tool_with_logging").logs} == {"info"}
    assert len(call(toolkit, "test_tool_with_logging").logs) == 3


@pytest.mark.must("MUST-25.1")
def test_the_wide_vocabulary_is_published_and_enforced() -> None:
    schema = toolkit.bound("json_schema_2020_12_tool").definition.input_schema
    assert {"$schema", "$defs", "allOf", "if", "then", "else", "additionalProperties"} < set(schema)
    assert schema["$defs"]["address"]["$anchor"] == "addressDef"
    arguments = {"name": "ada", "contactMethod": "phone", "phone": "1", "address": {"city": "London"}}
    text = call(toolkit, "json_schema_2020_12_tool", arguments).text
    assert json.loads(text.partition(": ")[2]) == arguments
    with pytest.raises(SchemaMismatch):
        call(toolkit, "json_schema_2020_12_tool", {"contactMethod": "phone", "email": "a@b"})


def test_a_parameter_is_mirrored_in_a_header() -> None:
    schema = toolkit.bound("test_x_mcp_header").definition.input_schema
    assert schema["properties"]["region"]["x-mcp-header"] == "Region"
    assert call(toolkit, "test_x_mcp_header", {"region": "eu"}).structured == {"result": "eu"}


def test_some_run_as_tasks_and_one_of_them_only_so() -> None:
    modes = {tool.name: tool.task_required for tool in toolkit.definitions if tool.background}
    asking = {"confirm_delete": False, "multi_input": False, "test_tool_with_task": True}
    assert modes == {"slow_compute": False, "failing_job": True, "protocol_error_job": False, **asking}
    assert call(toolkit, "greet", {"name": "World"}).text == "Hello, World!"
    assert call(toolkit, "slow_compute", {"seconds": 0, "label": "x"}).text.startswith("Computed x")
    assert call(toolkit, "failing_job").result.is_error
