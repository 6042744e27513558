"""Looking at pages without a browser."""

import re
from typing import Any

from django.test import Client

from tenants.services.members import membership_role_set
from tests.fixtures.cast import Cast, Person

SECRET = re.compile(r"atk_[0-9A-Za-z]{38}")


def signed_in_client(person: Person) -> Client:
    """A browser in which this person signed in."""
    client = Client()
    client.force_login(person.user)
    return client


def as_role(cast: Cast, role: str) -> tuple[Client, Person]:
    """Somebody at acme with this role: its owner ada, or max, who is given it."""
    if role == "owner":
        return signed_in_client(cast.ada), cast.ada
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role=role)
    person = Person(cast.max.user, cast.acme, role)
    return signed_in_client(person), person


def fields_of(page: Any) -> dict[str, Any]:
    """What the form of a page sends if nothing is changed."""
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def secret_in(page: Any) -> str:
    """The API key that a page shows; empty where there is none."""
    found = SECRET.search(page.content.decode())
    return "" if found is None else found[0]
