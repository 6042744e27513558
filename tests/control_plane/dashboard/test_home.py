"""Home: the last day in numbers, the way to the first call."""

from time import time
from typing import Any

import pytest

from mcp_runtime.contract.jobs import JobEnding
from mcp_runtime.contract.keys import quota_key
from tenants.publishing.store import store as connected_store
from tenants.services.calls import calls_record
from tenants.services.job_endings import job_finish
from tenants.services.servers import server_delete, server_update
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast, Person
from tests.tenants.audit_events import event_of
from tests.tenants.jobs import ask, claim

HOME, NOW = "/app/acme/", "/app/acme/home/now"


def shown(person: Person, path: str = HOME, **query: str) -> str:
    answer = signed_in_client(person).get(path, query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def values(page: Any) -> list[str]:
    return [number.value for number in page.context["numbers"]]


def test_the_numbers_are_of_everybody_or_ones_own(cast: Cast, store: Any) -> None:
    calls_record(events=[event_of(cast.ada, duration_ms=10), event_of(cast.max, duration_ms=2_000, outcome="timeout")])
    calls_record(events=[event_of(cast.gus, outcome="crashed") for _ in range(3)])
    assert values(signed_in_client(cast.ada).get(HOME)) == ["2", "50.0 %", "2.0 s", "50,000"]
    assert values(signed_in_client(cast.max).get(HOME)) == ["1", "100.0 %", "2.0 s", "50,000"]


def test_what_is_left_today_counts_down_and_is_unknown_without_the_store(
    cast: Cast, store: Any, settings: Any, tmp_path: Any
) -> None:

    connected_store().incrby(quota_key(str(cast.acme.tenant.pk), int(time()) // 86_400), 48_210)
    assert "1,790" in shown(cast.ada)
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    assert "can&#x27;t be read just now" in shown(cast.ada)


def test_the_checklist_goes_with_the_first_call_or_when_it_is_put_away(cast: Cast, store: Any) -> None:
    assert "Waiting for your first connection…" in shown(cast.max)
    client = signed_in_client(cast.max)
    assert client.post("/app/acme/home/first-call/dismiss").status_code == 302
    assert "Waiting" not in client.get(HOME).content.decode()
    calls_record(events=[event_of(cast.max)])
    assert "First call" not in shown(cast.max)
    kept = shown(cast.max, NOW, checklist="1")
    assert kept.count("step-done") == 4
    assert "First call" not in shown(cast.max, NOW)


def test_jobs_that_wait_or_run_are_told_of_until_they_end(cast: Cast, store: Any) -> None:
    assert "on workers" not in shown(cast.ada)
    ask(cast.ada)
    ask(cast.gus)
    claimed = claim()
    assert "1 job</span>" in shown(cast.ada, NOW)
    assert "on workers" not in shown(cast.max)
    job_finish(claimed=claimed, ending=JobEnding.STOPPED)
    assert "on workers" not in shown(cast.ada)


def test_an_auditor_has_no_first_call_to_make(cast: Cast, store: Any) -> None:
    client, _ = as_role(cast, "auditor")
    page = client.get(HOME).content.decode()
    assert "First call" not in page
    assert "New server" not in page


@pytest.mark.parametrize(("who", "says"), [("ada", "New server"), ("max", "An owner, admin or developer makes one.")])
def test_without_a_server_home_says_what_to_do(cast: Cast, store: Any, who: str, says: str) -> None:
    server_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server)
    page = shown(getattr(cast, who))
    assert says in page
    assert "Left today" not in page


def test_what_people_wrote_is_text(cast: Cast, store: Any) -> None:
    evil = "<img src=x onerror=alert(1)>"
    server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, name=evil)
    calls_record(events=[event_of(cast.ada, tool=evil, client_name=evil, reason=evil, outcome="tool_error")])
    for path in (HOME, NOW, "/app/acme/servers/", "/app/acme/servers/demo/", "/app/acme/servers/demo/calls"):
        page = shown(cast.ada, path)
        assert "<img" not in page
        assert "&lt;img" in page


def test_many_calls_cost_as_many_queries_as_few(cast: Cast, store: Any, django_assert_max_num_queries: Any) -> None:
    calls_record(events=[event_of(cast.ada)])
    client = signed_in_client(cast.ada)
    client.get(HOME)
    with django_assert_max_num_queries(30) as few:
        client.get(HOME)
    calls_record(events=[event_of(person) for _ in range(25) for person in (cast.ada, cast.max)])
    with django_assert_max_num_queries(len(few)):
        assert client.get(HOME).status_code == 200


def test_the_outsider_learns_nothing(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.gus)
    answers = [client.get(path) for path in (HOME, "/app/nothing/")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert "Acme" not in answers[0].content.decode()
