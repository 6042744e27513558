"""What an operator lets be reached inside: that, by the purposes that may, and nothing that stands beside it."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from egress.addresses import Denied, Excepted, classify, private_networks
from egress.installation import Installation
from egress.purposes import RULES, Purpose
from tests.egress.conftest import Listen
from tests.egress.outside import PUBLIC, Names, Outside, Recorder, answer, caller

pytestmark = pytest.mark.anyio

INSIDE = Installation(
    own_hosts=frozenset({"atrium.example", "db.internal"}),
    private_networks=(ip_network("10.1.0.0/16"), ip_network("100.64.0.0/10"), ip_network("fd00::/8")),
    denied_networks=(ip_network("10.1.9.0/24"),),
)
HERE = ip_address("10.1.2.3")


def outside(*addresses: object, **changes: object) -> Outside:
    """An operator's world in which every name leads to these addresses."""
    return Outside(names=Names([addresses]), recorder=Recorder(), installation=replace(INSIDE, **changes))


@pytest.mark.parametrize(
    "url",
    [
        "http://api.corp.internal/",
        "http://api.example.com:8080/v1",
        "https://api.example.com/",
        "https://api.example.com:8443/",
        "http://build.lan:3000/openapi.json",
    ],
)
async def test_what_is_inside_is_reached_as_things_are_reached_there(url: str) -> None:
    world = outside(HERE)
    for purpose, rules in RULES.items():
        world.recorder.connects.clear()
        reason = await world.reason(url, caller(purpose))
        assert (reason == "no_connection") == rules.goes_inside, purpose
        assert bool(world.recorder.connects) == rules.goes_inside, purpose


async def test_an_answer_comes_in_plain_http(listen: Listen) -> None:
    world = await listen(answer(b"inside"), tls=None)
    world.installation, world.names = INSIDE, Names([[HERE]])
    assert (await world.fetch("http://api.corp.internal:8080/", caller())).body == b"inside"
    assert world.recorder.connects == [(HERE, 8080)]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://api.example.com/", "scheme_not_allowed"),
        ("https://api.example.com:8443/", "port_not_allowed"),
        ("https://api.corp.internal/", "host_not_public"),
    ],
)
async def test_what_is_good_inside_is_good_for_nothing_outside(url: str, reason: str) -> None:
    world = outside(PUBLIC)
    assert await world.reason(url, caller()) == reason
    assert world.recorder.connects == []


@pytest.mark.parametrize(
    "texts",
    [
        ["127.0.0.1"],
        ["::1"],
        ["169.254.169.254"],
        ["fe80::1"],
        ["10.2.0.1"],
        ["10.1.9.1"],
        ["192.168.0.1"],
        ["100.100.100.200"],
        ["fd00:ec2::254"],
        ["fd20:ce::254"],
        ["fd00::1%eth0"],
        ["::ffff:10.1.2.3"],
        ["64:ff9b::10.1.2.3"],
        ["10.1.2.3", "93.184.216.34"],
        ["10.1.2.3", "10.2.2.3"],
        ["10.1.2.3", "127.0.0.1"],
    ],
    ids=" ".join,
)
async def test_beside_an_exception_everything_stays_closed(texts: list[str]) -> None:
    world = outside(*map(ip_address, texts))
    for url in ("https://api.example.com/", "http://api.corp.internal:8080/"):
        assert await world.reason(url, caller()) == "address_not_public"
    assert world.recorder.connects == []


@pytest.mark.parametrize("port", [22, 25, 2375, 2379, 3306, 5432, 6379, 9042, 10250, 11211, 27017])
async def test_inside_the_ports_of_other_protocols_stay_closed(port: int) -> None:
    assert await outside(HERE).reason(f"http://api.corp.internal:{port}/", caller()) == "port_not_allowed"


@pytest.mark.parametrize("url", ["http://10.1.2.3/", "http://localhost/", "http://inside/", "http://x.local/"])
async def test_inside_a_host_has_a_name_all_the_same(url: str) -> None:
    assert await outside(HERE).reason(url, caller()) in {"host_is_address", "host_not_public", "host_not_a_name"}


async def test_the_installations_own_stores_are_not_reached_by_any_name() -> None:
    world = outside(HERE, stores=("db.internal", "store"))
    assert await world.reason("http://db.internal:8080/", caller()) == "host_is_ours"
    assert await world.reason("http://other.internal:8080/", caller()) == "host_is_ours"
    assert world.recorder.connects == []
    world.names = Names([[ip_address("10.1.2.4")], [HERE]])
    assert await world.reason("http://other.internal:8080/", caller()) == "no_connection"


async def test_while_the_stores_can_not_be_found_nothing_inside_is_reached() -> None:
    class Broken(Names):
        async def resolve(self, name: str) -> object:
            if name == "store":
                raise OSError
            return await super().resolve(name)

    world = outside(stores=("store",))
    world.names = Broken([[HERE]])
    assert await world.reason("http://other.internal/", caller()) == "own_addresses_unknown"
    world.names = Broken([[PUBLIC]])
    assert await world.reason("https://api.example.com/", caller()) == "no_connection"


@pytest.mark.parametrize(
    "network",
    [
        "127.0.0.0/8",
        "127.0.0.1/32",
        "169.254.0.0/16",
        "0.0.0.0/0",
        "8.0.0.0/8",
        "::1/128",
        "fe80::/10",
        "::/0",
        "::ffff:0:0/96",
        "224.0.0.0/4",
        "10.0.0.0/7",
        "192.0.0.0/16",
        "168.63.129.16/32",
        "2000::/3",
    ],
)
def test_nothing_but_a_private_network_can_be_excepted(network: str) -> None:
    with pytest.raises(ValueError, match="is not within"):
        private_networks([ip_network(network)])
    with pytest.raises(ValueError, match="is not within"):
        Installation(private_networks=(ip_network(network),))


def test_what_is_excepted_is_told_apart_from_what_is_public() -> None:
    networks = private_networks([ip_network("10.1.0.0/16"), ip_network("fd12::/32")])
    assert classify(HERE, excepted=networks) == classify(ip_address("fd12::1"), excepted=networks) == Excepted()
    assert isinstance(classify(HERE), Denied)
    assert isinstance(classify(HERE, excepted=networks, further=(ip_network("10.1.2.0/24"),)), Denied)


async def test_further_ports_are_the_operators_to_name_and_not_a_strangers() -> None:
    world = outside(PUBLIC, ports=frozenset({443, 8443}))
    for purpose, rules in RULES.items():
        reason = await world.reason("https://api.example.com:8443/", caller(purpose))
        assert reason == ("no_connection" if rules.goes_inside else "port_not_allowed")
    assert not RULES[Purpose.CLIENT_METADATA].goes_inside
    assert not RULES[Purpose.ICON].goes_inside
