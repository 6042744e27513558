"""Whatever a name server answers, and whenever it answers something else, only public addresses are connected to."""

import asyncio
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egress.addresses import DENIED_IPV4, DENIED_IPV6, Address, Public, classify
from egress.resolver import MOST_ADDRESSES
from tests.egress.outside import PUBLIC, Names, Outside

PUBLIC_ADDRESSES = st.sampled_from(["93.184.216.34", "8.8.8.8", "2606:4700::1111", "2a00:1450::5"]).map(ip_address)
DENIED_ADDRESSES = (
    st.sampled_from([*DENIED_IPV4, *DENIED_IPV6])
    .flatmap(lambda entry: st.integers(int(entry[0][0]), int(entry[0][-1])).map(type(entry[0][0])))
    .map(ip_address)
)
OUTSIDE_GLOBAL_UNICAST = st.integers(0, 2**128 - 1).map(IPv6Address).filter(lambda address: int(address) >> 125 != 1)


@settings(deadline=None)
@given(
    st.lists(PUBLIC_ADDRESSES, max_size=6),
    st.lists(DENIED_ADDRESSES | OUTSIDE_GLOBAL_UNICAST, min_size=1),
    st.randoms(),
)
def test_one_private_address_among_public_ones_refuses_them_all(
    public: list[Address], denied: list[Address], random: object
) -> None:
    answer = [*public, *denied][:MOST_ADDRESSES]
    random.shuffle(answer)  # type: ignore[attr-defined]
    outside = Outside(names=Names([answer]))
    expected = "address_not_public" if set(answer) & set(denied) else "no_connection"
    assert outside.blocking_reason() == expected
    assert expected == "no_connection" or outside.recorder.connects == []


@settings(deadline=None)
@given(st.lists(st.lists(PUBLIC_ADDRESSES | DENIED_ADDRESSES, min_size=1, max_size=4), min_size=2, max_size=5))
def test_a_name_that_changes_its_answer_is_looked_up_once_for_each_fetch(answers: list[Sequence[Address]]) -> None:
    outside = Outside(names=Names(answers))
    for number, answer in enumerate(answers, start=1):
        outside.recorder.connects.clear()
        reason = outside.blocking_reason()
        assert len(outside.names.asked) == number
        public = all(classify(address) == Public() for address in answer)
        assert reason == ("no_connection" if public else "address_not_public")
        tried = {address for address, _ in outside.recorder.connects}
        assert tried <= set(answer)
        assert bool(tried) == public


@settings(max_examples=500)
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_ipv4_address_inside_ipv6_is_never_public(inner: IPv4Address) -> None:
    prefixes = ["::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::", "2001:db8:64::", "2606:4700::5efe:0:0"]
    embedded = [IPv6Address(int(ip_address(prefix)) | int(inner)) for prefix in prefixes]
    embedded += [
        IPv6Address((0x2002 << 112) | int(inner) << 80),
        IPv6Address((0x20010000 << 96) | int(inner) ^ 2**32 - 1),
    ]
    assert [address for address in embedded if classify(address) == Public()] == []


def test_an_empty_answer_is_a_name_without_an_address() -> None:
    assert Outside(names=Names([[]])).blocking_reason() == "name_not_found"


def test_more_addresses_than_any_name_needs_are_refused() -> None:
    many = [ip_address(int(PUBLIC) + number) for number in range(MOST_ADDRESSES + 1)]
    assert Outside(names=Names([many])).blocking_reason() == "too_many_addresses"
    assert Outside(names=Names([many[1:]])).blocking_reason() == "no_connection"


@pytest.mark.anyio
async def test_a_name_server_that_never_answers_costs_the_deadline_and_no_more() -> None:
    class Silent(Names):
        async def resolve(self, name: str) -> Sequence[Address]:
            return await asyncio.Future()

    outside = Outside(names=Silent())
    assert await outside.reason(deadline=0.05) == "deadline_passed"
    assert outside.recorder.connects == []
