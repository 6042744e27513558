"""Sending a request, and again where that is safe and may help."""

import asyncio
from email.utils import parsedate_to_datetime
from random import random
from time import time
from typing import Final

from egress.answers import Fetched
from egress.denials import Caller
from egress.door import Door
from egress.errors import EgressFailed
from egress.outgoing import Outgoing
from mcp_runtime.http_tools.answers import HttpAnswer, media_type_of
from mcp_runtime.http_tools.http_request import HttpRequest

FIRST_WAIT_SECONDS: Final = 0.2
LONGEST_WAIT_SECONDS: Final = 10.0
"""A `Retry-After` beyond is not waited for: the model can be told."""

_REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
"""Idempotent by RFC 9110, 9.2.2."""
_MAY_PASS: Final = frozenset({429, 502, 503, 504})
_NEVER_SENT: Final = frozenset({"name_not_found", "resolver_busy", "no_connection", "too_many_connections"})


class Sender:
    """Sends the requests of one call. `retries` is how many more times in all; `limit` is the seconds that are left for
    all of it: whatever is sent may take what then remains."""

    def __init__(
        self, door: Door, caller: Caller, *, retries: int, is_repeatable: bool, largest: int, limit: float | None = None
    ) -> None:
        self._door, self._caller = door, caller
        self._ends = None if limit is None else asyncio.get_running_loop().time() + limit
        self._left, self._is_repeatable, self._largest = retries, is_repeatable, largest

    async def send(self, request: HttpRequest) -> tuple[HttpAnswer, str | None]:
        """The answer, and its header Link. Raises EgressRefused and EgressFailed."""
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                fetched = await self._door.fetch(self._outgoing(request), self._caller)
            except EgressFailed as failure:
                if not self._goes_on(failure.reason in _NEVER_SENT):
                    raise
                delay = wait
            else:
                asked = _retry_after(fetched.header("retry-after"))
                delay = wait if asked is None else asked
                if fetched.status not in _MAY_PASS or delay > LONGEST_WAIT_SECONDS or not self._goes_on(False):
                    return answer_of(fetched), fetched.header("link")
            await asyncio.sleep(delay * (0.75 + random() / 2))  # noqa: S311 - so that callers don't come back together
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    def _goes_on(self, was_never_sent: bool) -> bool:
        if self._left <= 0 or not (self._is_repeatable or was_never_sent):
            return False
        self._left -= 1
        return True

    def _outgoing(self, request: HttpRequest) -> Outgoing:
        left = None if self._ends is None else max(0.0, self._ends - asyncio.get_running_loop().time())
        return Outgoing(
            request.url,
            method=request.method,
            headers=request.headers,
            body=request.body or b"",
            secret_headers=request.secret_headers,
            deadline=left,
            max_bytes=self._largest,
        )


def is_repeatable(method: str, idempotency_header: str) -> bool:
    """Whether a request may be sent twice: by its method, or because the other side knows it again."""
    return method in _REPEATABLE or bool(idempotency_header)


def answer_of(fetched: Fetched) -> HttpAnswer:
    """What was fetched, with its media type read."""
    media_type, charset = media_type_of(fetched.header("content-type"))
    return HttpAnswer(fetched.status, media_type, fetched.body, charset, _retry_after(fetched.header("retry-after")))


def _retry_after(said: str | None) -> float | None:
    """RFC 9110, 10.2.3: seconds, or a date; None for anything else."""
    if said is None:
        return None
    if said.isdecimal():
        return float(said[:9])
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time())
    except (ValueError, OverflowError):
        return None
