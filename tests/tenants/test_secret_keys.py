"""Turning the keys behind secrets: by halves, twice, and with an old key gone."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tenants.models import DataKey, Secret
from tenants.scope import platform_scope
from tenants.sealing import SealBrokenError
from tenants.services import secret_keys
from tenants.services.secret_keys import data_keys_renew, data_keys_reseal
from tests.fixtures.cast import Cast
from tests.tenants.test_stored_secrets import VALUE, made, read

OLD, NEW = "old" * 12, "new" * 12


def data_keys() -> list[tuple[Any, int]]:
    with platform_scope("test"):
        return list(DataKey.objects.order_by("tenant__slug", "number").values_list("tenant__slug", "number"))


def sealed_values() -> set[bytes]:
    with platform_scope("test"):
        return {bytes(value) for value in Secret.objects.values_list("sealed_value", flat=True)}


def test_another_key_of_the_installation_takes_over(cast: Cast, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    made(cast.ada)
    made(cast.ada, "second")
    made(cast.gus)
    before = sealed_values()
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert read(cast.ada) == VALUE
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert said.getvalue() == "2 data keys were sealed anew.\n"
    assert data_keys_reseal().sealed_anew == 0
    settings.ENCRYPTION_KEYS = [NEW]
    assert (read(cast.ada), read(cast.gus)) == (VALUE, VALUE)
    assert sealed_values() == before


def test_a_key_that_is_gone_too_early_is_told(cast: Cast, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    made(cast.ada)
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(SealBrokenError):
        read(cast.ada)
    with pytest.raises(CommandError, match="1 did not open"):
        call_command("rotate_keys", "--data-keys", stdout=StringIO())
    assert data_keys() == [("acme", 1)]


def test_tenants_get_new_data_keys_and_the_old_ones_go(cast: Cast) -> None:
    for name in ("crm-token", "second", "third"):
        made(cast.ada, name)
    made(cast.gus)
    before = sealed_values()
    call_command("rotate_keys", "--data-keys", stdout=StringIO())
    assert data_keys() == [("acme", 2), ("globex", 2)]
    assert not before & sealed_values()
    assert (read(cast.ada, "third"), read(cast.gus)) == (VALUE, VALUE)


class Interrupted(Exception):  # noqa: N818 - the test's own
    pass


def test_what_was_interrupted_is_gone_on_with(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("crm-token", "second", "third"):
        made(cast.ada, name)
    monkeypatch.setattr(secret_keys, "BATCH", 1)
    real, done = secret_keys._renewed, []

    def stops(row: Secret, newest: DataKey) -> bool:
        done.append(row)
        if len(done) == 2:
            raise Interrupted
        return real(row, newest)

    monkeypatch.setattr(secret_keys, "_renewed", stops)
    with pytest.raises(Interrupted):
        data_keys_renew()
    assert data_keys() == [("acme", 1), ("acme", 2)]
    assert [read(cast.ada, name) for name in ("crm-token", "second", "third")] == [VALUE] * 3
    made(cast.ada, "fourth")
    monkeypatch.setattr(secret_keys, "_renewed", real)
    assert data_keys_renew().sealed_anew == 2
    assert data_keys() == [("acme", 2)]
    assert [read(cast.ada, name) for name in ("crm-token", "second", "third", "fourth")] == [VALUE] * 4


def test_a_secret_that_does_not_open_keeps_its_key_and_hinders_no_other(cast: Cast) -> None:
    made(cast.ada)
    broken = made(cast.ada, "broken")
    with platform_scope("test"):
        Secret.objects.filter(pk=broken.pk).update(sealed_value=b"\x01" + bytes(60))
    turned = data_keys_renew()
    assert (turned.sealed_anew, turned.unreadable) == (1, 1)
    assert data_keys() == [("acme", 1), ("acme", 2)]
    assert read(cast.ada) == VALUE
    assert connection.in_atomic_block
