"""For the tests of toolkits: read resources, get prompts and complete arguments as a client would.

>>> text_of(read(toolkit, "shelf://books/sea"))
'sea'
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from msgspec import UNSET

from mcp_runtime.calls.executors.builtin_primitives import BuiltinPrimitives
from mcp_runtime.calls.offered import Offered
from mcp_runtime.calls.results import ResourceContents
from mcp_runtime.contract.primitives import PromptSpec, ResourceSpec, TemplateSpec
from mcp_runtime.contract.snapshot import ServerSnapshot, TenantInfo
from mcp_runtime.toolkits.completion import Completion
from mcp_runtime.toolkits.context import Cancellation, Context
from mcp_runtime.toolkits.declaration import Toolkit
from mcp_runtime.toolkits.errors import ResourceNotFound
from mcp_runtime.toolkits.messages import PromptMessage
from mcp_runtime.toolkits.registry import ToolkitRegistry

T = TypeVar("T")


def offered_by(toolkit: Toolkit) -> dict[str, Any]:
    """The toolkit's resources, templates and prompts as a server offers them that has changed nothing."""
    return {
        "resources": tuple(ResourceSpec(**_fields(each, each.uri)) for each in toolkit.resources),
        "templates": tuple(TemplateSpec(**_fields(each, each.uri_template)) for each in toolkit.templates),
        "prompts": tuple(PromptSpec(**_fields(each, each.name)) for each in toolkit.prompts),
    }


async def read_async(toolkit: Toolkit, uri: str) -> list[ResourceContents]:
    """Like `read`, for tests that have an event loop."""
    offered = _offered(toolkit)

    async def ask(primitives: BuiltinPrimitives, context: Context) -> list[ResourceContents]:
        if uri in offered.resources:
            return await primitives.read(offered.resources[uri], context)
        match = offered.match(uri)
        if match is None:
            raise ResourceNotFound(f"the toolkit {toolkit.name!r} has nothing at {uri!r}")
        return await primitives.read_by_template(match.spec, uri, match.values, context)

    return await _answer(toolkit, ask)


async def get_prompt_async(
    toolkit: Toolkit, prompt: str, arguments: dict[str, str] | None = None
) -> list[PromptMessage]:
    """Like `get_prompt`, for tests that have an event loop."""
    toolkit.bound_prompt(prompt)
    spec = _offered(toolkit).prompts[prompt]
    return await _answer(toolkit, lambda primitives, context: primitives.get_prompt(spec, arguments or {}, context))


async def complete_async(
    toolkit: Toolkit, of: str, argument: str, typed: str = "", known: dict[str, str] | None = None
) -> Completion:
    """Like `complete`, for tests that have an event loop."""
    offered = _offered(toolkit)
    spec = offered.prompts.get(of) or offered.templates[of]
    return await _answer(
        toolkit, lambda primitives, context: primitives.complete(spec, argument, typed, known or {}, context)
    )


def read(toolkit: Toolkit, uri: str) -> list[ResourceContents]:
    """Read what is at a URI. Raises ResourceNotFound, and whatever the toolkit's function raises."""
    return asyncio.run(read_async(toolkit, uri))


def get_prompt(toolkit: Toolkit, prompt: str, arguments: dict[str, str] | None = None) -> list[PromptMessage]:
    """The messages of a prompt. Raises UnknownPrompt, ToolError where arguments do not fit, and whatever it raises."""
    return asyncio.run(get_prompt_async(toolkit, prompt, arguments))


def complete(
    toolkit: Toolkit, of: str, argument: str, typed: str = "", known: dict[str, str] | None = None
) -> Completion:
    """What is suggested for an argument of a prompt (by name), or for a variable of a template (by its text). Raises
    KeyError where there is no such thing, or nothing completes it."""
    return asyncio.run(complete_async(toolkit, of, argument, typed, known))


def text_of(read_or_got: list[ResourceContents] | list[PromptMessage]) -> str:
    """The texts of contents or messages, joined by line feeds."""
    texts = (each.text if isinstance(each, ResourceContents) else _text(each) for each in read_or_got)
    return "\n".join(text for text in texts if isinstance(text, str))


def _text(message: PromptMessage) -> Any:
    return getattr(message.content, "text", UNSET)


def _fields(definition: Any, name: str) -> dict[str, Any]:
    fields = {field: getattr(definition, field) for field in definition.__struct_fields__ if field != "toolkit"}
    return {**fields, "id": f"{definition.toolkit}.{name}", "config": {"toolkit": definition.toolkit, "name": name}}


def _offered(toolkit: Toolkit) -> Offered:
    tenant = TenantInfo(id="test", slug="acme", name="Acme")
    return Offered(ServerSnapshot(version=1, tenant=tenant, id="test", slug="test", name="Test", **offered_by(toolkit)))


async def _answer(toolkit: Toolkit, ask: Callable[[BuiltinPrimitives, Context], Awaitable[T]]) -> T:
    primitives = BuiltinPrimitives(ToolkitRegistry([toolkit], development=True), threads=1)
    context = Context(emit=lambda _: None, cancellation=Cancellation(), tenant="acme", principal="ada", call_id="test")
    try:
        return await ask(primitives, context)
    finally:
        primitives.close()
