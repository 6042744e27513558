"""Nothing that a URL can spell leads inside: every one of the corpus is refused, and nothing is connected to."""

from ipaddress import ip_address

import pytest

from tests.egress.hostile_corpus import ADDRESSES, CORPUS, URLS, corpus
from tests.egress.outside import PUBLIC, Names, Outside

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", URLS)
async def test_a_hostile_url_is_refused_before_its_name_is_looked_up(name: str) -> None:
    outside = Outside()
    reasons = {url: await outside.reason(url) for url in corpus(name)}
    assert {url: reason for url, reason in reasons.items() if reason not in URLS[name]} == {}
    assert set(reasons.values()) == URLS[name]
    assert outside.names.asked == []
    assert outside.recorder.connects == []


@pytest.mark.parametrize("name", ADDRESSES)
async def test_a_name_of_a_denied_address_is_refused(name: str) -> None:
    for text in corpus(name):
        outside = Outside(names=Names([[ip_address(text)]]))
        assert await outside.reason() == "address_not_public", text
        assert outside.recorder.connects == [], text


async def test_a_name_that_leads_inside_is_refused() -> None:
    for url, text in (entry.split(" ") for entry in corpus("names_that_lead_inside")):
        outside = Outside(names=Names([[ip_address(text)]]))
        assert await outside.reason(url) == "address_not_public", url
        assert outside.recorder.connects == [], url


async def test_a_good_url_passes_and_reaches_the_connector() -> None:
    for url in corpus("public_urls"):
        outside = Outside()
        assert await outside.reason(url) == "no_connection", url
        assert outside.recorder.connects == [(PUBLIC, 443)], url


async def test_a_public_address_passes_and_is_connected_to() -> None:
    for text in corpus("public_addresses"):
        outside = Outside(names=Names([[ip_address(text)]]))
        assert await outside.reason() == "no_connection", text
        assert outside.recorder.connects == [(ip_address(text), 443)], text


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert {path.stem for path in CORPUS.glob("*.txt")} == {
        *URLS,
        *ADDRESSES,
        "names_that_lead_inside",
        "public_urls",
        "public_addresses",
    }
    hostile = [entry for name in (*URLS, *ADDRESSES, "names_that_lead_inside") for entry in corpus(name)]
    assert len(set(hostile)) == len(hostile) >= 600
    assert len(set(corpus("public_urls"))) == len(corpus("public_urls")) >= 100
