"""`manage.py create_tenant` gives an operator's customer a tenant, and a key for it alone."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mcp_runtime.contract.credentials import token_digest
from tenants.models import Tenant, User
from tenants.scope import platform_scope
from tenants.selectors.across_tenants import management_credential, tenants_of_user
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def create(slug: str, owner: str) -> dict[str, str]:
    output = StringIO()
    call_command("create_tenant", slug, "--name", "North", "--owner", owner, "--json", stdout=output)
    document: dict[str, str] = json.loads(output.getvalue())
    return document


def counts() -> tuple[int, int]:
    with platform_scope("test"):
        return User.objects.count(), Tenant.objects.count()


def test_the_key_manages_the_new_tenant_as_its_owner(cast: Cast) -> None:
    made = create("north", "nora@north.test")
    found = management_credential(digest=token_digest(made["api_key"].encode()).hex(), now=timezone.now())
    assert found is not None
    assert (found.tenant.slug, found.actor.role, found.actor.servers) == ("north", "owner", None)
    assert {"manage:access", "mcp:call"} <= (found.actor.scopes or set())


def test_a_person_who_has_an_account_keeps_it(cast: Cast) -> None:
    create("north", "GUS@globex.test")
    assert [found.tenant.slug for found in tenants_of_user(user_id=cast.gus.user.pk)] == ["globex", "north"]


@pytest.mark.parametrize(
    ("slug", "owner"), [("acme", "nora@north.test"), ("Not a slug", "nora@north.test"), ("north", "no address")]
)
def test_what_can_t_be_made_leaves_nothing_behind(cast: Cast, slug: str, owner: str) -> None:
    before = counts()
    with pytest.raises(CommandError):
        create(slug, owner)
    assert counts() == before
