"""oauthlib, put together with what is served here and nothing else: the code grant and the refresh grant."""

import re
from typing import Any, Final

from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    RefreshTokenGrant,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error, InvalidGrantError, InvalidRequestError

from control_plane.oauth.authorization_rules import RULES
from control_plane.oauth.validator import Validator
from tenants.services.tokens import ACCESS_LIFETIME
from tenants.token_format import Prefix, new_secret

GRANT_TYPES: Final = ("authorization_code", "refresh_token")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """oauthlib's, with codes of our own form."""

    def create_authorization_code(self, request: Any) -> dict[str, str]:
        """The parameters of the answer."""
        return {**super().create_authorization_code(request), "code": new_secret(Prefix.CODE)}


class AuthorizationServer(AuthorizationEndpoint, TokenEndpoint, RevocationEndpoint):  # type: ignore[misc]
    """The three endpoints of oauthlib with our validator. The rules beside it are ours, too."""

    def __init__(self) -> None:
        validator = Validator()
        codes = CodeGrant(
            validator, pre_auth=list(RULES), pre_token=[verifier_well_formed], post_token=[resource_unchanged]
        )
        refreshing = RefreshTokenGrant(validator, post_token=[resource_unchanged])
        bearer = BearerToken(
            validator,
            token_generator=lambda request: request.pair.access,
            refresh_token_generator=lambda request: request.pair.refresh,
            expires_in=int(ACCESS_LIFETIME.total_seconds()),
        )
        AuthorizationEndpoint.__init__(self, "code", bearer, {"code": codes})
        TokenEndpoint.__init__(
            self, "authorization_code", bearer, dict(zip(GRANT_TYPES, (codes, refreshing), strict=True))
        )
        RevocationEndpoint.__init__(self, validator)


def verifier_well_formed(request: Any) -> None:
    """RFC 7636 section 4.1: from 43 to 128 unreserved characters."""
    if request.code_verifier is None:
        raise InvalidRequestError("Code verifier required", request=request)
    if not _VERIFIER.fullmatch(request.code_verifier):
        raise InvalidGrantError("The code verifier is malformed", request=request)


def resource_unchanged(request: Any) -> None:
    """RFC 8707 section 2.2: a token is for the resource that was consented to, and for no other."""
    if request.resource is not None and request.resource != request.target:
        raise CustomOAuth2Error("invalid_target", "The resource is not the one that was authorized", request=request)


authorization_server: Final = AuthorizationServer()
