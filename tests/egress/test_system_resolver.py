"""The operating system's resolver, which knows no time limit, within ours."""

import socket
import sys
from ipaddress import ip_address
from threading import Event
from typing import Any

import pytest
from anyio import fail_after
from anyio.lowlevel import checkpoint

from egress.errors import EgressError
from egress.resolver import SystemResolver, allowed_addresses
from tests.egress.outside import Outside, caller
from tests.repository import run

pytestmark = pytest.mark.anyio

ROWS = [
    (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2606:4700::1111", 0, 0, 0)),
    (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 0)),
    (socket.AF_INET, socket.SOCK_STREAM, 17, "", ("93.184.216.34", 0)),
]


async def test_an_absolute_name_is_asked_for_so_that_search_domains_play_no_part() -> None:
    asked: list[Any] = []

    def lookup(*arguments: Any, **_: Any) -> Any:
        asked.append(arguments[0])
        return ROWS

    found = await SystemResolver(lookup).resolve("client.example")
    assert list(found) == [ip_address("2606:4700::1111"), ip_address("93.184.216.34")]
    assert asked == [b"client.example."]


async def test_an_unknown_name_is_not_found() -> None:
    def lookup(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert await Outside(names=SystemResolver(lookup)).reason() == "name_not_found"


async def test_slow_look_ups_are_given_up_and_bounded_in_number() -> None:
    answered, started = Event(), []

    def lookup(*_: Any, **__: Any) -> Any:
        started.append(None)
        answered.wait(30)
        return ROWS

    outside = Outside(names=SystemResolver(lookup, most=2))
    with fail_after(5):
        for _ in range(2):
            assert await outside.reason(deadline=0.05) == "deadline_passed"
        assert await outside.reason() == "resolver_busy"
    assert len(started) == 2
    answered.set()


def test_a_thread_does_not_wait_for_a_look_up_that_it_gave_up() -> None:
    answered, ended = Event(), Event()

    def lookup(*_: Any, **__: Any) -> Any:
        answered.wait(30)
        ended.set()
        return ROWS

    outside = Outside(names=SystemResolver(lookup, most=1))
    assert outside.blocking_reason(deadline=0.05) == "deadline_passed"
    assert not ended.is_set()
    answered.set()
    assert ended.wait(10)


async def test_a_look_up_that_ended_makes_room_for_the_next() -> None:
    resolver = SystemResolver(lambda *_, **__: ROWS, most=1)
    assert [len(await resolver.resolve("client.example")) for _ in range(3)] == [2, 2, 2]


def test_a_process_ends_without_waiting_for_a_look_up() -> None:
    program = """
from threading import Event
from egress.denials import Caller
from egress.door import Door
from egress.errors import EgressError
from egress.guard import Outside
from egress.installation import Installation
from egress.outgoing import Outgoing
from egress.purposes import Purpose
from egress.resolver import SystemResolver
door = Door(installation=Installation(), outside=Outside(SystemResolver(lambda *_, **__: Event().wait())))
try:
    door.fetch_blocking(Outgoing("https://client.example/", deadline=0.05), Caller(Purpose.CLIENT_METADATA))
except EgressError as error:
    raise SystemExit(error.reason)
"""
    assert run(sys.executable, "-c", program).stderr.strip() == "deadline_passed"


async def test_this_machines_own_resolver_leads_nowhere_inside() -> None:
    with pytest.raises(EgressError) as refused:
        await allowed_addresses("localhost", SystemResolver())
    assert refused.value.reason in {"address_not_public", "name_not_found"}


async def test_one_tenant_can_not_take_every_look_up_however_long_its_names_take() -> None:
    answered = Event()

    def lookup(name: bytes, *_: Any, **__: Any) -> Any:
        if name.startswith(b"slow"):
            answered.wait(30)
        return ROWS

    names = SystemResolver(lookup, most=4, most_of_one=2)
    outside = Outside(names=names)
    with fail_after(5):
        for _ in range(2):
            slow = await outside.reason("https://slow.example/", caller(tenant="acme"), deadline=0.05)
            assert slow == "deadline_passed"
        assert await outside.reason("https://client.example/", caller(tenant="acme")) == "resolver_busy"
        assert await outside.reason("https://client.example/", caller(tenant="globex")) == "no_connection"
        assert await outside.reason("https://client.example/", caller(tenant="")) == "no_connection"
        answered.set()
        while await outside.reason("https://client.example/", caller(tenant="acme")) == "resolver_busy":
            await checkpoint()
