"""Whoever has worked listens for a moment for the next bell, and takes that job too."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract import keys
from mcp_runtime.contract.job_running import JobOutcome, JobWatch, JobWork
from mcp_runtime.contract.jobs import JobEnding, JobState, decode_event
from tenants.jobs import working
from tenants.jobs.awake import AwakeEar
from tenants.jobs.working import jobs_work
from tenants.publishing.job_events import QueuePlace, bell_ring
from tenants.selectors.jobs import job_view
from tenants.services.job_claiming import job_claim
from tenants.services.job_endings import job_finish
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, claim, row_of

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 5.0
DONE = ToolResult([TextContent("HELLO")])


class Prompt:
    """A runner whose tools return at once."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def warm(self) -> None:
        """It always is."""

    def look(self, job_id: str) -> None:
        """Nothing takes long enough to be stopped."""

    def close(self) -> None:
        """Nothing is open."""

    def run(self, work: JobWork, watch: JobWatch, *, held_until: float) -> JobOutcome:
        self.ran.append(work.job_id)
        watch.begun()
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return JobOutcome(ending=JobEnding.RETURNED, result=DONE)


@pytest.fixture(autouse=True)
def without_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spell that ends with the jobs, however slow the machine is."""
    monkeypatch.setattr(working, "SPELL_SECONDS", 60.0)


class Coming(AwakeEar):
    """Each wait brings the next of these about, and lasts until it is heard; then nothing comes any more."""

    def __init__(self, *coming: Callable[[], object]) -> None:
        super().__init__()
        self._coming, self.waits = iter(coming), 0

    def wait(self, seconds: float) -> bool:
        self.waits += 1
        for come in self._coming:
            come()
            return super().wait(SOON)
        return super().wait(seconds)


def bells(store: Any) -> int:
    """How many bells went to the broker; forgets them."""
    rung: int = store.llen("tools")
    store.delete("tools")
    return rung


def test_the_next_jobs_are_taken_without_the_broker(cast: Cast, store: Any) -> None:
    runner, ear = Prompt(), Coming(lambda: ask(cast.gus), lambda: ask(cast.max))
    first = ask(cast.max)
    assert bells(store) == 1
    assert jobs_work(worker="worker", runner=runner, ear=ear) == 3
    assert (ear.waits, runner.ran[0], bells(store)) == (3, first.id, 0)
    assert {row_of(job_id).state for job_id in runner.ran} == {JobState.COMPLETED}
    assert [row_of(job_id).tenant_id for job_id in runner.ran[1:]] == [cast.globex.tenant.pk, cast.acme.tenant.pk]


def test_whoever_found_nothing_goes_back_to_sleep(cast: Cast, store: Any) -> None:
    ear = Coming(lambda: ask(cast.max))
    assert jobs_work(worker="worker", runner=Prompt(), ear=ear) == 0
    assert ear.waits == 0


def test_jobs_that_came_together_wake_others_for_all_but_one(cast: Cast, store: Any) -> None:
    def three() -> None:
        ask(cast.gus), ask(cast.max), ask(cast.max)

    ask(cast.max)
    bells(store)
    runner = Prompt()
    assert jobs_work(worker="worker", runner=runner, ear=Coming(three)) == 4
    assert bells(store) == 2  # heard by one process, which can come for one of them


def test_what_comes_while_a_job_runs_is_for_others(cast: Cast, store: Any) -> None:
    ask(cast.max)
    bells(store)
    runner = Prompt()
    runner.meanwhile = lambda: ask(cast.gus)
    assert jobs_work(worker="worker", runner=runner, ear=AwakeEar()) == 2
    assert bells(store) == 1


def test_a_bell_that_was_taken_by_another_leaves_a_worker_awake(cast: Cast, store: Any) -> None:
    ear = Coming(lambda: (ask(cast.gus), claim()), lambda: ask(cast.max))
    ask(cast.max)
    assert jobs_work(worker="worker", runner=Prompt(), ear=ear) == 2


def test_a_worker_that_loses_the_store_leaves_the_bells_to_the_broker(cast: Cast, store: Any) -> None:
    ear = Coming(lambda: store.client_kill_filter(_type="pubsub"))
    ask(cast.max)
    bells(store)
    assert jobs_work(worker="worker", runner=Prompt(), ear=ear) == 1
    ask(cast.max)
    assert bells(store) == 1
    assert jobs_work(worker="worker", runner=Prompt(), ear=Coming(lambda: ask(cast.gus))) == 2
    assert bells(store) == 0


@pytest.mark.parametrize("ringing", range(3))
def test_a_bell_that_comes_as_one_goes_to_sleep_is_handed_on(cast: Cast, store: Any, ringing: int) -> None:
    ear = AwakeEar()
    ear.listen()
    for _ in range(ringing):
        bell_ring()
    assert bells(store) == max(0, ringing - 1)
    assert ear.leave() == min(1, ringing)
    bell_ring()
    assert (bells(store), ear.leave()) == (1, 0)


def test_of_several_who_are_awake_one_comes_for_each_bell(store: Any) -> None:
    ears = [AwakeEar() for _ in range(3)]
    for ear in ears:
        ear.listen()
    bell_ring(times=2)
    assert [ear.wait(0.05) for ear in ears] == [False, True, True]
    assert [ear.leave() for ear in ears] == [0, 0, 0]
    assert bells(store) == 0


def test_one_that_died_while_it_waited_comes_for_nothing(store: Any) -> None:
    dead, alive = AwakeEar(), AwakeEar()
    alive.listen()
    dead.listen()
    store.client_kill_filter(_id=max(int(client["id"]) for client in store.client_list(_type="pubsub")))
    bell_ring()
    assert alive.wait(SOON)
    dead.listen()
    store.client_kill_filter(_type="pubsub")
    bell_ring()
    assert bells(store) == 1


def test_whoever_waits_in_vain_waits_for_so_long_and_no_longer_hears(store: Any) -> None:
    ear = AwakeEar()
    assert not ear.wait(SOON)  # it does not listen
    ear.listen()
    assert not ear.wait(0.01)
    assert ear.leave() == 0
    assert store.llen(keys.JOBS_AWAKE) == 0


def test_a_bell_names_the_place_where_its_job_waits(cast: Cast, store: Any) -> None:
    ear = AwakeEar()
    ear.listen()
    job = ask(cast.max)
    assert ear.wait(SOON)
    assert ear.place is not None
    claimed = job_claim(worker="worker", place=ear.place)
    assert claimed is not None
    assert claimed.job_id == job.id


def test_whoever_hears_of_an_end_finds_its_worker_awake(cast: Cast, store: Any) -> None:
    ear = AwakeEar()
    ear.listen()
    ear.leave()
    job = ask(cast.max)
    bells(store)
    claimed = claim()
    with store.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(keys.job_channel(job.id))
        channel.get_message(timeout=SOON)
        assert job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE, tell=ear.tell_end) is not None
        said_of, event = decode_event(channel.get_message(timeout=SOON)["data"])
    assert (said_of, event.kind) == (job.id, "ended")
    ask(cast.gus)
    assert (bells(store), ear.wait(SOON)) == (0, True)


@pytest.mark.parametrize("is_asleep", [True, False])
def test_an_end_is_told_also_where_nobody_can_be_told_of_work(cast: Cast, store: Any, is_asleep: bool) -> None:
    ear, job = AwakeEar(), ask(cast.max)
    if not is_asleep:
        ear.listen()  # and is listed already
    with store.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(keys.job_channel(job.id))
        channel.get_message(timeout=SOON)
        ear.tell_end(job_view(row_of(job.id)))
        assert channel.get_message(timeout=SOON) is not None
    assert store.llen(keys.JOBS_AWAKE) == (0 if is_asleep else 1)
    ear.leave()


def test_a_place_where_nothing_waits_any_more_is_none_to_stop_at(cast: Cast, store: Any) -> None:
    ear = AwakeEar()
    ear.listen()
    ask(cast.max)
    assert ear.wait(SOON)
    claim()
    other = ask(cast.gus)
    claimed = job_claim(worker="worker", place=ear.place)
    assert claimed is not None
    assert claimed.job_id == other.id
    assert job_claim(worker="worker", place=QueuePlace(cast.globex.tenant.pk, uuid4())) is None
