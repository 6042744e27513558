"""Reading a Client ID Metadata Document: what makes a URL one's client id, and what the document may say.

draft-ietf-oauth-client-id-metadata-document-01, sections 3 and 4. Nothing is fetched here.
"""

import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from control_plane.oauth.client_metadata import ClientMetadata, ClientMetadataError, client_metadata
from control_plane.oauth.client_policy import host_is_accepted, own_hosts
from egress.answers import Fetched
from egress.installation import Installation
from egress.purposes import RULES, Purpose
from egress.urls import Target, check_url
from tenants.json_object import json_object
from tenants.models.application import AuthMethod

LONGEST_URL: Final = 255
SHORTEST_LIFETIME: Final = timedelta(minutes=5)
LONGEST_LIFETIME: Final = timedelta(days=1)
USUAL_LIFETIME: Final = timedelta(hours=1)
"""For how long a document counts that says nothing of it."""

_SYMMETRIC: Final = ("client_secret", "client_secret_expires_at")
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""What of a JSON Web Key is to be kept to oneself (RFC 7518 section 6)."""
_MAX_AGE: Final = re.compile(r'max-age="?([0-9]{1,9})"?', re.IGNORECASE)


def is_document_url(client_id: str) -> bool:
    """True for an id that only a document can stand behind: ours never begin like this."""
    return client_id[:8].lower() == "https://"


def installation() -> Installation:
    """This one, whose own documents are not asked for."""
    return replace(settings.EGRESS, own_hosts=settings.EGRESS.own_hosts | own_hosts())


def checked_url(client_id: str) -> Target:
    """The parts of a client id that may be fetched, and that has one spelling only.

    Raises EgressRefused for what is no URL to fetch, ClientMetadataError for one that is no client id here.
    """
    target = check_url(client_id, installation().policy(RULES[Purpose.CLIENT_METADATA]))
    if len(client_id) > LONGEST_URL:
        raise ClientMetadataError(f"A client_id has {LONGEST_URL} characters at most.")
    if not client_id.startswith(f"https://{target.authority}/"):
        raise ClientMetadataError("A client_id is an https URL with its host in lower case, and with a path.")
    if not host_is_accepted(target.host):
        raise ClientMetadataError("Clients of this host are not accepted here.")
    return target


def described_metadata(fetched: Fetched, client_id: str) -> ClientMetadata:
    """What the document at this URL says. A `client_uri` counts on the document's own host only, which alone is
    known to be the client's. Raises ClientMetadataError."""
    if fetched.status != 200:
        raise ClientMetadataError("The document is not there: only the status 200 counts.")
    if (fetched.header("content-type") or "").partition(";")[0].strip().lower() != "application/json":
        raise ClientMetadataError("The document is served as application/json.")
    try:
        document = json_object(fetched.body)
    except ValueError as error:
        raise ClientMetadataError("The document is one JSON object of at most 16 levels.") from error
    if document.get("client_id") != client_id:
        raise ClientMetadataError("The client_id in the document is the document's own URL.")
    _check_secrets(document)
    metadata = client_metadata(document, (AuthMethod.NONE.value,))
    if not metadata.name:
        raise ClientMetadataError("The document has a client_name.")
    is_of_its_host = urlsplit(metadata.client_uri).hostname == urlsplit(client_id).hostname
    return metadata if is_of_its_host else replace(metadata, client_uri="")


def lifetime(fetched: Fetched) -> timedelta:
    """For how long the document counts (RFC 9111, as a private cache), never very short or very long."""
    control = (fetched.header("cache-control") or "").lower()
    if "no-store" in control or "no-cache" in control:
        return SHORTEST_LIFETIME
    said, age, expires = _MAX_AGE.search(control), fetched.header("age") or "", fetched.header("expires")
    fresh = USUAL_LIFETIME
    if said is not None:
        fresh = timedelta(seconds=int(said[1]) - int(age if re.fullmatch("[0-9]{1,9}", age) else 0))
    elif expires is not None:
        fresh = _between(fetched.header("date") or "", expires)
    return min(max(fresh, SHORTEST_LIFETIME), LONGEST_LIFETIME)


def _between(date: str, expires: str) -> timedelta:
    try:
        return parsedate_to_datetime(expires) - parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):  # malformed counts as past (RFC 9111 section 5.3)
        return SHORTEST_LIFETIME


def _check_secrets(document: dict[str, Any]) -> None:
    """The document is public (section 4.1), so nothing in it may be meant to be secret."""
    if any(name in document for name in _SYMMETRIC):
        raise ClientMetadataError("The document has no client_secret: everybody can read it.")
    keys = document.get("jwks")
    if keys is None:
        return
    listed = keys.get("keys") if isinstance(keys, dict) else None
    if not isinstance(listed, list) or not all(isinstance(key, dict) for key in listed):
        raise ClientMetadataError("jwks is a JSON Web Key Set.")
    if any(_PRIVATE & key.keys() for key in listed):
        raise ClientMetadataError("The jwks in the document has public keys only.")
