"""Calls are written down once, and seen by whoever may."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import encode_events
from tenants.actor import Actor
from tenants.models import ApiKey, Call
from tenants.scope import tenant_scope
from tenants.selectors.calls import call_list, call_shows_arguments
from tenants.services.audit_drain import GROUP, LOCK, audit_drain
from tenants.services.calls import calls_record
from tests.fixtures.cast import Cast, Person
from tests.tenants.audit_events import event_of
from tests.tenants.conftest import MakeKey


def calls(person: Person) -> list[Call]:
    with tenant_scope(person.company.tenant):
        return list(call_list(actor=person.actor))


KINDS = ("api_key", "access_token")


def test_a_call_is_written_once(cast: Cast) -> None:
    event = event_of(cast.max, outcome="tool_error", reason="bad", duration_ms=1.5, arguments='{"text": "hi"}')
    assert calls_record(events=[event, event]) == 1
    assert calls_record(events=[event]) == 0
    (call,) = calls(cast.max)
    assert (call.outcome, call.reason, call.duration_ms, call.arguments) == ("tool_error", "bad", 1.5, '{"text": "hi"}')
    assert call.time.timestamp() == pytest.approx(event.time)


def test_a_large_batch_is_written_whole_and_once(cast: Cast) -> None:
    events = [event_of(cast.max) for _ in range(3_000)]
    assert calls_record(events=events[:2_000]) == 2_000
    assert calls_record(events=events) == 1_000


@pytest.mark.parametrize("order", ["intent first", "outcome first", "together"])
def test_an_intent_is_completed_by_its_outcome(cast: Cast, order: str) -> None:
    intent = event_of(cast.max, id="one", phase="intent", outcome="pending")
    outcome = event_of(cast.max, id="one", outcome="ok", duration_ms=9)
    batches = {"intent first": [[intent], [outcome]], "outcome first": [[outcome], [intent]]}
    for batch in batches.get(order, [[outcome, intent]]):
        calls_record(events=batch)
    (call,) = calls(cast.max)
    assert (call.phase, call.outcome, call.duration_ms) == ("outcome", "ok", 9)


def test_what_clients_say_of_themselves_does_no_harm(cast: Cast) -> None:
    calls_record(events=[event_of(cast.max, client_name="a\x00b", user_agent="x" * 5000, arguments="\x00")])
    (call,) = calls(cast.max)
    assert (call.client_name, len(call.user_agent), call.arguments) == ("ab", 255, "")


def test_a_malformed_event_does_not_take_the_others_along(cast: Cast) -> None:
    assert calls_record(events=[event_of(cast.max, tenant_id="acme"), event_of(cast.max)]) == 1


def test_people_see_their_own_calls_and_reviewers_all(cast: Cast) -> None:
    calls_record(events=[event_of(cast.ada), event_of(cast.max), event_of(cast.gus)])
    assert [call.user_id for call in calls(cast.max)] == [cast.max.user.pk]
    assert {call.user_id for call in calls(cast.ada)} == {cast.ada.user.pk, cast.max.user.pk}
    assert [call.user_id for call in calls(cast.gus)] == [cast.gus.user.pk]


def test_arguments_are_for_their_own_and_for_who_may_read_content(cast: Cast) -> None:
    calls_record(events=[event_of(cast.max)])
    (call,) = calls(cast.max)
    readers = {"owner": True, "auditor": True, "admin": False, "developer": False, "caller": False}
    for role, may in readers.items():
        assert call_shows_arguments(actor=Actor(role=role, user_id=cast.ada.user.pk), call=call) is may
    assert call_shows_arguments(actor=cast.max.actor, call=call)


def test_a_key_knows_when_it_was_last_used(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.max).api_key
    used = {"credential_kind": "api_key", "credential_id": str(key.pk)}
    now = timezone.now()
    for time in (now - timedelta(hours=1), now, now + timedelta(seconds=1), now - timedelta(hours=2)):
        calls_record(events=[event_of(cast.max, time=time, **used)])
    with tenant_scope(cast.acme.tenant):
        assert ApiKey.objects.get().last_used_at == pytest.approx(now, abs=timedelta(milliseconds=1))


def push(store: Any, *batches: bytes) -> None:
    for batch in batches:
        store.xadd(keys.AUDIT, {"events": batch})


def test_the_drain_writes_what_the_stream_has_and_clears_it(cast: Cast, store: Any) -> None:
    push(store, encode_events([event_of(cast.max), event_of(cast.gus)]), encode_events([event_of(cast.max)]))
    assert audit_drain() == 3
    assert (len(calls(cast.max)), len(calls(cast.gus))) == (2, 1)
    assert store.xlen(keys.AUDIT) == 0
    assert store.xpending(keys.AUDIT, GROUP)["pending"] == 0
    assert audit_drain() == 0


def test_what_a_drain_that_died_had_taken_is_written_by_the_next(cast: Cast, store: Any) -> None:
    event = event_of(cast.max)
    push(store, encode_events([event]))
    store.xgroup_create(keys.AUDIT, GROUP, id="0")
    store.xreadgroup(GROUP, "drain", {keys.AUDIT: ">"})
    calls_record(events=[event])  # it had got as far as the commit
    assert audit_drain() == 1
    assert len(calls(cast.max)) == 1
    assert store.xlen(keys.AUDIT) == 0


def test_one_drain_works_at_a_time(cast: Cast, store: Any) -> None:
    push(store, encode_events([event_of(cast.max)]))
    with store.lock(LOCK, timeout=30):
        assert audit_drain() == 0
    assert audit_drain() == 1


def test_what_can_not_be_read_is_dropped_and_the_rest_is_written(cast: Cast, store: Any) -> None:
    push(store, b"{", encode_events([event_of(cast.max)]))
    assert audit_drain() == 1
    assert store.xlen(keys.AUDIT) == 0


def test_an_emptied_store_does_not_stop_the_drain(cast: Cast, store: Any) -> None:
    audit_drain()
    store.flushall()
    push(store, encode_events([event_of(cast.max)]))
    assert audit_drain() == 1


def test_a_credential_that_is_none_holds_no_batch_up(cast: Cast) -> None:
    nobodys = [event_of(cast.ada, credential_kind=kind, credential_id=name) for kind in KINDS for name in ("", "x")]
    assert calls_record(events=[*nobodys, event_of(cast.gus)]) == 5
