"""Another version of a document: looked at first, then applied or put away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import InvalidValueError, NotFoundError
from tenants.models import OpenApiSource, Server, ServerTool, Tenant
from tenants.openapi.given import GivenDocument
from tenants.scope import tenant_scope
from tenants.selectors.openapi_sources import openapi_import, openapi_import_pending, openapi_source_locked
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.openapi_import import openapi_tools_create
from tenants.services.openapi_renewal import tools_renew
from tenants.services.openapi_sources import LONGEST_URL, check_bytes
from tenants.services.server_tools import server_tool_remove


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done: tools that were written anew, that were removed, and that were made."""

    changed: list[ServerTool]
    removed: list[ServerTool]
    added: list[ServerTool]


def openapi_version_look(
    *, tenant: Tenant, actor: Actor, server: Server, source: OpenApiSource, document: GivenDocument
) -> bool:
    """Keep another version beside the one in use, so that it can be compared, in place of one that was kept so before.
    False, and nothing is kept, where it is the one in use.

    Raises NotFoundError, LimitReachedError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        locked = server_locked(actor=actor, server_id=server.pk)
        row = openapi_source_locked(server=locked, source_id=source.pk)
        is_other = document.digest != row.digest
        if is_other:
            check_bytes(len(document.packed))
            row.pending_document, row.pending_digest = document.packed, document.digest
            row.pending_version, row.pending_url = document.version, document.url[:LONGEST_URL]
        else:
            _put_away(row)
        row.save()
        return is_other


def openapi_version_dismiss(*, tenant: Tenant, actor: Actor, server: Server, source: OpenApiSource) -> None:
    """Forget the version that was looked at. Raises NotFoundError."""
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = openapi_source_locked(server=locked, source_id=source.pk)
        _put_away(row)
        row.save()


def openapi_version_apply(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    source: OpenApiSource,
    digest: str,
    add: Sequence[str] = (),
    remove_gone: bool = False,
) -> Applied:
    """Use the version that was looked at, all of it or nothing. `digest` is that version's, so that nobody applies what
    somebody else has put in its place meanwhile. Its tools are written anew; `add` are operations that become tools;
    tools of operations that are gone are removed or go on as they are.

    Raises NotFoundError where no version waits, InvalidValueError, LimitReachedError, AbilityMissingError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    which: dict[str, Any] = {"tenant": tenant, "actor": actor}
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        locked = server_locked(actor=actor, server_id=server.pk)
        row = openapi_source_locked(server=locked, source_id=source.pk)
        if row.pending_document is None:
            raise NotFoundError("There is no other version of this document to apply.")
        if digest != row.pending_digest:
            raise InvalidValueError("Another version was looked at meanwhile. Look at that one first.", field="digest")
        changes = tools_renew(**which, source=row, before=openapi_import(row), after=openapi_import_pending(row))
        _take_over(row)
        row.save()
        gone = changes.gone if remove_gone else []
        for tool in gone:
            server_tool_remove(**which, server=locked, tool=tool)
        added = openapi_tools_create(**which, server=locked, source=row, operations=add) if add else []
        return Applied([each.tool for each in changes.changed], gone, added)


def _take_over(row: OpenApiSource) -> None:
    row.document, row.digest = row.pending_document, row.pending_digest
    row.document_version = row.pending_version
    row.document_url = row.pending_url or row.document_url
    _put_away(row)


def _put_away(row: OpenApiSource) -> None:
    row.pending_document, row.pending_digest, row.pending_version, row.pending_url = None, "", "", ""
