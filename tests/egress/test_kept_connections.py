"""Connections are kept for whoever opened them, for a while, and are checked anew when they are opened anew."""

import asyncio
from dataclasses import replace
from ipaddress import ip_address

import pytest
from anyio import fail_after

from egress.errors import EgressError
from egress.outgoing import Outgoing
from egress.pool import MOST_IDLE_FOR_ONE, Pool
from egress.purposes import Purpose
from tests.egress.certificates import serving
from tests.egress.conftest import Listen
from tests.egress.outside import PUBLIC, URL, Names, Outside, Respond, Visit, answer, caller

pytestmark = pytest.mark.anyio


async def keeps(visit: Visit) -> None:
    """A host that answers one request after the other."""
    while True:
        await visit.say(answer(b"ok"))
        await visit.reader.readuntil(b"\r\n\r\n")


async def kept(listen: Listen, respond: Respond | bytes = keeps, **pool: float) -> Outside:
    outside = await listen(respond, tls=serving("client.example", "other.example"))
    outside.pool = Pool(**pool)
    return outside


async def test_one_after_the_other_goes_over_one_connection(listen: Listen) -> None:
    outside = await kept(listen)
    door = outside.door()
    for _ in range(3):
        assert (await door.fetch(Outgoing(URL), caller())).body == b"ok"
    assert (len(outside.recorder.connects), outside.pool.idle) == (1, 1)
    await door.aclose()
    assert outside.pool.idle == 0


@pytest.mark.parametrize(
    "other",
    [
        caller(tenant="globex"),
        caller(owner="max"),
        caller(owner=""),
        caller(Purpose.UPSTREAM_MCP),
        replace(caller(tenant="globex"), owner="gus"),
    ],
    ids=["tenant", "owner", "nobody", "purpose", "outsider"],
)
async def test_nobody_else_is_given_a_connection(listen: Listen, other: object) -> None:
    outside = await kept(listen)
    for who in (caller(), other, caller(), other):
        await outside.fetch(URL, who)
    assert (len(outside.recorder.connects), outside.pool.idle) == (2, 2)


async def test_another_host_at_the_same_address_has_its_own(listen: Listen) -> None:
    outside = await kept(listen)
    await outside.fetch(URL, caller())
    await outside.fetch("https://other.example/", caller())
    assert len(outside.recorder.connects) == 2


async def test_a_connection_that_is_opened_anew_is_checked_anew(listen: Listen) -> None:
    """A name that leads elsewhere by then leads nowhere."""
    outside = await kept(listen, age_seconds=0.0)
    outside.names = Names([[PUBLIC], [ip_address("10.0.0.1")]])
    await outside.fetch(URL, caller())
    assert await outside.reason(URL, caller()) == "address_not_public"
    assert outside.recorder.connects == [(PUBLIC, 443)]


async def test_a_kept_connection_does_not_help_a_url_that_is_refused(listen: Listen) -> None:
    outside = await kept(listen)
    await outside.fetch(URL, caller())
    outside.installation = replace(outside.installation, own_hosts=frozenset({"client.example"}))
    assert await outside.reason(URL, caller()) == "host_is_ours"


async def test_an_idle_connection_is_closed_in_time(listen: Listen) -> None:
    gone = asyncio.Event()

    async def respond(visit: Visit) -> None:
        await visit.say(answer())
        await visit.until_gone()
        gone.set()

    outside = await kept(listen, respond, idle_seconds=0.01)
    await outside.fetch(URL, caller())
    with fail_after(5):
        await gone.wait()
    assert outside.pool.idle == 0


async def test_few_are_kept(listen: Listen) -> None:
    outside = await kept(listen, most_idle=3)
    for number in range(5):
        await outside.fetch(URL, caller(tenant=f"tenant-{number}"))
    assert outside.pool.idle == 3
    outside.pool = Pool()
    await asyncio.gather(*(outside.fetch(URL, caller()) for _ in range(MOST_IDLE_FOR_ONE + 2)))
    assert outside.pool.idle <= MOST_IDLE_FOR_ONE


async def test_one_tenant_can_not_take_all_that_may_be_open(listen: Listen) -> None:
    async def respond(visit: Visit) -> None:
        await visit.until_gone()

    outside = await kept(listen, respond, most_open=3, most_open_of_tenant=2)
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(outside.reason(URL, caller(), idle=0.3)) for _ in range(2)]
        await asyncio.sleep(0)
        assert await outside.reason(URL, caller()) == "too_many_connections"
        waiting.append(group.create_task(outside.reason(URL, caller(tenant="globex"), idle=0.3)))
        await asyncio.sleep(0)
        assert await outside.reason(URL, caller(tenant="initech")) == "too_many_connections"
    assert {task.result() for task in waiting} == {"went_silent"}
    assert await outside.reason(URL, caller(), idle=0.05) == "went_silent", "what has ended counts no more"


async def closes(visit: Visit) -> None:
    await visit.say(answer(b"ok"))
    visit.writer.close()


async def closes_when_asked_again(visit: Visit) -> None:
    await visit.say(answer(b"ok"))
    await visit.reader.read(1)


async def says_more(visit: Visit) -> None:
    await visit.say(answer(b"ok") + answer(b"poison"))
    await visit.until_gone()


async def says_more_later(visit: Visit) -> None:
    await visit.say(answer(b"ok"))
    await asyncio.sleep(0)
    await visit.say(answer(b"poison"))
    await visit.until_gone()


async def says_it_closes(visit: Visit) -> None:
    await visit.say(answer(b"ok", Connection="close"))
    await visit.until_gone()


@pytest.mark.parametrize("respond", [closes, closes_when_asked_again, says_more, says_more_later, says_it_closes])
async def test_a_connection_that_is_no_good_any_more_is_not_used(listen: Listen, respond: Respond) -> None:
    outside = await kept(listen, respond)
    for _ in range(3):
        assert (await outside.fetch(URL, caller())).body == b"ok"
        await asyncio.sleep(0.01)  # for what the host does afterwards
    assert len(outside.recorder.connects) == 3


async def test_what_may_not_be_done_twice_is_not_sent_twice(listen: Listen) -> None:
    outside = await kept(listen, closes_when_asked_again)
    await outside.fetch(URL, caller())
    assert await outside.reason(URL, caller(), method="POST", body=b"{}") == "cut_short"
    assert len(outside.recorder.connects) == 1


async def test_an_answer_that_was_left_or_was_no_good_is_not_followed_by_another(listen: Listen) -> None:
    outside = await kept(listen, answer(b"a" * 100_000))
    async with outside.door().open(Outgoing(URL), caller()) as came:
        assert came.status == 200
    assert await outside.reason(URL, caller(), max_bytes=10) == "body_too_large"
    assert outside.pool.idle == 0
    assert {connection.fileno() for connection in outside.recorder.opened} == {-1}


async def test_client_documents_leave_nothing_open(listen: Listen) -> None:
    outside = await kept(listen)
    await outside.fetch()
    assert outside.pool.idle == 0


def test_a_pool_of_one_loop_is_not_used_in_another() -> None:
    outside = Outside(pool=Pool())

    async def go() -> None:
        await outside.fetch(URL, caller())

    with pytest.raises(EgressError):
        asyncio.run(go())
    with pytest.raises(RuntimeError, match="one event loop"):
        asyncio.run(go())
