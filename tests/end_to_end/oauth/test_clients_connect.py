"""Other people's clients, with their own OAuth, from the first 401 to the last: nothing of it is written for us."""

import pytest

from tests.end_to_end.oauth.installation import PASSWORD, Installation
from tests.end_to_end.oauth.lives import Life, live
from tests.end_to_end.oauth.real_clients import DESCRIBED, KINDS, SIGN_IN, StartClient

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module", params=KINDS, ids=str)
def life(request: pytest.FixtureRequest, start: StartClient, installation: Installation) -> Life:
    """Of every SDK, by registration and by a document of its own; each request goes to the other replica."""
    return live(request.param, start, installation)


def test_it_begins_with_a_challenge_that_leads_to_the_metadata_of_the_server(
    life: Life, installation: Installation
) -> None:
    assert life.greeting[0]["status"] == 401
    metadata = f"{installation.base_url}/.well-known/oauth-protected-resource/mcp/acme/workshop"
    assert f'resource_metadata="{metadata}"' in life.greeting[0]["challenge"]
    assert 'scope="mcp:read mcp:call"' in life.greeting[0]["challenge"]


def test_the_person_is_asked_once_and_told_who_asks(life: Life) -> None:
    described = life.kind.known_by == "document"
    name, origin = (
        ("Editor of Example", "Described by client.example") if described else ("Editor", "Registered itself")
    )
    consent, end = life.pages
    assert consent.heading == f"Let {name} use workshop?"
    assert origin in consent.text
    assert life.kind.callback_host in consent.text
    assert end.heading == "You may close this window"


def test_it_goes_by_what_it_made_itself_known_by(life: Life) -> None:
    assert (life.first["client_id"] == DESCRIBED) == (life.kind.known_by == "document")


def test_client_and_server_agree_on_the_revision(life: Life) -> None:
    assert life.era == life.kind.era


def test_it_lists_and_calls(life: Life) -> None:
    assert set(life.tools) == {"look", "build", "saw", "saw_elsewhere", "get_job_result"}
    assert life.built == "built a shelf"


def test_after_expiry_it_refreshes_without_asking_anybody(life: Life) -> None:
    assert life.looked == "a bench"
    assert life.refreshing in ([200], [401, 200])  # a session, where there is one, goes on
    assert life.second["client_id"] == life.first["client_id"]
    for token in ("access_token", "refresh_token"):
        assert life.second[token] != life.first[token]
    assert set(life.second["scope"].split()) == set(life.first["scope"].split()) >= {"mcp:read", "mcp:call"}


def test_what_was_given_back_is_refused_and_the_user_is_asked_again(life: Life) -> None:
    assert life.ending[-1] == 401
    assert life.end == SIGN_IN


def test_a_stranger_signs_in_on_the_way(start: StartClient, installation: Installation) -> None:
    nobody = installation.browser_of(None)

    def signs_in_and_allows(url: str) -> None:
        page = nobody.open(url)
        consent = nobody.submit(page, login=installation.cast.ada.user.email, password=PASSWORD)
        nobody.submit(consent, decision="allow")

    client = start(KINDS[0])
    client.ask("connect", signs_in_and_allows)
    assert nobody.seen == ["Sign in", "Let Editor use workshop?", "You may close this window"]
    assert client.says("look") == "a bench"
