"""What an authorization request must be, beyond what oauthlib asks of it. Each raises an OAuth2Error, which is sent to
the client's redirect URI: oauthlib has looked at client and redirect URI before."""

import re
from typing import Any, Final

from django.conf import settings
from oauthlib.oauth2.rfc6749.errors import (
    CustomOAuth2Error,
    InvalidRequestError,
    InvalidScopeError,
    UnsupportedResponseTypeError,
)

from mcp_runtime.contract.names import ENDPOINT_PATH

REPEATED: Final = "Repeated-Parameters"
"""The header by which our own request object carries the names of repeated parameters, joined by spaces."""

KNOWN_PROMPTS: Final = frozenset({"none", "login", "consent", "select_account", "create"})
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_SCOPE: Final = re.compile(r"[!#-\[\]-~]+(?: [!#-\[\]-~]+)*")


def nothing_repeated(request: Any) -> dict[str, Any]:
    """RFC 6749 section 3.1; two resources would make one token good for both."""
    repeated = request.headers.get(REPEATED)
    if repeated:
        error = "invalid_target" if repeated == "resource" else "invalid_request"
        raise CustomOAuth2Error(error, f"Repeated parameters: {_shown(repeated)}", request=request)
    return {}


def no_request_objects(request: Any) -> dict[str, Any]:
    """RFC 9101 and OpenID Connect Core section 6: parameters that would come by another way."""
    for name in ("request", "request_uri", "registration"):
        if request._params.get(name) is not None:
            raise CustomOAuth2Error(f"{name}_not_supported", f"{name} is not supported", request=request)
    return {}


def code_only(request: Any) -> dict[str, Any]:
    """OAuth 2.1 has no other response type; that there is one, oauthlib sees to."""
    if request.response_type not in (None, "code"):
        raise UnsupportedResponseTypeError(request=request)
    return {}


def answer_in_the_query(request: Any) -> dict[str, Any]:
    """A code in a fragment or a form is not what was advertised."""
    if request.response_mode not in (None, "query"):
        raise InvalidRequestError("response_mode must be query", request=request)
    return {}


def pkce_with_s256(request: Any) -> dict[str, Any]:
    """RFC 7636 with S256 alone; who leaves the method out means `plain`."""
    if request.code_challenge is None:
        raise InvalidRequestError("code_challenge is required", request=request)
    if request.code_challenge_method != "S256":
        raise InvalidRequestError("code_challenge_method must be S256", request=request)
    if not _CHALLENGE.fullmatch(request.code_challenge):
        raise InvalidRequestError("code_challenge is malformed", request=request)
    return {}


def scope_well_formed(request: Any) -> dict[str, Any]:
    """RFC 6749 section 3.3: words with single spaces between them."""
    if request.scope is not None and not _SCOPE.fullmatch(request.scope):
        raise InvalidScopeError("scope is malformed", request=request)
    return {}


def resource_well_formed(request: Any) -> dict[str, Any]:
    """Where there is one, it is written as the canonical URL of a server here, to the letter."""
    if request.resource is not None and named_server(request.resource) is None:
        raise CustomOAuth2Error("invalid_target", "The resource is no server here", request=request)
    return {}


def prompt_known(request: Any) -> dict[str, Any]:
    """`none` goes with nothing else."""
    prompts = frozenset((request.prompt or "").split())
    if not prompts <= KNOWN_PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequestError("prompt is malformed", request=request)
    return {}


RULES: Final = (
    nothing_repeated,
    no_request_objects,
    code_only,
    answer_in_the_query,
    pkce_with_s256,
    scope_well_formed,
    resource_well_formed,
    prompt_known,
)


def named_server(resource: str) -> tuple[str, str] | None:
    """The slugs of tenant and server in a canonical URL; None for anything else."""
    if not resource.startswith(settings.PUBLIC_URL):
        return None
    match = ENDPOINT_PATH.fullmatch(resource.removeprefix(settings.PUBLIC_URL))
    return None if match is None else (match[1], match[2])


def _shown(names: str) -> str:
    return " ".join(name for name in names.split() if name.isidentifier() and name.isascii())
