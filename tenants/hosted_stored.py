"""What is kept of a hosted resource, template or prompt, as the draft that it was made of."""

from typing import Any, Final

from mcp_runtime.contract.hosted import HostedContent, decode_description, decode_prompt, decode_template
from mcp_runtime.contract.primitives import ContentAnnotations
from tenants.hosted_drafts import Draft, PromptDraft, ResourceDraft, TemplateDraft
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind

NOTHING_SAID: Final = ContentAnnotations()


def stored_draft(row: ServerPrimitive) -> Draft:
    """The draft of a row that was read together with its content (`hosted_primitive_get`)."""
    texts = {"name": row.name, "title": row.title, "description": row.description}
    body, said = bytes(row.content.body), decode_description(row.definition)
    if row.kind == PrimitiveKind.PROMPT:
        prompt = decode_prompt(body)
        arguments = () if said is None else said.arguments
        return PromptDraft(**texts, arguments=arguments, messages=prompt.messages, suggestions=prompt.suggestions)
    described: dict[str, Any] = {
        **texts,
        "mime_type": "" if said is None else said.mime_type,
        "annotations": NOTHING_SAID if said is None else said.annotations,
    }
    if row.kind == PrimitiveKind.RESOURCE:
        content = HostedContent(row.content.digest, row.content.is_text, body)
        return ResourceDraft(**described, uri=row.source, content=content)
    template = decode_template(body)
    return TemplateDraft(**described, uri_template=row.source, text=template.text, suggestions=template.suggestions)
