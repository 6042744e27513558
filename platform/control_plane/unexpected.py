"""What a client of the web process learns of a fault of ours: that there was one. The log has the rest."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse

from control_plane.error_pages import error_page
from control_plane.request_id import request_id

API_PREFIX = "/api/"
TEXT = "Something went wrong on our side. It is logged. Trying again may help."

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to an unexpected exception: under /api/ in the shape of every other error, else a page."""
    logger.error("a request failed", extra={"request_id": request_id(request), "path": request.path})
    if request.path.startswith(API_PREFIX):
        error = {"type": "internal_error", "message": TEXT, "details": {}}
        return JsonResponse({"error": error}, status=500, headers={"Cache-Control": "no-store"})
    return error_page(request, "errors/500.html", status=500)
