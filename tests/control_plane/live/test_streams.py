"""What a page hears of its tenant, and when it hears no more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application

from control_plane.live.streams import STREAMS_PER_PERSON, LiveStreams, Times
from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import encode_events
from tenants.models import Call
from tenants.publishing.live import NAMES, live_announce
from tenants.scope import tenant_scope
from tenants.services.connections import connection_revoke
from tenants.services.members import membership_remove
from tests.control_plane.live.listening import Stream, listening, session_of
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import connection_build
from tests.tenants.audit_events import event_of

pytestmark = pytest.mark.django_db(transaction=True)

Play = Callable[[LiveStreams], Awaitable[None]]


@pytest.fixture
def perform(store: Any) -> Callable[..., None]:
    """Plays a scene with the application in a loop of its own; at its end nobody listens, and nothing runs on."""

    def run(play: Play, **times: float) -> None:
        async def scene() -> None:
            streams = LiveStreams(get_asgi_application(), times=Times(**times))
            await play(streams)
            assert len(streams.hub.listeners) == 0
            assert not streams.hub.is_running

        asyncio.run(scene())

    return run


def written(cast: Cast) -> int:
    with tenant_scope(cast.acme.tenant):
        return Call.objects.count()


def test_a_call_is_written_down_and_heard_at_once(cast: Cast, store: Any, perform: Any) -> None:
    cookie = session_of(cast.max.user)

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            assert await page.beginning() == ["calls", "connections", "jobs", "sessions"]
            store.xadd(keys.AUDIT, {"events": encode_events([event_of(cast.ada)])})
            assert await page.event() == "calls"
            assert await sync_to_async(written)(cast) == 1
            store.xadd(keys.AUDIT, {"events": encode_events([event_of(cast.ada, method="initialize", tool="")])})
            assert await page.event() == "connections"

    perform(play)


def test_the_end_of_a_connection_is_heard(cast: Cast, perform: Any) -> None:
    connection, cookie = connection_build(cast.max), session_of(cast.ada.user)

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            await page.beginning()
            await sync_to_async(connection_revoke)(
                tenant=cast.acme.tenant, actor=cast.max.actor, connection_id=connection.pk
            )
            assert await page.event() == "connections"

    perform(play)


def test_a_stream_says_what_it_is_and_no_proxy_holds_it_back(cast: Cast, perform: Any) -> None:
    cookie = session_of(cast.ada.user)

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            await page.beginning()
            assert page.status == 200
            assert page.headers["content-type"] == "text/event-stream"
            assert page.headers["x-accel-buffering"] == "no"
            assert "no-store" in page.headers["cache-control"]
            assert page.headers["x-content-type-options"] == "nosniff"
            assert "set-cookie" not in page.headers

    perform(play)


@pytest.mark.parametrize("name", NAMES)
def test_another_tenant_hears_nothing(cast: Cast, perform: Any, name: str) -> None:
    ada, gus = session_of(cast.ada.user), session_of(cast.gus.user)

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, ada) as ours, listening(streams, gus, "/app/globex/live") as theirs:
            await ours.beginning()
            await theirs.beginning()
            await hears(ours, str(cast.acme.tenant.pk), name)
            assert theirs.is_silent

    perform(play)


async def hears(page: Stream, tenant: str, name: str = "calls") -> None:
    """Announce, and hear it."""
    await asyncio.to_thread(live_announce, name=name, tenants=[tenant])
    assert await page.event() == name


@pytest.mark.parametrize("who", ["outsider", "nobody"])
def test_who_is_no_member_gets_no_stream(cast: Cast, perform: Any, who: str) -> None:
    cookie = session_of(cast.gus.user) if who == "outsider" else ""

    async def play(streams: LiveStreams) -> None:
        answers = []
        for tenant in ("acme", "made-up"):
            async with listening(streams, cookie, f"/app/{tenant}/live") as page:
                await page.ended()
                answers.append(page.status)
        assert answers == ([404, 404] if who == "outsider" else [302, 302])

    perform(play)


def test_a_removed_member_hears_no_more(cast: Cast, perform: Any) -> None:
    cookie = session_of(cast.max.user)

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            await page.beginning()
            await sync_to_async(membership_remove)(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user)
            await page.ended()

    assert Times().check < 5
    perform(play, check=0.1)


def test_a_person_who_signs_out_hears_no_more(cast: Cast, perform: Any, client: Any) -> None:
    client.force_login(cast.max.user)
    cookie = f"atrium-session={client.cookies['atrium-session'].value}"

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            await page.beginning()
            await sync_to_async(client.logout)()
            await page.ended()

    perform(play, check=0.1)


def test_it_says_something_now_and_then_and_ends_in_time(cast: Cast, perform: Any) -> None:
    cookie = session_of(cast.ada.user)

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            await page.beginning()
            while await page.chunk() != b": \n\n":
                pass
            await page.ended()

    perform(play, heartbeat=0.05, longest=0.5)


def test_draining_ends_what_is_open_and_begins_nothing(cast: Cast, perform: Any) -> None:
    cookie = session_of(cast.ada.user)

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            await page.beginning()
            streams.drain()
            await page.ended()
        async with listening(streams, cookie) as late:
            await late.ended()
            assert late.is_silent

    perform(play)


def test_one_person_has_so_many_streams_and_no_more(cast: Cast, perform: Any) -> None:
    ada, max_ = session_of(cast.ada.user), session_of(cast.max.user)

    async def play(streams: LiveStreams) -> None:
        with_all = [
            streams.hub.listening(str(cast.acme.tenant.pk), str(cast.ada.user.pk)) for _ in range(STREAMS_PER_PERSON)
        ]
        for each in with_all:
            await each.__aenter__()
        async with listening(streams, ada) as one_more, listening(streams, max_) as another:
            await one_more.ended()
            assert one_more.status == 429
            assert await another.beginning()
        for each in with_all:
            await each.__aexit__(None, None, None)

    perform(play)


def test_it_goes_on_when_the_store_was_away(cast: Cast, perform: Any, valkey: Any) -> None:
    cookie = session_of(cast.ada.user)

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            await page.beginning()
            await asyncio.to_thread(valkey.stop)
            await asyncio.to_thread(valkey.start)
            # Whatever may have been missed is told again.
            assert await page.beginning() == ["calls", "connections", "jobs", "sessions"]
            await hears(page, str(cast.acme.tenant.pk))

    perform(play, check=60)


def test_without_a_store_a_stream_ends_so_that_the_page_asks_by_itself(cast: Cast, perform: Any, settings: Any) -> None:
    cookie = session_of(cast.ada.user)
    settings.REDIS_URL = "unix:///nonexistent/atrium-test.sock"

    async def play(streams: LiveStreams) -> None:
        async with listening(streams, cookie) as page:
            await page.ended()
            assert page.status == 200

    perform(play, check=0.2)
