"""Tools and a prompt that ask their client. The names, keys and texts are the suite's own."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final

from mcp_runtime.toolkits import Ask, Context, Elicited, TextContent, Toolkit, ToolResult


@dataclass
class Name:
    """What somebody is called."""

    name: str


@dataclass
class Color:
    """What somebody likes."""

    color: str


@dataclass
class Confirmation:
    """Yes or no."""

    ok: bool


@dataclass
class Background:
    """What a prompt is about."""

    context: str


def _text(text: str) -> ToolResult:
    return ToolResult([TextContent(text)])


def _name(answer: Elicited[Name]) -> str:
    return "stranger" if answer.value is None else answer.value.name


async def test_input_required_result_elicitation(context: Context) -> ToolResult:
    """Ask for a name, and greet."""
    answer = await context.elicit("What is your name?", Name, key="user_name")
    return _text(f"Hello, {_name(answer)}!")


async def test_input_required_result_sampling(context: Context) -> ToolResult:
    """Have the client's model answer."""
    answer = await context.sample("What is the capital of France?", max_tokens=100, key="capital_question")
    return _text(answer.text)


async def test_input_required_result_list_roots(context: Context) -> ToolResult:
    """Ask for the client's roots."""
    roots = await context.roots(key="client_roots")
    return _text(", ".join(root.uri for root in roots) or "no roots")


async def test_input_required_result_request_state(context: Context) -> ToolResult:
    """Ask for a confirmation, which comes back with the state."""
    answer = await context.elicit("Please confirm", Confirmation, key="confirm")
    return _text(f"state-ok: {answer.action}")


async def test_input_required_result_multiple_inputs(context: Context) -> ToolResult:
    """Ask three things at once."""
    name, greeting, roots = await asyncio.gather(
        context.elicit("What is your name?", Name, key="user_name"),
        context.sample("Generate a greeting", max_tokens=50, key="greeting"),
        context.roots(key="client_roots"),
    )
    return _text(f"{greeting.text} {_name(name)}, of {len(roots)} roots")


async def test_input_required_result_multi_round(context: Context) -> ToolResult:
    """Ask one thing after the other."""
    name = await context.elicit("Step 1: What is your name?", Name, key="step1")
    color = await context.elicit("Step 2: What is your favorite color?", Color, key="step2")
    return _text(f"{_name(name)} likes {'nothing' if color.value is None else color.value.color}")


async def test_input_required_result_tampered_state(context: Context) -> ToolResult:
    """Ask for a confirmation; a state that was changed is refused."""
    answer = await context.elicit("Please confirm", Confirmation, key="confirm")
    return _text(answer.action)


async def test_input_required_result_capabilities(context: Context) -> ToolResult:
    """Ask only what the client can be asked."""
    asking: list[Any] = []
    if "elicitation" in context.client_capabilities:
        asking.append(context.elicit("What is your name?", Name, key="user_name"))
    if "sampling" in context.client_capabilities:
        asking.append(context.sample("Generate a greeting", max_tokens=50, key="greeting"))
    if "roots" in context.client_capabilities:
        asking.append(context.roots(key="client_roots"))
    return _text(f"{len(await asyncio.gather(*asking))} answers")


async def test_missing_capability(context: Context) -> ToolResult:
    """Need the client's model."""
    return _text((await context.sample("Say something", max_tokens=10)).text)


async def test_streaming_elicitation(context: Context) -> ToolResult:
    """Ask for a name, after having said something."""
    context.progress(1, 2)
    answer = await context.elicit("What is your name?", Name)
    return _text(_name(answer))


async def test_tool_with_task(user_name: Annotated[Name, Ask("What is your name?")]) -> ToolResult:
    """Ask for a name, then become a task."""
    return _text(f"Hello, {user_name.name}!")


async def test_input_required_result_prompt(context: Context) -> str:
    """A prompt that asks what it should be about."""
    answer = await context.elicit("What context should the prompt use?", Background, key="user_context")
    return f"Use this context: {'none' if answer.value is None else answer.value.context}"


TOOLS = (
    test_input_required_result_elicitation,
    test_input_required_result_sampling,
    test_input_required_result_list_roots,
    test_input_required_result_request_state,
    test_input_required_result_multiple_inputs,
    test_input_required_result_multi_round,
    test_input_required_result_tampered_state,
    test_input_required_result_capabilities,
    test_streaming_elicitation,
)
HINTS: Final[dict[str, Any]] = {"read_only": True, "destructive": False, "idempotent": True, "open_world": False}


def add_to(toolkit: Toolkit) -> None:
    """Declare these tools, and the prompt."""
    for function in TOOLS:
        toolkit.tool(**HINTS)(function)
    toolkit.tool(quick=True, **HINTS)(test_missing_capability)
    toolkit.tool(task_required=True, **HINTS)(test_tool_with_task)
    toolkit.prompt()(test_input_required_result_prompt)
