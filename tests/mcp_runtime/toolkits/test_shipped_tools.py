"""The tools every installation offers: their names, arguments, results and what they say of themselves."""

from typing import Any, Final

import jsonschema
import pytest

from mcp_runtime.contract.tools import ToolDefinition
from mcp_runtime.toolkits.registry import ToolkitRegistry

SHIPPED: Final = {
    "text.text_statistics": ({"text"}, {"characters", "words", "lines"}),
    "text.text_diff": ({"before", "after"}, {"diff"}),
    "text.slugify": ({"text"}, {"slug"}),
    "data.json_query": ({"document", "expression"}, {"result"}),
    "data.csv_to_json": ({"csv"}, {"rows"}),
    "data.json_to_csv": ({"rows"}, {"csv"}),
    "time.time_now": ({"timezone"}, {"iso", "unix"}),
    "time.time_convert": ({"iso", "to_timezone"}, {"iso"}),
    "compute.matrix_decomposition": ({"size", "seed"}, {"singular_values", "sweeps"}),
}
EVERYTHING: Final = ToolkitRegistry.discover(development=True).definitions()
OFFERED: Final = ToolkitRegistry.discover().definitions()


def properties(schema: dict[str, Any] | None) -> set[str]:
    assert schema is not None
    return set(schema["properties"])


def test_arguments_and_results_are_the_documented_ones() -> None:
    found = {
        f"{tool.toolkit}.{tool.name}": (properties(tool.input_schema), properties(tool.output_schema))
        for tool in OFFERED
    }
    assert found == SHIPPED


def test_they_say_truly_that_they_only_compute() -> None:
    for tool in OFFERED:
        hints = tool.annotations
        assert (hints.read_only_hint, hints.destructive_hint, hints.open_world_hint) == (True, False, False), tool.name
        assert hints.idempotent_hint is (tool.name != "time_now"), tool.name
        assert tool.quick is (tool.toolkit != "compute"), tool.name


def test_every_text_argument_has_a_limit_and_every_argument_a_description() -> None:
    for tool in OFFERED:
        for name, schema in tool.input_schema["properties"].items():
            assert "description" in schema, (tool.name, name)
            assert schema.get("type") != "string" or "maxLength" in schema, (tool.name, name)


@pytest.mark.parametrize("tool", EVERYTHING, ids=lambda tool: tool.name)
def test_the_schemas_are_valid(tool: ToolDefinition) -> None:
    jsonschema.Draft202012Validator.check_schema(tool.input_schema)
    assert tool.input_schema["additionalProperties"] is False
    if tool.output_schema is not None:
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.output_schema["type"] == "object"


def test_names_of_tests_stay_in_the_conformance_toolkit() -> None:
    named = {tool.toolkit for tool in EVERYTHING if tool.name.startswith("test_")}
    assert named == {"conformance"}
