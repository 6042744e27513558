"""Sending a person to an authorization server, and what may come back (OAuth 2.1 section 4.1, RFC 7636, RFC 9207)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from tenants.upstream_oauth.discovery import OFFLINE_ACCESS
from tenants.upstream_oauth.errors import SignInFailed

_CODE: Final = re.compile(r"[\x20-\x7e]{1,2000}")
_ERROR: Final = re.compile(r"[a-z_]{1,64}")
PARAMETERS: Final = ("state", "iss", "code", "error")
"""What counts of an answer. No description is shown: whoever can make somebody open a link could write it."""


def random_text() -> str:
    """256 random bits, as a verifier or a state may be written."""
    return secrets.token_urlsafe(32)


def authorization_url(
    endpoint: str,
    *,
    client_id: str,
    redirect_uri: str,
    resource: str,
    scopes: Sequence[str],
    state: str,
    verifier: str,
) -> str:
    """Where the person is sent. PKCE is S256, always."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    fields = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
        "code_challenge_method": "S256",
        "resource": resource,
    }
    if scopes:
        fields["scope"] = " ".join(scopes)
    if OFFLINE_ACCESS in scopes:
        fields["prompt"] = "consent"  # OpenID Connect Core 1.0 section 11
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(fields)}"


def parameters_of(query: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The parameters of an answer. Raises SignInFailed where one is there twice (OAuth 2.1 section 3.1)."""
    found = {name: query[name] for name in PARAMETERS if name in query}
    if any(len(values) != 1 for values in found.values()):
        raise SignInFailed("bad_answer", "The authorization server's answer says something twice.")
    return {name: values[0] for name, values in found.items()}


def code_of(parameters: Mapping[str, str], *, issuer: str, sends_issuer: bool) -> str:
    """The code of an answer that comes from this issuer, which is looked at before anything else is (RFC 9207 section
    2.4, without any normalisation). Raises SignInFailed."""
    said = parameters.get("iss")
    if said != issuer and (said is not None or sends_issuer):
        raise SignInFailed("issuer_mismatch", "The answer is not of the authorization server that you were sent to.")
    if "error" in parameters:
        error = parameters["error"]
        known = error if _ERROR.fullmatch(error) else "an error without a name"
        raise SignInFailed("denied", f"The authorization server did not agree: {known}.")
    code = parameters.get("code", "")
    if not _CODE.fullmatch(code):
        raise SignInFailed("bad_answer", "The authorization server's answer has no code.")
    return code
