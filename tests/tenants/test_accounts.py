"""People's accounts: an address is a claim until mail to it has reached somebody."""

import pytest
from django.utils import timezone

from mcp_runtime.contract.credentials import token_digest
from tenants.errors import EmailNotVerifiedError, InvalidValueError, NameTakenError
from tenants.models import User
from tenants.selectors.across_tenants import management_credential
from tenants.selectors.users import claimants
from tenants.services.tenants import tenant_create
from tenants.services.users import (
    require_verified,
    user_create,
    user_email_verified,
    user_password_reset,
    user_sign_up,
)
from tests.fixtures.cast import Cast, Company, Person
from tests.tenants.conftest import MakeKey

pytestmark = pytest.mark.django_db

PASSWORD = "three wandering storks"


def test_the_case_of_an_address_does_not_matter() -> None:
    ada = user_create(email="  Ada@Acme.Test ", password="a long enough one")
    assert ada.email == "ada@acme.test"
    assert User.objects.get_by_natural_key("ADA@acme.TEST") == ada
    with pytest.raises(NameTakenError):
        user_create(email="ADA@ACME.TEST")


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@acme.test", "ada@acme test"])
def test_an_address_has_its_form(email: str) -> None:
    for make in (user_create, user_sign_up):
        with pytest.raises(InvalidValueError):
            make(email=email, password=PASSWORD)


def test_without_a_password_nobody_signs_in_by_one() -> None:
    ada = user_create(email="ada@acme.test")
    assert not ada.has_usable_password()
    assert not ada.check_password("")


def test_only_operators_have_the_admins_permissions() -> None:
    ada, operator = user_create(email="ada@acme.test"), user_create(email="op@atrium.test", is_staff=True)
    chief = User.objects.create_superuser("chief@atrium.test")
    assert (chief.is_staff, claimants(email="chief@atrium.test").owner) == (True, chief)
    assert not ada.has_perm("tenants.view_tenant")
    assert operator.has_perm("tenants.view_tenant")


def test_several_may_claim_an_address_and_one_comes_to_have_it(cast: Cast) -> None:
    first, second = (user_sign_up(email="Nora@North.test", password=PASSWORD) for _ in range(2))
    assert claimants(email="nora@north.test").owner is None
    assert claimants(email="nora@north.test").first == second
    user_email_verified(user=first)
    with pytest.raises(NameTakenError):
        user_email_verified(user=second)
    found = claimants(email="NORA@north.test")
    assert (found.owner, found.newest, found.first) == (first, second, first)
    assert User.objects.get_by_natural_key("nora@north.test") == first
    assert claimants(email="ada@acme.test").owner == cast.ada.user


def test_a_person_changes_to_an_address_that_nobody_has(cast: Cast) -> None:
    ada = user_email_verified(user=cast.ada.user, email="Ada@New.test")
    ada.refresh_from_db()
    assert ada.email == "ada@new.test"
    with pytest.raises(NameTakenError):
        user_email_verified(user=ada, email="gus@globex.test")
    ada.refresh_from_db()
    assert ada.email == "ada@new.test"


def test_what_needs_a_confirmed_address_says_so(cast: Cast) -> None:
    nora = user_sign_up(email="nora@north.test", password=PASSWORD)
    with pytest.raises(EmailNotVerifiedError):
        require_verified(user_id=nora.pk)
    for user_id in (cast.ada.user.pk, user_email_verified(user=nora).pk, None):
        require_verified(user_id=user_id)


def test_who_comes_by_a_link_leaves_nothing_to_whoever_claimed_the_address_before(
    cast: Cast, make_key: MakeKey
) -> None:
    """Somebody signs up with the address of somebody else, makes keys, and waits for them to come."""
    claimed = user_sign_up(email="nora@north.test", password="the intruder's own")
    tenant = tenant_create(owner=claimed, slug="north", name="North")
    secret = make_key(Person(claimed, Company(tenant, None), "owner"), scopes=["manage:read"]).secret  # type: ignore[arg-type]
    adas = make_key(cast.ada, scopes=["manage:read"]).secret
    assert is_good(secret)
    user_password_reset(user=claimed, password=PASSWORD)
    assert not is_good(secret)
    assert is_good(adas)
    claimed.refresh_from_db()
    assert claimed.email_verified_at is not None
    assert claimed.check_password(PASSWORD)


def test_a_reset_of_somebody_known_ends_no_key(cast: Cast, make_key: MakeKey) -> None:
    secret = make_key(cast.ada, scopes=["manage:read"]).secret
    user_password_reset(user=cast.ada.user, password=PASSWORD)
    assert is_good(secret)


def is_good(secret: str) -> bool:
    digest = token_digest(secret.encode()).hex()
    return management_credential(digest=digest, now=timezone.now()) is not None
