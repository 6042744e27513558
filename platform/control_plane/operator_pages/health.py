"""Health by part, and the workers."""

from django.http import HttpResponse
from django.utils import timezone

from control_plane.operator_pages.asking import OperatorPage, operator_page, show
from control_plane.operator_pages.parts import parts
from control_plane.operator_pages.worker_rows import workers


@operator_page()
def health(asked: OperatorPage) -> HttpResponse:
    """Every part of the installation, as it is now."""
    now = timezone.now()
    found = parts(now)
    is_well = all(part.kind == "ok" for part in found)
    context = {"parts": found, "is_well": is_well, "workers": workers(), "now": now}
    return show(asked, "operator/health.html", context)
