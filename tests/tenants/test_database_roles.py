"""`migrate` prepares the roles, says what is missing where it may not, and repeats without harm."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from tenants.database_roles import ApplicationRole, RolesNotPreparedError, roles_prepare
from tests.fixtures.database import APPLICATION, OWNER

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

OTHER = ApplicationRole(name="atrium_test_other", password="it's")


def run(statement: str) -> list[tuple[object, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def without_other_role() -> Iterator[None]:
    yield
    run(f"DROP ROLE IF EXISTS {OTHER.name}")


def test_migrating_again_changes_nothing() -> None:
    members = "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members ORDER BY 1, 2"
    before = run(members)
    call_command("migrate", verbosity=0)
    assert run(members) == before
    assert ("atrium_platform", APPLICATION) in before


@pytest.mark.usefixtures("without_other_role")
def test_a_missing_application_role_is_made() -> None:
    roles_prepare(connections["owner"], OTHER)
    roles_prepare(connections["owner"], OTHER)
    rights = "SELECT rolname::text, rolcanlogin, rolsuper, rolbypassrls, rolinherit FROM pg_roles"
    assert (OTHER.name, True, False, False, False) in run(rights)
    assert run(f"SELECT pg_has_role('{OTHER.name}', 'atrium_platform', 'USAGE')") == [(False,)]


def test_an_owner_who_may_not_make_roles_is_told_what_to_do() -> None:
    with pytest.raises(RolesNotPreparedError, match="CREATEROLE") as refused:
        roles_prepare(connections["default"], OTHER)
    assert f'GRANT atrium_platform TO "{OTHER.name}"' in str(refused.value)


def test_an_application_that_bypasses_the_policies_is_refused() -> None:
    with pytest.raises(RolesNotPreparedError, match="bypasses row-level security"):
        roles_prepare(connections["owner"], ApplicationRole(name="postgres", password=""))


def test_the_command_says_it_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "USER", "postgres")
    with pytest.raises(CommandError, match="bypasses row-level security"):
        call_command("migrate", verbosity=0)


def test_the_owner_is_no_superuser() -> None:
    assert run("SELECT rolname::text, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user") == [
        (OWNER, False, False)
    ]
