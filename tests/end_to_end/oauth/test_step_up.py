"""A client that has little, and needs more for one call, asks for it then and goes on."""

import pytest

from tests.end_to_end.oauth.browser import Browser
from tests.end_to_end.oauth.installation import Installation
from tests.end_to_end.oauth.real_clients import ClientError, Kind, RealClient, StartClient

pytestmark = pytest.mark.processes
THAT_STEP_UP = (
    Kind("python", "auto", "registration", "127.0.0.1"),
    Kind("python", "legacy", "registration", "127.0.0.1"),
    Kind("typescript_v2", "modern", "registration", "127.0.0.1"),
    Kind("typescript_v2", "legacy", "registration", "127.0.0.1"),
)
THAT_DOES_NOT = Kind("typescript_v1", "legacy", "registration", "localhost")


@pytest.fixture
def ada(installation: Installation) -> Browser:
    return installation.browser_of(installation.cast.ada)


def granted(client: RealClient) -> set[str]:
    """The scopes that reach a server."""
    return set(client.stored()["scope"].split()) - {"offline_access"}


@pytest.mark.parametrize("kind", THAT_STEP_UP, ids=str)
def test_a_client_that_asked_for_little_asks_for_more_when_it_needs_it(
    kind: Kind, start: StartClient, ada: Browser
) -> None:
    client = start(kind, first_scope="mcp:read")
    client.ask("connect", ada.allows)
    assert granted(client) == {"mcp:read"}
    assert client.says("look") == "a bench"
    client.answers()
    assert client.says("build", ada.allows, what="a door") == "built a door"
    challenge = client.answers()[0]
    assert challenge["status"] == 403
    assert 'error="insufficient_scope"' in challenge["challenge"]
    assert 'scope="mcp:call"' in challenge["challenge"]
    assert granted(client) == {"mcp:read", "mcp:call"}
    assert ada.seen == ["Let Editor use workshop?", "You may close this window"] * 2


@pytest.mark.parametrize("kind", THAT_STEP_UP, ids=str)
def test_a_client_that_was_given_little_asks_again(kind: Kind, start: StartClient, ada: Browser) -> None:
    client = start(kind)
    client.ask("connect", ada.allows_reading)
    assert granted(client) == {"mcp:read"}
    assert client.says("build", ada.allows, what="a roof") == "built a roof"
    assert granted(client) == {"mcp:read", "mcp:call"}


def test_the_1_x_line_refreshes_instead_and_says_what_became_of_it(start: StartClient, ada: Browser) -> None:
    """It refreshes whenever it can, which widens nothing (RFC 6749 section 6), and then gives up."""
    client = start(THAT_DOES_NOT)
    client.ask("connect", ada.allows_reading)
    with pytest.raises(ClientError, match="403 after trying upscoping"):
        client.says("build", ada.allows, what="a roof")
    assert granted(client) == {"mcp:read"}
    assert client.says("look") == "a bench"
