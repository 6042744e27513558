"""Clients in browsers ask from origins of their own: what needs no cookie may be asked from anywhere."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]

REQUEST_HEADERS: Final = "Authorization, Content-Type, MCP-Protocol-Version"
PREFLIGHT_SECONDS: Final = 7200


def open_to_every_origin(*methods: str) -> Callable[[View], View]:
    """Answer preflight requests, and let any origin read the answers: without credentials, so that no cookie counts.

    Other methods are answered with 405.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: object, **names: object) -> HttpResponse:
            if request.method == "OPTIONS":
                response = _preflight(methods)
            elif request.method in methods:
                response = view(request, *args, **names)
            else:
                response = HttpResponse(status=405, headers={"Allow": ", ".join((*methods, "OPTIONS"))})
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate, Retry-After"
            return response

        return csrf_exempt(answered)

    return decorate


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    headers = {
        "Access-Control-Allow-Methods": ", ".join((*methods, "OPTIONS")),
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
    return HttpResponse(status=204, headers=headers)
