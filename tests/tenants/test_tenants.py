"""Tenants are made, named, planned and suspended."""

from typing import Any

import pytest

from tenants.actor import PLATFORM
from tenants.errors import AbilityMissingError, InvalidValueError, NameTakenError
from tenants.selectors.across_tenants import tenant_of_user, tenant_slug_taken, tenants_of_user
from tenants.services.tenants import tenant_create, tenant_limits_set, tenant_resume, tenant_suspend, tenant_update
from tests.fixtures.cast import Cast


def test_a_slug_is_taken_once(cast: Cast) -> None:
    with pytest.raises(NameTakenError):
        tenant_create(owner=cast.gus.user, slug="acme", name="Acme again")
    assert [found.tenant.slug for found in tenants_of_user(user_id=cast.gus.user.pk)] == ["globex"]
    assert tenant_slug_taken(slug="acme")
    assert not tenant_slug_taken(slug="initech")


@pytest.mark.parametrize("slug", ["", "Acme", "-acme", "acme-", "ac me", "acme/demo", "a" * 64, "acme@1", "äcme"])
def test_a_slug_has_its_form(cast: Cast, slug: str) -> None:
    with pytest.raises(InvalidValueError):
        tenant_create(owner=cast.ada.user, slug=slug, name="Acme")


def test_a_user_finds_their_own_tenants_only(cast: Cast) -> None:
    (found,) = tenants_of_user(user_id=cast.max.user.pk)
    assert (found.tenant, found.role) == (cast.acme.tenant, "caller")
    assert tenant_of_user(user_id=cast.gus.user.pk, slug="acme") is None
    assert tenant_of_user(user_id=cast.gus.user.pk, slug="no-such-tenant") is None


def test_an_owner_names_it_and_chooses_how_it_is_audited(cast: Cast) -> None:
    changed = tenant_update(tenant=cast.acme.tenant, actor=cast.ada.actor, name=" Acme Ltd ", audit="strict")
    assert (changed.name, changed.audit) == ("Acme Ltd", "strict")
    with pytest.raises(AbilityMissingError):
        tenant_update(tenant=cast.acme.tenant, actor=cast.max.actor, name="Mine")
    with pytest.raises(InvalidValueError):
        tenant_update(tenant=cast.acme.tenant, actor=cast.ada.actor, audit="never")


def test_only_the_platform_suspends_and_plans(cast: Cast) -> None:
    for change in (tenant_suspend, tenant_resume, lambda **who: tenant_limits_set(**who, overrides={})):
        with pytest.raises(AbilityMissingError):
            change(tenant=cast.acme.tenant, actor=cast.ada.actor)
    assert tenant_suspend(tenant=cast.acme.tenant, actor=PLATFORM).status == "suspended"
    assert tenant_resume(tenant=cast.acme.tenant, actor=PLATFORM).status == "active"


def test_a_plan_says_what_differs_from_the_default(cast: Cast) -> None:
    overrides = {"tenant": {"per_second": 5, "burst": 7}, "servers": 3}
    limits = tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides=overrides).limits
    assert (limits.tenant.per_second, limits.tenant.burst, limits.servers) == (5, 7, 3)
    assert (limits.members, limits.calls_per_day, limits.principal.burst) == (25, 50_000, 40)


@pytest.mark.parametrize(
    "overrides",
    [
        {"wings": 2},
        {"servers": "many"},
        {"servers": 0},
        {"tenant": {"per_second": 0, "burst": 1}},
        {"tenant": {"burst": 1}},
    ],
)
def test_a_plan_has_its_form(cast: Cast, overrides: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides=overrides)
