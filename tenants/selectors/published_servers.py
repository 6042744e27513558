"""Servers as publishing reads them: with their tenant, in whichever scope is open."""

from tenants.models import Server


def server_of_document(*, name: str) -> Server | None:
    """The server that a document's name (`tenant/server`, by slugs) stands for, or None."""
    tenant, _, slug = name.partition("/")
    found: Server | None = Server.objects.filter(tenant__slug=tenant, slug=slug).select_related("tenant").first()
    return found
