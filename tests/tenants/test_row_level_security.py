"""PostgreSQL holds other tenants' rows back by itself, from queries that know nothing of scopes too."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, connection, connections, transaction

from tenants.models.tenant_owned import TenantManager
from tenants.scope import PLATFORM_ROLE, platform_scope, tenant_scope
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.postgresql

TENANT_TABLES = sorted(
    model._meta.db_table for model in apps.get_models() if isinstance(model._default_manager, TenantManager)
)
SEEN = "SELECT count(*) FROM tenants_server"
STEAL = "INSERT INTO tenants_membership (id, created_at, updated_at, tenant_id, user_id, role) "


def ask(query: str, parameters: Sequence[Any] = (), using: str = "default") -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.django_db(transaction=True)
def test_without_a_tenant_there_are_no_rows(cast: Cast) -> None:
    assert ask(SEEN) == [(0,)]
    with transaction.atomic():
        assert ask(SEEN) == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_a_tenant_sees_its_own_rows_until_its_transaction_ends(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        assert ask("SELECT id FROM tenants_server") == [(cast.acme.server.pk,)]
    assert ask(SEEN) == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_the_platform_sees_all_rows_until_its_transaction_ends(cast: Cast) -> None:
    with platform_scope("test"):
        assert ask(SEEN) == [(2,)]
    assert ask(SEEN) == [(0,)]
    assert ask("SELECT current_user = session_user") == [(True,)]


def test_a_scope_within_a_transaction_takes_back_what_it_set(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        assert ask(SEEN) == [(1,)]
    assert connection.in_atomic_block
    assert ask(SEEN) == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_a_row_can_not_be_written_into_another_tenant(cast: Cast) -> None:
    steal = f"{STEAL} SELECT gen_random_uuid(), now(), now(), %s, %s, 'owner'"
    with pytest.raises(Error, match="row-level security"), tenant_scope(cast.globex.tenant):
        ask(steal, [cast.acme.tenant.pk, cast.gus.user.pk])
    with tenant_scope(cast.acme.tenant):
        assert ask("SELECT count(*) FROM tenants_membership") == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_a_row_can_not_be_given_to_another_tenant(cast: Cast) -> None:
    with pytest.raises(Error, match="row-level security"), tenant_scope(cast.acme.tenant):
        ask("UPDATE tenants_server SET tenant_id = %s, slug = 'given'", [cast.globex.tenant.pk])


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_owner_of_the_tables_is_held_back_too(cast: Cast) -> None:
    assert ask(SEEN, using="owner") == [(0,)]


@pytest.mark.django_db
@pytest.mark.parametrize("table", TENANT_TABLES)
def test_every_table_of_tenants_is_protected(table: str) -> None:
    flags = ask("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
    assert flags == [(True, True)]
    found = ask("SELECT policyname, cmd, roles::text, qual, with_check FROM pg_policies WHERE tablename = %s", [table])
    policies = {name: (command, roles, using, check) for name, command, roles, using, check in found}
    assert set(policies) == {"tenant_isolation", "platform_access"}
    command, roles, using, check = policies["tenant_isolation"]
    assert (command, roles) == ("ALL", "{public}")
    assert using == check
    assert "current_setting('atrium.tenant'" in using
    assert policies["platform_access"] == ("ALL", f"{{{PLATFORM_ROLE}}}", "true", "true")


@pytest.mark.django_db
def test_every_table_that_names_a_tenant_is_known() -> None:
    columns = "SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant_id'"
    assert {name for (name,) in ask(columns)} | {"tenants_tenant"} == set(TENANT_TABLES)


@pytest.mark.django_db
def test_the_application_owns_nothing_and_bypasses_nothing() -> None:
    assert ask("SELECT relname FROM pg_class WHERE relowner = session_user::regrole") == []
    assert ask(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = session_user"
    ) == [(False, False, False, False)]
    assert ask("SELECT pg_has_role(%s, 'MEMBER'), pg_has_role(%s, 'USAGE')", [PLATFORM_ROLE, PLATFORM_ROLE]) == [
        (True, False)
    ]


@pytest.mark.django_db(transaction=True)
def test_the_application_can_not_change_what_was_migrated() -> None:
    for statement in (
        "ALTER TABLE tenants_server DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_isolation ON tenants_server",
        "DELETE FROM django_migrations",
        "CREATE TABLE public.mine (id int)",
    ):
        with pytest.raises(Error, match=r"must be owner|permission denied"):
            ask(statement)
