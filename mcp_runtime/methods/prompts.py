"""prompts/list and prompts/get (MCP server/prompts)."""

from typing import Any, Final

import msgspec
from msgspec import UNSET

from mcp_runtime.calls.arrivals import note_arrival
from mcp_runtime.calls.call import Answer, Call
from mcp_runtime.calls.encoding import encode_fields
from mcp_runtime.calls.primitive_calls import answered, checked_size, may_ask, recorded
from mcp_runtime.calls.results import ResourceLink, TextContent
from mcp_runtime.contract.primitives import PromptSpec
from mcp_runtime.protocol.versions import WITHOUT_RESOURCE_LINKS
from mcp_runtime.refusals import Refused, refuse

LIST_TTL_MS: Final = 5_000
NAME_SHOWN: Final = 80


async def list_prompts(call: Call) -> Answer:
    """The server's prompts."""
    _check_offered(call)
    await call.runtime.gate.admit(call.caller.requests)
    if call.params.cursor not in (UNSET, None):
        raise refuse("invalid_cursor", "This list has one page: ask without a cursor.")
    note_arrival(call)
    specs = call.caller.loaded.offered.prompts.values()
    return encode_fields(call, {"prompts": [_describe(spec) for spec in specs]}, LIST_TTL_MS)


async def get_prompt(call: Call) -> Answer:
    """The messages of one prompt. Raises Refused (unknown_prompt, invalid_arguments)."""
    _check_offered(call)
    name = call.params.name
    if name is UNSET:
        raise refuse("invalid_params", "params.name is required: the prompt to get.")
    arguments = {} if call.params.arguments is UNSET else call.params.arguments
    async with recorded(call, {"name": name, "arguments": arguments}):
        await call.runtime.gate.admit(call.caller.requests)
        spec = call.caller.loaded.offered.prompts.get(name)
        if spec is None:
            raise unknown_prompt(name)
        texts = _checked(spec, arguments)
        primitives = call.runtime.primitives
        messages = await answered(call, lambda context: primitives[spec.kind].get_prompt(spec, texts, context))
        described = {"description": spec.description} if spec.description else {}
        return checked_size(
            call, encode_fields(call, {**described, "messages": [_as_known(call, m) for m in messages]})
        )


def unknown_prompt(name: str) -> Refused:
    """There is no such prompt on this server."""
    shown = name[:NAME_SHOWN]
    return refuse("unknown_prompt", f"Unknown prompt: {shown!r}. Call prompts/list to see what there is.", prompt=shown)


def _checked(spec: PromptSpec, arguments: dict[str, Any]) -> dict[str, str]:
    """The arguments, each one that the prompt has and a string; raises Refused (invalid_arguments)."""
    known = {argument.name for argument in spec.arguments}
    problems = [f"{argument.name} is missing" for argument in spec.arguments if _is_missing(argument, arguments)]
    problems += [f"{name[:NAME_SHOWN]} is not one of its arguments" for name in arguments if name not in known]
    problems += [f"{name} must be a string" for name in sorted(known) if not isinstance(arguments.get(name, ""), str)]
    if problems:
        text = f"Invalid arguments for {spec.name}: {'; '.join(problems[:10])}. prompts/list says what they are."
        raise refuse("invalid_arguments", text, prompt=spec.name, problems=problems[:10])
    return arguments


def _is_missing(argument: Any, arguments: dict[str, Any]) -> bool:
    return bool(argument.required) and argument.name not in arguments


def _as_known(call: Call, message: Any) -> Any:
    """The message in the words of the client's revision."""
    link = message.content
    if call.version in WITHOUT_RESOURCE_LINKS and isinstance(link, ResourceLink):
        return {"role": message.role, "content": TextContent(f"{link.name}: {link.uri}")}
    return message


def _describe(spec: PromptSpec) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": spec.name,
        "title": spec.title,
        "description": spec.description or None,
        "arguments": [_argument(argument) for argument in spec.arguments] or None,
    }
    return {name: value for name, value in described.items() if value is not None}


def _argument(argument: Any) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(argument)
    described.pop("completes", None)
    return {**described, "required": argument.required}


def _check_offered(call: Call) -> None:
    if not call.caller.loaded.offered.prompts:
        raise refuse("method_not_found", "This server has no prompts.", method=call.method)


MODERN = {"prompts/list": list_prompts, "prompts/get": may_ask(get_prompt)}
LEGACY = MODERN
