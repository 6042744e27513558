"""What the runtime asks of the database: few queries, honest about failure, and passed on to the store."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from mcp_runtime.contract import keys
from mcp_runtime.contract.credentials import token_digest
from mcp_runtime.contract.ports import AuditLog, CredentialSource, RecordUnavailable, SnapshotSource
from tenants.models import Call
from tenants.publishing.documents import Document
from tenants.publishing.drain import outbox_drain
from tenants.runtime_ports.audit_log import DatabaseAuditLog
from tenants.runtime_ports.credential_source import DatabaseCredentials
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.passing_on import pass_on
from tenants.runtime_ports.snapshot_source import DatabaseSnapshots
from tenants.scope import tenant_scope
from tenants.selectors.across_tenants import credential_by_digest
from tenants.services.api_keys import api_key_revoke
from tests.fixtures.cast import Cast
from tests.tenants.audit_events import event_of
from tests.tenants.conftest import MakeKey
from tests.tenants.published import document_names, published_key, published_server

# The threads have connections of their own, so they see only what was committed.
pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


@pytest.fixture
def threads() -> Iterator[DatabaseThreads]:
    made = DatabaseThreads(threads=2)
    yield made
    made.close()


def ask(question: Callable[[], Awaitable[T]]) -> T:
    async def run() -> T:
        return await question()

    return asyncio.run(run())


def digest(secret: str) -> bytes:
    return token_digest(secret.encode())


def test_a_cold_credential_is_found_and_published(
    cast: Cast, store: Any, make_key: MakeKey, threads: DatabaseThreads
) -> None:
    secret = make_key(cast.max).secret
    store.flushall()
    source: CredentialSource = DatabaseCredentials(threads)
    found = ask(lambda: source.credential(digest(secret)))
    assert found is not None
    assert found.user == str(cast.max.user.pk)
    assert published_key(store, secret) == found


def test_a_cold_snapshot_is_built_and_published(cast: Cast, store: Any, threads: DatabaseThreads) -> None:
    store.flushall()
    source: SnapshotSource = DatabaseSnapshots(threads)
    found = ask(lambda: source.snapshot("acme", "demo"))
    assert found is not None
    assert published_server(store, "acme/demo") == found


def test_what_does_not_exist_is_none_and_fills_no_store(cast: Cast, store: Any, threads: DatabaseThreads) -> None:
    store.flushall()
    assert ask(lambda: DatabaseCredentials(threads).credential(digest("made up"))) is None
    assert ask(lambda: DatabaseSnapshots(threads).snapshot("acme", "nothing")) is None
    assert ask(lambda: DatabaseSnapshots(threads).snapshot("globex", "nothing")) is None
    assert document_names(store) == set()


def test_the_ports_work_without_the_store(cast: Cast, make_key: MakeKey, threads: DatabaseThreads) -> None:
    secret = make_key(cast.max).secret
    assert ask(lambda: DatabaseCredentials(threads).credential(digest(secret))) is not None
    assert ask(lambda: DatabaseSnapshots(threads).snapshot("acme", "demo")) is not None


def test_a_revoked_credential_is_none(cast: Cast, store: Any, make_key: MakeKey, threads: DatabaseThreads) -> None:
    issued = make_key(cast.max)
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=issued.api_key.pk)
    store.flushall()
    assert ask(lambda: DatabaseCredentials(threads).credential(digest(issued.secret))) is None
    assert published_key(store, issued.secret) is None


def test_what_changed_meanwhile_counts(cast: Cast, store: Any) -> None:
    outbox_drain()
    store.hset(keys.server_key("acme", "demo"), mapping={"version": "9", "body": "newer"})
    assert pass_on(Document(keys.KIND_SERVER, "acme/demo", 8, b"older")) == b"newer"
    assert pass_on(Document(keys.KIND_SERVER, "acme/demo", 10, b"newest")) == b"newest"


def test_a_cold_credential_costs_two_queries_at_most(cast: Cast, make_key: MakeKey) -> None:
    secret = make_key(cast.max, servers=[cast.acme.server]).secret
    for name, most in ((digest(secret).hex(), 1), ("0" * 64, 2)):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            credential_by_digest(digest=name)
        assert len([query for query in captured if "tenants_" in query["sql"]]) == most


def test_a_database_that_fails_is_not_a_no(threads: DatabaseThreads) -> None:
    def fails() -> None:
        raise DatabaseError("away")

    with pytest.raises(RecordUnavailable):
        ask(lambda: threads.ask(fails))


def test_connections_that_broke_are_replaced(cast: Cast, threads: DatabaseThreads) -> None:
    one = DatabaseThreads(threads=1)

    def breaks() -> None:
        connection.ensure_connection()
        connection.connection.close()

    ask(lambda: one.ask(breaks))
    with suppress(RecordUnavailable):  # the one question that meets the broken connection
        ask(lambda: DatabaseSnapshots(one).snapshot("acme", "demo"))
    assert ask(lambda: DatabaseSnapshots(one).snapshot("acme", "demo")) is not None
    one.close()


def test_the_audit_log_commits_before_it_answers(cast: Cast, threads: DatabaseThreads) -> None:
    log: AuditLog = DatabaseAuditLog(threads)
    event = event_of(cast.max)
    ask(lambda: log.commit([event]))
    ask(lambda: log.commit([event]))
    with tenant_scope(cast.acme.tenant):
        assert Call.objects.get().event_id == event.id
    with tenant_scope(cast.globex.tenant):
        assert not Call.objects.exists()
