"""People's accounts."""

import pytest

from tenants.errors import InvalidValueError, NameTakenError
from tenants.models import User
from tenants.services.users import user_create

pytestmark = pytest.mark.django_db


def test_the_case_of_an_address_does_not_matter() -> None:
    ada = user_create(email="  Ada@Acme.Test ", password="a long enough one")
    assert ada.email == "ada@acme.test"
    assert User.objects.get_by_natural_key("ADA@acme.TEST") == ada
    with pytest.raises(NameTakenError):
        user_create(email="ADA@ACME.TEST")


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@acme.test", "ada@acme test"])
def test_an_address_has_its_form(email: str) -> None:
    with pytest.raises(InvalidValueError):
        user_create(email=email)


def test_without_a_password_nobody_signs_in_by_one() -> None:
    ada = user_create(email="ada@acme.test")
    assert not ada.has_usable_password()
    assert not ada.check_password("")


def test_only_operators_have_the_admins_permissions() -> None:
    ada, operator = user_create(email="ada@acme.test"), user_create(email="op@atrium.test", is_staff=True)
    assert not ada.has_perm("tenants.view_tenant")
    assert operator.has_perm("tenants.view_tenant")
