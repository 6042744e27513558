"""What was committed is published: at once, by the next drain, and never an older build over a newer one."""

from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from mcp_runtime.contract import keys
from tenants.actor import PLATFORM
from tenants.models import Outbox
from tenants.publishing.documents import Document, documents_publish
from tenants.publishing.drain import outbox_drain
from tenants.scope import platform_scope, tenant_scope
from tenants.services.api_keys import api_key_revoke
from tenants.services.members import membership_remove, membership_role_set
from tenants.services.servers import server_create, server_delete, server_rename, server_update
from tenants.services.tenants import tenant_suspend
from tests.fixtures.cast import Cast
from tests.tenants.conftest import MakeKey
from tests.tenants.published import document_names, published_key, published_server


def waiting() -> int:
    with platform_scope("test"):
        return Outbox.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_change_is_published_with_its_commit(cast: Cast, store: Any) -> None:
    server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, name="Tools")
    found = published_server(store, "acme/demo")
    assert found is not None
    assert found.name == "Tools"
    assert waiting() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_published(cast: Cast, store: Any) -> None:
    outbox_drain()
    with tenant_scope(cast.acme.tenant):
        server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, name="Never")
        transaction.set_rollback(True)
    assert waiting() == 0
    outbox_drain()
    found = published_server(store, "acme/demo")
    assert found is not None
    assert found.name == "Demo"


def test_when_the_process_dies_after_the_commit_the_drain_publishes(cast: Cast, store: Any) -> None:
    # Within a test's transaction on_commit never comes, as in a process that died.
    server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, name="Tools")
    assert document_names(store) == set()
    assert outbox_drain() > 0
    found = published_server(store, "acme/demo")
    assert found is not None
    assert found.name == "Tools"
    assert outbox_drain() == 0


@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_down_does_not_stop_a_change(cast: Cast) -> None:
    server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, name="Tools")
    assert waiting() > 0


def test_the_commit_hurries_the_drain(
    cast: Cast, store: Any, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    outbox_drain()
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, name="Tools")
        assert waiting() == 1
    assert callbacks
    assert waiting() == 0


def test_an_older_build_never_wins(store: Any) -> None:
    def write(version: int, body: bytes) -> bool:
        return documents_publish([Document(keys.KIND_SERVER, "acme/demo", version, body)])[0]

    assert [write(5, b"five"), write(4, b"four"), write(5, b"other five"), write(6, b"")] == [True, False, False, True]
    assert store.hgetall(keys.server_key("acme", "demo")) == {b"version": b"6", b"body": b""}


def test_readers_are_told(cast: Cast, store: Any) -> None:
    with store.pubsub() as listener:
        listener.subscribe(keys.BUS)
        assert listener.get_message(timeout=5)["type"] == "subscribe"
        outbox_drain()
        heard = {listener.get_message(timeout=5)["data"] for _ in range(2)}
    assert heard == {b"server:acme/demo", b"server:globex/demo"}
    changes = [(fields[b"kind"], fields[b"key"]) for _, fields in store.xrange(keys.CHANGES)]
    assert set(changes) == {(b"server", b"acme/demo"), (b"server", b"globex/demo")}


def test_a_server_returns_under_the_slug_of_a_deleted_one(cast: Cast, store: Any) -> None:
    outbox_drain()
    server_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server)
    outbox_drain()
    assert published_server(store, "acme/demo") is None
    server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="demo", name="Second")
    outbox_drain()
    found = published_server(store, "acme/demo")
    assert found is not None
    assert found.name == "Second"


def test_a_renamed_server_leaves_a_tombstone(cast: Cast, store: Any, make_key: MakeKey) -> None:
    secret = make_key(cast.max, servers=[cast.acme.server]).secret
    server_rename(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, slug="tools")
    outbox_drain()
    assert published_server(store, "acme/demo") is None
    assert published_server(store, "acme/tools") is not None
    record = published_key(store, secret)
    assert record is not None
    assert record.servers == ("tools",)


def test_a_suspended_tenant_stops_all_its_servers_and_no_others(cast: Cast, store: Any) -> None:
    tenant_suspend(tenant=cast.acme.tenant, actor=PLATFORM)
    outbox_drain()
    ours, theirs = published_server(store, "acme/demo"), published_server(store, "globex/demo")
    assert ours is not None
    assert theirs is not None
    assert (ours.is_serving, theirs.is_serving) == (False, True)


def test_a_member_who_leaves_takes_their_keys_along(cast: Cast, store: Any, make_key: MakeKey) -> None:
    of_max, of_ada = make_key(cast.max).secret, make_key(cast.ada).secret
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="developer")
    outbox_drain()
    record = published_key(store, of_max)
    assert record is not None
    assert record.roles == ("developer",)
    membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user)
    outbox_drain()
    assert published_key(store, of_max) is None
    assert published_key(store, of_ada) is not None


def test_a_revoked_key_leaves_a_tombstone(cast: Cast, store: Any, make_key: MakeKey) -> None:
    issued = make_key(cast.max)
    outbox_drain()
    assert published_key(store, issued.secret) is not None
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=issued.api_key.pk)
    outbox_drain()
    assert published_key(store, issued.secret) is None


def test_a_management_key_is_not_published(cast: Cast, store: Any, make_key: MakeKey) -> None:
    outbox_drain()
    before = document_names(store)
    make_key(cast.ada, scopes=["manage:read"])
    outbox_drain()
    assert document_names(store) == before


def test_what_can_not_be_built_waits_and_holds_up_nobody(cast: Cast, store: Any) -> None:
    with platform_scope("test"):
        type(cast.acme.tenant).objects.filter(pk=cast.acme.tenant.pk).update(plan={"wings": 2})
    outbox_drain()
    assert published_server(store, "globex/demo") is not None
    with platform_scope("test"):
        (left,) = Outbox.objects.all()
    assert (left.key, left.attempts) == ("acme/demo", 1)
    assert left.available_at > left.created_at
