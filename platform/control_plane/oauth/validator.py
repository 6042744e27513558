"""What oauthlib's grants ask of us. Whatever django-oauth-toolkit's own validator answers too freely is answered here.

It runs in the scope that the endpoints open (`oauth_scope`), which is one transaction. A refusal is an answer and no
exception, so what it found out (a code that was shown again) is kept.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.errors import InvalidScopeError

from control_plane.oauth.client_authentication import is_authentic, presented
from control_plane.oauth.clients import client_by_id
from tenants.models import Application
from tenants.redirect_uris import redirect_uri_allowed
from tenants.services import tokens
from tenants.services.connections import MCP_SCOPES
from tenants.services.token_revocation import token_revoke

SCOPES = (*MCP_SCOPES, "offline_access")
DEFAULT_SCOPES = MCP_SCOPES
"""What the runtime's challenge asks for."""


class Validator(OAuth2Validator):  # type: ignore[misc]
    """The code grant and the refresh grant, for one server at a time."""

    # Clients.

    def _load_application(self, client_id: str | None, request: Any) -> Application | None:
        """Never by asking the client's own site: that happens in an authorization, once its person is known."""
        client = None if client_id is None else client_by_id(client_id)
        request.client = client
        return client

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Even public clients show who they are: by their id, and by no secret."""
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By exactly the registered method. Raises InvalidRequestError where a request uses two."""
        shown = presented(request)
        client = None if shown is None else self._load_application(shown.client_id, request)
        return shown is not None and client is not None and is_authentic(client, shown)

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """The two grants, for clients that were registered for the code grant."""
        return bool(client.authorization_grant_type == Application.GRANT_AUTHORIZATION_CODE)

    def validate_response_type(self, client_id: str, response_type: str, client: Any, *_: Any, **__: Any) -> bool:
        """Codes only."""
        return response_type == "code" and self.validate_grant_type(client_id, response_type, client, None)

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *_: Any, **__: Any) -> bool:
        """One of the client's."""
        return redirect_uri_allowed(request.client.redirect_uris.split(), redirect_uri)

    def get_default_redirect_uri(self, client_id: str, request: Any, *_: Any, **__: Any) -> str | None:
        """The only one of the client's; at the token endpoint the code's own, for OAuth 2.1 has none in the request."""
        if request.grant_type is not None:
            return str(request.authorization_code.redirect_uri)
        registered = request.client.redirect_uris.split()
        return registered[0] if len(registered) == 1 else None

    def validate_scopes(self, client_id: str, scopes: Sequence[str], *_: Any, **__: Any) -> bool:
        """Those that there are, and at least one that opens a server."""
        return set(scopes) <= set(SCOPES) and bool(set(scopes) & set(MCP_SCOPES))

    def get_default_scopes(self, client_id: str, request: Any, *_: Any, **__: Any) -> list[str]:
        """For a client that names none."""
        return list(DEFAULT_SCOPES)

    # Codes.

    def _create_authorization_code(self, request: Any, code: dict[str, str], expires: Any = None) -> Any:
        return tokens.code_issue(
            connection=request.connection,
            secret=code["code"],
            redirect_uri=request.redirect_uri,
            challenge=request.code_challenge,
            resource=request.target,
            scopes=request.scopes,
            now=timezone.now(),
        )

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *_: Any, **__: Any) -> bool:
        """Good, and this client's. Locks its connection until the answer is settled."""
        found = tokens.code_examine(secret=code, application=client, now=timezone.now())
        if found is None:
            return False
        request.authorization_code, request.user = found, found.user
        request.scopes, request.target = found.scope.split(), found.resource[0]
        request.pair = tokens.new_pair()
        return True

    def get_code_challenge(self, code: str, request: Any) -> str:
        """Every code has one."""
        return str(request.authorization_code.code_challenge)

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        """S256, always."""
        return str(request.authorization_code.code_challenge_method)

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """The one that the code was sent to, where the request names one."""
        return bool(redirect_uri == request.authorization_code.redirect_uri)

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *_: Any, **__: Any) -> None:
        """It was spent as the tokens were stored."""

    # Tokens.

    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any, *_: Any, **__: Any) -> bool:
        """Good, and this client's. Locks its connection until the answer is settled."""
        rotation = tokens.refresh_examine(secret=refresh_token, application=client, now=timezone.now())
        if rotation is None:
            return False
        request.rotation, request.pair, request.user = rotation, rotation.pair, rotation.old.user
        request.target = rotation.old.resource[0]
        return True

    def get_original_scopes(self, refresh_token: str, request: Any, *_: Any, **__: Any) -> list[str]:
        """The refresh token's, without what its person has taken back since."""
        old = request.rotation.old
        kept = [scope for scope in old.scope.split() if scope in old.connection.scopes]
        if not set(kept) & set(MCP_SCOPES):
            raise InvalidScopeError("The person has taken these scopes back", request=request)
        return kept

    def rotate_refresh_token(self, request: Any) -> bool:
        """Always."""
        return True

    def _save_bearer_token(self, token: dict[str, Any], request: Any, *_: Any, **__: Any) -> None:
        now = timezone.now()
        if request.grant_type == "refresh_token":
            access = tokens.refresh_trade(rotation=request.rotation, scopes=request.scopes, now=now)
        else:
            access = tokens.code_trade(code=request.authorization_code, pair=request.pair, now=now)
        # Where the client asks again, it is told of the token that it was told of before.
        token["scope"] = access.scope
        token["expires_in"] = max(0, int((access.expires - now).total_seconds()))

    def revoke_token(self, token: str, token_type_hint: str | None, request: Any, *_: Any, **__: Any) -> None:
        """RFC 7009: this client's own only. What it does not know needs no revoking."""
        token_revoke(secret=token, application=request.client, now=timezone.now())

    def validate_bearer_token(self, token: str, scopes: Sequence[str], request: Any) -> bool:
        """Nothing here takes an access token; the runtime, which does, compares the resource itself."""
        return False

    def is_origin_allowed(self, client_id: str, origin: str, request: Any, *_: Any, **__: Any) -> bool:
        """The endpoints say themselves that any origin may read their answers."""
        return False
