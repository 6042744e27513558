"""A number for each request, by which somebody who saw an error page finds the lines of the log."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

HEADER: Final = "X-Request-Id"
_ATTRIBUTE: Final = "atrium_request_id"


class RequestId:
    """Numbers the request, and says the number with an answer that failed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on. An answer that is no page of an error is the same whoever asks, so it carries no number."""
        setattr(request, _ATTRIBUTE, uuid4().hex[:16])
        response = self._get_response(request)
        if response.status_code >= 500:
            response.headers.setdefault(HEADER, request_id(request))
        return response


def request_id(request: HttpRequest) -> str:
    """The number of this request; empty where the middleware has not seen it."""
    return str(getattr(request, _ATTRIBUTE, ""))
