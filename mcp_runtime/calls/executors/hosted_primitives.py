"""Answers for what tenants host themselves: contents that are read, and texts that are filled in."""

import base64
from typing import Final, Literal

import msgspec
from msgspec import UNSET

from mcp_runtime.calls.results import ResourceContents, TextContent
from mcp_runtime.contract.hosted import (
    LARGEST_FILLED,
    HostedContents,
    HostedMessage,
    HostedPrompt,
    HostedTemplate,
    PublishedHosted,
    decode_prompt,
    decode_template,
    filled_messages,
)
from mcp_runtime.contract.placeholders import FilledTooLarge, fill
from mcp_runtime.contract.primitives import PromptSpec, ResourceSpec, TemplateSpec
from mcp_runtime.replica.content_cache import ContentCache
from mcp_runtime.toolkits.completion import Completion, among, completion_of
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ResourceNotFound, ToolError
from mcp_runtime.toolkits.messages import PromptMessage

GONE: Final = "This has just been removed from the server. Ask for the list again."


class HostedPrimitives:
    """Implements `mcp_runtime.calls.offered.Primitives` for the kind `hosted`. All of it raises RecordUnavailable."""

    def __init__(self, contents: HostedContents) -> None:
        self._contents = ContentCache(contents)

    async def read(self, spec: ResourceSpec, context: Context) -> list[ResourceContents]:
        """Its content: text, or base64."""
        published = _published(spec)
        content = await self._contents.read(published.tenant_id, spec.id, published.digest)
        if content is None:
            raise ResourceNotFound(GONE)
        mime_type = spec.mime_type or UNSET
        if content.is_text:
            return [ResourceContents(uri=spec.uri, mime_type=mime_type, text=content.body.decode())]
        blob = base64.b64encode(content.body).decode()
        return [ResourceContents(uri=spec.uri, mime_type=mime_type, blob=blob)]

    async def read_by_template(
        self, spec: TemplateSpec, uri: str, values: dict[str, str], context: Context
    ) -> list[ResourceContents]:
        """The template's text, filled with what the URI says."""
        template = await self._template(spec)
        try:
            text = fill(template.text, values, LARGEST_FILLED)
        except FilledTooLarge as error:
            raise _too_large(error) from error
        return [ResourceContents(uri=uri, mime_type=spec.mime_type or UNSET, text=text)]

    async def get_prompt(self, spec: PromptSpec, arguments: dict[str, str], context: Context) -> list[PromptMessage]:
        """The messages, filled with the arguments."""
        prompt = await self._prompt(spec)
        try:
            messages = filled_messages(prompt.messages, arguments)
        except FilledTooLarge as error:
            raise _too_large(error) from error
        return [PromptMessage(TextContent(each.text), _role(each)) for each in messages]

    async def complete(
        self, spec: TemplateSpec | PromptSpec, argument: str, typed: str, known: dict[str, str], context: Context
    ) -> Completion:
        """Those of the suggestions that fit what was typed."""
        document = await (self._prompt(spec) if isinstance(spec, PromptSpec) else self._template(spec))
        return completion_of(among(document.suggestions.get(argument, ()), typed))

    async def _template(self, spec: TemplateSpec) -> HostedTemplate:
        return decode_template(await self._document(spec))

    async def _prompt(self, spec: PromptSpec) -> HostedPrompt:
        return decode_prompt(await self._document(spec))

    async def _document(self, spec: TemplateSpec | PromptSpec) -> bytes:
        published = _published(spec)
        content = await self._contents.read(published.tenant_id, spec.id, published.digest)
        if content is None:
            raise ToolError(GONE, "gone")
        return content.body


def _published(spec: ResourceSpec | TemplateSpec | PromptSpec) -> PublishedHosted:
    return msgspec.convert(spec.config, PublishedHosted)


def _role(message: HostedMessage) -> Literal["user", "assistant"]:
    return "assistant" if message.role == "assistant" else "user"


def _too_large(error: FilledTooLarge) -> ToolError:
    return ToolError(f"That is too much: {error}. Ask with shorter values.", "too_large")
