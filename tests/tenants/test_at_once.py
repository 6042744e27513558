"""What happens when two do the same at once, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tenants.actor import PLATFORM
from tenants.errors import ApplicationError
from tenants.models import Membership, Outbox, Server, User
from tenants.publishing.drain import outbox_drain
from tenants.scope import platform_scope, tenant_scope
from tenants.selectors.across_tenants import tenants_started
from tenants.services.invitations import invitation_accept, invitations_create
from tenants.services.members import membership_remove, membership_role_set
from tenants.services.servers import server_create, server_update
from tenants.services.tenant_start import tenant_start
from tenants.services.tenants import tenant_limits_set
from tenants.services.users import user_email_verified, user_sign_up
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


def test_of_many_that_accept_one_invitation_one_becomes_a_member_once(cast: Cast) -> None:
    tenant = cast.acme.tenant
    (issued,) = invitations_create(tenant=tenant, actor=cast.ada.actor, emails=["eve@acme.test"], role="caller")
    people = [user_sign_up(email="eve@acme.test", password="three wandering storks") for _ in range(2)]
    answers = at_once(
        *(lambda user=user: str(invitation_accept(token=issued.token, user=user).user_id) for user in people * 2)
    )
    with tenant_scope(tenant):
        (joined,) = Membership.objects.filter(user__in=people)
    assert sorted(answers) == sorted([str(joined.user_id), "not_found", "not_found", "not_found"])
    verified = User.objects.filter(email="eve@acme.test", email_verified_at__isnull=False)
    assert [user.pk for user in verified] == [joined.user_id]


def test_the_last_seat_is_given_once(cast: Cast) -> None:
    tenant = tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"members": 3})
    answers = at_once(
        *(
            lambda email=email: len(
                invitations_create(tenant=tenant, actor=cast.ada.actor, emails=[email], role="caller")
            )
            for email in ("one@acme.test", "two@acme.test")
        )
    )
    assert sorted(map(str, answers)) == ["1", "limit_reached"]


def test_one_person_starts_no_more_tenants_at_once_than_one_by_one(cast: Cast) -> None:
    answers = at_once(
        *(
            lambda slug=slug: tenant_start(user_id=cast.gus.user.pk, slug=slug, name=slug, template="blank").tenant.slug
            for slug in ("one", "two", "three", "four")
        )
    )
    assert answers.count("limit_reached") == 1
    assert tenants_started(user_id=cast.gus.user.pk) == 3


def test_of_many_that_confirm_one_address_one_has_it(cast: Cast) -> None:
    people = [user_sign_up(email="eve@acme.test", password="three wandering storks") for _ in range(3)]
    answers = at_once(*(lambda user=user: user_email_verified(user=user).email for user in people))
    assert sorted(answers) == ["eve@acme.test", "name_taken", "name_taken"]


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
