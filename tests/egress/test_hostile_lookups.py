"""Two thousand hostile answers of name servers: before every connection, whatever was true a moment ago."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from random import Random
from typing import Final

import pytest

from egress.addresses import DENIED_IPV4, DENIED_IPV6, Address
from egress.resolver import MOST_ADDRESSES
from tests.egress.outside import PUBLIC, Names, Outside, caller

pytestmark = pytest.mark.anyio

GOOD: Final = tuple(map(ip_address, ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "2a00:1450::5")))
LOOKUPS: Final = 2000


def denied(random: Random) -> Address:
    """One address inside, of any of its kinds and forms."""
    kind = random.randrange(6)
    inner = int(random.choice(DENIED_IPV4)[0][-1])
    if kind == 0:
        network = random.choice(DENIED_IPV4)[0]
        return network[random.randrange(network.num_addresses)]
    if kind == 1:
        network = random.choice(DENIED_IPV6)[0]
        return network[random.randrange(network.num_addresses)]
    if kind == 2:  # an IPv4 address inside: mapped, compatible, SIIT, NAT64, local NAT64
        prefix = random.choice(["::ffff:0:0", "::", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::"])
        return IPv6Address(int(IPv6Address(prefix)) | inner)
    if kind == 3:  # 6to4, Teredo, ISATAP under a public prefix
        forms = [0x2002 << 112 | inner << 80, 0x20010000 << 96 | inner ^ 2**32 - 1, 0x26064700 << 96 | 0x5EFE << 32]
        return IPv6Address(random.choice(forms) | (inner if random.random() < 0.5 else 0))
    if kind == 4:
        return IPv6Address(f"{random.choice(['fe80::1', '2606:4700::1'])}%{random.choice(['eth0', '1', 'lo'])}")
    return IPv6Address(random.getrandbits(125) | random.choice([0, 2, 3, 4, 5, 6, 7]) << 125)


def hostile(random: Random) -> Sequence[Address]:
    """One answer: an address inside alone, among good ones anywhere, or more addresses than any name needs."""
    shape = random.random()
    if shape < 0.05:
        return [IPv4Address(int(PUBLIC) + number) for number in range(MOST_ADDRESSES + 1 + random.randrange(300))]
    answer = [denied(random) for _ in range(random.randrange(1, 4))]
    if shape < 0.6:
        answer += random.choices(GOOD, k=random.randrange(1, 8))
    random.shuffle(answer)
    return answer


async def test_two_thousand_hostile_answers_lead_to_no_connection() -> None:
    random = Random(20261121)  # noqa: S311 - the same at every run
    outside = Outside()
    for number in range(LOOKUPS):
        outside.names = Names([hostile(random)])
        reason = await outside.reason(caller=caller())
        assert reason in {"address_not_public", "too_many_addresses"}, (number, outside.names.answers)
    assert outside.recorder.connects == []
    assert len(outside.denials) == LOOKUPS


async def test_names_that_change_between_look_ups_are_looked_up_once_for_each_connection() -> None:
    """Every second answer is good, and is what is connected to: no later look-up takes its place."""
    random = Random(20261122)  # noqa: S311 - the same at every run
    answers = [[random.choice(GOOD)] if number % 2 == 0 else hostile(random) for number in range(200)]
    outside = Outside(names=Names(answers))
    reasons = [await outside.reason(caller=caller()) for _ in answers]
    assert set(reasons[::2]) == {"no_connection"}
    assert set(reasons[1::2]) <= {"address_not_public", "too_many_addresses"}
    assert [address for address, _ in outside.recorder.connects] == [answer[0] for answer in answers[::2]]
