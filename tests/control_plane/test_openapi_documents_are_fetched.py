"""A document is fetched through the way out alone: from public sites, within limits, and from nowhere inside."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from django.core.cache import cache

from control_plane import openapi_documents
from control_plane.openapi_documents import address_problem, document_fetched
from egress.addresses import Public
from egress.guard import Outside as Ways
from tenants.errors import InvalidValueError, LimitReachedError, UnavailableError
from tenants.openapi.addresses import server_choices
from tests.control_plane.dashboard.pages import signed_in_client
from tests.control_plane.oauth.client_site import Site, served
from tests.egress.certificates import trust
from tests.egress.hostile_corpus import corpus, hostile
from tests.egress.outside import INSTALLATION, PUBLIC, Names, Recorder, answer
from tests.fixtures.api import Asker
from tests.fixtures.cast import Cast
from tests.tenants.openapi.keeping import given
from tests.tenants.openapi.shop import SHOP

URL = "https://client.example/openapi.json"
OPENAPI = "/app/acme/servers/demo/openapi/"
SOURCES = "tenants/acme/servers/demo/openapi-sources"


@pytest.fixture(autouse=True)
def installation(settings: Any) -> None:
    """As the corpus of hostile URLs has it."""
    settings.EGRESS = INSTALLATION
    cache.clear()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site of `client.example`, which this installation reaches in this test, and no other."""
    with Site() as running:
        monkeypatch.setattr(openapi_documents, "outside", running.outside())
        yield running


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> tuple[Names, Recorder]:
    """Names as a test has them, and a recorder of what is connected to."""
    names, recorder = Names(), Recorder()
    monkeypatch.setattr(openapi_documents, "outside", Ways(resolver=names, connector=recorder, trust=trust()))
    monkeypatch.setattr(openapi_documents, "MOST", 10_000)
    return names, recorder


def leaks(cast: Cast, ways: tuple[Names, Recorder], step: int = 1) -> list[str]:
    """The URLs for which a connection was made, or that were not refused."""
    names, recorder = ways
    found = []
    for url, leads_to in hostile()[::step]:
        names.answers = (leads_to,)
        with pytest.raises(InvalidValueError) as refused:
            document_fetched(tenant=cast.acme.tenant, actor=cast.ada.actor, url=url)
        if recorder.connects or refused.value.extra != {"field": "url"}:
            found.append(url)
        recorder.connects.clear()
    return found


def test_no_hostile_url_is_connected_to(cast: Cast, ways: tuple[Names, Recorder]) -> None:
    assert len(hostile()[::1]) >= 500
    assert leaks(cast, ways) == []


def test_a_hole_in_the_guard_would_be_seen(
    cast: Cast, ways: tuple[Names, Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egress.resolver.classify", lambda *_, **__: Public())
    assert len(leaks(cast, ways, step=6)) > 10


def test_pages_and_the_api_refuse_what_leads_inside(cast: Cast, ada_api: Asker, ways: tuple[Names, Recorder]) -> None:
    browser = signed_in_client(cast.ada)
    urls = [url for url, leads_to in hostile() if leads_to == [PUBLIC] and url.isprintable()][::60]
    for url in urls:
        page = browser.post(f"{OPENAPI}new", {"url": url})
        assert (page.status_code, "field-error" in page.content.decode()) == (422, True)
        assert ada_api.post(SOURCES, {"url": url}).status_code == 400
    assert ways[1].connects == []
    assert ada_api.get(SOURCES).json()["results"] == []


def test_a_document_is_fetched_kept_and_looked_at_again(cast: Cast, ada_api: Asker, site: Site) -> None:
    site.says({**SHOP, "servers": [{"url": "/v2"}]}, URL)
    source = ada_api.post(SOURCES, {"url": URL}).json()
    assert (source["url"], source["base_url"]) == (URL, "https://client.example/v2")
    site.says({**SHOP, "servers": [{"url": "/v3"}]}, URL)
    browser = signed_in_client(cast.ada)
    version = f"{OPENAPI}{source['id']}/version"
    assert f'value="{URL}"' in browser.get(version).content.decode()
    assert browser.post(version, {"url": URL})["Location"] == version
    assert site.asked == ["/openapi.json"] * 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(b"gone", status="404 Not Found"), "answered with status 404"),
        (answer(b"<html>"), "neither JSON nor YAML|no `openapi`|is an object"),
        (answer(status="302 Found", Location="https://127.0.0.1/"), "not give an address"),
        (answer(status="302 Found", Location="http://client.example/"), "must begin with https://"),
        (answer(b"", **{"Content-Length": "99999999999"}), "larger than it may be"),
        (b"nonsense\r\n\r\n", "not well-formed"),
    ],
)
def test_what_a_site_answers_instead_is_said(cast: Cast, site: Site, said: bytes, words: str) -> None:
    site.answers["/openapi.json"] = said
    with pytest.raises(InvalidValueError, match=words):
        document_fetched(tenant=cast.acme.tenant, actor=cast.ada.actor, url=URL)


def test_a_redirect_is_followed_to_a_public_place(cast: Cast, site: Site) -> None:
    site.answers["/openapi.json"] = answer(status="302 Found", Location="/v1.json")
    site.answers["/v1.json"] = served(SHOP)
    assert document_fetched(tenant=cast.acme.tenant, actor=cast.ada.actor, url=URL).title == "Shop"


def test_a_tenant_may_have_so_many_fetched_and_another_is_not_held_up(
    cast: Cast, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.says(SHOP, URL)
    monkeypatch.setattr(openapi_documents, "MOST", 2)
    ada, gus = ({"tenant": who.company.tenant, "actor": who.actor, "url": URL} for who in (cast.ada, cast.gus))
    for _ in range(2):
        document_fetched(**ada)
    with pytest.raises(LimitReachedError, match="At most 2"):
        document_fetched(**ada)
    assert document_fetched(**gus).title == "Shop"


def test_nobody_waits_where_too_much_is_fetched_already(cast: Cast, site: Site) -> None:
    taken = [openapi_documents.free_slots.acquire(blocking=False) for _ in range(openapi_documents.AT_ONCE)]
    try:
        assert all(taken)
        with pytest.raises(UnavailableError):
            document_fetched(tenant=cast.acme.tenant, actor=cast.ada.actor, url=URL)
    finally:
        for _ in taken:
            openapi_documents.free_slots.release()
    assert site.asked == []


def test_a_reference_to_another_document_is_never_fetched(cast: Cast, ways: tuple[Names, Recorder]) -> None:
    browser = signed_in_client(cast.ada)
    places = ["https://evil.example/a.json#/x", "file:///etc/passwd", "http://169.254.169.254/", "other.yaml#/x"]
    paths = {f"/{number}": {"get": {"parameters": [{"$ref": place}]}} for number, place in enumerate(places)}
    paths["/path"] = {"$ref": "https://evil.example/paths.json"}
    text = msgspec.json.encode({**SHOP, "paths": paths}).decode()
    made = browser.post(f"{OPENAPI}new", {"text": text})
    page = browser.get(made["Location"]).content.decode()
    assert page.count("refers to another document") == len(places)
    assert (ways[0].asked, ways[1].connects) == ([], [])


def test_a_base_url_that_leads_inside_is_warned_about_at_once() -> None:
    inside = [url for url, leads_to in hostile() if leads_to == [PUBLIC] and "{" not in url]
    documents = [given({**SHOP, "servers": [{"url": url}]}) for url in inside]
    named = [url for each in documents for choice in server_choices(each.content) for url in choice.urls]
    assert len(named) >= 200
    assert [url for url in named if not address_problem(url)] == []
    assert [url for url in corpus("public_urls") if address_problem(url)] == []


def test_somebody_without_the_ability_makes_nobody_fetch(
    cast: Cast, max_api: Asker, gus_api: Asker, site: Site
) -> None:
    site.says(SHOP, URL)
    assert max_api.post(SOURCES, {"url": URL}).status_code == 403
    assert gus_api.post(SOURCES, {"url": URL}).status_code == 404
    assert signed_in_client(cast.max).post(f"{OPENAPI}new", {"url": URL}).status_code == 403
    refused: Any = signed_in_client(cast.gus).post(f"{OPENAPI}new", {"url": URL})
    assert refused.status_code == 404
    assert site.asked == []
