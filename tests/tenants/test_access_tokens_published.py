"""OAuth's access tokens are published like keys: bound to one resource, ended with what they depend on."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from oauth2_provider.models import set_token_value

from mcp_runtime.contract.credentials import CredentialRecord, token_digest
from tenants.models import AccessToken, Application
from tenants.publishing.credentials import build_credential
from tenants.publishing.reconciliation import reconcile
from tenants.scope import platform_scope
from tenants.selectors.across_tenants import credential_by_digest
from tenants.services.members import membership_remove
from tenants.services.servers import server_delete, server_rename
from tests.fixtures.cast import Cast
from tests.tenants.published import published_key

RESOURCE = "http://127.0.0.1:8000/mcp/acme/demo"


def issue(cast: Cast, **changes: Any) -> str:
    secret = "token-of-max"
    with platform_scope("test"):
        client, _ = Application.objects.get_or_create(
            client_id="editor", client_type="public", authorization_grant_type="authorization-code"
        )
        values = {
            "tenant": cast.acme.tenant,
            "server": cast.acme.server,
            "user": cast.max.user,
            "application": client,
            "expires": timezone.now() + timedelta(minutes=15),
            "scope": "mcp:read mcp:call offline_access",
            "resource": [RESOURCE],
            **changes,
        }
        token = AccessToken(**values)
        set_token_value(token, secret)
        token.save()
    return secret


def record(secret: str) -> CredentialRecord | None:
    row = credential_by_digest(digest=token_digest(secret.encode()).hex())
    return None if row is None else build_credential(row=row, now=timezone.now())


def test_a_token_is_good_for_its_one_server(cast: Cast) -> None:
    built = record(issue(cast))
    assert built is not None
    assert (built.kind, built.tenant, built.servers, built.resource) == ("access_token", "acme", ("demo",), RESOURCE)
    assert (built.client, built.user, built.api_key) == ("editor", str(cast.max.user.pk), None)
    assert built.scopes == ("mcp:read", "mcp:call")


@pytest.mark.parametrize(
    "wrong",
    [
        {"resource": []},
        {"resource": [RESOURCE, "https://else.where"]},
        {"application": None},
        {"user": None},
        {"scope": ""},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_token_that_is_not_bound_is_good_for_nothing(cast: Cast, wrong: dict[str, Any]) -> None:
    assert record(issue(cast, **wrong)) is None


def test_a_token_of_the_outsider_is_good_for_nothing_here(cast: Cast) -> None:
    assert record(issue(cast, user=cast.gus.user)) is None


@pytest.mark.parametrize("end", ["membership", "server", "address"])
def test_a_token_ends_with_what_it_depends_on(cast: Cast, store: Any, end: str) -> None:
    secret = issue(cast)
    reconcile()
    assert published_key(store, secret) is not None
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    if end == "membership":
        membership_remove(**who, user=cast.max.user)
    elif end == "server":
        server_delete(**who, server=cast.acme.server)
    else:
        server_rename(**who, server=cast.acme.server, slug="tools")
    assert record(secret) is None
    reconcile()
    assert published_key(store, secret) is None
