"""The pages of calls: who sees which, what is said of them, and that many are no slower than few."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.jobs import JobEnding
from tenants.models import Call
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create
from tenants.services.calls import calls_record
from tenants.services.job_endings import job_finish
from tenants.services.members import membership_remove
from tenants.services.servers import server_delete
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast, Person
from tests.fixtures.oauth import connection_build
from tests.tenants.jobs import ask, claim

CALLS = "/app/acme/calls/"


def event(person: Person, **fields: Any) -> AuditEvent:
    return AuditEvent(
        **{
            "id": uuid4().hex,
            "time": timezone.now().timestamp(),
            "tenant_id": str(person.company.tenant.pk),
            "server_id": str(person.company.server.pk),
            "user": str(person.user.pk),
            "method": "tools/call",
            "tool": "shout",
            "arguments": '{"text":"quiet words"}',
            **fields,
        }
    )


def record(person: Person, **fields: Any) -> Call:
    told = event(person, **fields)
    calls_record(events=[told])
    with tenant_scope(person.company.tenant):
        found: Call = Call.objects.get(event_id=told.id)
        return found


def rows(page: Any) -> list[str]:
    """The tools of the rows, from above."""
    return [row.tool for row in page.context["calls"]]


@pytest.mark.parametrize(
    ("role", "sees_others", "reads_others"),
    [
        ("owner", True, True),
        ("admin", True, False),
        ("developer", True, False),
        ("caller", False, False),
        ("auditor", True, True),
    ],
)
def test_each_role_sees_what_is_its_to_see(cast: Cast, role: str, sees_others: bool, reads_others: bool) -> None:
    client, _ = as_role(cast, role)
    other = cast.max if role == "owner" else cast.ada
    call = record(other, tool="whisper")
    assert ("whisper" in client.get(CALLS).content.decode()) is sees_others
    page = client.get(f"{CALLS}{call.pk}/")
    assert page.status_code == (200 if sees_others else 404)
    assert ("quiet words" in page.content.decode()) is reads_others
    if sees_others and not reads_others:
        assert "for owners and auditors" in page.content.decode()


def test_ones_own_arguments_are_shown(cast: Cast) -> None:
    call = record(cast.max)
    assert "quiet words" in signed_in_client(cast.max).get(f"{CALLS}{call.pk}/").content.decode()


def test_everything_that_is_known_is_on_a_calls_page(cast: Cast) -> None:
    key = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="nightly", scopes=["mcp:call"]).api_key
    known = {
        "address": "203.0.113.9",
        "user_agent": "probe/3",
        "client_name": "claude-code",
        "protocol_version": "2026-07-28",
        "request_id": "r-17",
        "client": str(key.family),
        "credential_id": str(key.pk),
        "credential_kind": "api_key",
    }
    call = record(cast.ada, outcome="refused", reason="rate_limited", **known)
    page = signed_in_client(cast.ada).get(f"{CALLS}{call.pk}/").content.decode()
    for shown in ("203.0.113.9", "probe/3", "claude-code", "2026-07-28", "r-17", "API key · nightly", "too fast"):
        assert shown in page
    assert f"/app/acme/keys/{key.pk}/" in page


def test_a_connection_is_named_by_its_client(cast: Cast) -> None:
    connection = connection_build(cast.max)
    by_token = {"client": connection.client_id, "credential_id": str(uuid4()), "credential_kind": "access_token"}
    call = record(cast.max, **by_token)
    page = signed_in_client(cast.max).get(f"{CALLS}{call.pk}/").content.decode()
    assert "Editor" in page
    assert f"/app/acme/connections/{connection.pk}/" in page


@pytest.mark.parametrize(
    ("outcome", "reason", "says"),
    [
        ("ok", "", "done"),
        ("refused", "not_granted", "denied · role caller"),
        ("refused", "denied_by_grant", "denied · role caller"),
        ("refused", "outside_selection", "denied · not among the chosen tools"),
        ("refused", "quota_exceeded", "day&#x27;s limit reached"),
        ("refused", "something_new", "refused · something new"),
        ("tool_error", "unknown_city", "tool error · unknown city"),
        ("timeout", "timeout", "timed out"),
        ("crashed", "incident-1", "crashed"),
    ],
)
def test_outcomes_are_told_in_words(cast: Cast, outcome: str, reason: str, says: str) -> None:
    record(cast.max, outcome=outcome, reason=reason)
    assert says in signed_in_client(cast.ada).get(CALLS).content.decode()


def test_what_was_begun_long_ago_is_not_said_to_run(cast: Cast) -> None:
    record(cast.max, phase="intent", outcome="pending")
    assert "running" in signed_in_client(cast.ada).get(CALLS).content.decode()
    record(cast.max, phase="intent", outcome="pending", time=(timezone.now() - timedelta(hours=2)).timestamp())
    assert "outcome unknown" in signed_in_client(cast.ada).get(CALLS).content.decode()


def test_filters_combine_and_are_kept_in_the_url(cast: Cast) -> None:
    record(cast.max, tool="count", outcome="refused", reason="unknown_tool")
    record(cast.max, tool="count")
    record(cast.ada, tool="count", time=(timezone.now() - timedelta(days=3)).timestamp())
    client = signed_in_client(cast.ada)
    person = f"person={cast.max.user.pk}"
    assert len(rows(client.get(f"{CALLS}?tool=count"))) == 3
    assert len(rows(client.get(f"{CALLS}?tool=count&when=day"))) == 2
    both = client.get(f"{CALLS}?tool=count&{person}&outcome=refused&server=demo&when=week")
    assert len(rows(both)) == 1
    assert f'value="{cast.max.user.pk}" selected' in both.content.decode()
    assert 'value="refused" selected' in both.content.decode()
    between = f"{CALLS}?when=between&until={(timezone.now() - timedelta(days=1)):%Y-%m-%dT%H:%M}"
    assert len(rows(client.get(between))) == 1
    assert rows(client.get(f"{CALLS}?server=made-up")) == []
    assert "No call fits" in client.get(f"{CALLS}?server=made-up").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        *("when=between&since=yesterday", "person=max"),
        *("when=between&since=0001-01-01T00:00%2B23:59", "when=between&until=9999-12-31T23:59-23:59"),
    ],
)
def test_what_the_url_says_wrongly_is_said(cast: Cast, query: str) -> None:
    record(cast.max)
    page = signed_in_client(cast.ada).get(f"{CALLS}?{query}")
    assert page.status_code == 200
    assert "read: all are shown" in page.content.decode()


def test_new_calls_are_told_of_without_moving_the_others(cast: Cast) -> None:
    record(cast.max, tool="first", time=(timezone.now() - timedelta(minutes=1)).timestamp())
    client = signed_in_client(cast.ada)
    newest = client.get(CALLS).context["newest"]
    news = f"{CALLS}news?newest={newest}"
    assert client.get(news).content.strip() == b""
    record(cast.max, tool="second")
    record(cast.gus)
    line = client.get(news).content.decode()
    assert "1 new call" in line
    assert "1 new calls" not in line
    assert client.get(f"{news}&tool=third").content.strip() == b""
    assert client.get(f"{CALLS}news?newest=nonsense").content.strip() == b""


def test_a_caller_is_told_of_their_own_calls_only(cast: Cast) -> None:
    record(cast.ada)
    assert signed_in_client(cast.max).get(f"{CALLS}news").content.strip() == b""


def test_a_caller_is_offered_the_tools_that_they_called_and_hears_of_no_other(cast: Cast) -> None:
    record(cast.max, tool="count")
    offered = {name for name, _ in signed_in_client(cast.max).get(CALLS).context["choices"]["tool"]}
    assert offered == {"count"}
    assert offered < {name for name, _ in signed_in_client(cast.ada).get(CALLS).context["choices"]["tool"]}


def test_what_is_gone_is_named_by_its_id(cast: Cast) -> None:
    call = record(cast.max)
    membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user)
    server_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server)
    page = signed_in_client(cast.ada).get(CALLS).content.decode()
    assert f"former member {str(cast.max.user.pk)[:8]}" in page
    assert f"deleted server {str(cast.acme.server.pk)[:8]}" in page
    assert signed_in_client(cast.ada).get(f"{CALLS}{call.pk}/").status_code == 200


def test_what_clients_say_of_themselves_is_text(cast: Cast) -> None:
    call = record(cast.max, tool="<b>x</b>", client_name="<i>y</i>", user_agent="<u>z</u>", arguments='"</code><hr>"')
    client = signed_in_client(cast.max)
    for path in (CALLS, f"{CALLS}{call.pk}/", f"{CALLS}?tool=%3Cb%3E"):
        page = client.get(path).content.decode()
        for markup in ("<b>x", "<i>y", "<u>z", "</code><hr>", '"<b>"'):
            assert markup not in page


def test_beside_the_list_a_call_is_a_drawer(cast: Cast) -> None:
    call = record(cast.max)
    page = signed_in_client(cast.max).get(f"{CALLS}{call.pk}/?tool=shout", headers={"HX-Request": "true"})
    assert "data-drawer" in page.content.decode()
    assert "<html" not in page.content.decode()
    assert f'href="{CALLS}?tool=shout"' in page.content.decode()


def test_the_outsider_sees_no_call(cast: Cast) -> None:
    call, gus = record(cast.ada), signed_in_client(cast.gus)
    assert gus.get(CALLS).status_code == 404
    assert gus.get(f"/app/globex/calls/{call.pk}/").status_code == 404
    by_ids = f"/app/globex/calls/?person={cast.ada.user.pk}&client={call.client}"
    assert rows(gus.get(by_ids)) == []


def test_many_calls_are_listed_with_as_many_queries_as_few(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = signed_in_client(cast.ada)
    connection = connection_build(cast.max)
    key = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="nightly", scopes=["mcp:call"]).api_key
    by_token = {"client": connection.client_id, "credential_kind": "access_token", "credential_id": str(uuid4())}
    by_key = {"client": str(key.family), "credential_kind": "api_key", "credential_id": str(key.pk)}
    for kind in (by_token, by_key):
        record(cast.max, **kind)
    client.get(CALLS)
    with django_assert_max_num_queries(22):
        client.get(CALLS)
    calls_record(events=[event(cast.ada, **by_key) for _ in range(60)])
    with django_assert_max_num_queries(22):
        client.get(CALLS)


def test_a_job_that_waits_for_long_is_not_given_up(cast: Cast) -> None:
    job = ask(cast.max)
    long_ago = timezone.now() - timedelta(hours=3)
    with tenant_scope(cast.acme.tenant):
        Call.objects.filter(event_id=job.id).update(time=long_ago)
    assert "running" in signed_in_client(cast.max).get(CALLS).content.decode()
    assert "outcome unknown" not in signed_in_client(cast.max).get(CALLS).content.decode()
    job_finish(claimed=claim(), ending=JobEnding.OUTCOME_UNKNOWN)
    assert "outcome unknown" in signed_in_client(cast.max).get(CALLS).content.decode()
