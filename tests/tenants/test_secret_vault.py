"""How secrets come to the runtime: opened for their own tenant, told of by the outbox, and never through the store."""

import asyncio
from typing import Any

import pytest

from mcp_runtime.contract import keys
from mcp_runtime.contract.ports import SecretVault
from mcp_runtime.contract.secret_values import SecretUnreadable
from tenants.models import Outbox
from tenants.publishing.drain import outbox_drain
from tenants.publishing.reconciliation import reconcile
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.secret_vault import DatabaseVault
from tenants.scope import tenant_scope
from tenants.services.stored_secrets import secret_delete, secret_rotate
from tests.fixtures.cast import Cast
from tests.tenants.test_stored_secrets import VALUE, made

# The threads have connections of their own, so they see only what was committed.
pytestmark = pytest.mark.django_db(transaction=True)


def everything_in(store: Any) -> str:
    dumps = {key: store.dump(key) for key in store.scan_iter("*")}
    return repr(dumps) + repr(store.xrange(keys.CHANGES))


def test_a_secret_is_opened_for_its_tenant_and_its_changes_are_told(cast: Cast, store: Any, settings: Any) -> None:
    threads = DatabaseThreads(threads=1)
    vault: SecretVault = DatabaseVault(threads)

    def value(person: Any, name: str = "crm-token") -> tuple[int, str] | None:
        found = asyncio.run(vault.secret(str(person.company.tenant.pk), name))
        return None if found is None else (found.version, found.reveal())

    def changes() -> int:
        outbox_drain()
        name = f"{cast.acme.tenant.pk}/crm-token".encode()
        told = [fields for _, fields in store.xrange(keys.CHANGES) if fields[b"key"] == name]
        assert all(fields[b"kind"] == keys.KIND_SECRET.encode() for fields in told)
        return len(told)

    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    secret = made(cast.ada)
    assert (value(cast.ada), value(cast.gus), value(cast.ada, "other")) == ((1, VALUE), None, None)
    assert changes() == 1
    secret_rotate(**who, secret_id=secret.pk, value="another value")
    assert (value(cast.ada), changes()) == ((2, "another value"), 2)
    settings.ENCRYPTION_KEYS, settings.SECRET_KEY = [], "another installation's" * 2
    with pytest.raises(SecretUnreadable):
        value(cast.ada)
    secret_delete(**who, secret_id=secret.pk)
    assert (value(cast.ada), changes()) == (None, 3)
    reconcile()
    assert VALUE not in everything_in(store)
    assert "another value" not in everything_in(store)
    with tenant_scope(cast.acme.tenant):
        assert not Outbox.objects.filter(kind=keys.KIND_SECRET).exists()
    threads.close()
