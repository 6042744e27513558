"""A stream that is open ends within five seconds of the end of its access, whoever ends it, and nothing begins anew."""

from collections.abc import Callable

import httpx
import pytest

from tenants.models import Job
from tenants.scope import platform_scope
from tests.end_to_end.oauth.installation import BOUND_SECONDS, Installation
from tests.end_to_end.oauth.lives import give_back
from tests.end_to_end.oauth.real_clients import BY_REGISTRATION, SIGN_IN, ClientError, Kind, StartClient
from tests.fixtures.api import key_of
from tests.fixtures.waiting import until

pytestmark = pytest.mark.processes
Ending = Callable[[Installation, dict[str, str]], None]


def by_the_client(installation: Installation, stored: dict[str, str]) -> None:
    """RFC 7009."""
    give_back(installation, stored)


def by_the_person(installation: Installation, stored: dict[str, str]) -> None:
    """Over the management API."""
    connection = installation.connection_of(stored["client_id"])
    url = f"{installation.base_url}/api/v1/tenants/acme/connections/{connection.pk}"
    key = key_of(installation.cast.ada)
    httpx.delete(url, headers={"Authorization": f"Bearer {key}"}).raise_for_status()


def job_of(client_id: str) -> Job:
    """The last that a client has asked for."""
    with platform_scope("test"):
        return Job.objects.filter(client=client_id).latest("created_at")


@pytest.mark.parametrize("tool", ["saw", "saw_elsewhere"])
@pytest.mark.parametrize("end", [by_the_client, by_the_person])
@pytest.mark.parametrize("kind", BY_REGISTRATION, ids=str)
def test_an_open_stream_ends_and_nothing_begins_anew(
    kind: Kind, end: Ending, tool: str, start: StartClient, installation: Installation
) -> None:
    client, other = start(kind), start(kind)
    client.ask("connect", installation.browser_of(installation.cast.ada).allows)
    other.ask("connect", installation.browser_of(installation.cast.max).allows)
    stored = client.stored()
    client.begin("call", tool=tool, alone=True)
    client.until_progress()
    end(installation, stored)
    with pytest.raises(ClientError, match=r"The permission for this call was revoked\."):
        client.result(BOUND_SECONDS)
    assert client.told_within_the_bound() == SIGN_IN
    assert client.statuses()[-1] == 401
    assert other.says("look") == "a bench"
    if tool == "saw_elsewhere":
        until(lambda: job_of(stored["client_id"]).state in ("failed", "cancelled"), BOUND_SECONDS)
