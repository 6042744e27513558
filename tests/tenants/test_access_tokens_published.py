"""OAuth's access tokens are published like keys: bound to one resource, ended with what they depend on."""

from typing import Any

import pytest
from django.utils import timezone

from mcp_runtime.contract.credentials import CredentialRecord, token_digest
from tenants.publishing.credentials import build_credential
from tenants.publishing.reconciliation import reconcile
from tenants.selectors.across_tenants import credential_by_digest
from tenants.services.members import membership_remove
from tenants.services.servers import server_delete, server_rename
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import access_token_build, connection_build
from tests.tenants.published import published_key

RESOURCE = "http://127.0.0.1:8000/mcp/acme/demo"


def issue(cast: Cast, **changes: Any) -> str:
    secret = "token-of-max"
    access_token_build(cast.max, secret, **changes)
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


def test_only_the_chosen_tools_come_with_a_token(cast: Cast) -> None:
    chosen = ["6f9f6f1e-0000-4000-8000-000000000001"]
    built = record(issue(cast, connection=connection_build(cast.max, tool_ids=chosen)))
    assert built is not None
    assert built.tools == tuple(chosen)


def test_a_scope_that_was_taken_back_is_gone_from_tokens_of_before(cast: Cast) -> None:
    built = record(issue(cast, connection=connection_build(cast.max, scopes=["mcp:read"])))
    assert built is not None
    assert built.scopes == ("mcp:read",)


def test_a_token_ends_with_its_connection(cast: Cast) -> None:
    assert record(issue(cast, connection=connection_build(cast.max, revoked_at=timezone.now()))) is None
