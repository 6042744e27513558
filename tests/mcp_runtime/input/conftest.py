"""Both tenants' servers have tools, a prompt and a resource that ask."""

import pytest

from mcp_runtime.contract.tools import ToolDefinition, ToolSpec
from mcp_runtime.toolkits.primitive_testing import offered_by
from tests.mcp_runtime.asking_toolkit import effects, toolkit
from tests.mcp_runtime.cast import tool_spec
from tests.mcp_runtime.record import Record


@pytest.fixture
def record(record: Record) -> Record:
    asking = tuple(_spec(definition) for definition in toolkit.definitions)
    for tenant in ("acme", "globex"):
        record.change_server(tenant, "desk", tools=asking, **offered_by(toolkit))
    effects.clear()
    return record


def _spec(definition: ToolDefinition) -> ToolSpec:
    return tool_spec(definition, mode="background" if definition.background else "inline")
