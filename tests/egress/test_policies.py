"""What a caller may ask of the door: a policy narrows it or names a port, and never opens it."""

import ssl
from ipaddress import ip_address, ip_network

import pytest

from egress.addresses import Denied, Public, classify
from egress.errors import FAILED, REFUSED
from egress.installation import Installation
from egress.urls import LONGEST_URL, Policy, check_url
from tests.egress.certificates import trust
from tests.egress.outside import Outside

pytestmark = pytest.mark.anyio


def test_what_is_sent_is_what_was_given() -> None:
    target = check_url("HTTPS://Client.EXAMPLE/A%2fb?C=%7e", Policy())
    assert (target.scheme, target.host, target.port) == ("https", "client.example", 443)
    assert target.request_target == "/A%2fb?C=%7e"


async def test_a_url_has_an_end() -> None:
    start = "https://client.example/"
    longest = start + "a" * (LONGEST_URL - len(start))
    assert await Outside().reason(longest) == "no_connection"
    assert await Outside().reason(f"{longest}a") == "url_too_long"


@pytest.mark.parametrize("port", [0, -1, 22, 25, 442, 1023, 2375, 5432, 6379, 27017, 65536])
def test_a_policy_names_no_port_of_another_protocol(port: int) -> None:
    with pytest.raises(ValueError, match="Ports are"):
        Policy(ports={443, port})


async def test_a_network_of_the_installation_is_denied_beside_the_table() -> None:
    address, network = ip_address("93.184.216.34"), ip_network("93.184.216.0/24")
    assert classify(address) == Public()
    assert isinstance(classify(address, further=(network,)), Denied)
    outside = Outside(installation=Installation(denied_networks=(network,)))
    assert await outside.reason() == "address_not_public"
    assert outside.recorder.connects == []


@pytest.mark.parametrize(
    ("checks_name", "certificate"),
    [(False, ssl.CERT_REQUIRED), (False, ssl.CERT_NONE), (True, ssl.CERT_OPTIONAL)],
)
async def test_trust_that_does_not_verify_is_a_mistake(checks_name: bool, certificate: ssl.VerifyMode) -> None:
    context = trust()
    context.check_hostname = checks_name
    context.verify_mode = certificate
    outside = Outside(trust=context)
    with pytest.raises(ValueError, match="must require a certificate"):
        await outside.fetch()
    assert outside.names.asked == []


def test_reasons_are_told_in_whole_sentences() -> None:
    assert not set(REFUSED) & set(FAILED)
    assert all(text.endswith(".") and text[0].isupper() for text in [*REFUSED.values(), *FAILED.values()])
