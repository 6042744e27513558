"""Members come, change roles and leave; an owner stays."""

import pytest

from tenants.abilities import Role
from tenants.actor import PLATFORM, Actor
from tenants.errors import (
    AbilityMissingError,
    InvalidValueError,
    LastOwnerError,
    LimitReachedError,
    NameTakenError,
    NotFoundError,
)
from tenants.models import Membership
from tenants.scope import tenant_scope
from tenants.selectors.across_tenants import tenants_of_user
from tenants.selectors.members import member_list
from tenants.services.members import membership_add, membership_remove, membership_role_set
from tenants.services.tenants import tenant_limits_set
from tenants.services.users import user_create
from tests.fixtures.cast import Cast, Person


def roles(person: Person) -> dict[str, str]:
    with tenant_scope(person.company.tenant):
        return {member.user.email: member.role for member in member_list()}


def test_a_member_is_added_once(cast: Cast) -> None:
    assert roles(cast.ada) == {"ada@acme.test": "owner", "max@acme.test": "caller"}
    with pytest.raises(NameTakenError):
        membership_add(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="admin")


def test_the_last_owner_stays(cast: Cast) -> None:
    with pytest.raises(LastOwnerError):
        membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.ada.user)
    with pytest.raises(LastOwnerError):
        membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.ada.user, role="admin")
    assert roles(cast.ada)["ada@acme.test"] == "owner"

    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="owner")
    membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.ada.user)
    assert roles(cast.ada) == {"max@acme.test": "owner"}


def test_an_owner_may_stay_owner(cast: Cast) -> None:
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.ada.user, role="owner")
    assert roles(cast.ada)["ada@acme.test"] == "owner"


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.CALLER, Role.AUDITOR])
def test_others_do_not_manage_members(cast: Cast, role: Role) -> None:
    actor = Actor(role=role, user_id=cast.max.user.pk)
    with pytest.raises(AbilityMissingError):
        membership_add(tenant=cast.acme.tenant, actor=actor, user=cast.gus.user, role="caller")
    with pytest.raises(AbilityMissingError):
        membership_role_set(tenant=cast.acme.tenant, actor=actor, user=cast.max.user, role="admin")
    with pytest.raises(AbilityMissingError):
        membership_remove(tenant=cast.acme.tenant, actor=actor, user=cast.ada.user)


def test_an_admin_neither_makes_nor_unmakes_owners(cast: Cast) -> None:
    admin = Actor(role=Role.ADMIN, user_id=cast.max.user.pk)
    with pytest.raises(AbilityMissingError):
        membership_add(tenant=cast.acme.tenant, actor=admin, user=cast.gus.user, role="owner")
    with pytest.raises(AbilityMissingError):
        membership_role_set(tenant=cast.acme.tenant, actor=admin, user=cast.max.user, role="owner")
    with pytest.raises(AbilityMissingError):
        membership_role_set(tenant=cast.acme.tenant, actor=admin, user=cast.ada.user, role="caller")


def test_anybody_may_leave_in_person_but_not_by_a_key(cast: Cast) -> None:
    by_key = Actor(role="caller", user_id=cast.max.user.pk, scopes=frozenset({"manage:read"}))
    with pytest.raises(AbilityMissingError):
        membership_remove(tenant=cast.acme.tenant, actor=by_key, user=cast.max.user)
    membership_remove(tenant=cast.acme.tenant, actor=cast.max.actor, user=cast.max.user)
    assert tenants_of_user(user_id=cast.max.user.pk) == []


def test_a_role_that_does_not_exist_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidValueError):
        membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="emperor")


def test_the_plan_caps_the_members(cast: Cast) -> None:
    tenant = tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"members": 3})
    membership_add(tenant=tenant, actor=cast.ada.actor, user=user_create(email="3@acme.test"), role="caller")
    with pytest.raises(LimitReachedError) as refused:
        membership_add(tenant=tenant, actor=cast.ada.actor, user=user_create(email="4@acme.test"), role="caller")
    assert refused.value.extra == {"limit": "members", "maximum": 3}


def test_the_outsider_is_no_member_here(cast: Cast) -> None:
    for change in (membership_remove, lambda **who: membership_role_set(**who, role="caller")):
        with pytest.raises(NotFoundError):
            change(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.gus.user)
        with pytest.raises(NotFoundError):
            change(tenant=cast.globex.tenant, actor=cast.gus.actor, user=cast.max.user)
    with tenant_scope(cast.globex.tenant):
        assert Membership.objects.count() == 1
