"""What a tenant hosts itself: resources, resource templates and prompts, whose content is read when it is asked for.

A snapshot has their descriptions, and of the content its digest: who has a content of that digest need not ask.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from mcp_runtime.contract.placeholders import fill
from mcp_runtime.contract.primitives import ContentAnnotations, PromptArgument

KIND: Final = "hosted"

LARGEST_CONTENT: Final = 1024 * 1024
"""In bytes."""

LARGEST_FILLED: Final = 1024 * 1024
"""The most characters that a template or the messages of a prompt may have once they are filled in."""


class HostedDescription(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of one beside its content; `size` is that of the content in bytes. Of a resource or a template:
    `mime_type` and `annotations`. Of a template or a prompt: what can be completed, in `completes` or `arguments`."""

    digest: str
    size: int
    mime_type: str = ""
    annotations: ContentAnnotations = ContentAnnotations()
    completes: tuple[str, ...] = ()
    arguments: tuple[PromptArgument, ...] = ()


class PublishedHosted(Struct, frozen=True, kw_only=True):
    """What `config` holds of one in a snapshot. The content is found by the tenant and the id of the spec."""

    tenant_id: str
    digest: str


class HostedContent(Struct, frozen=True):
    """The content of one, as it is now. `is_text` says whether the bytes are UTF-8; those of templates and prompts are
    a HostedTemplate or a HostedPrompt."""

    digest: str
    is_text: bool
    body: bytes


class HostedTemplate(Struct, frozen=True):
    """The text that every resource of a template has, filled with its variables; suggestions by variable."""

    text: str
    suggestions: dict[str, tuple[str, ...]] = {}


class HostedMessage(Struct, frozen=True):
    """A message of a prompt, of the role user or assistant; its text is filled with the arguments."""

    role: str
    text: str


class HostedPrompt(Struct, frozen=True):
    """The messages of a prompt; suggestions by argument."""

    messages: tuple[HostedMessage, ...]
    suggestions: dict[str, tuple[str, ...]] = {}


def filled_messages(messages: Sequence[HostedMessage], arguments: Mapping[str, str]) -> tuple[HostedMessage, ...]:
    """The messages with the arguments in their places. Raises FilledTooLarge."""
    room, filled = LARGEST_FILLED, []
    for message in messages:
        text = fill(message.text, arguments, room)
        room -= len(text)
        filled.append(HostedMessage(message.role, text))
    return tuple(filled)


class HostedContents(Protocol):
    """Port: the contents of what tenants host."""

    async def content(self, tenant_id: str, primitive_id: str) -> HostedContent | None:
        """The content as it is now, or None where that tenant hosts no such thing. Raises RecordUnavailable."""


def content_of(body: bytes, *, is_text: bool) -> HostedContent:
    """These bytes as content. Its digest is never that of other bytes, nor of the same ones of the other sort."""
    sort = b"text" if is_text else b"data"
    return HostedContent(hashlib.sha256(sort + body).hexdigest(), is_text, body)


def document_content(document: HostedTemplate | HostedPrompt) -> HostedContent:
    """A template's text or a prompt's messages as content."""
    return content_of(msgspec.json.encode(document), is_text=True)


decode_template = msgspec.json.Decoder(HostedTemplate).decode
decode_prompt = msgspec.json.Decoder(HostedPrompt).decode


def decode_description(written: Any) -> HostedDescription | None:
    """What a row says, or None where a later release wrote it."""
    try:
        return msgspec.convert(written, HostedDescription)
    except msgspec.ValidationError:
        return None
