"""Are these arguments what the tool's input schema asks for? Compiled once per tool, with jsonschema-rs.

No reference ever leaves the schema: MCP 2026-07-28 basic/index, `$ref` resolution.
"""

from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

PROBLEMS_SHOWN: Final = 5
PROBLEM_LENGTH: Final = 300


@dataclass(frozen=True, slots=True)
class Invalid:
    """The arguments do not fit. `problems` are sentences that name the place, at most a handful."""

    problems: tuple[str, ...]


class UnusableSchemaError(Exception):
    """The schema itself can't be compiled: an unknown dialect, an outside reference, or not a schema at all."""


class Validator:
    """One compiled schema."""

    __slots__ = ("_compiled", "accepts")

    def __init__(self, schema: dict[str, Any]) -> None:
        """Compile; raises UnusableSchemaError."""
        try:
            self._compiled = jsonschema_rs.validator_for(schema, retriever=_refuse_reference)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise UnusableSchemaError(str(error)[:PROBLEM_LENGTH]) from error
        self.accepts = self._compiled.is_valid

    def explain(self, value: Any) -> Invalid:
        """Say what is wrong with a value that was not accepted."""
        problems = []
        for error in self._compiled.iter_errors(value):
            problems.append(_sentence(error))
            if len(problems) == PROBLEMS_SHOWN:
                break
        return Invalid(tuple(problems))


def _refuse_reference(uri: str) -> Any:
    raise ValueError(f"the schema refers to {uri}, outside itself")


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    place = ".".join(str(step) for step in error.instance_path)
    message = error.message if len(error.message) <= PROBLEM_LENGTH else error.message[:PROBLEM_LENGTH] + "…"
    return f"{place}: {message}" if place else message
