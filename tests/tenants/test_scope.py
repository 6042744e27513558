"""Rows of a tenant are seen in its scope, and nowhere else."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection

from tenants.models import Membership, Server
from tenants.scope import ScopeError, active_scope, platform_scope, required_scope, tenant_scope, tenant_scope_asking
from tests.fixtures.cast import Company


def test_outside_a_scope_a_query_is_refused(acme: Company) -> None:
    with pytest.raises(ScopeError):
        Server.objects.count()
    with pytest.raises(ScopeError):
        acme.server.refresh_from_db()
    with pytest.raises(ScopeError):
        acme.server.save()


def test_a_scope_shows_one_tenant(acme: Company, globex: Company) -> None:
    with tenant_scope(acme.tenant):
        assert list(Server.objects.all()) == [acme.server]
        assert not Server.objects.filter(pk=globex.server.pk).exists()
        assert Server.objects.filter(tenant=globex.tenant).count() == 0
    with tenant_scope(globex.tenant):
        assert list(Server.objects.all()) == [globex.server]


def test_the_platform_sees_all(acme: Company, globex: Company) -> None:
    with platform_scope("test"):
        assert set(Server.objects.all()) == {acme.server, globex.server}


def test_an_unknown_tenant_has_nothing(acme: Company) -> None:
    with tenant_scope(uuid4()):
        assert Server.objects.count() == 0


WRITES: dict[str, Callable[[Company], object]] = {
    "create": lambda other: Server.objects.create(tenant=other.tenant, slug="stolen", name="Stolen"),
    "bulk_create": lambda other: Server.objects.bulk_create(
        [Server(tenant=other.tenant, slug="stolen", name="Stolen")]
    ),
    "give away": lambda other: Server.objects.update(tenant=other.tenant),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
def test_a_row_of_another_tenant_can_not_be_written(
    acme: Company, globex: Company, write: Callable[[Company], object]
) -> None:
    with pytest.raises(ScopeError, match="another tenant"), tenant_scope(acme.tenant):
        write(globex)


def test_a_row_of_another_tenant_can_not_be_changed_or_deleted(acme: Company, globex: Company) -> None:
    with tenant_scope(acme.tenant):
        assert Server.objects.filter(pk=globex.server.pk).update(name="Stolen") == 0
        assert Membership.objects.filter(tenant=globex.tenant).delete() == (0, {})


def test_another_tenants_scope_does_not_open_inside(acme: Company, globex: Company) -> None:
    with tenant_scope(acme.tenant):
        with pytest.raises(ScopeError), tenant_scope(globex.tenant):
            pass
        with pytest.raises(ScopeError), platform_scope("test"):
            pass
        with tenant_scope(acme.tenant):
            assert Server.objects.count() == 1
        assert Server.objects.count() == 1


def test_the_platform_narrows_to_a_tenant_and_back(acme: Company, globex: Company) -> None:
    with platform_scope("test"):
        with tenant_scope(acme.tenant):
            assert list(Server.objects.all()) == [acme.server]
        assert Server.objects.count() == 2


def test_a_scope_ends_with_its_block_also_when_it_fails(acme: Company) -> None:
    with pytest.raises(ZeroDivisionError), tenant_scope(acme.tenant):
        raise ZeroDivisionError
    assert active_scope() is None
    with pytest.raises(ScopeError):
        Server.objects.count()


def test_following_a_key_stays_in_the_scope(acme: Company) -> None:
    with tenant_scope(acme.tenant):
        tools = list(acme.server.tools.all())
        assert {tool.name for tool in tools} == {"shout", "count"}
    with pytest.raises(ScopeError):
        acme.server.tools.count()


def servers_asked() -> Callable[[], list[str]]:
    cursor = connection.cursor()
    cursor.execute("SELECT slug FROM tenants_server WHERE tenant_id = %s", [stored(required_scope().tenant_id)])
    return lambda: [slug for (slug,) in cursor.fetchall()]


def stored(tenant_id: UUID | None) -> str:
    return str(tenant_id) if connection.features.has_native_uuid_field or tenant_id is None else tenant_id.hex


def test_what_comes_first_is_asked_in_the_scope(acme: Company, globex: Company) -> None:
    for company in (acme, globex):
        with tenant_scope_asking(company.tenant, servers_asked) as slugs:
            assert slugs() == [company.server.slug]
            assert list(Server.objects.all()) == [company.server]
    assert active_scope() is None


@pytest.mark.django_db(transaction=True)
def test_where_what_comes_first_goes_wrong_nothing_is_done(acme: Company) -> None:
    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE tenants_server SET name = 'Changed'")
            cursor.execute("UPDATE tenants_server SET name = NULL")

    with pytest.raises(IntegrityError), tenant_scope_asking(acme.tenant, change):
        pytest.fail("it went wrong before")
    assert active_scope() is None
    with tenant_scope(acme.tenant):
        assert Server.objects.get(pk=acme.server.pk).name == acme.server.name
