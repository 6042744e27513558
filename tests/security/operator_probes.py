"""The operator's admin: which of its pages show rows; the operator's own pages, and the operations beside them."""

from typing import Any, Final

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
TENANT: Final = f"{PREFIX}overview/<label:tenant>/"
PAGES: Final = {
    Route("GET", f"{PREFIX}health/"): 200,
    Route("GET", f"{PREFIX}overview/"): 200,
    Route("GET", TENANT): 200,
    Route("POST", TENANT): 302,
    Route("POST", f"{TENANT}resume"): 302,
    Route("POST", f"{TENANT}suspend"): 302,
}
"""The pages of the house, with the status that the operator gets."""

OPERATOR: Final = SHOWS_ROWS | SHOWS_ROW | NO_ROWS | {route.route for route in PAGES}

API: Final = "api/v1/operator/tenants"
API_TENANT: Final = f"{API}/<label:tenant>"
OPERATIONS: Final[dict[Route, Any]] = {
    Route("GET", API): None,
    Route("GET", API_TENANT): None,
    Route("PATCH", API_TENANT): {"plan": {"members": 3}},
    Route("POST", f"{API_TENANT}/resume"): {},
    Route("POST", f"{API_TENANT}/suspend"): {},
}
"""The operations for operators, with what is sent."""


def is_operator_route(route: Route) -> bool:
    """A page or an operation for operators that has a probe."""
    return route.route in OPERATOR or route in OPERATIONS
