"""A tenant's secrets: stored sealed, never shown, rotated and deleted with what uses them in view."""

import copy
import json
import pickle
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from mcp_runtime.contract import keys
from tenants.actor import Actor
from tenants.errors import (
    AbilityMissingError,
    InUseError,
    InvalidValueError,
    LimitReachedError,
    NameTakenError,
    NotFoundError,
)
from tenants.models import Outbox, Secret, SecretChange
from tenants.models.secret import SecretUse
from tenants.scope import tenant_scope
from tenants.sealing import SealBrokenError
from tenants.secret_sealing import secret_opened
from tenants.selectors.stored_secrets import secret_changes, secret_get, secret_list, secret_read
from tenants.services import stored_secrets
from tenants.services.secret_uses import secret_names_in, secret_uses_set
from tenants.services.stored_secrets import secret_create, secret_delete, secret_describe, secret_rotate
from tests.fixtures.cast import Cast, Person

VALUE = "s3cr3t-zilpzalp"


def made(person: Person, name: str = "crm-token", value: str = VALUE) -> Secret:
    return secret_create(tenant=person.company.tenant, actor=person.actor, name=name, value=value)


def read(person: Person, name: str = "crm-token") -> str | None:
    with tenant_scope(person.company.tenant):
        found = secret_read(name=name)
    return None if found is None else found.reveal()


def told(person: Person) -> list[int]:
    """The versions under which changes of secrets wait to be told."""
    with tenant_scope(person.company.tenant):
        key = f"{person.company.tenant.pk}/crm-token"
        return list(
            Outbox.objects.filter(kind=keys.KIND_SECRET, key=key).order_by("id").values_list("version", flat=True)
        )


def test_a_value_is_used_and_neither_stored_nor_shown_in_clear(cast: Cast) -> None:
    secret = made(cast.ada, value=f"  {VALUE}\n")
    assert read(cast.ada) == VALUE
    with tenant_scope(cast.acme.tenant), connection.cursor() as cursor:
        stored = ""
        for table in ("secret", "secretchange", "datakey", "outbox"):
            cursor.execute(f"SELECT * FROM tenants_{table}")  # noqa: S608 - no input
            stored += str([[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] for row in cursor])
        value = secret_read(name="crm-token")
    assert "crm-token" in stored
    assert VALUE not in stored + repr(secret) + str(vars(secret)) + repr(value) + f"{value}"
    for written in (pickle.dumps, copy.copy, json.dumps):
        with pytest.raises(TypeError):
            written(value)  # type: ignore[operator]


def test_a_value_opens_in_its_own_place_and_version_only(cast: Cast) -> None:
    first, second, foreign = made(cast.ada), made(cast.ada, "other"), made(cast.gus)
    for changes in (
        {"sealed_value": second.sealed_value},
        {"sealed_value": foreign.sealed_value, "data_key": foreign.data_key},
        {"data_key": foreign.data_key},
        {"version": 2},
        {"tenant_id": cast.globex.tenant.pk},
        {"id": uuid4()},
    ):
        moved = copy.copy(first)
        for name, value in changes.items():
            setattr(moved, name, value)
        with pytest.raises(SealBrokenError):
            secret_opened(moved)
    assert secret_opened(first) == VALUE


def test_another_value_takes_the_place_of_the_first(cast: Cast) -> None:
    secret = made(cast.ada)
    rotated = secret_rotate(tenant=cast.acme.tenant, actor=cast.ada.actor, secret_id=secret.pk, value="another value")
    assert (rotated.version, read(cast.ada)) == (2, "another value")
    secret_describe(tenant=cast.acme.tenant, actor=cast.ada.actor, secret_id=secret.pk, description=" Opens it ")
    secret_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, secret_id=secret.pk)
    assert read(cast.ada) is None
    with tenant_scope(cast.acme.tenant):
        changes = [(each.action, each.version, each.user_id, each.name) for each in secret_changes()]
    ada = cast.ada.user.pk
    assert changes == [
        (action, version, ada, "crm-token")
        for action, version in (("deleted", 2), ("described", 2), ("rotated", 2), ("created", 1))
    ]
    versions = told(cast.ada)
    assert len(versions) == 3
    assert versions == sorted(set(versions))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("name", name) for name in ("", "Crm", "1st", "a" * 65, "a b", "ä", "a\n")),
        *(
            ("value", value)
            for value in ("", "1234567", "x" * 16_385, "ä" * 8_193, "nul\x00nul\x00", "half \ud800 char")
        ),
        *(("description", text) for text in ("x" * 501, "two\nlines")),
    ],
)
def test_what_does_not_fit_is_refused_and_not_repeated(cast: Cast, field: str, wrong: str) -> None:
    given = {"name": "crm-token", "value": VALUE, "description": "", field: wrong}
    with pytest.raises(InvalidValueError) as refused:
        secret_create(tenant=cast.acme.tenant, actor=cast.ada.actor, **given)
    assert refused.value.extra == {"field": field}
    assert not wrong or wrong not in refused.value.message


def test_names_are_taken_once_and_there_are_only_so_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_secrets, "MOST", 2)
    made(cast.ada)
    with pytest.raises(NameTakenError):
        made(cast.ada)
    made(cast.ada, "second")
    with pytest.raises(LimitReachedError) as refused:
        made(cast.ada, "third")
    assert refused.value.extra == {"limit": "secrets", "maximum": 2}
    made(cast.gus)


def use(cast: Cast, names: set[str], label: str = "Find customer", object_id: Any = None) -> None:
    secret_uses_set(
        tenant=cast.acme.tenant, kind="tool", object_id=object_id or cast.acme.server.pk, label=label, names=names
    )


def test_what_is_used_is_deleted_only_by_force(cast: Cast) -> None:
    secret, who = made(cast.ada), {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    use(cast, {"crm-token"})
    with pytest.raises(InUseError) as refused:
        secret_delete(**who, secret_id=secret.pk)
    used_by = [{"kind": "tool", "id": str(cast.acme.server.pk), "name": "Find customer"}]
    assert refused.value.extra == {"used_by": used_by}
    secret_delete(**who, secret_id=secret.pk, force=True)
    use(cast, {"crm-token"}, "Find customers")  # it may be saved although its secret is gone
    again = made(cast.ada)
    with tenant_scope(cast.acme.tenant):
        assert [each.label for each in secret_get(secret_id=again.pk).uses.all()] == ["Find customers"]
    use(cast, set())
    secret_delete(**who, secret_id=again.pk)


def test_nothing_refers_to_a_secret_that_is_not_there(cast: Cast) -> None:
    made(cast.gus)
    with pytest.raises(InvalidValueError, match="There is no secret crm-token"):
        use(cast, {"crm-token"})
    assert secret_names_in(["Bearer {{secret.a}}", "{{ secret.b }}{{secret.a}}"], field="headers") == {"a", "b"}
    with pytest.raises(InvalidValueError) as refused:
        secret_names_in(["Bearer {{secret.A}}"], field="headers")
    assert refused.value.extra == {"field": "headers"}


@pytest.mark.parametrize(
    "actor", [Actor(role="caller"), Actor(role="auditor"), Actor(role="owner", servers=frozenset())], ids=str
)
def test_others_do_not_manage_secrets(cast: Cast, actor: Actor) -> None:
    secret, who = made(cast.ada), {"tenant": cast.acme.tenant, "actor": actor}
    for change, arguments in (
        (secret_create, {"name": "x", "value": VALUE}),
        (secret_describe, {"secret_id": secret.pk, "description": ""}),
        (secret_rotate, {"secret_id": secret.pk, "value": VALUE}),
        (secret_delete, {"secret_id": secret.pk}),
    ):
        with pytest.raises(AbilityMissingError):
            change(**who, **arguments)


def test_the_outsider_sees_changes_and_uses_none(cast: Cast) -> None:
    secret, who = made(cast.ada), {"tenant": cast.globex.tenant, "actor": cast.gus.actor}
    assert read(cast.gus) is None
    for missing in (secret.pk, uuid4()):
        for change, arguments in (
            (secret_describe, {"description": ""}),
            (secret_rotate, {"value": VALUE}),
            (secret_delete, {}),
        ):
            with pytest.raises(NotFoundError, match=r"^There is no such secret\.$"):
                change(**who, secret_id=missing, **arguments)  # type: ignore[operator]
    with tenant_scope(cast.globex.tenant):
        assert not secret_list().exists()
        assert not SecretChange.objects.exists()
        assert not SecretUse.objects.exists()
    assert read(cast.ada) == VALUE
