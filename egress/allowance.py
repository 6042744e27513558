"""What one tenant lets its own tools and servers reach: hosts and methods. It narrows, and never opens."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from egress.errors import EgressRefused
from egress.urls import checked_host

_ANY_BELOW: Final = "*."


@dataclass(frozen=True, slots=True)
class Allowance:
    """`hosts` are names, and names with `*.` before them for all below; None is every host. So with `methods`.

    Raises ValueError for a pattern that is no name of a host, or a method that is not written in capitals.
    """

    hosts: tuple[str, ...] | None = None
    methods: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        _check_patterns(self.hosts or ())
        if not all(method.isascii() and method.isalpha() and method.isupper() for method in self.methods or ()):
            raise ValueError("A method is written in capital letters.")

    def allows_host(self, host: str) -> bool:
        """Whether a lower-case host is one of the tenant's."""
        return self.hosts is None or any(_matches(host, pattern.lower()) for pattern in self.hosts)

    def allows_method(self, method: str) -> bool:
        """Whether the tenant lets a method be used."""
        return self.methods is None or method in self.methods


def _check_patterns(patterns: Iterable[str]) -> None:
    for pattern in patterns:
        try:
            checked_host(pattern.lower().removeprefix(_ANY_BELOW), (), may_be_inside=True)
        except EgressRefused as error:
            raise ValueError(f"{pattern}: {error}") from error


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith(_ANY_BELOW):
        return host.endswith(pattern[1:])
    return host == pattern


ANYTHING: Final = Allowance()
"""Of a tenant that keeps no list."""
