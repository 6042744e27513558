"""What happens when two do the same at once, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tenants.actor import PLATFORM
from tenants.errors import ApplicationError
from tenants.models import Membership, Outbox, Server
from tenants.publishing.drain import outbox_drain
from tenants.scope import platform_scope, tenant_scope
from tenants.services.members import membership_remove, membership_role_set
from tenants.services.servers import server_create, server_update
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast
from tests.tenants.published import published_server

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Start all together; each answer, or the code of its refusal."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        try:
            return job()
        except ApplicationError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_two_owners_who_leave_at_once_leave_one(cast: Cast) -> None:
    tenant = cast.acme.tenant
    membership_role_set(tenant=tenant, actor=cast.ada.actor, user=cast.max.user, role="owner")
    answers = at_once(
        *(
            lambda user=user: membership_remove(tenant=tenant, actor=PLATFORM, user=user)
            for user in (cast.ada.user, cast.max.user)
        )
    )
    assert sorted(map(str, answers)) == ["None", "last_owner"]
    with tenant_scope(tenant):
        assert Membership.objects.get().role == "owner"


def test_the_plan_holds_against_two_at_once(cast: Cast) -> None:
    tenant = tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"servers": 2})
    answers = at_once(
        *(
            lambda slug=slug: server_create(tenant=tenant, actor=cast.ada.actor, slug=slug, name=slug).slug
            for slug in ("one", "two")
        )
    )
    assert "limit_reached" in answers
    with tenant_scope(tenant):
        assert Server.objects.count() == 2


def test_every_change_counts_in_the_version(cast: Cast, store: Any) -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    versions = at_once(*(lambda name=name: server_update(**who, name=name).version for name in ("a", "b", "c")))
    assert len(set(versions)) == 3
    outbox_drain()
    found = published_server(store, "acme/demo")
    with tenant_scope(cast.acme.tenant):
        server = Server.objects.get()
    assert found is not None
    assert (found.version, found.name) == (max(versions), server.name)


def test_two_drains_publish_everything(cast: Cast, store: Any) -> None:
    server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, name="x")
    with platform_scope("test"):
        kept = [
            Outbox(tenant_id=cast.acme.tenant.pk, kind="server", key=f"acme/gone-{number}", version=1)
            for number in range(300)
        ]
        Outbox.objects.bulk_create(kept)
    at_once(outbox_drain, outbox_drain)
    outbox_drain()
    with platform_scope("test"):
        assert not Outbox.objects.exists()
    assert all(published_server(store, f"acme/gone-{number}") is None for number in range(300))
