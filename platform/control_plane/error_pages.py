"""Pages that say what went wrong and what to try. They ask neither database nor store, which may be the reason."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from control_plane.request_id import request_id


def error_page(request: HttpRequest, template: str, *, status: int, **context: str) -> HttpResponse:
    """One of templates/errors, rendered without sessions, messages and the signed-in person. Only a fault of ours says
    the request's number: other refusals must read alike whatever was asked for."""
    shown = {"request": request, "request_id": request_id(request) if status >= 500 else "", **context}
    return HttpResponse(render_to_string(template, shown), status=status, headers={"Cache-Control": "no-store"})


def not_readable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For what is larger than a form may be, or no form at all."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return error_page(request, "errors/400.html", status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For Http404 and for what no route leads to."""
    return error_page(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For PermissionDenied."""
    return error_page(request, "errors/403.html", status=403)


def too_often(request: HttpRequest) -> HttpResponse:
    """For whoever asks more often than is good for others."""
    response = error_page(request, "errors/429.html", status=429)
    response.headers["Retry-After"] = "60"
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For a form without its token; the way back is the path alone, which for a form is where it was shown."""
    return error_page(request, "errors/csrf.html", status=403, back=request.path)
