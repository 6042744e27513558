"""The store is mended from the database, whatever happened to it."""

from datetime import timedelta
from time import time_ns
from typing import Any

import pytest
from django.utils import timezone

from mcp_runtime.contract import keys
from tenants.models import ApiKey, Server
from tenants.publishing.documents import Document, documents_publish
from tenants.publishing.drain import outbox_drain
from tenants.publishing.reconciliation import reconcile
from tenants.publishing.strays import TOMBSTONE_MICROSECONDS
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_revoke
from tenants.versions import next_version
from tests.fixtures.cast import Cast
from tests.tenants.conftest import MakeKey
from tests.tenants.published import document_names, published_key, published_server


@pytest.fixture
def secret(cast: Cast, store: Any, make_key: MakeKey) -> str:
    """A key of max's; everything is published."""
    issued = make_key(cast.max)
    outbox_drain()
    return issued.secret


def test_where_nothing_is_wrong_nothing_is_done(secret: str, store: Any) -> None:
    length = store.xlen(keys.CHANGES)
    assert reconcile() == {"compared": 3, "mended": 0, "removed": 0}
    assert store.xlen(keys.CHANGES) == length


def test_an_emptied_store_is_filled_again(secret: str, store: Any) -> None:
    before = document_names(store)
    store.flushall()
    assert reconcile()["mended"] == 3
    assert document_names(store) == before
    assert published_key(store, secret) is not None


def test_a_forged_or_damaged_document_is_replaced(cast: Cast, secret: str, store: Any) -> None:
    documents_publish([Document(keys.KIND_SERVER, "acme/demo", next_version() + 1_000_000, b"{}")])
    assert reconcile()["mended"] == 1
    found = published_server(store, "acme/demo")
    assert found is not None
    assert found.name == "Demo"
    with tenant_scope(cast.acme.tenant):
        assert Server.objects.get().version == found.version
    assert reconcile()["mended"] == 0


def test_a_new_release_of_the_toolkits_is_published(cast: Cast, secret: str, store: Any, settings: Any) -> None:
    settings.TOOL_CATALOGUE = "tests.fixtures.catalogue.FEWER"
    assert reconcile()["mended"] == 2
    found = published_server(store, "acme/demo")
    assert found is not None
    assert [tool.name for tool in found.tools] == ["shout"]


def test_an_expired_key_is_taken_back(cast: Cast, secret: str, store: Any) -> None:
    with tenant_scope(cast.acme.tenant):
        ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert reconcile()["mended"] == 1
    assert published_key(store, secret) is None
    assert reconcile()["mended"] == 0


def test_what_nobody_knows_is_buried(secret: str, store: Any) -> None:
    documents_publish(
        [
            Document(keys.KIND_SERVER, "initech/demo", 7, b"{}"),
            Document(keys.KIND_CREDENTIAL, "0" * 64, 7, b"{}"),
        ]
    )
    assert reconcile()["removed"] == 2
    assert published_server(store, "initech/demo") is None
    assert store.hget(keys.credential_key("0" * 64), "version") == b"8"


def test_old_tombstones_go_and_young_ones_stay(secret: str, store: Any) -> None:
    now = time_ns() // 1_000
    documents_publish(
        [
            Document(keys.KIND_SERVER, "initech/old", now - TOMBSTONE_MICROSECONDS - 1, b""),
            Document(keys.KIND_SERVER, "initech/young", now, b""),
        ]
    )
    assert reconcile()["removed"] == 1
    assert not store.exists(keys.server_key("initech", "old"))
    assert store.exists(keys.server_key("initech", "young"))


def test_a_revocation_outlives_the_loss_of_its_tombstone(cast: Cast, secret: str, store: Any) -> None:
    with tenant_scope(cast.acme.tenant):
        key = ApiKey.objects.get()
    body = store.hgetall(keys.credential_key(key.digest))
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=key.pk)
    outbox_drain()
    store.flushall()
    store.hset(keys.credential_key(key.digest), mapping=body)  # an old copy of the store comes back
    assert reconcile()["mended"] >= 1
    assert published_key(store, secret) is None
