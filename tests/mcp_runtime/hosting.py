"""What tenants host, in memory behind its port, and servers that offer it."""

from typing import Any

import msgspec

from mcp_runtime.contract.hosted import (
    KIND,
    HostedContent,
    HostedMessage,
    HostedPrompt,
    HostedTemplate,
    PublishedHosted,
    content_of,
    document_content,
)
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.primitives import PromptArgument, PromptSpec, ResourceSpec, TemplateSpec
from tests.mcp_runtime.record import Record

PICTURE = bytes(range(256)) * 4_096
"""As large as a content may be."""


class Shelf:
    """Contents by tenant and id. `down` makes every question fail; `questions` counts them."""

    def __init__(self) -> None:
        self.contents: dict[tuple[str, str], HostedContent] = {}
        self.down = False
        self.questions = 0

    async def content(self, tenant_id: str, primitive_id: str) -> HostedContent | None:
        self.questions += 1
        if self.down:
            raise RecordUnavailable
        return self.contents.get((tenant_id, primitive_id))

    def keep(self, tenant: str, name: str, content: HostedContent) -> dict[str, Any]:
        """Keep it; what a spec says of where it is."""
        tenant_id, primitive_id = f"id-of-{tenant}", f"id-of-{tenant}-{name}"
        self.contents[tenant_id, primitive_id] = content
        published = PublishedHosted(tenant_id=tenant_id, digest=content.digest)
        return {"id": primitive_id, "kind": KIND, "config": msgspec.to_builtins(published)}


def furnished(shelf: Shelf, tenant: str, words: str) -> dict[str, Any]:
    """The resources, templates and prompts of this tenant's server, with these words of its own."""
    text = content_of(words.encode(), is_text=True)
    card = HostedTemplate("{{person}} of {{team}}, {{team}}", {"team": ("sales", "support", "after-sales")})
    reply = HostedPrompt(
        (
            HostedMessage("user", "Answer {{customer}} {{tone}}."),
            HostedMessage("assistant", f"{words} {{{{customer}}}}"),
        ),
        {"tone": ("kindly", "briefly")},
    )
    return {
        "resources": (
            ResourceSpec(uri="own://words", name="words", mime_type="text/plain", **shelf.keep(tenant, "words", text)),
            ResourceSpec(
                uri="own://picture", name="picture", **shelf.keep(tenant, "picture", content_of(PICTURE, is_text=False))
            ),
        ),
        "templates": (
            TemplateSpec(
                uri_template="own://cards/{team}/{person}",
                name="card",
                completes=("team",),
                **shelf.keep(tenant, "card", document_content(card)),
            ),
        ),
        "prompts": (
            PromptSpec(
                name="reply",
                arguments=(PromptArgument(name="customer", required=True), PromptArgument(name="tone", completes=True)),
                **shelf.keep(tenant, "reply", document_content(reply)),
            ),
        ),
    }


def furnish(record: Record, shelf: Shelf) -> None:
    """Give both tenants' servers the same things, with words of their own."""
    for tenant in ("acme", "globex"):
        record.change_server(tenant, "desk", **furnished(shelf, tenant, f"words of {tenant}"))
