"""docker-compose.yml as the tests run it: each service's own command and environment, on this machine's addresses."""

import re
from functools import cache
from typing import Any, Final

import yaml

from tests.repository import read

VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<word>[^}]*))?\}|\$(?P<escaped>\$)")


@cache
def compose() -> dict[str, Any]:
    """The parsed file."""
    document: dict[str, Any] = yaml.safe_load(read("docker-compose.yml"))
    return document


def interpolated(text: str, given: dict[str, str]) -> str:
    """A value as compose fills it in. Raises KeyError where it must be given (`${NAME:?why}`) and is not."""

    def fill(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        if match["name"] in given:
            return given[match["name"]]
        if match["kind"] == "?":
            raise KeyError(f"{match['name']}: {match['word']}")
        return match["word"] or ""

    return VARIABLE.sub(fill, text)


def command(service: str) -> tuple[str, ...]:
    """The service's command."""
    return tuple(compose()["services"][service]["command"])


def environment(service: str, *, given: dict[str, str], changes: dict[str, str]) -> dict[str, str]:
    """The service's environment as compose would set it with `given`, then changed for this machine.

    Raises KeyError on a change to what the service does not have.
    """
    declared = compose()["services"][service]["environment"]
    filled = {name: interpolated(str(value), given) for name, value in declared.items()}
    unknown = set(changes) - set(filled)
    if unknown:
        raise KeyError(f"{service} has no {', '.join(sorted(unknown))}")
    return {**filled, **changes}
