"""The same client, installed twice on one machine or launched twice, listens on another port each time."""

from urllib.parse import urlsplit

import pytest

from tests.end_to_end.oauth.browser import Browser
from tests.end_to_end.oauth.installation import Installation
from tests.end_to_end.oauth.lives import give_back
from tests.end_to_end.oauth.real_clients import KINDS, SIGN_IN, Kind, StartClient

pytestmark = pytest.mark.processes


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Registered by itself, each has an id of its own; with a document, both have the document's."""
    return request.param


@pytest.fixture
def ada(installation: Installation) -> Browser:
    return installation.browser_of(installation.cast.ada)


def callback_ports(browser: Browser) -> list[int | None]:
    """Where answers went."""
    return [urlsplit(page.url).port for page in browser.pages if urlsplit(page.url).path == "/callback"]


def test_two_installs_do_not_disturb_each_other(
    kind: Kind, start: StartClient, installation: Installation, ada: Browser
) -> None:
    one, other = start(kind), start(kind)
    for client in (one, other):
        client.ask("connect", ada.allows)
    assert len(set(callback_ports(ada))) == 2
    is_one_client = one.stored()["client_id"] == other.stored()["client_id"]
    assert is_one_client == (kind.known_by == "document")
    give_back(installation, one.stored())
    assert one.told_within_the_bound() == SIGN_IN
    assert other.says("look") == "a bench"


def test_another_launch_signs_in_on_another_port_as_the_same_client(
    kind: Kind, start: StartClient, installation: Installation, ada: Browser
) -> None:
    client = start(kind)
    client.ask("connect", ada.allows)
    before = client.stored()
    client.ask("disconnect")
    give_back(installation, before)
    client.ask("connect", ada.allows)
    assert client.stored()["client_id"] == before["client_id"]
    assert len(set(callback_ports(ada))) == 2
    assert client.says("look") == "a bench"
