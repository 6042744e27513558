"""What a job works on is unreadable in the database, and opens in its own place alone."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding
from tenants.models import Job, JobResult
from tenants.scope import platform_scope
from tenants.sealing import SealBrokenError, seal, unseal
from tenants.selectors.jobs import job_arguments, job_of_owner, job_result, job_view
from tenants.services.job_claiming import job_claim
from tenants.services.job_endings import job_finish
from tests.fixtures.cast import Cast
from tests.tenants.jobs import SECRET, ask, call_of, claim, owner_of, row_of

RESULT_SECRET = "and-returns-at-dawn"
OLD, NEW = "an old key of more than 32 characters", "a new key of more than 32 characters"
PLACE: dict[str, Any] = {"tenant_id": uuid4(), "row_id": uuid4(), "column": "sealed_arguments"}


def everything_stored() -> str:
    """Every column of every table of jobs, as the database has it."""
    tables = [model._meta.db_table for model in (Job, JobResult)] + ["tenants_outbox", "tenants_call"]
    found = []
    with platform_scope("test"), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - the names of our own tables
            found += [bytes(value) if isinstance(value, memoryview) else value for row in cursor for value in row]
    return "\n".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in found)


@pytest.mark.parametrize("size", [1, 2_000_000], ids=["small", "large"])
def test_neither_arguments_nor_result_stand_in_any_column(cast: Cast, size: int) -> None:
    ask(cast.max)
    result = ToolResult([TextContent(RESULT_SECRET + "x" * size)])
    ended = job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=result)
    assert ended is not None
    stored = everything_stored()
    assert ended.id in stored or ended.id.replace("-", "") in stored
    assert SECRET not in stored
    assert RESULT_SECRET not in stored


def test_a_sealed_value_opens_in_its_own_place_alone() -> None:
    sealed = seal(b"hello", **PLACE)
    assert unseal(sealed, **PLACE) == b"hello"
    assert unseal(memoryview(sealed), **PLACE) == b"hello"  # type: ignore[arg-type]
    for other in ({"tenant_id": uuid4()}, {"row_id": uuid4()}, {"column": "sealed_result"}):
        with pytest.raises(SealBrokenError):
            unseal(sealed, **{**PLACE, **other})


@pytest.mark.parametrize("position", [0, 2, 10, 20, -1])
def test_a_changed_value_does_not_open(position: int) -> None:
    sealed = bytearray(seal(b"hello", **PLACE))
    sealed[position] ^= 1
    with pytest.raises(SealBrokenError):
        unseal(bytes(sealed), **PLACE)


@pytest.mark.parametrize("value", [b"", b"\x01", b"hello, I was never sealed"])
def test_what_was_never_sealed_does_not_open(value: bytes) -> None:
    with pytest.raises(SealBrokenError):
        unseal(value, **PLACE)


def test_equal_values_look_different() -> None:
    assert seal(b"hello", **PLACE) != seal(b"hello", **PLACE)


def test_a_new_key_seals_and_the_old_ones_open(settings: Any) -> None:
    by_secret = seal(b"first", **PLACE)
    settings.ENCRYPTION_KEYS = [OLD]
    by_old = seal(b"second", **PLACE)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    by_new = seal(b"third", **PLACE)
    assert [unseal(value, **PLACE) for value in (by_secret, by_old, by_new)] == [b"first", b"second", b"third"]
    settings.ENCRYPTION_KEYS = [NEW]
    assert unseal(by_new, **PLACE) == b"third"
    with pytest.raises(SealBrokenError):
        unseal(by_old, **PLACE)


def test_a_secret_that_was_changed_opens_as_long_as_it_is_a_fallback(settings: Any) -> None:
    sealed, old = seal(b"hello", **PLACE), settings.SECRET_KEY
    settings.SECRET_KEY = "another secret of this installation, long enough"
    with pytest.raises(SealBrokenError):
        unseal(sealed, **PLACE)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed, **PLACE) == b"hello"


def test_arguments_that_were_swapped_do_not_run(cast: Cast) -> None:
    mine, theirs = ask(cast.max), ask(cast.gus)
    with platform_scope("test"):
        Job.objects.filter(pk=mine.id).update(sealed_arguments=row_of(theirs).sealed_arguments)
    assert claim().job_id == theirs.id
    assert job_claim(worker="worker") is None
    assert (row_of(mine).state, row_of(mine).error["type"]) == ("failed", "unreadable")
    assert (call_of(mine).outcome, call_of(mine).reason) == ("crashed", "unreadable")
    with pytest.raises(SealBrokenError):
        job_arguments(job=row_of(mine))


def test_a_result_that_was_swapped_is_not_shown(cast: Cast) -> None:
    first, second = ask(cast.max), ask(cast.max)
    for text in ("one", "two"):
        job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=ToolResult([TextContent(text)]))
    with platform_scope("test"):
        Job.objects.filter(pk=first.id).update(sealed_result=row_of(second).sealed_result)
    found = job_of_owner(owner=owner_of(cast.max), job_id=first.id)
    assert found is not None
    view = job_view(found)
    assert (view.result, view.error and view.error.type) == (None, "unreadable")
    with pytest.raises(SealBrokenError):
        job_result(job=found)
