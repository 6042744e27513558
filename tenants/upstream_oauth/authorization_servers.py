"""What an authorization server says of itself (RFC 8414, OpenID Connect Discovery 1.0), and what must be true of it."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tenants.upstream_oauth.asking import Asker, document_of
from tenants.upstream_oauth.challenges import scopes_among
from tenants.upstream_oauth.errors import SignInFailed

LONGEST_URL: Final = 2_000
BASIC: Final = "client_secret_basic"
POST: Final = "client_secret_post"
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class AuthorizationServer:
    """Endpoints are empty where there is none. `sends_issuer`: RFC 9207. `takes_documents`: a URL may be a client."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    registration_endpoint: str = ""
    revocation_endpoint: str = ""
    sends_issuer: bool = False
    takes_documents: bool = False
    auth_methods: tuple[str, ...] = (BASIC,)
    scopes: tuple[str, ...] = ()


async def authorization_server(asker: Asker, issuer: str) -> AuthorizationServer | None:
    """The server of this issuer; None where it publishes nothing. Raises SignInFailed."""
    _checked_issuer(asker, issuer)
    for url in metadata_urls(issuer):
        fetched = await asker.get(url)
        if fetched.status == 200:
            return _read(asker, issuer, document_of(fetched, "The authorization server's metadata"))
    return None


def metadata_urls(issuer: str) -> list[str]:
    """Where the metadata of an issuer may be, in the order in which they are asked for."""
    parts = urlsplit(issuer)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    inserted = [f"{origin}/.well-known/{name}{path}" for name in ("oauth-authorization-server", "openid-configuration")]
    return [*inserted, f"{origin}{path}/.well-known/openid-configuration"] if path else inserted


def _checked_issuer(asker: Asker, issuer: str) -> None:
    asker.checked(issuer, "The issuer")
    if "?" in issuer:
        raise SignInFailed("bad_metadata", "An issuer has no query.")


def _read(asker: Asker, issuer: str, document: dict[str, Any]) -> AuthorizationServer:
    if document.get("issuer") != issuer:
        raise SignInFailed("issuer_mismatch", f"The metadata of {issuer} are those of another issuer.")
    if "S256" not in scopes_among(document.get("code_challenge_methods_supported")):
        raise SignInFailed(
            "no_pkce", f"{issuer} does not say that it supports PKCE with S256, so it is not safe to use."
        )
    if "code" not in scopes_among(document.get("response_types_supported", ["code"])):
        raise SignInFailed("bad_metadata", f"{issuer} gives out no authorization codes.")
    methods = document.get("token_endpoint_auth_methods_supported")
    return AuthorizationServer(
        issuer=issuer,
        authorization_endpoint=_endpoint(asker, issuer, document, "authorization_endpoint"),
        token_endpoint=_endpoint(asker, issuer, document, "token_endpoint"),
        registration_endpoint=_optional_endpoint(asker, issuer, document, "registration_endpoint"),
        revocation_endpoint=_optional_endpoint(asker, issuer, document, "revocation_endpoint"),
        sends_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        takes_documents=document.get("client_id_metadata_document_supported") is True,
        auth_methods=(BASIC,) if methods is None else scopes_among(methods),
        scopes=scopes_among(document.get("scopes_supported")),
    )


def _endpoint(asker: Asker, issuer: str, document: dict[str, Any], name: str) -> str:
    """One that is there, and as safe as the issuer itself. A URL that leads inside, or is none, is refused here, and
    once more when it is asked for."""
    target = asker.checked(document.get(name), f"The {name}")
    if target.scheme != "https" and issuer.startswith("https:"):
        raise SignInFailed("bad_metadata", f"The {name} is not https.")
    url: str = document[name]
    if len(url) > LONGEST_URL:
        raise SignInFailed("bad_metadata", f"The {name} is too long.")
    return url


def _optional_endpoint(asker: Asker, issuer: str, document: dict[str, Any], name: str) -> str:
    return _endpoint(asker, issuer, document, name) if document.get(name) else ""
