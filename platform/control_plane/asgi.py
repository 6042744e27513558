"""The web process: dashboard, REST API, OAuth, operator. `python -m control_plane.serve web`."""

import os
from urllib.parse import urlsplit

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from django.conf import settings
from django.core.asgi import get_asgi_application

from control_plane import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
environment.announce_process("web")


class AtPublicUrl:
    """Whatever proxies stand between: every request came to PUBLIC_URL, so its scheme is the scheme of that."""

    def __init__(self, application: ASGI3Application) -> None:
        self._application = application
        self._scheme = urlsplit(settings.PUBLIC_URL).scheme

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Pass an HTTP request on; Django knows no lifespan and no web sockets."""
        if scope["type"] == "http":
            scope["scheme"] = self._scheme
            await self._application(scope, receive, send)


application = AtPublicUrl(get_asgi_application())
