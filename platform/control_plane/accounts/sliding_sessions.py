"""A session lasts fourteen days from its last use, without a write on every request."""

from collections.abc import Callable
from time import time
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from tenants.models import User

SLIDES_AFTER_SECONDS: Final = 86400
KEY: Final = "used_at"
EVENT_STREAM: Final = "text/event-stream"


class SlidingSessions:
    """Moves the end of a signed-in session once a day, by marking it: a session that changed is saved, with a new
    cookie, for SESSION_COOKIE_AGE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then mark."""
        response = self._get_response(request)
        # A page that only listens is no use of it: nobody may be there. Where nobody asked who it is, looking now would
        # cost two queries.
        listens = response.headers.get("Content-Type") == EVENT_STREAM
        if not listens and request.session.accessed and isinstance(request.user, User):
            _mark(request, request.user)
        return response


def _mark(request: HttpRequest, person: User) -> None:
    signed_in_at = 0 if person.last_login is None else int(person.last_login.timestamp())
    now = int(time())
    if now - int(request.session.get(KEY, signed_in_at)) >= SLIDES_AFTER_SECONDS:
        request.session[KEY] = now
