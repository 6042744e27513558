"""Which client a `client_id` stands for."""

from urllib.parse import urlsplit

from django.utils import timezone

from control_plane.oauth.client_documents import is_document_url
from control_plane.oauth.client_metadata_documents import described_client
from control_plane.oauth.client_policy import host_is_accepted
from tenants.models import Application
from tenants.selectors.housekeeping import oauth_scope


def client_by_id(client_id: str) -> Application | None:
    """The client that is known by this id and may be used, or None. Asks the database and nobody else."""
    with oauth_scope():
        client: Application | None = Application.objects.select_related("tenant").filter(client_id=client_id).first()
    return client if client is not None and _is_usable(client) else None


def is_yet_unknown(client_id: str) -> bool:
    """True for the URL of a Client ID Metadata Document that has not been read yet."""
    return is_document_url(client_id) and client_by_id(client_id) is None


def client_prepare(client_id: str, *, address: str) -> bool:
    """In an authorization by a person who is known: see to it that a client that describes itself by a document is
    known, as the document says now. False where that can't be, and then nobody lets it in. `address` is the
    person's."""
    return not is_document_url(client_id) or described_client(client_id, address=address) is not None


def _is_usable(client: Application) -> bool:
    """Not past its end, and not of a site that is not accepted (any more)."""
    if client.expires_at is not None and client.expires_at <= timezone.now():
        return False
    is_described = client.registration_source == Application.RegistrationSource.CIMD
    return not is_described or host_is_accepted((urlsplit(client.client_id).hostname or "").lower())
