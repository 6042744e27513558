"""What a tenant hosts itself, with its mark in everything that is kept of it."""

from mcp_runtime.contract.hosted import HostedMessage
from mcp_runtime.contract.primitives import PromptArgument
from tenants.hosted_drafts import Draft, PromptDraft, ResourceDraft, TemplateDraft
from tenants.models import Server, ServerPrimitive
from tenants.services.hosted_primitives import content_from_text, hosted_primitive_create
from tests.fixtures.cast import Person


def hosted_made(person: Person, server: Server, mark: str) -> dict[str, ServerPrimitive]:
    """One of each kind, by its kind."""
    drafts: list[Draft] = [
        ResourceDraft(
            name=f"Handbook {mark}", uri="own://handbook", content=content_from_text(f"Content {mark}"), title=mark
        ),
        TemplateDraft(
            name=f"Card {mark}",
            uri_template="own://cards/{person}",
            text=f"{{{{person}}}} of {mark}",
            suggestions={"person": [f"Somebody {mark}"]},
        ),
        PromptDraft(
            name=f"hosted_{mark}",
            messages=(HostedMessage("user", f"Answer {{{{whom}}}} {mark}"),),
            arguments=(PromptArgument(name="whom", description=f"Whom {mark}"),),
        ),
    ]
    which = {"tenant": person.company.tenant, "actor": person.actor, "server": server}
    rows = [hosted_primitive_create(**which, draft=draft) for draft in drafts]
    return {row.kind: row for row in rows}
