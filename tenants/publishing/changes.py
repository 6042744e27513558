"""What a service calls when it has changed something that is published: in the same transaction, the version grows and
a row goes to the outbox. Publishing follows the commit; `on_commit` only hurries it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from mcp_runtime.contract import keys
from tenants.models import AccessToken, ApiKey, Outbox, Server, Tenant
from tenants.publishing.drain import outbox_hurry
from tenants.versions import next_version, next_version_expression


def server_changed(*, tenant: Tenant, server: Server) -> None:
    """The server, one of its tools or one of its grants has changed. Sets `server.version`."""
    Server.objects.filter(pk=server.pk).update(version=next_version_expression())
    server.refresh_from_db(fields=["version"])
    _announce([_server_row(tenant, server.slug, server.version)])


def servers_changed(*, tenant: Tenant) -> None:
    """Something that every server of the tenant shows has changed."""
    Server.objects.filter(tenant_id=tenant.pk).update(version=next_version_expression())
    pairs = Server.objects.filter(tenant_id=tenant.pk).values_list("slug", "version")
    _announce(_server_row(tenant, slug, version) for slug, version in pairs)


def server_gone(*, tenant: Tenant, slug: str, version: int) -> None:
    """There is no server of this slug any more; `version` is the last one it had."""
    _announce([_server_row(tenant, slug, next_version(version))])


def credentials_changed(*, api_keys: QuerySet[ApiKey], access_tokens: QuerySet[AccessToken]) -> None:
    """These keys and tokens, or what their validity depends on, have changed."""
    api_keys.update(version=next_version_expression())
    access_tokens.update(version=next_version_expression())
    rows = [*api_keys.values_list("tenant_id", "digest", "version")]
    rows += access_tokens.values_list("tenant_id", "token_checksum", "version")
    _announce(
        Outbox(tenant_id=tenant_id, kind=keys.KIND_CREDENTIAL, key=digest, version=version)
        for tenant_id, digest, version in rows
    )


def api_keys_changed(api_keys: QuerySet[ApiKey]) -> None:
    """These keys have changed."""
    credentials_changed(api_keys=api_keys, access_tokens=AccessToken.objects.none())


def access_tokens_gone(access_tokens: QuerySet[AccessToken]) -> None:
    """These tokens are about to be deleted: what is published of them is to go too."""
    rows = list(access_tokens.values_list("tenant_id", "token_checksum", "version"))
    _announce(
        Outbox(tenant_id=tenant_id, kind=keys.KIND_CREDENTIAL, key=digest, version=next_version(version))
        for tenant_id, digest, version in rows
    )


def secret_changed(*, tenant: Tenant, name: str, version: int) -> None:
    """A secret has another value, or is gone; `version` is greater than any that was told of it."""
    key = keys.secret_document(str(tenant.pk), name)
    _announce([Outbox(tenant_id=tenant.pk, kind=keys.KIND_SECRET, key=key, version=version)])


def _server_row(tenant: Tenant, slug: str, version: int) -> Outbox:
    return Outbox(tenant_id=tenant.pk, kind=keys.KIND_SERVER, key=f"{tenant.slug}/{slug}", version=version)


def _announce(rows: Iterable[Outbox]) -> None:
    if Outbox.objects.bulk_create(rows, batch_size=500):
        transaction.on_commit(outbox_hurry)
