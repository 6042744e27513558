"""JSON Schema 2020-12 unless a schema names another dialect; nothing is ever fetched for one (MCP basic/index)."""

import socket
from typing import Any

import pytest

from mcp_runtime.calls.arguments import UnusableSchemaError, Validator
from mcp_runtime.toolkits import Toolkit, ToolkitMistake
from tests.mcp_runtime.cast import tools
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
ODD = "https://example.com/no-dialect"


@pytest.mark.must("MUST-25.1")
def test_the_dialect_is_2020_12_unless_the_schema_names_another() -> None:
    tuples: dict[str, Any] = {"prefixItems": [{"type": "string"}], "items": False}
    assert Validator(tuples).accepts(["a"])
    assert not Validator(tuples).accepts([1])
    assert not Validator(tuples).accepts(["a", "b"])
    older = {"$schema": DRAFT_7, "items": [{"type": "string"}], "additionalItems": False}
    assert not Validator(older).accepts([1])
    assert not Validator(older).accepts(["a", "b"])


@pytest.mark.must("MUST-25.2")
def test_a_dialect_that_nobody_knows_is_told_to_the_author() -> None:
    def tool(a: str) -> str:
        """Do."""

    written = {"$schema": ODD, "type": "object", "properties": {"a": {"type": "string"}}}
    with pytest.raises(ToolkitMistake, match="no-dialect"):
        Toolkit("sample").tool(input_schema=written)(tool)


@pytest.mark.anyio
@pytest.mark.must("MUST-25.2")
async def test_a_call_of_a_tool_whose_dialect_nobody_knows_is_an_error_that_names_it(
    served: Replica, record: Record
) -> None:
    record.change_server("acme", "desk", tools=tools(echo={"input_schema": {"$schema": ODD, "type": "object"}}))
    error = (await served.call("echo", {"text": "x"})).json()["error"]
    assert (error["code"], ODD in error["message"]) == (-32603, True)


@pytest.mark.must("MUST-25.3")
def test_nothing_is_fetched_for_a_reference() -> None:
    with socket.create_server(("127.0.0.1", 0)) as site:
        site.settimeout(0)
        reference = f"http://127.0.0.1:{site.getsockname()[1]}/schema.json"
        for schema in ({"$ref": reference}, {"$id": reference, "$ref": "other.json"}, {"$dynamicRef": reference}):
            with pytest.raises(UnusableSchemaError):
                Validator(schema)
        with pytest.raises(BlockingIOError):
            site.accept()
