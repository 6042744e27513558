"""A secret's value in memory, on its way to where it is used."""

from typing import NoReturn


class SecretUnreadable(Exception):  # noqa: N818 - reads as the state it reports
    """The secret is there, and no key of this installation opens it. Trying again does not help."""


class SecretValue:
    """A tenant's secret of this name and version. It shows its value to `reveal` alone: it is neither printed nor
    pickled nor copied, and no encoder takes it."""

    __slots__ = ("_value", "name", "version")

    def __init__(self, name: str, version: int, value: str) -> None:
        self.name, self.version, self._value = name, version, value

    def reveal(self) -> str:
        """The value, for the one request that needs it. Keep it nowhere."""
        return self._value

    def __repr__(self) -> str:
        return f"<secret {self.name}, version {self.version}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret is not written down.")
