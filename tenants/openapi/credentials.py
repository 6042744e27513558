"""Security schemes, as constants that refer to secrets by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mcp_runtime.contract.http_tools import HttpConstant
from tenants.openapi.errors import OperationRefused
from tenants.openapi.naming import secret_name
from tenants.openapi.references import followed

MOST_SCHEMES: Final = 50
_TOKENS: Final = ("oauth2", "openIdConnect")


@dataclass(frozen=True, slots=True)
class NeededSecret:
    """A secret that a tool refers to: its name, the scheme that asks for it, and what it has to hold."""

    name: str
    scheme: str
    holds: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """How an operation is signed in to; both are empty for one that is open to all."""

    constants: tuple[HttpConstant, ...] = ()
    secrets: tuple[NeededSecret, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme of the document. `secret` is None where no secret meets it; `problem` says why."""

    name: str
    secret: NeededSecret | None
    problem: str = ""


def schemes_of(document: dict[str, Any], names: Mapping[str, str]) -> list[Scheme]:
    """The schemes of the document in its order, the first 50."""
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    found = []
    for name in list(schemes)[:MOST_SCHEMES] if isinstance(schemes, dict) else ():
        try:
            found.append(Scheme(name, _of_scheme(document, name, names)[1]))
        except OperationRefused as refusal:
            found.append(Scheme(name, None, str(refusal)))
    return found


def credentials_of(document: dict[str, Any], operation: dict[str, Any], names: Mapping[str, str]) -> Credentials:
    """The first of the alternatives that can be met with secrets; `names` has the names of secrets by scheme, where
    they were chosen. Raises OperationRefused where none can."""
    wanted = operation.get("security", document.get("security"))
    alternatives = [each for each in wanted if isinstance(each, dict)] if isinstance(wanted, list) else []
    refusals: list[str] = []
    # An empty one means that nothing is needed: one that is needed otherwise gets more done, so it comes last.
    for alternative in sorted(alternatives, key=lambda each: not each):
        try:
            return _met(document, list(alternative), names)
        except OperationRefused as refusal:
            refusals.append(str(refusal))
    if refusals:
        raise OperationRefused(refusals[0])
    return Credentials()


def _met(document: dict[str, Any], schemes: list[str], names: Mapping[str, str]) -> Credentials:
    found = [_of_scheme(document, scheme, names) for scheme in schemes]
    return Credentials(tuple(each for each, _ in found), tuple(each for _, each in found))


def _of_scheme(document: dict[str, Any], name: str, names: Mapping[str, str]) -> tuple[HttpConstant, NeededSecret]:
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    scheme = followed(document, schemes.get(name) if isinstance(schemes, dict) else None)
    secret = names.get(name) or secret_name(name)
    reference = f"{{{{secret.{secret}}}}}"
    kind = scheme.get("type")
    if kind == "http" and str(scheme.get("scheme", "")).lower() == "basic":
        constant = HttpConstant(location="header", name="Authorization", value=f"Basic {reference}")
        holds = "user name and password, joined by a colon, in base64"
    elif kind in _TOKENS or (kind == "http" and str(scheme.get("scheme", "")).lower() == "bearer"):
        constant = HttpConstant(location="header", name="Authorization", value=f"Bearer {reference}")
        holds = "an access token"
    elif kind == "apiKey" and scheme.get("in") in ("header", "query") and isinstance(scheme.get("name"), str):
        constant = HttpConstant(location=scheme["in"], name=scheme["name"], value=reference)
        holds = f"what is sent as {scheme['name']}"
    else:
        raise OperationRefused(f"Its security scheme {name!r} can't be met by a secret.")
    return constant, NeededSecret(secret, name, holds)
