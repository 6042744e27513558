"""Where it ends badly: what a client tells its user, and what the user's browser shows them."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from tenants.services.servers import server_delete, server_suspend
from tests.end_to_end.oauth.installation import Installation
from tests.end_to_end.oauth.real_clients import BY_REGISTRATION, KINDS, SIGN_IN, ClientError, Kind, StartClient

pytestmark = pytest.mark.processes
CLOSED: Final = {
    "python": "Registration failed: 404",
    "typescript_v1": "does not support dynamic client registration",
    "typescript_v2": "does not support dynamic client registration",
}
SUSPENDED: Final = {
    "python": "Not Found",  # it reads no error without an id, and says what the status means
    "typescript_v1": "There is no such server, or it is suspended.",
    "typescript_v2": "There is no such server, or it is suspended.",
}
NO_SUCH_RESOURCE: Final = "The resource is no server that you can use here"


@pytest.fixture(params=BY_REGISTRATION, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each SDK has its own words around ours."""
    return request.param


@pytest.fixture(scope="module")
def closed(installation: Installation) -> Iterator[str]:
    """The base URL of an installation where clients do not register themselves."""
    with installation.beside(CLIENT_REGISTRATION="closed") as base_url:
        yield base_url


def told(action: Callable[..., Any], *arguments: Any) -> str:
    """What the user is told instead of a result."""
    with pytest.raises(ClientError) as failed:
        action(*arguments)
    return failed.value.message


def is_denied(text: str, description: str) -> bool:
    """True where the user is told one of the two: some clients show the code of an answer, others its description."""
    return "access_denied" in text or description in text


def test_who_refuses_has_refused(kind: Kind, start: StartClient, installation: Installation) -> None:
    ada = installation.browser_of(installation.cast.ada)
    client = start(kind)
    assert is_denied(told(client.ask, "connect", ada.refuses), "The person did not allow it.")
    assert "access_token" not in client.stored()
    assert set(client.statuses()) == {401}


def test_who_is_no_member_is_told_so_and_the_client_only_that_it_may_not(
    kind: Kind, start: StartClient, installation: Installation
) -> None:
    gus = installation.browser_of(installation.cast.gus)
    here, nowhere = start(kind), start(kind, installation.url("nothing", tenant="nobody"))
    answers = [told(client.ask, "connect", gus.turns_back) for client in (here, nowhere)]
    assert is_denied(answers[0], "The person who signed in has no access to that server.")
    assert answers[0] == answers[1]
    assert gus.seen[::2] == ["You are not a member of acme", "You are not a member of nobody"]


def test_a_suspended_server_is_named_as_one(kind: Kind, start: StartClient, installation: Installation) -> None:
    cast = installation.cast
    server = installation.new_server(f"asleep-{kind.sdk.replace('_', '-')}")
    client = start(kind, installation.url(server.slug))
    client.ask("connect", installation.browser_of(cast.ada).allows)
    server_suspend(tenant=cast.acme.tenant, actor=cast.ada.actor, server=server)
    assert SUSPENDED[kind.sdk] in client.told_within_the_bound()
    assert client.statuses()[-1] == 404


def test_a_deleted_server_takes_its_tokens_along_and_nobody_is_let_in_again(
    kind: Kind, start: StartClient, installation: Installation
) -> None:
    cast = installation.cast
    ada = installation.browser_of(cast.ada)
    server = installation.new_server(f"gone-{kind.sdk.replace('_', '-')}")
    client = start(kind, installation.url(server.slug))
    client.ask("connect", ada.allows)
    server_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, server=server)
    assert client.told_within_the_bound() == SIGN_IN
    assert client.statuses()[-1] == 401
    assert NO_SUCH_RESOURCE in told(start(kind, installation.url(server.slug)).ask, "connect", ada.open)


def test_where_registration_is_closed_the_client_says_so_and_asks_nobody(
    kind: Kind, start: StartClient, closed: str
) -> None:
    client = start(kind, f"{closed}/mcp/acme/workshop")
    assert CLOSED[kind.sdk] in told(client.ask, "connect")


@pytest.mark.parametrize("described", [kind for kind in KINDS if kind.known_by == "document"], ids=str)
def test_where_registration_is_closed_a_described_client_connects(
    described: Kind, start: StartClient, installation: Installation, closed: str
) -> None:
    client = start(described, f"{closed}/mcp/acme/workshop")
    client.ask("connect", installation.browser_of(installation.cast.ada, closed).allows)
    assert client.says("look") == "a bench"
