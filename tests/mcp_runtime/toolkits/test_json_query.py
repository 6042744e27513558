"""JMESPath answers, refuses in words, and stays within bounds whatever is asked."""

from time import monotonic
from typing import Any

import jmespath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mcp_runtime.bounded_query import QueryRefused, query
from mcp_runtime.toolkits.data import toolkit
from mcp_runtime.toolkits.testing import call

PEOPLE = {"people": [{"name": "ada", "age": 36}, {"name": "max", "age": 20}]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
)
PIECES = st.sampled_from(
    [*"ab@*.|!<()[]{},:&?", "[*]", "[]", "[0]", "[::-1]", "&&", "||", "==", "`1`", "'a'", "[?a]", "[a,b]", "{x:a}"]
)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("people[?age > `30`].name | [0]", "ada"),
        ("people[*].{who: name}", [{"who": "ada"}, {"who": "max"}]),
        ("sort_by(people, &age)[0].name", "max"),
        ("join(', ', people[].name)", "ada, max"),
        ("nobody", None),
    ],
)
def test_it_selects_and_reshapes(expression: str, result: Any) -> None:
    called = call(toolkit, "json_query", {"document": PEOPLE, "expression": expression})
    assert called.structured == {"result": result}


@given(JSON, st.lists(PIECES, max_size=6).map("".join))
@example([1], "[::0]")
@example(["a"], "contains('a', `1`)")
@example(None, "`1` < 'a'")
def test_the_bounds_change_no_answer(document: Any, expression: str) -> None:
    try:
        answer = query(document, expression)
    except QueryRefused:
        return
    assert answer == jmespath.search(expression, document)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("people[", "Incomplete expression"),
        ("", "empty"),
        ("foo(@)", "Unknown function"),
        ("length(`1`)", "invalid type"),
        ("&name", "no value"),
        ("[" * 400 + "@" + "]" * 400, "nested too deeply"),
    ],
)
def test_a_wrong_expression_is_explained(expression: str, words: str) -> None:
    called = call(toolkit, "json_query", {"document": PEOPLE, "expression": expression})
    assert called.error_type == "bad_expression"
    assert words in called.text
    assert "\n" not in called.text


@pytest.mark.parametrize(
    "expression",
    [
        " | ".join(["[@, @]"] * 60),
        " | ".join(["[@, @][]"] * 60),
        " | ".join(["[@, @] | join('', @)"] * 40),
        "join(@, [" + ", ".join(["@"] * 300) + "])",
        " | ".join(["{a: @, b: @}"] * 60),
    ],
)
def test_no_expression_makes_its_result_explode(expression: str) -> None:
    began = monotonic()
    with pytest.raises(QueryRefused):
        query("x" * 10_000, expression)
    assert monotonic() - began < 10
