"""URLs that are no client's, documents that describe none, sites that are not asked: nobody comes of them, and nothing
is kept. Which of it was the matter is in the log, and not told to whoever asked."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from control_plane.oauth import client_metadata_documents
from egress.addresses import Address
from egress.errors import FAILED, REFUSED
from tenants.models import Application
from tenants.scope import platform_scope
from tests.control_plane.oauth.client_site import URL, Site, document, served
from tests.control_plane.oauth.flow import flow_of
from tests.control_plane.oauth.hostile_documents import (
    ADDRESSES,
    ANSWERS,
    DOCUMENTS,
    NOT_CLIENT_IDS,
    NOT_OURS_TO_ASK,
    SECRETS,
)
from tests.control_plane.oauth.negatives import PAGE, Negative, wrongly_answered, wrongly_refused
from tests.control_plane.oauth.test_client_metadata_documents import asked
from tests.control_plane.oauth.unacceptable import JSON_OBJECT, UNACCEPTABLE
from tests.fixtures.cast import Cast

NOT_JSON = "The document is one JSON object of at most 16 levels."
OURS = {"PUBLIC_URL": "https://atrium.example", "EXTRA_HOSTS": ["Other.Atrium.example"]}


def _lines(rule: str, place: str, lines: dict[str, tuple[Any, str]]) -> list[Negative]:
    return [Negative(rule, place, what, words, {"given": given}) for what, (given, words) in lines.items()]


URLS = [
    *_lines("client_id: one that may be fetched", "client_id", NOT_CLIENT_IDS),
    *_lines("client_id: of a public site", "client_id", NOT_OURS_TO_ASK),
]
CONTENTS = [
    *_lines("document: of this client", "document", DOCUMENTS),
    *_lines("document: no secrets", "document", SECRETS),
    *(
        line
        for rule, lines in UNACCEPTABLE.items()
        for line in _lines(
            rule, "document", {what: ((document(**given)), words) for what, (given, words) in lines.items()}
        )
    ),
]
BODIES = [
    *_lines(
        "document: one JSON object", "document", {what: (served(body), NOT_JSON) for what, body in JSON_OBJECT.items()}
    ),
    *_lines("document: as it is answered", "site", ANSWERS),
]
RESOLVED = _lines(
    "site: at public addresses only",
    "resolver",
    {what: (given, REFUSED["address_not_public"]) for what, given in ADDRESSES.items()},
)
TABLE = [*URLS, *CONTENTS, *BODIES, *RESOLVED]


def nothing_is_kept() -> bool:
    with platform_scope("test"):
        return not Application.objects.exists()


def reason(client_id: str, caplog: pytest.LogCaptureFixture) -> str:
    """Why nobody comes of a client id."""
    cache.clear()
    caplog.clear()
    if asked(client_id) is not None or not nothing_is_kept():
        return "somebody came of it"
    return str(caplog.records[-1].reason)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture, db: None) -> None:
    caplog.set_level("INFO")


@override_settings(**OURS)
def test_a_url_that_is_no_client_id_is_not_even_looked_up(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    found = {line.name: said for line in URLS if (said := reason(line.sent["given"], caplog)) != line.error}
    assert found == {}
    assert (site.names.asked, site.recorder.connects, site.asked) == ([], [], [])


def test_a_document_that_describes_no_client_does_not_count(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    found = {}
    for line in CONTENTS:
        site.says(json.dumps(line.sent["given"]).encode())
        if (said := reason(URL, caplog)) != line.error:
            found[line.name] = said
    assert found == {}
    assert len(site.asked) == len(CONTENTS)


def test_an_answer_that_is_no_document_does_not_count(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_metadata_documents, "DEADLINE", 2.0)
    found = {}
    for line in BODIES:
        site.answers["/oauth/client.json"] = line.sent["given"]
        if (said := reason(URL, caplog)) != line.error:
            found[line.name] = said
    assert found == {}
    assert set(site.asked) == {"/oauth/client.json"}


def test_a_site_inside_is_not_connected_to(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """D5: what is not public is decided by a table of our own."""
    found = {}
    site.says(document())
    for line in RESOLVED:
        addresses: list[Address] = line.sent["given"]
        site.names.answers, site.names.asked = [addresses], []
        if (said := reason(URL, caplog)) != line.error:
            found[line.name] = said
    assert found == {}
    assert (site.recorder.connects, site.asked) == ([], [])


def test_a_site_that_does_not_answer_in_time_is_given_up(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_metadata_documents, "DEADLINE", 0.2)
    site.answering.clear()
    try:
        assert reason(URL, caplog) == FAILED["deadline_passed"]
    finally:
        site.answering.set()


def test_a_person_is_told_the_same_whatever_was_the_matter(site: Site, cast: Cast) -> None:
    flow = flow_of(cast.max)
    pages = set()
    for client_id in (
        URL,
        "https://inside.example/x",
        "https://client.example/%2e%2e/x",
        "https://10.0.0.1/x",
        "https://client.example",
    ):
        site.names.answers = [[]] if "inside" in client_id else site.names.answers
        page = flow.ask(client_id=client_id)
        assert (page.status_code, "Location" in page) == (400, False)
        pages.add(page.content.decode())
    assert len({page.split("<main")[-1] for page in pages}) == 1


def test_at_the_endpoints_such_a_client_is_nobody(site: Site, cast: Cast) -> None:
    flow = flow_of(cast.max)
    ids = {what: given for what, (given, _) in NOT_CLIENT_IDS.items()}
    at_authorize = [
        Negative("client_id: known", "authorize", what, PAGE, {"client_id": value}) for what, value in ids.items()
    ]
    at_token = [
        Negative("client_id: known", "token", what, "invalid_client", {"client_id": value})
        for what, value in ids.items()
        if value.isascii() and value.isprintable()
    ]
    good = {"grant_type": "refresh_token", "refresh_token": "atr_" + "0" * 64}
    assert wrongly_answered(flow, at_authorize) == {}
    assert wrongly_refused(flow, "token", good, at_token) == {}
    assert wrongly_refused(flow, "revoke", {"token": "x"}, at_token) == {}
    assert (site.names.asked, site.asked) == ([], [])
