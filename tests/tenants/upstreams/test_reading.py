"""Upstreams are read in turn and when somebody asks; one that can't be read keeps what it had, and says why."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from mcp_runtime.contract.upstreams import UpstreamUnreachable
from tenants import upstream_turns
from tenants.errors import AbilityMissingError, NotFoundError, UnavailableError
from tenants.models import Upstream
from tenants.models.upstream import DefinitionState, UpstreamStatus
from tenants.scope import tenant_scope
from tenants.services.stored_secrets import secret_create, secret_delete
from tenants.services.upstream_reading import Turn, next_turn, upstream_read, upstream_read_now, upstreams_due
from tenants.services.upstreams import upstream_update
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstreams import approve, approved, connected, definitions
from tests.tenants.upstreams.readers import ToldReader, offer


def again(person: Person, upstream: Upstream) -> Upstream:
    upstream_read(turn=Turn(person.company.tenant.pk, upstream.pk))
    with tenant_scope(person.company.tenant):
        return Upstream.objects.get(pk=upstream.pk)


def test_what_is_read_waits_for_approval_and_the_upstreams_words_are_kept(cast: Cast, reader: ToldReader) -> None:
    upstream = connected(cast.ada)
    reader.answers[upstream.url] = offer(instructions="Be\u200bware", protocol_version="2025-06-18")
    read = again(cast.ada, upstream)
    assert (read.status, read.instructions) == (UpstreamStatus.OK, "Be[U+200B]ware")
    assert definitions(cast.ada, upstream)["create_issue"].state == DefinitionState.NEW
    assert read.next_read_at is not None
    assert read.next_read_at > timezone.now() + timedelta(minutes=2)


@pytest.mark.parametrize("reason", ["unreachable", "unauthorized", "timeout", "protocol"])
def test_what_cannot_be_read_keeps_its_list_and_is_marked(cast: Cast, reader: ToldReader, reason: str) -> None:
    upstream = connected(cast.ada)
    reader.answers[upstream.url] = offer()
    again(cast.ada, upstream)
    approve(cast.ada, upstream)
    reader.answers[upstream.url] = UpstreamUnreachable(reason, "It said no.")
    read = again(cast.ada, upstream)
    assert (read.status, read.reason, read.reason_text) == (UpstreamStatus.STALE, reason, "It said no.")
    assert definitions(cast.ada, upstream)["create_issue"].state == DefinitionState.APPROVED


def test_one_that_fails_again_and_again_is_asked_less_and_less(cast: Cast, reader: ToldReader) -> None:
    upstream = connected(cast.ada)
    assert again(cast.ada, upstream).status == UpstreamStatus.FAILING
    now = timezone.now()
    waits = [(next_turn(now, failures=failures) - now).total_seconds() for failures in range(12)]
    assert 140 < waits[0] < 220
    assert all(2_800 < wait < 4_400 for wait in waits[6:])


def test_headers_are_filled_for_the_reader_and_a_missing_secret_is_told(cast: Cast, reader: ToldReader) -> None:
    secret = secret_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="key", value="sesame-open-up")
    headers = [["Authorization", "Bearer {{secret.key}}"]]
    upstream = connected(cast.ada, auth="headers", headers=headers)
    reader.answers[upstream.url] = offer()
    assert again(cast.ada, upstream).status == UpstreamStatus.OK
    assert reader.asked[-1][1] == {"Authorization": "Bearer sesame-open-up"}
    assert "sesame" not in repr(reader.asked[-1][0])
    secret_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, secret_id=secret.pk, force=True)
    read = again(cast.ada, upstream)
    assert (read.status, read.reason) == (UpstreamStatus.STALE, "secret_missing")


def test_a_turn_is_taken_once_and_comes_again(cast: Cast) -> None:
    ours, theirs = connected(cast.ada), connected(cast.gus)
    assert {turn.upstream_id for turn in upstreams_due(most=10)} == {ours.pk, theirs.pk}
    assert upstreams_due(most=10) == []


def test_somebody_who_asks_too_often_is_told_so(cast: Cast, reader: ToldReader) -> None:
    upstream = connected(cast.ada)
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    upstream_read_now(**who, upstream_id=upstream.pk)
    with pytest.raises(UnavailableError):
        upstream_read_now(**who, upstream_id=upstream.pk)
    for number in range(3):
        upstream_read_now(**who, upstream_id=connected(cast.ada, f"other{number}").pk)
    with pytest.raises(UnavailableError, match="Several"):
        upstream_read_now(**who, upstream_id=connected(cast.ada, "fifth").pk)
    upstream_read_now(tenant=cast.globex.tenant, actor=cast.gus.actor, upstream_id=connected(cast.gus).pk)


def test_an_answer_from_where_it_led_before_counts_for_nothing(cast: Cast, reader: ToldReader) -> None:
    upstream = approved(cast.ada)

    class Moving(ToldReader):
        def read(self, *asked: Any) -> Any:
            who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "upstream_id": upstream.pk}
            upstream_update(**who, url="https://elsewhere.example.com/mcp")
            return offer(instructions="old")

    reader.read = Moving().read  # type: ignore[method-assign]
    try:
        assert again(cast.ada, upstream).instructions == ""
    finally:
        del reader.read


def test_an_outsider_reads_nothing_and_learns_nothing(cast: Cast, reader: ToldReader) -> None:
    upstream = connected(cast.ada)
    with pytest.raises(NotFoundError):
        upstream_read_now(tenant=cast.globex.tenant, actor=cast.gus.actor, upstream_id=upstream.pk)
    with pytest.raises(AbilityMissingError):
        upstream_read_now(tenant=cast.acme.tenant, actor=cast.max.actor, upstream_id=upstream.pk)
    upstream_read(turn=Turn(cast.globex.tenant.pk, upstream.pk))
    assert reader.asked == []


@pytest.mark.django_db(transaction=True)
def test_one_that_does_not_answer_delays_no_other(cast: Cast) -> None:
    dead, alive = connected(cast.ada, "dead"), connected(cast.gus, "alive")
    release, done, ended = threading.Event(), threading.Event(), threading.Semaphore(0)

    def read(*, turn: Turn) -> None:
        if turn.upstream_id == dead.pk:
            release.wait(10)
        elif turn.upstream_id == alive.pk:
            done.set()
        connections.close_all()
        ended.release()

    assert upstream_turns.turns_begin(read) == 2
    assert done.wait(10)
    release.set()
    assert all(ended.acquire(timeout=10) for _ in range(2))
