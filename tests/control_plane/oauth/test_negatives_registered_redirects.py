"""What may be no redirect URI is registered by nobody: not by a client, nor in its document, nor by a tenant."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from tenants.models import Application
from tenants.scope import platform_scope
from tests.control_plane.oauth.client_site import URL, Site, document
from tests.control_plane.oauth.negatives import Negative
from tests.control_plane.oauth.test_client_metadata_documents import asked
from tests.control_plane.oauth.test_registration import register
from tests.control_plane.oauth.unregistrable import UNREGISTRABLE
from tests.fixtures.api import Asker

CLIENTS = "tenants/acme/oauth-clients"
GOOD = "https://client.example/callback"
PLACES = ("registration", "document", "API: create", "API: change")

TABLE = [
    Negative("redirect URI: what may be one", place, what, message, {"redirect_uris": uris})
    for place in PLACES
    for what, (uri, message) in UNREGISTRABLE.items()
    for uris in [[uri]]
]
SECOND = [
    Negative("redirect URI: every one of them", place, "a bad one behind a good one", message, {"redirect_uris": uris})
    for place in PLACES
    for uris, message in [([GOOD, "http://evil.example/"], UNREGISTRABLE["http to a host"][1])]
]
TABLE += SECOND
OF_DJANGO_REST_FRAMEWORK = ("a NUL", "a lone surrogate")
"""Refused before our rules see them, in other words."""


def stored() -> list[str]:
    with platform_scope("test"):
        return sorted(Application.objects.values_list("redirect_uris", flat=True))


def wrong(place: str, refusal: Callable[[Negative], Any]) -> dict[str, Any]:
    """Those of the table that a place does not refuse in the words of the table, or of which something is kept."""
    found: dict[str, Any] = {}
    before = stored()
    for negative in (negative for negative in TABLE if negative.place == place):
        cache.clear()
        said = refusal(negative)
        if said != negative.error or stored() != before:
            found[negative.what] = said
    return found


@pytest.mark.django_db
def test_a_client_does_not_register_it() -> None:
    def refusal(negative: Negative) -> Any:
        answer = register(negative.sent)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri"), negative.what
        return answer.json()["error_description"]

    assert wrong("registration", refusal) == {}


@pytest.mark.django_db
def test_a_document_does_not_name_it(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    def refusal(negative: Negative) -> Any:
        caplog.clear()
        site.says(document(**negative.sent))
        assert asked() is None, negative.what
        return caplog.records[-1].reason  # type: ignore[attr-defined]

    caplog.set_level("INFO")
    assert wrong("document", refusal) == {}
    assert set(site.asked) == {URL.removeprefix("https://client.example")}


def words(negative: Negative, answer: Any) -> Any:
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_value"), negative.what
    fields = answer.json()["error"]["details"]["fields"]
    if negative.what in OF_DJANGO_REST_FRAMEWORK:
        return negative.error if set(fields) == {"redirect_uris"} else fields
    return fields["redirect_uris"][0]


def test_a_tenant_sets_up_no_client_with_it(ada_api: Asker) -> None:
    def refusal(negative: Negative) -> Any:
        return words(negative, ada_api.post(CLIENTS, {"name": "Editor", **negative.sent}))

    assert wrong("API: create", refusal) == {}


def test_a_tenant_gives_no_client_of_its_own_it(ada_api: Asker) -> None:
    made = ada_api.post(CLIENTS, {"name": "Editor", "redirect_uris": [GOOD]}).json()["oauth_client"]

    def refusal(negative: Negative) -> Any:
        return words(negative, ada_api.patch(f"{CLIENTS}/{made['id']}", negative.sent))

    assert wrong("API: change", refusal) == {}
    assert stored() == [GOOD]
