"""What a key stands for, while it is good."""

from datetime import timedelta

from django.utils import timezone

from mcp_runtime.contract.credentials import CredentialRecord, token_digest
from tenants.publishing.credentials import build_credential
from tenants.selectors.across_tenants import credential_by_digest, management_credential
from tenants.services.api_key_issue import IssuedApiKey
from tenants.services.api_keys import api_key_revoke, api_key_rotate
from tenants.services.grants import grant_set
from tenants.services.members import membership_add, membership_remove, membership_role_set
from tenants.services.servers import server_delete
from tenants.services.users import user_disable, user_enable
from tests.fixtures.cast import Cast
from tests.tenants.conftest import MakeKey


def digest(issued: IssuedApiKey) -> str:
    return token_digest(issued.secret.encode()).hex()


def record(issued: IssuedApiKey, after: timedelta = timedelta()) -> CredentialRecord | None:
    row = credential_by_digest(digest=digest(issued))
    return None if row is None else build_credential(row=row, now=timezone.now() + after)


def test_a_record_says_who_acts_and_where(cast: Cast, make_key: MakeKey) -> None:
    issued = make_key(cast.max, servers=[cast.acme.server], address_ranges=["10.0.0.0/8"])
    built = record(issued)
    assert built is not None
    assert (built.kind, built.tenant, built.servers) == ("api_key", "acme", ("demo",))
    assert (built.user, built.roles) == (str(cast.max.user.pk), ("caller",))
    assert built.client == built.api_key == str(issued.api_key.family)
    assert (built.scopes, built.address_ranges) == (("mcp:read", "mcp:call"), ("10.0.0.0/8",))
    assert built.expires_at == issued.api_key.expires_at.timestamp()


def test_a_key_for_all_servers_names_none(cast: Cast, make_key: MakeKey) -> None:
    built = record(make_key(cast.max))
    assert built is not None
    assert built.servers is None


def test_a_key_whose_only_server_went_is_good_for_none(cast: Cast, make_key: MakeKey) -> None:
    issued = make_key(cast.max, servers=[cast.acme.server])
    server_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server)
    built = record(issued)
    assert built is not None
    assert built.servers == ()


def test_the_principal_survives_a_rotation(cast: Cast, make_key: MakeKey) -> None:
    old = make_key(cast.max)
    new = api_key_rotate(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=old.api_key.pk)
    first, second = record(old), record(new)
    assert first is not None
    assert second is not None
    assert first.principal == second.principal


def test_a_record_ends_with_what_it_depends_on(cast: Cast, make_key: MakeKey) -> None:
    expiring, revoked, of_max = make_key(cast.ada), make_key(cast.ada), make_key(cast.max)
    assert record(expiring, after=timedelta(days=91)) is None
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.ada.actor, api_key_id=revoked.api_key.pk)
    assert record(revoked) is None
    user_disable(user=cast.max.user)
    assert record(of_max) is None
    user_enable(user=cast.max.user)
    assert record(of_max) is not None
    membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user)
    assert record(of_max) is None


def test_whoever_comes_back_brings_no_old_key_along(cast: Cast, make_key: MakeKey) -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "user": cast.max.user}
    before, managing = make_key(cast.max), make_key(cast.max, scopes=["manage:read"])
    of_gus = make_key(cast.gus)
    membership_remove(**who)
    membership_add(**who, role="caller")
    assert record(before) is None
    assert management_credential(digest=digest(managing), now=timezone.now()) is None
    assert record(make_key(cast.max)) is not None
    assert record(of_gus) is not None


def test_a_role_that_calls_nothing_opens_no_server_whatever_is_granted_by_name(cast: Cast, make_key: MakeKey) -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    issued = make_key(cast.max)
    about = {"subject_kind": "member", "subject": str(cast.max.user.pk), "target_kind": "server"}
    grant_set(**who, server=cast.acme.server, **about)
    membership_role_set(**who, user=cast.max.user, role="auditor")
    assert record(issued) is None
    membership_role_set(**who, user=cast.max.user, role="caller")
    assert record(issued) is not None


def test_a_record_follows_the_role(cast: Cast, make_key: MakeKey) -> None:
    issued = make_key(cast.max)
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="developer")
    built = record(issued)
    assert built is not None
    assert built.roles == ("developer",)
    assert built.version > issued.api_key.version


def test_a_key_for_managing_opens_no_endpoint(cast: Cast, make_key: MakeKey) -> None:
    issued = make_key(cast.ada, scopes=["manage:read"])
    assert record(issued) is None
    found = management_credential(digest=digest(issued), now=timezone.now())
    assert found is not None
    assert (found.tenant, found.actor.role, found.actor.scopes) == (cast.acme.tenant, "owner", {"manage:read"})


def test_a_management_key_ends_too(cast: Cast, make_key: MakeKey) -> None:
    issued = make_key(cast.ada, scopes=["manage:read"], servers=[cast.acme.server])
    now = timezone.now()
    found = management_credential(digest=digest(issued), now=now)
    assert found is not None
    assert found.actor.servers == {cast.acme.server.pk}
    assert management_credential(digest=digest(issued), now=now + timedelta(days=91)) is None
    assert management_credential(digest="0" * 64, now=now) is None
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.ada.actor, api_key_id=issued.api_key.pk)
    assert management_credential(digest=digest(issued), now=now) is None
