"""What a page of ours may do in a browser: load and talk to nothing but this installation, run no inline script.

Read by the settings, so free of Django and of django-csp itself; the runtime process loads neither.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

SELF: Final = "'self'"
NONE: Final = "'none'"

POLICY: Final[dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
"""django-csp's CONTENT_SECURITY_POLICY."""

UNUSED_FEATURES: Final = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope"),
    *("magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
PERMISSIONS_POLICY: Final = ", ".join(
    [*(f"{feature}=()" for feature in UNUSED_FEATURES), "clipboard-write=(self)", "fullscreen=(self)"]
)


def allow_form_action(response: Any, origin: str) -> None:
    """Let the forms of this one response lead to an origin, too: browsers apply form-action to redirects after a form.

    `origin` is a scheme with host and port (`https://client.example`, `http://127.0.0.1:53682`), or a scheme alone
    (`cursor:`) where the redirect URI is of an application. Raises ValueError for anything that says more than that.
    """
    parts = urlsplit(origin)
    bare = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
    forbidden = set(origin) & set(" \t\r\n;,'\"*@\\<>")
    if not parts.scheme or origin != bare or forbidden or parts.scheme in ("javascript", "data", "blob"):
        raise ValueError(f"not an origin: {origin!r}")
    response._csp_update = {"form-action": [origin]}


def allow_audio_data(response: Any) -> None:
    """Let this one page play sounds that it holds itself."""
    response._csp_update = {"media-src": [SELF, "data:"]}


def keep_opener(response: Any) -> None:
    """Leave the window that opened this page in touch with it. For the pages on the way to an OAuth redirect only: a
    client in a browser waits for its pop-up to come back."""
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"


class PermissionsPolicy:
    """Says with every response that we use no camera, no position and the like."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Pass on, and add the header."""
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response
