"""A job runs by the permission that there is when it starts, and for as long as it lasts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mcp_runtime.contract.jobs import JobEnding, JobState
from tenants.actor import PLATFORM
from tenants.models import ApiKey, Call, Connection, Job
from tenants.scope import platform_scope, tenant_scope
from tenants.services.api_keys import api_key_revoke, api_key_rotate
from tenants.services.connection_ending import connections_end
from tenants.services.grants import grant_set
from tenants.services.job_claiming import job_claim
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import job_renew
from tenants.services.members import membership_remove, membership_role_set
from tenants.services.permissions import permission_set, selection_set
from tenants.services.playground_keys import playground_key_issue
from tenants.services.server_tools import server_tool_remove, server_tool_update
from tenants.services.servers import server_delete, server_suspend
from tenants.services.tenants import tenant_suspend
from tenants.services.users import user_disable
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import connection_build
from tests.tenants.conftest import MakeKey
from tests.tenants.jobs import ask, call_of, claim, key_facts, row_of, token_facts, tool_of

Facts = dict[str, Any]


def who(cast: Cast) -> dict[str, Any]:
    return {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}


def member(cast: Cast) -> dict[str, Any]:
    return {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "user": cast.max.user}


def take_back(cast: Cast) -> None:
    subject = {"subject_kind": "role", "subject": "caller"}
    tool = str(tool_of(cast.max).pk)
    permission_set(**who(cast), **subject, target_kind="tool", target=tool, allowed=False)


def deny(cast: Cast) -> None:
    subject = {"subject_kind": "member", "subject": str(cast.max.user.pk)}
    grant_set(**who(cast), **subject, target_kind="server", effect="deny")


WITHDRAWALS: dict[str, tuple[Callable[[Cast], Any], str]] = {
    "a person who left": (lambda cast: membership_remove(**member(cast)), "not_a_member"),
    "a role that calls nothing": (lambda cast: membership_role_set(**member(cast), role="auditor"), "not_a_member"),
    "a person who was disabled": (lambda cast: user_disable(user=cast.max.user), "not_a_member"),
    "a grant that was taken back": (take_back, "not_granted"),
    "a grant that denies": (deny, "denied_by_grant"),
    "a tool that was removed": (lambda cast: server_tool_remove(**who(cast), tool=tool_of(cast.max)), "tool_gone"),
    "a tool that is off": (
        lambda cast: server_tool_update(**who(cast), tool=tool_of(cast.max), is_enabled=False),
        "tool_gone",
    ),
    "a suspended server": (lambda cast: server_suspend(**who(cast)), "suspended"),
    "a suspended tenant": (lambda cast: tenant_suspend(tenant=cast.acme.tenant, actor=PLATFORM), "suspended"),
}


@pytest.mark.parametrize("what", WITHDRAWALS)
def test_a_job_whose_permission_is_gone_does_not_run(cast: Cast, what: str) -> None:
    withdraw, reason = WITHDRAWALS[what]
    jobs, other = [ask(cast.max) for _ in range(3)], ask(cast.gus)
    withdraw(cast)
    assert claim().job_id == other.id
    assert job_claim(worker="worker") is None
    for job in jobs:
        row, call = row_of(job), call_of(job)
        assert (row.state, row.ending, row.attempt, row.error["type"]) == ("failed", "withdrawn", 0, "withdrawn")
        assert (call.phase, call.outcome, call.reason) == ("outcome", "refused", reason)


@pytest.mark.parametrize("what", WITHDRAWALS)
def test_a_job_whose_permission_goes_while_it_runs_is_told_with_the_next_renewal(cast: Cast, what: str) -> None:
    job, other = ask(cast.max), ask(cast.gus)
    claimed, others = claim(), claim()
    assert not job_renew(claimed=claimed).withdrawn
    WITHDRAWALS[what][0](cast)
    assert job_renew(claimed=claimed).withdrawn
    assert not job_renew(claimed=others).withdrawn
    ended = job_finish(claimed=claimed, ending=JobEnding.WITHDRAWN)
    assert ended is not None
    assert (ended.state, ended.ending) == (JobState.FAILED, JobEnding.WITHDRAWN)
    assert (call_of(job).outcome, call_of(job).reason) == ("cancelled", "withdrawn")
    assert row_of(other).state == "running"


def test_a_revoked_key_takes_its_jobs_along(cast: Cast, make_key: MakeKey) -> None:
    key, kept = make_key(cast.max).api_key, make_key(cast.max, name="other").api_key
    job, other = ask(cast.max, facts=key_facts(key)), ask(cast.max, facts=key_facts(kept))
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=key.pk)
    assert claim().job_id == other.id
    assert call_of(job).reason == "credential_revoked"


def test_a_rotated_key_keeps_its_jobs(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.max).api_key
    job = ask(cast.max, facts=key_facts(key))
    api_key_rotate(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=key.pk)
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=key.pk)
    assert claim().job_id == job.id


def test_an_expired_key_keeps_its_jobs(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.max).api_key
    job = ask(cast.max, facts=key_facts(key))
    with tenant_scope(cast.acme.tenant):
        ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert claim().job_id == job.id


def test_a_key_for_another_server_runs_no_job_of_this_one(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.max, servers=[cast.acme.server]).api_key
    first = ask(cast.max, facts=key_facts(key))
    assert claim().job_id == first.id
    second = ask(cast.max, facts=key_facts(key))
    with tenant_scope(cast.acme.tenant):
        key.server_links.all().delete()
    assert job_claim(worker="worker") is None
    assert call_of(second).reason == "credential_revoked"


def test_somebody_elses_key_is_no_permission(cast: Cast, make_key: MakeKey) -> None:
    job = ask(cast.max, facts=key_facts(make_key(cast.ada).api_key))
    assert job_claim(worker="worker") is None
    assert call_of(job).reason == "credential_revoked"


def test_a_key_may_no_more_than_the_job_was_asked_for_with(cast: Cast, make_key: MakeKey) -> None:
    facts = key_facts(make_key(cast.max).api_key)
    job = ask(cast.max, facts=facts, scopes=("mcp:read",))
    read_only = ask(cast.max, facts=facts, scopes=("mcp:read",), tool="count")
    assert claim().job_id == read_only.id
    assert job_claim(worker="worker") is None
    assert call_of(job).reason == "insufficient_scope"


def test_the_tools_chosen_for_a_key_count_for_its_jobs(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.max).api_key
    job = ask(cast.max, facts=key_facts(key))
    subject = {"subject_kind": "api_key", "subject": str(key.family)}
    selection_set(**who(cast), **subject, tools=[tool_of(cast.max, "count")])
    assert job_claim(worker="worker") is None
    assert call_of(job).reason == "outside_selection"


def test_a_job_by_token_runs_by_its_connection(cast: Cast) -> None:
    job = ask(cast.max, facts=token_facts(cast.max))
    row = row_of(job)
    with tenant_scope(cast.acme.tenant):
        assert row.delegate == Connection.objects.get().pk
    assert claim().job_id == job.id


def test_an_ended_connection_takes_its_jobs_along(cast: Cast) -> None:
    job = ask(cast.max, facts=token_facts(cast.max))
    with tenant_scope(cast.acme.tenant):
        connections_end(Connection.objects.all(), now=timezone.now())
    assert job_claim(worker="worker") is None
    assert call_of(job).reason == "credential_revoked"


@pytest.mark.parametrize(
    ("changes", "reason"), [({"scopes": ["mcp:read"]}, "insufficient_scope"), ({"tool_ids": []}, "outside_selection")]
)
def test_what_a_person_took_back_from_a_connection_is_gone_from_its_jobs(
    cast: Cast, changes: dict[str, Any], reason: str
) -> None:
    job = ask(cast.max, facts=token_facts(cast.max))
    with tenant_scope(cast.acme.tenant):
        Connection.objects.update(**changes)
    assert job_claim(worker="worker") is None
    assert call_of(job).reason == reason


def test_a_token_of_another_copy_of_the_client_is_another_connection(cast: Cast) -> None:
    first = connection_build(cast.max)
    with platform_scope("test"):
        second = Connection.objects.get(pk=first.pk)
        second.pk, second.redirect_host = None, "editor.example"
        second.save(force_insert=True)
    job = ask(cast.max, facts=token_facts(cast.max, first))
    assert row_of(job).delegate == first.pk


def test_jobs_of_the_playground_outlive_its_keys_and_not_a_revocation(cast: Cast) -> None:
    issued = playground_key_issue(tenant=cast.acme.tenant, actor=cast.max.actor, server=cast.acme.server)
    kept, ended = ask(cast.max, facts=key_facts(issued.api_key)), None
    with tenant_scope(cast.acme.tenant):
        ApiKey.objects.all().delete()
    assert claim().job_id == kept.id
    issued = playground_key_issue(tenant=cast.acme.tenant, actor=cast.max.actor, server=cast.acme.server)
    ended, other = ask(cast.max, facts=key_facts(issued.api_key)), ask(cast.ada)
    with tenant_scope(cast.acme.tenant):
        ApiKey.objects.update(revoked_at=timezone.now())
    assert claim().job_id == other.id
    assert call_of(ended).reason == "credential_revoked"


def test_thousands_of_jobs_without_permission_keep_nobody_waiting(cast: Cast) -> None:
    first = row_of(ask(cast.max))
    with platform_scope("test"):
        fields = {field.attname: getattr(first, field.attname) for field in Job._meta.concrete_fields}
        del fields["id"]
        Job.objects.bulk_create([Job(**fields) for _ in range(1_200)], batch_size=200)
    server_suspend(**who(cast))
    other = ask(cast.gus)
    assert claim().job_id == other.id
    assert job_claim(worker="worker") is None
    with platform_scope("test"):
        assert Job.objects.filter(state="failed", ending="withdrawn").count() == 1_201


def test_a_server_that_is_deleted_takes_its_jobs_along_and_the_audit_keeps_what_became_of_them(cast: Cast) -> None:
    running, queued, other = ask(cast.max), ask(cast.max), ask(cast.gus)
    claimed = claim()
    server_delete(**who(cast))
    assert not job_renew(claimed=claimed).held
    with platform_scope("test"):
        assert [str(job.pk) for job in Job.objects.all()] == [other.id]
        ended = {
            call.event_id: (call.phase, call.outcome, call.reason) for call in Call.objects.exclude(event_id=other.id)
        }
    assert ended[running.id] == ("outcome", "cancelled", "server_deleted")
    assert ended[queued.id] == ("outcome", "refused", "server_deleted")
