"""Upstreams are connected, changed and disconnected by those who manage servers, and by nobody else."""

from typing import Any
from uuid import uuid4

import pytest

from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InUseError, InvalidValueError, NameTakenError, NotFoundError
from tenants.models import Grant, ServerTool, Upstream, UpstreamChange
from tenants.scope import tenant_scope
from tenants.services.grants import grant_set
from tenants.services.stored_secrets import secret_create, secret_delete
from tenants.services.upstream_items import upstream_items_add
from tenants.services.upstreams import upstream_delete, upstream_update
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstreams import approved, connected, definitions

SECRET = {"headers": [["X-Api-Key", "{{secret.key}}"]], "auth": "headers"}


def who(person: Person, upstream: Upstream) -> dict[str, Any]:
    return {"tenant": person.company.tenant, "actor": person.actor, "upstream_id": upstream.pk}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "http://plain.example.com/mcp"}, "url"),
        ({"url": "https://127.0.0.1/mcp"}, "url"),
        ({"url": "https://localhost/mcp"}, "url"),
        ({"url": "https://me:secret@example.com/mcp"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"name": ""}, "name"),
        ({"era": "ancient"}, "era"),
        ({"auth": "telepathy"}, "auth"),
        ({"concurrency": 0}, "concurrency"),
        ({"headers": [["Mcp-Session-Id", "x"]]}, "headers"),
        ({"headers": [["Host", "x"]]}, "headers"),
        ({"headers": [["Bad Name", "x"]]}, "headers"),
        ({"headers": [["X-A", "b\r\nX-C: d"]]}, "headers"),
        ({"headers": [["X-A", "1"], ["x-a", "2"]]}, "headers"),
        ({"headers": [["X-Api-Key", "in-clear"]]}, "headers"),
        ({"headers": [["X-Api-Key", "{{secret.Wrong}}"]]}, "headers"),
        ({"headers": [["X-Api-Key", "{{secret.missing}}"]]}, "headers"),
        ({"headers": [["Authorization", "Bearer {{secret.key}}"]], "auth": "oauth"}, "headers"),
    ],
)
def test_mistakes_are_told_where_they_were_made(cast: Cast, fields: dict[str, Any], field: str) -> None:
    secret_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="key", value="sesame-open-up")
    with pytest.raises(InvalidValueError) as refused:
        connected(cast.ada, **fields)
    assert refused.value.extra["field"] == field


@pytest.mark.parametrize("prefix", ["", "UPPER", "-a", "a-", "1a", "a.b", "a_b", "a" * 25, "é"])
def test_a_prefix_is_short_and_plain(cast: Cast, prefix: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        connected(cast.ada, prefix, url="https://x.example.com/")
    assert refused.value.extra["field"] == "prefix"


def test_a_prefix_is_once_per_tenant(cast: Cast) -> None:
    connected(cast.ada)
    connected(cast.gus)
    with pytest.raises(NameTakenError):
        connected(cast.ada)


def test_the_secrets_of_its_headers_know_it_until_it_is_gone(cast: Cast) -> None:
    secret = secret_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="key", value="sesame-open-up")
    upstream = connected(cast.ada, **SECRET)
    rid = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "secret_id": secret.pk}
    with pytest.raises(InUseError, match="Tracker"):
        secret_delete(**rid)
    upstream_delete(**who(cast.ada, upstream))
    secret_delete(**rid)


def test_disconnecting_takes_its_tools_and_what_people_were_granted_of_them(cast: Cast) -> None:
    upstream = approved(cast.ada)
    ids = [row.pk for row in definitions(cast.ada, upstream).values()]
    company, actor = cast.acme, cast.ada.actor
    upstream_items_add(tenant=company.tenant, actor=actor, server=company.server, definition_ids=ids)
    with tenant_scope(company.tenant):
        tool = ServerTool.objects.get(upstream_definition_id=ids[0])
        version = company.server.version
    grant_set(
        tenant=company.tenant,
        actor=actor,
        server=company.server,
        subject_kind="role",
        subject="caller",
        target_kind="tool",
        target=str(tool.pk),
        effect="allow",
    )
    upstream_delete(**who(cast.ada, upstream))
    with tenant_scope(company.tenant):
        assert not ServerTool.objects.filter(pk=tool.pk).exists()
        assert not Grant.objects.filter(target=str(tool.pk)).exists()
        company.server.refresh_from_db()
        assert company.server.version > version
        assert UpstreamChange.objects.filter(action="deleted", upstream_id=upstream.pk).count() == 1


def test_a_changed_address_is_published_and_read_again(cast: Cast) -> None:
    upstream = approved(cast.ada)
    before = upstream.version
    changed = upstream_update(**who(cast.ada, upstream), url="https://moved.example.com/mcp", name="Moved")
    assert changed.version > before
    assert (changed.url, changed.name) == ("https://moved.example.com/mcp", "Moved")
    assert upstream_update(**who(cast.ada, upstream)).version == changed.version
    with pytest.raises(TypeError):
        upstream_update(**who(cast.ada, upstream), prefix="other")


def test_others_may_not_and_outsiders_learn_nothing(cast: Cast) -> None:
    upstream = connected(cast.ada)
    some_servers = Actor(role="owner", user_id=cast.ada.user.pk, servers=frozenset({cast.acme.server.pk}))
    for actor in (cast.max.actor, some_servers):
        with pytest.raises(AbilityMissingError):
            upstream_delete(tenant=cast.acme.tenant, actor=actor, upstream_id=upstream.pk)
    told = []
    for upstream_id in (upstream.pk, uuid4()):
        with pytest.raises(NotFoundError) as refused:
            upstream_delete(tenant=cast.globex.tenant, actor=cast.gus.actor, upstream_id=upstream_id)
        told.append(refused.value.message)
    assert told[0] == told[1]
