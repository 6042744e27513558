"""A document that a form brings, read before the scope is open: fetching and reading take seconds."""

from dataclasses import dataclass

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.openapi_sources.forms import DocumentForm
from control_plane.openapi_documents import document_given
from tenants.openapi.given import GivenDocument


@dataclass(frozen=True, slots=True)
class Given:
    """The form, and the document that it brought; None where it brought none, and says why."""

    form: DocumentForm
    document: GivenDocument | None = None


def given_ahead(asked: TenantPage, **_: object) -> Given:
    """What was sent, if anything was."""
    if not asked.is_posted:
        return Given(DocumentForm())
    form = DocumentForm(asked.request.POST, asked.request.FILES)
    if not form.is_valid():
        return Given(form)
    return Given(form, form.ask(document_given, tenant=asked.tenant, actor=asked.actor, **form.given()))
