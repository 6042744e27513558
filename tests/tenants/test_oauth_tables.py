"""OAuth's tables: nothing in clear, everything bound to one server."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_application_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
    set_token_value,
)

from tenants.models import AccessToken, Application, AuthorizationCode, IDToken, RefreshToken
from tenants.scope import platform_scope, tenant_scope
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import connection_build

SECRET = "a-token-that-nobody-may-read-8c1f"


@pytest.fixture
def client(db: None) -> Application:
    with platform_scope("test"):
        return Application.objects.create(
            name="Editor",
            client_type="public",
            authorization_grant_type="authorization-code",
            redirect_uris="http://127.0.0.1/",
        )


def bound(cast: Cast, client: Application) -> dict[str, Any]:
    return {
        "tenant": cast.acme.tenant,
        "server": cast.acme.server,
        "user": cast.max.user,
        "application": client,
        "connection": connection_build(cast.max, client),
        "expires": timezone.now() + timedelta(minutes=1),
    }


def everything_in(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - a table of ours
        return str(cursor.fetchall())


def test_the_five_models_are_ours() -> None:
    getters = (
        get_application_model,
        get_grant_model,
        get_access_token_model,
        get_refresh_token_model,
        get_id_token_model,
    )
    assert [get() for get in getters] == [Application, AuthorizationCode, AccessToken, RefreshToken, IDToken]


def test_a_saved_token_leaves_no_clear_text(cast: Cast, client: Application) -> None:
    values = bound(cast, client)
    end = values["expires"]
    lasting = {**values, "expires_at": end, "family_expires_at": end}
    access, refresh = AccessToken(**values), RefreshToken(**{k: v for k, v in lasting.items() if k != "expires"})
    with tenant_scope(cast.acme.tenant):
        for token in (access, refresh):
            set_token_value(token, SECRET)
            token.save()
            rows = everything_in(token._meta.db_table)
            assert hashlib.sha256(SECRET.encode()).hexdigest() in rows
            assert SECRET not in rows
            token.save()
            assert hashlib.sha256(SECRET.encode()).hexdigest() == token.token_checksum


def test_the_database_refuses_a_token_in_clear(cast: Cast, client: Application) -> None:
    values = bound(cast, client)
    with tenant_scope(cast.acme.tenant), pytest.raises(IntegrityError), transaction.atomic():
        AccessToken.objects.create(**values, token=SECRET)


def test_a_code_is_found_by_its_clear_text_and_stored_by_its_hash(cast: Cast, client: Application) -> None:
    values = bound(cast, client)
    with tenant_scope(cast.acme.tenant):
        AuthorizationCode.objects.create(**values, code=SECRET, redirect_uri="http://127.0.0.1/")
        assert SECRET not in everything_in("tenants_authorizationcode")
        found = AuthorizationCode.objects.get(code=SECRET, application=client)
        found.scope = "mcp:read"
        found.save()
        assert AuthorizationCode.objects.get(code=SECRET).scope == "mcp:read"
        assert not AuthorizationCode.objects.filter(code=str(found.code)).exists()


@pytest.mark.parametrize("model", [AuthorizationCode, AccessToken, RefreshToken, IDToken])
@pytest.mark.parametrize("column", ["tenant", "server"])
def test_nothing_is_issued_without_a_tenant_and_a_server(model: Any, column: str) -> None:
    assert not model._meta.get_field(column).null


def test_a_self_registered_client_is_no_tenants(cast: Cast, client: Application) -> None:
    for company in (cast.acme, cast.globex):
        with tenant_scope(company.tenant):
            assert not Application.objects.exists()
    with platform_scope("test"):
        assert Application.objects.get().tenant is None


def test_the_outsider_sees_no_token(cast: Cast, client: Application) -> None:
    values = bound(cast, client)
    with tenant_scope(cast.acme.tenant):
        token = AccessToken(**values)
        set_token_value(token, SECRET)
        token.save()
    with tenant_scope(cast.globex.tenant):
        assert AccessToken.objects.count() == 0
