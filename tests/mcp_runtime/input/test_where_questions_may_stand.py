"""Calls, prompts and resources ask, and nothing else does; what they ask is named once, and is for nobody's cache."""

from typing import Any

import pytest

from mcp_runtime.testing import RequestFailed, toolkit_client
from mcp_runtime.toolkits import Context, Toolkit
from tests.mcp_runtime.input.test_questions_end_a_call import ask
from tests.mcp_runtime.serving import Replica

FORM: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
toolkit = Toolkit("nosy")


async def suggest(typed: str, context: Context) -> list[str]:
    """Suggest what a person says."""
    return [(await context.elicit("Which one?", FORM)).action, typed]


@toolkit.prompt(complete={"name": suggest})
async def greet(name: str) -> str:
    """Greet."""
    return f"Hello, {name}"


@toolkit.tool(read_only=True)
async def ask_twice(context: Context) -> str:
    """Ask under one key for two things."""
    await context.elicit("Who?", FORM, key="who")
    return (await context.elicit("And who else?", FORM, key="who")).action


@pytest.mark.must("MUST-18.5")
def test_suggesting_asks_nobody() -> None:
    with toolkit_client(toolkit, elicit={"name": "Alma"}) as client, pytest.raises(RequestFailed) as failed:
        client.complete("greet", "name", "A")
    assert failed.value.code < 0
    assert "inputRequests" not in str(failed.value.data)


@pytest.mark.must("MUST-18.7")
def test_a_key_stands_for_one_question() -> None:
    with toolkit_client(toolkit, elicit={"name": "Alma"}) as client:
        assert client.call("ask_twice").error_type == "crashed"


@pytest.mark.anyio
@pytest.mark.must("MUST-17.4")
async def test_questions_are_for_nobodys_cache(served: Replica) -> None:
    result = (await ask(served, "resources/read", uri="party://list"))["result"]
    assert result["resultType"] == "input_required"
    assert not {"ttlMs", "cacheScope"} & result.keys()
