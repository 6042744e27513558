"""The operator's admin: which of its pages show rows."""

from typing import Final

from tests.security.inventory import Route

PREFIX: Final = "operator/"
LISTS: Final = ("tenant", "user", "membership", "server", "apikey", "application", "call")
SHOWS_ROWS: Final = {f"{PREFIX}tenants/{name}/" for name in LISTS}
SHOWS_ROW: Final = {f"{route}<path:object_id>/change/" for route in SHOWS_ROWS}
NO_ROWS: Final = {
    f"{PREFIX}{page}"
    for page in (
        "", "logout/", "password_change/", "password_change/done/", "autocomplete/", "jsi18n/",
        "r/<path:content_type_id>/<path:object_id>/", "^(?P<app_label>tenants)/$", "(?P<url>.*)$",
    )
} | {f"{route}{page}" for route in SHOWS_ROWS for page in (
    "add/", "<path:object_id>/history/", "<path:object_id>/delete/", "<path:object_id>/",
)}  # fmt: skip
OPERATOR: Final = SHOWS_ROWS | SHOWS_ROW | NO_ROWS


def is_operator_route(route: Route) -> bool:
    """A page of the admin that has a probe."""
    return route.route in OPERATOR
