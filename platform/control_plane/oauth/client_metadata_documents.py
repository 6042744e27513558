"""Clients that describe themselves: fetch their documents, and keep what they say for as long as it counts.

Fetched through `egress` alone, in an authorization by a person who is signed in. Tokens are given out by what is kept.
A document that can't be had or is no good is not remembered as such: the client is just nobody until it is.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Final

from django.utils import timezone

from control_plane.oauth.client_documents import checked_url, described_metadata, installation, lifetime
from control_plane.oauth.client_metadata import ClientMetadata, ClientMetadataError
from control_plane.oauth.rates import Rate, is_too_often_by
from control_plane.rates import network_of
from egress.answers import Fetched
from egress.denials import Caller
from egress.door import Door
from egress.errors import EgressError
from egress.guard import Outside
from egress.outgoing import Outgoing
from egress.purposes import Purpose
from tenants.errors import LimitReachedError
from tenants.models import Application
from tenants.services.registered_clients import client_describe, described_client_get

logger = logging.getLogger(__name__)

DEADLINE: Final = 5.0
"""Seconds, for everything together."""
AT_ONCE: Final = 4
FOR_ONE_ADDRESS: Final = Rate("document-address", 30, 600)
OF_ONE_HOST: Final = Rate("document-host", 60, 600)

free_slots = BoundedSemaphore(AT_ONCE)


outside = Outside()
"""What lies between here and the sites of clients. Tests put another in its place."""


class TooBusyError(Exception):
    """Not asked: too much is asked already, by this address, of this host, or at this moment."""


def described_client(client_id: str, *, address: str) -> Application | None:
    """The client whose document is at this URL, as the document says now, or said when it was last asked for and
    still counts; None where it can't be had or is no good.

    `address` is that of whoever makes us ask. Open no scope around it: a transaction would wait for a stranger's site.
    """
    now = timezone.now()
    try:
        host = checked_url(client_id).host
        kept = described_client_get(client_id=client_id)
        if kept is not None and kept.cimd_expires_at is not None and kept.cimd_expires_at > now:
            return kept
        # A host's known documents are counted one by one, so that nobody who asks for others keeps us from them.
        metadata, fresh = _read(client_id, address, counted_as=host if kept is None else client_id)
        return client_describe(
            client_id=client_id,
            name=metadata.name,
            redirect_uris=metadata.redirect_uris,
            client_uri=metadata.client_uri,
            fresh_until=timezone.now() + fresh,
            now=timezone.now(),
        )
    except (EgressError, ClientMetadataError, LimitReachedError, TooBusyError) as error:
        logger.info("a client's document does not count", extra={"client": client_id[:255], "reason": str(error)})
        return None


def _read(client_id: str, address: str, *, counted_as: str) -> tuple[ClientMetadata, timedelta]:
    """What the document says, and for how long that counts."""
    if is_too_often_by(network_of(address), FOR_ONE_ADDRESS):
        raise TooBusyError("Too many documents were asked for from this address.")
    if is_too_often_by(counted_as, OF_ONE_HOST):
        raise TooBusyError("Too many documents were asked for of this host.")
    with _one_of_few():
        fetched = _document(client_id)
    return described_metadata(fetched, client_id), lifetime(fetched)


def _document(url: str) -> Fetched:
    door = Door(installation=installation(), outside=outside)
    outgoing = Outgoing(url, headers=(("Accept", "application/json"),), deadline=DEADLINE)
    return door.fetch_blocking(outgoing, Caller(Purpose.CLIENT_METADATA))


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Nobody waits here: a few slow sites would hold every thread."""
    if not free_slots.acquire(blocking=False):
        raise TooBusyError("Too many documents are being asked for.")
    try:
        yield
    finally:
        free_slots.release()
