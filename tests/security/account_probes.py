"""The pages at the door: signing up and in, one's own account, the wizard, an invitation's link, the outbox."""

from typing import Final

from tests.security.inventory import ANY, Route

ANYBODYS: Final = {
    Route(ANY, route)
    for route in (
        *("accounts/login/", "accounts/logout/", "accounts/signup/", "accounts/confirm-email/<str:key>/"),
        *("accounts/password/change/", "accounts/password/set/"),
        *("accounts/password/reset/", "accounts/password/reset/done/", "accounts/password/reset/key/done/"),
        *("accounts/password/reset/<str:uidb36>/<str:key>/", "invitations/<str:token>", "outbox/"),
    )
}
OWN: Final = {
    *(Route("GET", route) for route in ("accounts/", "accounts/email/", "accounts/confirm-email/", "start/")),
    *(Route("POST", route) for route in ("accounts/email/", "accounts/confirm-email/", "start/")),
    Route("GET", "start/slug"),
}
"""Those that show everybody who signed in their own."""

DOOR: Final = ANYBODYS | OWN
NAMES: Final = {"key": "made-up", "uidb36": "11111111222243338444555555555555", "token": "made-up"}
"""For the placeholders of these routes."""
