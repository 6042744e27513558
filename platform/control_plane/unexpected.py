"""What a client of the web process learns of a fault of ours: that there was one. The log has the rest."""

from django.http import HttpRequest, HttpResponse, JsonResponse

API_PREFIX = "/api/"
TEXT = "Something went wrong on our side. It is logged. Trying again may help."


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to an unexpected exception: under /api/ in the shape of every other error, else a plain sentence."""
    if request.path.startswith(API_PREFIX):
        error = {"type": "internal_error", "message": TEXT, "details": {}}
        return JsonResponse({"error": error}, status=500, headers={"Cache-Control": "no-store"})
    return HttpResponse(TEXT, status=500, content_type="text/plain; charset=utf-8")
