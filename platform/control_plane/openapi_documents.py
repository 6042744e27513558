"""OpenAPI documents on their way in: fetched, uploaded or pasted, and read. All of it before a transaction is open."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from django.conf import settings

from control_plane.egress_audit import denials_kept
from control_plane.rates import is_too_often
from egress.denials import Caller
from egress.door import Door
from egress.errors import EgressError, EgressRefused
from egress.guard import Outside
from egress.outgoing import Outgoing, Redirects
from egress.purposes import RULES, Purpose
from egress.urls import check_url
from tenants.actor import Actor
from tenants.errors import InvalidValueError, LimitReachedError, UnavailableError
from tenants.models import Tenant
from tenants.openapi.document import LARGEST_DOCUMENT
from tenants.openapi.given import GivenDocument
from tenants.services.openapi_sources import document_read

AT_ONCE: Final = 4
"""Documents that this process fetches at a time: a few slow sites would hold every thread."""
MOST: Final = 30
WITHIN: Final = 600
"""How many a tenant may have fetched, within so many seconds."""
_ACCEPT: Final = "application/json, application/yaml, text/yaml, text/plain;q=0.8, */*;q=0.5"

free_slots = BoundedSemaphore(AT_ONCE)

outside = Outside()
"""What lies between here and the sites of documents. Tests put another in its place."""


def document_given(*, tenant: Tenant, actor: Actor, text: str = "", body: bytes = b"", url: str = "") -> GivenDocument:
    """The document that somebody pasted, uploaded, or named by its URL: exactly one of the three.

    Raises InvalidValueError; LimitReachedError and UnavailableError where too much is fetched.
    """
    if sum(map(bool, (text, body, url))) != 1:
        raise InvalidValueError("Paste a document, upload one, or give its URL: one of the three.", field="document")
    if url:
        return document_fetched(tenant=tenant, actor=actor, url=url)
    return document_read(body or text.encode("utf-8", "replace"))


def document_fetched(*, tenant: Tenant, actor: Actor, url: str) -> GivenDocument:
    """The document at this URL. Redirects are followed; nothing of the tenant's is sent along. Raises as
    `document_given` does."""
    if is_too_often("openapi-document", str(tenant.pk), most=MOST, seconds=WITHIN):
        words = f"At most {MOST} documents are fetched in {WITHIN // 60} minutes. Try again later, or paste it."
        raise LimitReachedError(words, limit="openapi_fetches", maximum=MOST)
    caller = Caller(Purpose.OPENAPI_IMPORT, str(tenant.pk), str(actor.user_id or ""), tenant.egress_allowance)
    outgoing = Outgoing(url, headers=(("Accept", _ACCEPT),), redirects=Redirects.FOLLOW, max_bytes=LARGEST_DOCUMENT)
    try:
        with _one_of_few(), denials_kept(tenant=tenant, actor=actor) as report:
            answer = Door(installation=settings.EGRESS, outside=outside, report=report).fetch_blocking(outgoing, caller)
    except EgressError as error:
        raise InvalidValueError(str(error), field="url") from error
    if answer.status != 200:
        raise InvalidValueError(f"The host answered with status {answer.status}, and no document.", field="url")
    return document_read(answer.body, url=url)


def address_problem(url: str) -> str:
    """Why tools of this base URL will be refused their way out, as far as the URL alone tells; empty where nothing
    speaks against it. What its host leads to is looked at with each call."""
    try:
        check_url(url, settings.EGRESS.policy(RULES[Purpose.HTTP_TOOL]))
    except EgressRefused as refusal:
        return str(refusal)
    return ""


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Nobody waits here."""
    if not free_slots.acquire(blocking=False):
        raise UnavailableError("Too many documents are being fetched just now. Try again in a moment, or paste it.")
    try:
        yield
    finally:
        free_slots.release()
