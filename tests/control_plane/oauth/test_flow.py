"""The whole way: a person lets a client in, and the client gets, refreshes and gives back its tokens."""

from django.utils import timezone

from mcp_runtime.contract.credentials import CredentialRecord, token_digest
from tenants.publishing.credentials import build_credential
from tenants.selectors.across_tenants import credential_by_digest
from tests.control_plane.oauth.flow import ISSUER, RESOURCE, answered, flow_of
from tests.fixtures.cast import Cast


def record(secret: str) -> CredentialRecord | None:
    row = credential_by_digest(digest=token_digest(secret.encode()).hex())
    return None if row is None else build_credential(row=row, now=timezone.now())


def test_a_client_is_let_in_and_leaves(cast: Cast) -> None:
    flow = flow_of(cast.max)
    page = flow.ask()
    assert page.status_code == 200
    answer = flow.decide(page)
    told = answered(answer)
    assert (told["state"], told["iss"]) == ("st4te", ISSUER)
    first = flow.trade(told["code"]).json()
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 900)
    assert first["scope"] == "mcp:read mcp:call offline_access"
    built = record(first["access_token"])
    assert built is not None
    assert (built.resource, built.user, built.client) == (RESOURCE, str(cast.max.user.pk), "editor")
    second = flow.refresh(first["refresh_token"]).json()
    assert second["access_token"] != first["access_token"]
    assert record(second["access_token"]) is not None
    assert flow.revoke(second["refresh_token"]).status_code == 200
    assert record(first["access_token"]) is None
    assert record(second["access_token"]) is None
    assert flow.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
