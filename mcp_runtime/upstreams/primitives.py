"""Answers for resources, templates and prompts of kind `upstream`: whoever has them is asked for them."""

from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, field

from mcp_runtime.contract.primitives import PromptSpec, ResourceSpec, TemplateSpec
from mcp_runtime.contract.secret_references import ReferenceMalformed, SecretMissing
from mcp_runtime.contract.secret_values import SecretUnreadable
from mcp_runtime.contract.upstreams import AccountMissing, PublishedUpstreamItem, UpstreamUnreachable
from mcp_runtime.toolkits.asking import MissingCapability
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ResourceNotFound
from mcp_runtime.upstreams.answered import INPUT_REQUIRED, Outcome, outcome
from mcp_runtime.upstreams.asked_on import Asking
from mcp_runtime.upstreams.call_turn import CallTurn
from mcp_runtime.upstreams.errors import RpcError, failed_result, tool_error
from mcp_runtime.upstreams.executor import MISSING_CAPABILITY, MOST_ROUNDS, secret_failure
from mcp_runtime.upstreams.listed import PROMPTS, RESOURCES, TEMPLATES
from mcp_runtime.upstreams.upstreams import Answered, DefinitionRefused, Upstreams

T = TypeVar("T")

NOT_FOUND: Final = frozenset({-32002, -32602})
"""Codes of a resource that is not there: of older revisions, and of 2026-07-28 (server/resources, Error Handling)."""

MOST_VALUES: Final = 100
_COMPLETES_NOTHING: Final = frozenset({-32601, -32602})


class Suggestions(Struct, frozen=True):
    """Implements `mcp_runtime.calls.offered.Suggested`."""

    values: list[str] = field(default_factory=list)
    total: int | None = None
    has_more: bool = field(name="hasMore", default=False)


class _Completed(Struct):
    completion: Suggestions


class UpstreamPrimitives:
    """Implements `mcp_runtime.calls.offered.Primitives`."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def read(self, spec: ResourceSpec, context: Context) -> list[Any]:
        """Read a resource."""
        item = _item(spec)
        return await _told(context, self._read(item, RESOURCES, item.key, context))

    async def read_by_template(
        self, spec: TemplateSpec, uri: str, values: dict[str, str], context: Context
    ) -> list[Any]:
        """Read the resource that a template gives."""
        return await _told(context, self._read(_item(spec), TEMPLATES, uri, context))

    async def get_prompt(self, spec: PromptSpec, arguments: dict[str, str], context: Context) -> list[Any]:
        """The messages of a prompt."""
        return await _told(context, self._prompt(_item(spec), arguments, context))

    async def complete(
        self, spec: TemplateSpec | PromptSpec, argument: str, typed: str, known: dict[str, str], context: Context
    ) -> Suggestions:
        """Suggest values, where the upstream does."""
        item = _item(spec)
        is_prompt = isinstance(spec, PromptSpec)
        ref = {"type": "ref/prompt", "name": item.key} if is_prompt else {"type": "ref/resource", "uri": item.key}
        params: dict[str, Any] = {"ref": ref, "argument": {"name": argument, "value": typed}}
        if known:
            params["context"] = {"arguments": known}
        return await _told(context, self._completed(item, PROMPTS if is_prompt else TEMPLATES, params, context))

    async def _read(self, item: PublishedUpstreamItem, what: str, uri: str, context: Context) -> list[Any]:
        try:
            answered, found = await self._answered(item, what, "resources/read", {"uri": uri}, context)
        except RpcError as error:
            if error.code in NOT_FOUND:
                raise ResourceNotFound("The upstream server has nothing at this URI.") from error
            raise
        return _passed(answered, found.contents)

    async def _prompt(self, item: PublishedUpstreamItem, arguments: dict[str, str], context: Context) -> list[Any]:
        params = {"name": item.key, "arguments": arguments}
        answered, found = await self._answered(item, PROMPTS, "prompts/get", params, context)
        return [_Message(**msgspec.json.decode(each, type=dict)) for each in _passed(answered, found.messages)]

    async def _completed(
        self, item: PublishedUpstreamItem, what: str, params: dict[str, Any], context: Context
    ) -> Suggestions:
        turn = CallTurn(context)
        try:
            answered = await self._upstreams.request(item, what, context.user, "completion/complete", params, turn)
        except RpcError as error:
            if error.code in _COMPLETES_NOTHING:
                return Suggestions()
            raise
        try:
            found = msgspec.convert(answered.confidence.structured(msgspec.json.decode(answered.result)), _Completed)
        except msgspec.ValidationError as error:
            raise UpstreamUnreachable("protocol", "The upstream server completes with what is none of MCP.") from error
        return msgspec.structs.replace(found.completion, values=found.completion.values[:MOST_VALUES])

    async def _answered(
        self, item: PublishedUpstreamItem, what: str, method: str, params: dict[str, Any], context: Context
    ) -> tuple[Answered, Outcome]:
        """The answer, once the upstream has no more questions."""
        turn, asking = CallTurn(context), Asking(context)
        more = await asking.answers() if asking.goes_on else {}
        for _ in range(MOST_ROUNDS):
            try:
                answered = await self._upstreams.request(item, what, context.user, method, {**params, **more}, turn)
            except RpcError as error:
                if error.code == MISSING_CAPABILITY and isinstance(error.data, dict):
                    raise MissingCapability(dict(error.data.get("requiredCapabilities") or {})) from error
                raise
            found = outcome(answered.result)
            if found.result_type != INPUT_REQUIRED:
                return answered, found
            asking.required(found.input_requests, found.request_state)
            more = await asking.answers()
        raise UpstreamUnreachable("protocol", "The upstream server asks without end.")


class _Message(Struct):
    role: str
    content: Any


def _item(spec: ResourceSpec | TemplateSpec | PromptSpec) -> PublishedUpstreamItem:
    return msgspec.convert(spec.config, PublishedUpstreamItem)


def _passed(answered: Answered, parts: Any) -> list[Any]:
    """The parts as they came. Raises UpstreamUnreachable (protocol)."""
    if parts is UNSET:
        raise UpstreamUnreachable("protocol", "The upstream server sent a result of another kind.")
    if not any(answered.confidence.repeated_in(bytes(part).decode()) for part in parts):
        return list(parts)
    return [Raw(msgspec.json.encode(answered.confidence.structured(msgspec.json.decode(part)))) for part in parts]


async def _told(context: Context, work: Coroutine[Any, Any, T]) -> T:
    """What it gives; whatever goes wrong is said as a ToolError."""
    try:
        return await work
    except DefinitionRefused as refused:
        raise tool_error(refused.result) from refused
    except (UpstreamUnreachable, AccountMissing, RpcError) as error:
        raise tool_error(failed_result(error)) from error
    except (SecretMissing, ReferenceMalformed, SecretUnreadable) as error:
        raise tool_error(secret_failure(error)) from error
    finally:
        context.close()
