"""The web process: dashboard, REST API, OAuth, operator. `python -m control_plane.serve web`."""

import os
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.asgi import get_asgi_application

from control_plane import environment
from mcp_runtime.wire.exchange import Receive, Scope, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
environment.announce_process("web")
_django = get_asgi_application()

from control_plane.live.streams import LiveStreams  # noqa: E402 - Django's models must be set up before


class AtPublicUrl:
    """Whatever proxies stand between: every request came to PUBLIC_URL, so its scheme is the scheme of that."""

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self._streams = LiveStreams(application)
        self._scheme = urlsplit(settings.PUBLIC_URL).scheme

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on; Django knows no lifespan and no web sockets."""
        if scope["type"] == "http":
            await self._streams({**scope, "scheme": self._scheme}, receive, send)

    def drain(self) -> None:
        """End the event streams of pages."""
        self._streams.drain()


application = AtPublicUrl(_django)
