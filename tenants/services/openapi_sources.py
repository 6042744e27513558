"""OpenAPI documents that tools of a server are made of: kept, described, and let go."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.db.models import Sum
from django.db.models.functions import Coalesce, Length

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import InvalidValueError, LimitReachedError, NameTakenError
from tenants.models import OpenApiSource, Server, Tenant
from tenants.openapi.addresses import server_choices
from tenants.openapi.errors import DocumentRefused
from tenants.openapi.given import GivenDocument, given_document
from tenants.openapi.operations import OpenApiImport
from tenants.scope import tenant_scope
from tenants.selectors.openapi_sources import openapi_import, openapi_source_locked, openapi_tools
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.openapi_renewal import tools_renew
from tenants.services.server_tools import server_tool_remove

MOST: Final = 20
"""How many documents a server may have."""

MOST_BYTES: Final = 64 * 1024 * 1024
"""What all documents of a tenant may take together, compressed. The largest public ones take half a MiB each."""

LONGEST_URL: Final = 2_000


def document_read(body: bytes, *, url: str = "") -> GivenDocument:
    """The document in these bytes, JSON or YAML, fetched from this URL if from any. Asks no database, and may take
    seconds: call it before a scope is open. Raises InvalidValueError."""
    try:
        return given_document(body, url=url)
    except DocumentRefused as refusal:
        raise InvalidValueError(str(refusal), field="document") from refusal


def openapi_source_create(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    document: GivenDocument,
    title: str = "",
    base_url: str = "",
    secret_names: Mapping[str, str] | None = None,
) -> OpenApiSource:
    """Keep a document, without making tools of it yet. Where no title is given it is the document's own, with a number
    if another has it; where no base URL is given, the first full address among its servers.

    Raises InvalidValueError, NameTakenError, LimitReachedError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    base_url = _base_url(base_url) if base_url else _first_address(document)
    names = _secret_names(OpenApiImport(document.content), secret_names or {})
    with tenant_scope(tenant):
        tenant_locked(tenant_id=tenant.pk)
        locked = server_locked(actor=actor, server_id=server.pk)
        if OpenApiSource.objects.filter(server_id=locked.pk).count() >= MOST:
            words = f"A server has {MOST} documents at most. Remove one first; its tools may stay."
            raise LimitReachedError(words, limit="openapi_documents", maximum=MOST)
        check_bytes(len(document.packed))
        source: OpenApiSource = OpenApiSource.objects.create(
            tenant=tenant,
            server=locked,
            title=_title(locked, title) if title else _free_title(locked, document),
            document_version=document.version,
            document_url=document.url[:LONGEST_URL],
            base_url=base_url,
            secret_names=names,
            digest=document.digest,
            document=document.packed,
        )
        return source


def openapi_source_update(
    *, tenant: Tenant, actor: Actor, server: Server, source: OpenApiSource, **changes: Any
) -> OpenApiSource:
    """Change `title`, `base_url` or `secret_names`, where given. The tools that were made of the document follow.

    Raises InvalidValueError, NameTakenError, NotFoundError, AbilityMissingError, and TypeError for another field.
    """
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = openapi_source_locked(server=locked, source_id=source.pk)
        before = openapi_import(row)
        for field, value in changes.items():
            setattr(row, field, _column(row, before, field, value))
        row.save(update_fields=[*changes, "updated_at"])
        if {"base_url", "secret_names"} & changes.keys():
            tools_renew(tenant=tenant, actor=actor, source=row, before=before, after=openapi_import(row))
        return row


def openapi_source_delete(
    *, tenant: Tenant, actor: Actor, server: Server, source: OpenApiSource, remove_tools: bool = False
) -> int:
    """Let a document go, and its tools with it or not; how many those are. Tools that stay go on as they are.

    Raises NotFoundError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = openapi_source_locked(server=locked, source_id=source.pk)
        tools = list(openapi_tools(source=row))
        for tool in tools if remove_tools else ():
            server_tool_remove(tenant=tenant, actor=actor, server=locked, tool=tool)
        row.delete()
        return len(tools)


def check_bytes(more: int) -> None:
    """Whether the tenant may keep so many bytes more. In its scope, locked. Raises LimitReachedError."""
    lengths = Length("document") + Coalesce(Length("pending_document"), 0)
    kept = OpenApiSource.objects.aggregate(bytes=Sum(lengths))["bytes"] or 0
    if kept + more > MOST_BYTES:
        words = f"All documents together may take {MOST_BYTES // 1024 // 1024} MiB, compressed. Remove one first."
        raise LimitReachedError(words, limit="openapi_bytes", maximum=MOST_BYTES)


def _column(row: OpenApiSource, reading: OpenApiImport, field: str, value: Any) -> Any:
    if field == "title":
        return value if value == row.title else _title(row.server, value)
    if field == "base_url":
        return _base_url(value)
    if field == "secret_names":
        return _secret_names(reading, value)
    raise TypeError(f"a document has no {field} to change")


def _title(server: Server, value: str) -> str:
    title = validation.name(value, field="title")
    if OpenApiSource.objects.filter(server_id=server.pk, title=title).exists():
        raise NameTakenError("Another document of this server has this title.", field="title")
    return title


def _free_title(server: Server, document: GivenDocument) -> str:
    plain = document.title or "OpenAPI document"
    taken = set(OpenApiSource.objects.filter(server_id=server.pk).values_list("title", flat=True))
    numbered = (f"{plain[:190]} ({number})" for number in range(2, MOST + 2))
    return plain if plain not in taken else next(each for each in numbered if each not in taken)


def _first_address(document: GivenDocument) -> str:
    choices = server_choices(document.content, document.url)
    found = [url for choice in choices for url in choice.urls if len(url) <= LONGEST_URL]
    return found[0].rstrip("/") if found else ""


def _base_url(value: str) -> str:
    """An absolute address to which paths are joined."""
    url = value.strip()
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if (
        not is_good
        or len(url) > LONGEST_URL
        or not url.isascii()
        or not url.isprintable()
        or set(url) & set(' {}?#@"<>\\')
    ):
        words = "Give a full address, like https://api.example.com/v1: without user name, query, # or {variables}."
        raise InvalidValueError(words, field="base_url")
    return url.rstrip("/")


def _secret_names(reading: OpenApiImport, chosen: Mapping[str, str]) -> dict[str, str]:
    """Names of secrets by scheme; a scheme without one gets the name that the document suggests."""
    known = {scheme.name for scheme in reading.schemes() if scheme.secret is not None}
    unknown = sorted(chosen.keys() - known)
    if unknown:
        raise InvalidValueError(f"The document has no security scheme {unknown[0][:80]!r}.", field="secret_names")
    return {scheme: _secret_name(name) for scheme, name in chosen.items() if name}


def _secret_name(name: str) -> str:
    try:
        return validation.secret_name(name)
    except InvalidValueError as error:
        raise InvalidValueError(error.message, field="secret_names") from error
