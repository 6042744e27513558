"""Resources, templates and prompts that a tenant hosts itself: written and rewritten as a whole."""

from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import Any, Final, cast
from uuid import UUID, uuid4

import msgspec
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from mcp_runtime.contract.announcements import resource_updated, resources_updated
from mcp_runtime.contract.hosted import HostedContent as Content
from mcp_runtime.contract.hosted import HostedDescription, content_of, decode_description
from mcp_runtime.contract.primitives import ContentAnnotations
from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import InvalidValueError, LimitReachedError, NameTakenError
from tenants.hosted_drafts import Draft, ResourceDraft, Written
from tenants.hosted_stored import stored_draft
from tenants.models import HostedContent, Server, ServerPrimitive, Tenant
from tenants.models.server_primitive import PrimitiveKind
from tenants.publishing.announcements import announcement_publish
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.server_primitives import WORDS, hosted_primitive_get
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.server_primitive_choice import check_number, primitive_name

BYTES_LIMIT: Final = "hosted_bytes_per_server"
EMPTY: Final = content_of(b"", is_text=True)
SOURCE_FIELDS: Final = {PrimitiveKind.RESOURCE: "uri", PrimitiveKind.TEMPLATE: "uri_template"}


def hosted_primitive_create(*, tenant: Tenant, actor: Actor, server: Server, draft: Draft) -> ServerPrimitive:
    """Host another one on this server. Whoever may connect to it sees it.

    Raises InvalidValueError, NameTakenError for its name or URI, LimitReachedError for the number of them or for the
    bytes, AbilityMissingError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    written = draft.written()
    with tenant_scope(tenant):
        limits = tenant_locked(tenant_id=tenant.pk).limits
        locked = server_locked(actor=actor, server_id=server.pk)
        present = ServerPrimitive.objects.filter(server_id=locked.pk).count()
        check_number(present, 1, limits.resources_and_prompts_per_server)
        row = ServerPrimitive(id=uuid4(), tenant_id=tenant.pk, server=locked, kind=written.kind)
        _describe(row, draft, written)
        _keep(row, written.said, written.content or EMPTY, limits.hosted_bytes_per_server)
        server_changed(tenant=tenant, server=locked)
        return row


def hosted_primitive_update(
    *, tenant: Tenant, actor: Actor, server: Server, primitive_id: UUID, draft: Draft
) -> ServerPrimitive:
    """Write it anew. Where a resource, or what follows a template, reads otherwise now, its subscribers are told.

    Raises like `hosted_primitive_create`, and NotFoundError where it is none that is hosted here, or of another kind.
    """
    actor.require(Ability.MANAGE_SERVERS)
    written = draft.written()
    with tenant_scope(tenant):
        limits = tenant_locked(tenant_id=tenant.pk).limits
        locked = server_locked(actor=actor, server_id=server.pk)
        row = hosted_primitive_get(server=locked, kind=written.kind, primitive_id=primitive_id)
        before = decode_description(row.definition)
        _describe(row, draft, written)
        content = written.content or Content(row.content.digest, row.content.is_text, bytes(row.content.body))
        _keep(row, written.said, content, limits.hosted_bytes_per_server)
        server_changed(tenant=tenant, server=locked)
        if _reads_otherwise(before, decode_description(row.definition)):
            _announce(locked, row)
        return row


def hosted_content_upload(
    *, tenant: Tenant, actor: Actor, server: Server, primitive_id: UUID, body: bytes, mime_type: str
) -> ServerPrimitive:
    """Give a resource these bytes, and this type, where one is said. Raises like `hosted_primitive_update`."""
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        row = hosted_primitive_get(server=server, kind=PrimitiveKind.RESOURCE, primitive_id=primitive_id)
        now = cast("ResourceDraft", stored_draft(row))
    chosen = mime_type or now.mime_type
    draft = replace(now, mime_type=chosen, content=content_from_bytes(body, chosen))
    return hosted_primitive_update(tenant=tenant, actor=actor, server=server, primitive_id=row.pk, draft=draft)


def _reads_otherwise(before: HostedDescription | None, now: HostedDescription | None) -> bool:
    return before is None or now is None or (before.digest, before.mime_type) != (now.digest, now.mime_type)


def _describe(row: ServerPrimitive, draft: Draft, written: Written) -> None:
    row.source = written.source
    row.name = primitive_name(row.kind, draft.name)
    row.title = validation.name(draft.title, field="title") if draft.title else ""
    row.description = validation.prose(draft.description, field="description")
    _check_taken(row)


def _check_taken(row: ServerPrimitive) -> None:
    """The server is locked, so nobody else takes them meanwhile."""
    words = WORDS[PrimitiveKind(row.kind)]
    others = ServerPrimitive.objects.filter(server_id=row.server_id, kind=row.kind).exclude(pk=row.pk)
    if others.filter(name=row.name).exists():
        raise NameTakenError(f"Another {words} of this server has this name.", field="name")
    field = SOURCE_FIELDS.get(PrimitiveKind(row.kind))
    if field is not None and others.filter(source=row.source).exists():
        raise NameTakenError(f"Another {words} of this server is read by this.", field=field)


def _keep(row: ServerPrimitive, said: HostedDescription, content: Content, most: int) -> None:
    size = len(content.body)
    _check_bytes(row, size, most)
    kept = msgspec.structs.replace(said, digest=content.digest, size=size, annotations=_dated(row, said, content))
    row.definition = msgspec.to_builtins(kept)
    row.save()
    values: dict[str, Any] = {
        "tenant_id": row.tenant_id,
        "digest": content.digest,
        "is_text": content.is_text,
        "size": size,
        "body": content.body,
    }
    HostedContent.objects.update_or_create(primitive=row, defaults=values)


def _dated(row: ServerPrimitive, said: HostedDescription, content: Content) -> ContentAnnotations:
    """The annotations, which say when the content became what it is. A prompt has none."""
    before = decode_description(row.definition)
    if row.kind == PrimitiveKind.PROMPT:
        return said.annotations
    if before is not None and before.digest == content.digest:
        modified = before.annotations.last_modified
    else:
        modified = timezone.now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return msgspec.structs.replace(said.annotations, last_modified=modified)


def _check_bytes(row: ServerPrimitive, size: int, most: int) -> None:
    others = HostedContent.objects.filter(primitive__server_id=row.server_id).exclude(primitive_id=row.pk)
    used = others.aggregate(total=Sum("size"))["total"] or 0
    if used + size > most:
        raise LimitReachedError(
            f"The plan allows {most:,} bytes of hosted content per server; {max(most - used, 0):,} are free here, and "
            f"this has {size:,}.",
            limit=BYTES_LIMIT,
            maximum=most,
        )


def _announce(server: Server, row: ServerPrimitive) -> None:
    if row.kind == PrimitiveKind.PROMPT:
        return  # what clients subscribe to is resources
    told = resource_updated if row.kind == PrimitiveKind.RESOURCE else resources_updated
    announcement = told(str(server.pk), row.source)
    # After the snapshot, which `server_changed` has published by then: who reads at once reads what is new.
    transaction.on_commit(partial(announcement_publish, announcement=announcement))


def content_from_text(text: str) -> Content:
    """A text as content. Raises InvalidValueError where it is none."""
    try:
        return content_of(text.encode(), is_text=True)
    except UnicodeEncodeError as error:
        raise InvalidValueError("This is no text.", field="content") from error


def content_from_bytes(body: bytes, mime_type: str) -> Content:
    """What was uploaded, as text where its type says that it is one and it is in UTF-8."""
    kind = mime_type.partition(";")[0].strip().lower()
    is_text = kind.startswith("text/") or kind in TEXT_TYPES or kind.endswith(("+json", "+xml"))
    return content_of(body, is_text=is_text and _is_utf8(body))


TEXT_TYPES: Final = frozenset({"application/json", "application/xml", "application/yaml", "application/javascript"})


def _is_utf8(body: bytes) -> bool:
    try:
        return "\x00" not in body.decode()
    except UnicodeDecodeError:
        return False
