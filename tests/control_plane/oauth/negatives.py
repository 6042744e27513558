"""What must be refused, as tables: a rule, the place where it is broken, and one kind of input for each line.

`test_negatives_counted.py` counts the distinct lines of all tables.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache

from tests.control_plane.oauth.flow import ISSUER, Flow, answered

PAGE = "a page"
"""There is nowhere to send an error to: the person reads it, and the browser goes nowhere."""


@dataclass(frozen=True)
class Negative:
    """`sent` are the parameters that differ from a good request."""

    rule: str
    place: str
    what: str
    error: str
    sent: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> tuple[str, str, str]:
        """What makes it distinct."""
        return self.rule, self.place, self.what


def negatives(rule: str, place: str, error: str, parameter: str, values: dict[str, Any]) -> list[Negative]:
    """One line for each value of one parameter."""
    return [Negative(rule, place, what, error, {parameter: value}) for what, value in values.items()]


def wrongly_answered(flow: Flow, table: list[Negative]) -> dict[str, Any]:
    """Those of a table of authorization requests that are answered otherwise than they should be."""
    found = {}
    for negative in table:
        cache.clear()
        response = flow.ask(**negative.sent)
        if refusal_at_authorize(response) != negative.error:
            found[negative.what] = (response.status_code, response.get("Location"))
    return found


def refusal_at_authorize(response: Any) -> str:
    """The error that a client is told, or PAGE, or what else happened."""
    if response.status_code == 400 and "Location" not in response:
        return PAGE
    if response.status_code != 302:
        return f"status {response.status_code}"
    told = answered(response)
    wrong = [name for name in ("code",) if name in told]
    return told.get("error", "no error") if told.get("iss") == ISSUER and not wrong else f"answered {told}"


def wrongly_refused(flow: Flow, endpoint: str, good: dict[str, Any], table: list[Negative]) -> dict[str, Any]:
    """Those of a table of forms that are answered otherwise than they should be."""
    found = {}
    for negative in table:
        cache.clear()
        response = flow.post(endpoint, **{**good, **negative.sent})
        if refusal_at_endpoint(response) != negative.error:
            found[negative.what] = (response.status_code, response.content)
    return found


def refusal_at_endpoint(response: Any) -> str:
    """The error of RFC 6749 section 5.2, or what else happened."""
    if response.status_code not in (400, 401) or response["Cache-Control"] != "no-store":
        return f"status {response.status_code}"
    error = str(response.json()["error"])
    return (
        error if (response.status_code == 401) is (error == "invalid_client") else f"{error} as {response.status_code}"
    )
