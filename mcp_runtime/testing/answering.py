"""What the client of a toolkit's tests answers when a tool asks it something."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

Given = Any
"""A value, a list of values for one question after another (of roots, the list is the value), or a function of the
question's parameters."""

ELICIT: Final = "elicitation/create"
SAMPLE: Final = "sampling/createMessage"
ROOTS: Final = "roots/list"

ACTIONS: Final = ("accept", "decline", "cancel")
"""What people do with a question that they answer with nothing: a page to open, or one they do not like."""


class ClientAnswers:
    """Answers for the three questions that a server may ask."""

    def __init__(self, elicit: Given = None, sample: Given = None, roots: Given = None) -> None:
        given = {ELICIT: elicit, SAMPLE: sample, ROOTS: roots}
        self._given = {method: value for method, value in given.items() if value is not None}
        self._asked: Counter[str] = Counter()

    @property
    def capabilities(self) -> dict[str, Any]:
        """What the client declares: that it can be asked what it has an answer for."""
        declared: dict[str, dict[str, Any]] = {
            ELICIT: {"elicitation": {"form": {}, "url": {}}},
            SAMPLE: {"sampling": {}},
            ROOTS: {"roots": {}},
        }
        return {name: value for method in self._given for name, value in declared[method].items()}

    def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The result of a request of the server's. Raises AssertionError where the test has none."""
        if method not in self._given:
            raise AssertionError(f"the tool asked for {method}, and the test has no answer to that")
        value = self._value(method, self._given[method], params)
        return _RESULTS[method](value)

    def _value(self, method: str, given: Given, params: Mapping[str, Any]) -> Any:
        if callable(given):
            return given(dict(params))
        if not isinstance(given, list) or method == ROOTS:
            return given
        number = self._asked[method]
        self._asked[method] += 1
        if number >= len(given):
            raise AssertionError(f"the tool asked for {method} once more than the test has answers, which are {number}")
        return given[number]


def _elicited(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value in ACTIONS:
        return {"action": value}
    return {"action": "accept", "content": value}


def _sampled(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = {"content": {"type": "text", "text": value}}
    return {"role": "assistant", "model": "tests", "stopReason": "endTurn", **value}


def _rooted(value: Any) -> dict[str, Any]:
    return {"roots": [{"uri": root} if isinstance(root, str) else root for root in value]}


_RESULTS: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {ELICIT: _elicited, SAMPLE: _sampled, ROOTS: _rooted}
