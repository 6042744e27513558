"""Recorded calls over REST: who sees which, and who reads what was in them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mcp_runtime.contract.audit import AuditEvent
from tenants.services.calls import calls_record
from tenants.services.members import membership_role_set
from tests.fixtures.api import Asker, with_key
from tests.fixtures.cast import Cast, Person

CALLS = "tenants/acme/calls"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def record(person: Person, number: int, **fields: Any) -> None:
    calls_record(
        events=[
            AuditEvent(
                id=f"{person.user.email}-{number}",
                time=(NOON + timedelta(minutes=number)).timestamp(),
                tenant_id=str(person.company.tenant.pk),
                server_id=str(person.company.server.pk),
                user=str(person.user.pk),
                **{"method": "tools/call", "tool": "shout", "arguments": '{"text":"secret"}', **fields},
            )
        ]
    )


@pytest.fixture
def calls(cast: Cast) -> None:
    for number in range(3):
        record(cast.ada, number)
    record(cast.max, 3, tool="count", outcome="refused", reason="unknown_tool")
    record(cast.gus, 4)


def tools(asker: Asker, query: str = "", path: str = CALLS) -> list[str]:
    return [row["tool"] for row in asker.get(f"{path}{query}").json()["results"]]


@pytest.mark.usefixtures("calls")
def test_the_owner_sees_all_newest_first_and_reads_what_was_in_them(ada_api: Asker) -> None:
    assert tools(ada_api) == ["count", "shout", "shout", "shout"]
    for row in ada_api.get(CALLS).json()["results"]:
        assert "arguments" not in row
        assert ada_api.get(f"{CALLS}/{row['id']}").json()["arguments"] == '{"text":"secret"}'


@pytest.mark.usefixtures("calls")
def test_a_caller_sees_their_own(ada_api: Asker, max_api: Asker) -> None:
    (own,) = max_api.get(CALLS).json()["results"]
    assert max_api.get(f"{CALLS}/{own['id']}").json()["arguments"] == '{"text":"secret"}'
    adas = ada_api.get(f"{CALLS}?tool=shout").json()["results"][0]["id"]
    assert max_api.get(f"{CALLS}/{adas}").status_code == 404
    assert tools(max_api, "?tool=shout") == []


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(("role", "reads"), [("admin", False), ("developer", False)])
def test_admins_and_developers_see_all_without_what_was_in_others(cast: Cast, role: str, reads: bool) -> None:
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role=role)
    asker = with_key(Person(cast.max.user, cast.acme, role), ["manage:read"])
    for row in asker.get(CALLS).json()["results"]:
        own = row["user_id"] == str(cast.max.user.pk)
        assert (asker.get(f"{CALLS}/{row['id']}").json()["arguments"] is not None) is own
    assert len(tools(asker)) == 4


def test_the_calls_of_one_trace_are_found_within_the_tenant(cast: Cast, ada_api: Asker) -> None:
    for number, person in enumerate((cast.ada, cast.max, cast.gus)):
        record(person, number, tool=f"of {person.user.email}", trace_id="ab" * 16)
    record(cast.ada, 7, tool="another", trace_id="cd" * 16)
    found = ada_api.get(f"{CALLS}?trace_id={'ab' * 16}").json()["results"]
    assert [row["tool"] for row in found] == [f"of {person.user.email}" for person in (cast.max, cast.ada)]
    assert {row["trace_id"] for row in found} == {"ab" * 16}


@pytest.mark.usefixtures("calls")
def test_lists_are_narrowed(ada_api: Asker, cast: Cast) -> None:
    assert tools(ada_api, "?outcome=refused") == ["count"]
    assert tools(ada_api, "?server=demo&tool=shout") == ["shout"] * 3
    assert tools(ada_api, "?server=made-up") == []
    assert tools(ada_api, f"?user_id={cast.max.user.pk}") == ["count"]
    assert tools(ada_api, f"?user_id={cast.gus.user.pk}") == []
    assert len(tools(ada_api, "?since=2026-11-21T12:01:00Z&until=2026-11-21T12:03:00Z")) == 2
    refused = ada_api.get(f"{CALLS}?sort=tool&since=yesterday")
    assert refused.status_code == 400
    assert set(refused.json()["error"]["details"]["fields"]) == {"sort"}


@pytest.mark.usefixtures("calls")
def test_pages_are_complete_whatever_comes_in_between(ada_api: Asker, cast: Cast) -> None:
    first = ada_api.get(f"{CALLS}?limit=3").json()
    record(cast.ada, 9)
    second = ada_api.get(f"{CALLS}?limit=3&cursor={first['next']}").json()
    assert second["next"] is None
    ids = [row["request_id"] or row["id"] for row in (*first["results"], *second["results"])]
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.usefixtures("calls")
def test_a_cursor_opens_nothing(ada_api: Asker, gus_api: Asker, max_api: Asker) -> None:
    cursor = ada_api.get(f"{CALLS}?limit=1").json()["next"]
    gus_sees = gus_api.get(f"tenants/globex/calls?cursor={cursor}").json()
    assert gus_sees == {"results": [], "next": None}
    assert tools(max_api, f"?cursor={cursor}") == []


@pytest.mark.parametrize(
    "cursor",
    [
        *("nonsense", "W10", "WyJhIiwiYiJd", "W251bGwsbnVsbF0", "WyJcdTAwMDAiLCJhIl0", "é", "===="),
        # Times that are none in UTC: before the first one, and after the last.
        "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwiMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1Il0",
        "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTIzOjU5IiwiMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1Il0",
    ],
)
def test_a_made_up_cursor_is_refused(ada_api: Asker, cursor: str) -> None:
    response = ada_api.get(f"{CALLS}?cursor={cursor}")
    assert (response.status_code, response.json()["error"]["type"]) == (400, "invalid_value")
    assert set(response.json()["error"]["details"]["fields"]) == {"cursor"}


@pytest.mark.usefixtures("calls")
def test_clients_that_arrive_are_listed_where_they_are_asked_for(cast: Cast, ada_api: Asker) -> None:
    record(cast.ada, 5, method="initialize", tool="", client_name="editor/2")
    record(cast.gus, 6, method="initialize", tool="")
    assert len(tools(ada_api)) == 4
    (arrival,) = ada_api.get(f"{CALLS}?method=initialize").json()["results"]
    assert (arrival["client_name"], arrival["user_id"]) == ("editor/2", str(cast.ada.user.pk))
    assert len(tools(ada_api, "?method=*")) == 5
    assert ada_api.get(f"{CALLS}/{arrival['id']}").json()["method"] == "initialize"
