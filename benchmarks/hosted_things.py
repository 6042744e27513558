"""Resources and prompts that a company has written itself."""

from typing import Any

from mcp_runtime.contract.hosted import HostedMessage
from mcp_runtime.contract.primitives import PromptArgument
from tenants.hosted_drafts import PromptDraft, ResourceDraft
from tenants.models import HostedContent, Server
from tenants.services.hosted_primitives import content_from_text, hosted_primitive_create


def hosted_grow(who: dict[str, Any], server: Server, number: int) -> None:
    """So many resources, and as many prompts."""
    for index in range(number):
        content = content_from_text(f"Words {index}.")
        resource = ResourceDraft(name=f"written {index}", uri=f"written://{index}", content=content)
        prompt = PromptDraft(
            name=f"written_{index}",
            arguments=(PromptArgument(name="whom"),),
            messages=(HostedMessage("user", "Answer {{whom}}."),),
        )
        for draft in (resource, prompt):
            hosted_primitive_create(**who, server=server, draft=draft)


def hosted_names(server: Server) -> dict[str, str]:
    """Values for the placeholders of their pages, in the scope of the tenant."""
    rows = HostedContent.objects.filter(primitive__server=server).order_by("primitive__name")
    return {
        f"hosted_{kind}_id": str(primitive_id)
        for kind, primitive_id in rows.values_list("primitive__kind", "primitive_id")
    }
