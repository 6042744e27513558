"""The operator's pages behind their own sign-in, which bears no guessing."""

import pytest
from django.test import Client

from control_plane.operator_login import ATTEMPTS
from tenants.models import User
from tenants.services.users import user_create

LOGIN = "/operator/login/"
PASSWORD = "three wandering storks"


@pytest.fixture
def olga(db: None) -> User:
    return user_create(email="olga@operator.test", password=PASSWORD, is_staff=True)


def sign_in(password: str, account: str = "olga@operator.test", address: str = "198.51.100.7") -> int:
    form = {"username": account, "password": password}
    return Client(REMOTE_ADDR=address).post(LOGIN, form).status_code


def test_the_operator_signs_in_and_nobody_else_does(olga: User) -> None:
    user_create(email="ada@acme.test", password=PASSWORD)
    visitor = Client()
    assert visitor.get("/operator/")["Location"] == f"{LOGIN}?next=/operator/"
    assert visitor.post(LOGIN, {"username": "ada@acme.test", "password": PASSWORD}).status_code == 200
    assert visitor.get("/operator/").status_code == 302
    assert visitor.post(LOGIN, {"username": "Olga@operator.test", "password": PASSWORD}).status_code == 302
    assert visitor.get("/operator/").status_code == 200


def test_one_address_may_try_so_often_only(olga: User) -> None:
    statuses = [sign_in("guess", account=f"{number}@acme.test") for number in range(ATTEMPTS + 1)]
    assert statuses == [200] * ATTEMPTS + [429]
    assert sign_in(PASSWORD) == 429
    assert sign_in(PASSWORD, address="198.51.100.8") == 302


def test_one_account_may_be_tried_so_often_only(olga: User) -> None:
    for number in range(ATTEMPTS):
        assert sign_in("guess", account="OLGA@operator.test ", address=f"198.51.100.{number}") == 200
    assert sign_in(PASSWORD, address="203.0.113.1") == 429
    assert sign_in("guess", account="somebody@operator.test", address="203.0.113.1") == 200
