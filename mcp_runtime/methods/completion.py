"""completion/complete (MCP server/utilities/completion)."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from mcp_runtime.calls.call import Answer, Call
from mcp_runtime.calls.encoding import encode_fields
from mcp_runtime.calls.job_resources import TEMPLATES
from mcp_runtime.calls.offered import Suggested
from mcp_runtime.calls.primitive_calls import answered, checked_size
from mcp_runtime.contract.primitives import PromptSpec, TemplateSpec
from mcp_runtime.methods.prompts import unknown_prompt
from mcp_runtime.refusals import Refused, refuse

TYPED_LENGTH: Final = 1_000
"""As much of a value as anybody types, in characters."""

URI_SHOWN: Final = 200
_NOTHING: Final = {"values": [], "total": 0, "hasMore": False}


class _Prompt(Struct, tag_field="type", tag="ref/prompt"):
    name: str


class _Resource(Struct, tag_field="type", tag="ref/resource"):
    uri: str


class _Argument(Struct):
    name: str
    value: str


class _Context(Struct):
    arguments: dict[str, str] = field(default_factory=dict)


class _Request(Struct):
    ref: _Prompt | _Resource
    argument: _Argument
    context: _Context = field(default_factory=_Context)


async def complete(call: Call) -> Answer:
    """Suggest values for an argument of a prompt, or for a variable of a template. Raises Refused."""
    if not call.caller.loaded.offered.has_completions:
        raise refuse("method_not_found", "Nothing on this server can be completed.", method=call.method)
    await call.runtime.gate.admit(call.caller.requests)
    request = _read(call)
    spec, names, completes = _find(call, request.ref)
    name = request.argument.name
    if name not in names:
        known = ", ".join(names) or "none"
        raise refuse("invalid_params", f"params.argument.name must be one of its arguments: {known}.")
    if spec is None or name not in completes:
        return encode_fields(call, {"completion": _NOTHING})
    known_arguments = {key: value for key, value in request.context.arguments.items() if key in names and key != name}
    typed, primitives = request.argument.value, call.runtime.primitives
    suggested = await answered(
        call,
        lambda context: primitives[spec.kind].complete(spec, name, typed, known_arguments, context),
        asks=False,
    )
    return checked_size(call, encode_fields(call, {"completion": _completion(suggested)}))


def _read(call: Call) -> _Request:
    params = call.params
    given = {"ref": params.ref, "argument": params.argument, "context": params.context}
    try:
        request = msgspec.convert(
            {name: value for name, value in given.items() if value is not msgspec.UNSET}, _Request
        )
    except msgspec.ValidationError as error:
        raise refuse("invalid_params", f"The parameters are not of the right form: {error}.") from error
    if len(request.argument.value) > TYPED_LENGTH:
        raise refuse("invalid_params", f"params.argument.value may have {TYPED_LENGTH} characters at most.")
    return request


Found = tuple[PromptSpec | TemplateSpec | None, tuple[str, ...], Iterable[str]]
"""What is referred to (None where nothing of it can be completed), its arguments, and which of them can be."""


def _find(call: Call, ref: _Prompt | _Resource) -> Found:
    offered = call.caller.loaded.offered
    if isinstance(ref, _Prompt):
        prompt = offered.prompts.get(ref.name)
        if prompt is None:
            raise unknown_prompt(ref.name)
        completes = [argument.name for argument in prompt.arguments if argument.completes]
        return prompt, tuple(argument.name for argument in prompt.arguments), completes
    template = offered.templates.get(ref.uri)
    if template is not None:
        return template, offered.variables(template), template.completes
    if call.caller.access.has_jobs and any(ref.uri == job["uriTemplate"] for job in TEMPLATES):
        return None, ("id",), ()
    if ref.uri in offered.resources:
        return None, (), ()
    raise _unknown_template(ref.uri)


def _unknown_template(uri: str) -> Refused:
    shown = uri[:URI_SHOWN]
    message = f"Unknown resource template: {shown!r}. Call resources/templates/list to see what there is."
    return refuse("unknown_template", message, uri=shown)


def _completion(suggested: Suggested) -> dict[str, Any]:
    total = {} if suggested.total is None else {"total": suggested.total}
    return {"values": suggested.values, **total, "hasMore": suggested.has_more}


MODERN = {"completion/complete": complete}
LEGACY = MODERN
