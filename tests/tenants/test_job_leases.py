"""Whoever holds a job says how it goes; whoever held it before says nothing any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding
from tenants.models import Job, JobLine
from tenants.scope import platform_scope
from tenants.selectors.jobs import job_lines
from tenants.services.job_claiming import ClaimedJob
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import MESSAGE_LENGTH, MOST_LINES, JobLineText, JobProgress, job_renew
from tenants.services.job_reaping import jobs_reap
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, call_of, claim, lose, row_of

DONE = ToolResult([TextContent("HELLO")])


def said(count: int, word: str = "line") -> list[JobLineText]:
    return [JobLineText(timezone.now(), "info", f"{word} {number}") for number in range(1, count + 1)]


def lines_of(job: ClaimedJob) -> list[tuple[int, str]]:
    with platform_scope("test"):
        return list(job_lines(job=row_of(job)).values_list("number", "text"))


def test_a_renewal_holds_the_job_for_longer(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim()
    with platform_scope("test"):
        Job.objects.update(lease_expires_at=timezone.now() + timedelta(seconds=1))
    assert job_renew(claimed=claimed).held
    lease = row_of(claimed).lease_expires_at
    assert lease is not None
    assert lease > timezone.now() + timedelta(seconds=20)


def test_progress_only_rises(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim()
    for progress, total, message in [(2.0, 10.0, "two"), (1.0, 5.0, "one"), (2.0, 9.0, "two again"), (3.0, None, None)]:
        job_renew(claimed=claimed, progress=JobProgress(progress, total, message))
        row = row_of(claimed)
        if progress < 3:
            assert (row.progress, row.progress_total, row.message) == (2.0, 10.0, "two")
    assert (row.progress, row.progress_total, row.message) == (3.0, None, "")


def test_a_second_attempt_goes_on_from_the_progress_of_the_first(cast: Cast) -> None:
    ask(cast.max, is_idempotent=True)
    job_renew(claimed=claim(), progress=JobProgress(5.0, 10.0, "half"))
    lose()
    jobs_reap()
    second = claim()
    assert (second.attempt, second.highest_progress) == (2, 5.0)
    job_renew(claimed=second, progress=JobProgress(1.0, 10.0, "again"))
    assert (row_of(second).progress, row_of(second).message) == (5.0, "half")


def test_long_messages_are_cut_and_nothing_breaks_a_database(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim()
    line = JobLineText(timezone.now(), "info", "\x00" + "y" * 100_000)
    job_renew(claimed=claimed, progress=JobProgress(1.0, None, "\x00" + "x" * 5_000), lines=[line])
    assert row_of(claimed).message == "x" * MESSAGE_LENGTH
    assert len(lines_of(claimed)[0][1]) < 5_000


def test_what_looks_like_a_credential_is_not_kept(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim()
    secret = "Bearer abcdefgh12345678"
    line = JobLineText(timezone.now(), "info", f"asked with {secret}")
    job_renew(claimed=claimed, progress=JobProgress(1.0, None, f"asking with {secret}"), lines=[line])
    assert row_of(claimed).message == "asking with [redacted]"
    assert lines_of(claimed) == [(1, "asked with [redacted]")]


def changes_nothing(old: ClaimedJob) -> None:
    assert not job_renew(claimed=old, progress=JobProgress(9.0), lines=said(3)).held
    assert job_finish(claimed=old, ending=JobEnding.RETURNED, result=DONE) is None
    assert row_of(old).progress is None
    assert not any("line" in text for _, text in lines_of(old))
    assert call_of(old).phase == "intent"


def test_whoever_lost_the_job_changes_nothing(cast: Cast) -> None:
    ask(cast.max, is_idempotent=True)
    old = claim("old")
    lose()
    jobs_reap()
    changes_nothing(old)
    new = claim("new")
    assert new.fencing_token > old.fencing_token
    changes_nothing(old)
    assert job_renew(claimed=new).held
    assert job_finish(claimed=new, ending=JobEnding.RETURNED, result=DONE) is not None


@pytest.mark.must("MUST-27.3")
def test_what_has_ended_stays_as_it_is(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim()
    job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE)
    before = row_of(claimed)
    assert not job_renew(claimed=claimed, progress=JobProgress(9.0), lines=said(1)).held
    assert job_finish(claimed=claimed, ending=JobEnding.KILLED) is None
    after = row_of(claimed)
    assert (after.state, after.ending, after.updated_at) == (before.state, before.ending, before.updated_at)
    assert (call_of(claimed).outcome, lines_of(claimed)) == ("ok", [])


def test_lines_are_numbered_and_a_thousand_are_kept(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim()
    job_renew(claimed=claimed, lines=said(2))
    job_renew(claimed=claimed, lines=said(MOST_LINES - 3, "more"))
    assert [number for number, _ in lines_of(claimed)] == list(range(1, MOST_LINES))
    for _ in range(3):
        job_renew(claimed=claimed, lines=said(4, "last"))
    kept = lines_of(claimed)
    assert kept[0] == (1, "line 1")
    assert kept[MOST_LINES - 1] == (MOST_LINES, "last 1")
    assert kept[MOST_LINES:] == [(MOST_LINES + 1, "1,000 lines are kept of a job. There were more.")]


def test_a_job_that_is_gone_is_held_by_nobody(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim()
    with platform_scope("test"):
        JobLine.objects.all().delete()
        Job.objects.all().delete()
    assert not job_renew(claimed=claimed, lines=said(1)).held
    assert job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE) is None
