"""References to secrets: found, filled once, and never taken for text where they are misspelled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_runtime.contract.secret_references import (
    ReferenceMalformed,
    SecretMissing,
    secrets_filled,
    secrets_named,
)

NAMES = st.sampled_from(["a", "crm-token", "a" * 64, "z_9-"])
TEXTS = st.text("a.ä \n$", max_size=8)


@settings(max_examples=50)
@given(st.lists(st.tuples(TEXTS, NAMES), max_size=4), TEXTS, TEXTS)
def test_each_reference_is_found_and_filled_once(parts: list[tuple[str, str]], end: str, value: str) -> None:
    text = "".join(f"{before}{{{{secret.{name}}}}}" for before, name in parts) + end
    assert secrets_named(text) == list(dict.fromkeys(name for _, name in parts))
    # A value that looks like a reference is a value.
    filled = secrets_filled(text, lambda name: f"{{{{secret.{name}}}}}{value}")
    assert filled == "".join(f"{before}{{{{secret.{name}}}}}{value}" for before, name in parts) + end


@pytest.mark.parametrize(
    "text",
    [
        *("{{secret.}}", "{{secret.A}}", "{{secret.1a}}", "{{secret.a b}}", "{{secret a}}", "{{secrets.a}}"),
        *("{{Secret.a}}", "{{secret.a}", "{{secret.a", "{{\nsecret.a}}", "{{secret.ä}}"),
        *(f"{{{{secret.{'a' * 65}}}}}", "{{secret.a}}{{secret.}}"),
    ],
)
def test_what_only_looks_like_one_is_told(text: str) -> None:
    with pytest.raises(ReferenceMalformed):
        secrets_named(text)


@pytest.mark.parametrize("text", ["", "{{}}", "{secret.a}", "{{ customer.secret }}", "secret.a", "{{id}}"])
def test_other_texts_are_left_alone(text: str) -> None:
    assert secrets_named(text) == []
    assert secrets_filled(text, lambda _: "x") == text


def test_a_secret_that_is_gone_is_named() -> None:
    with pytest.raises(SecretMissing) as missing:
        secrets_filled("Bearer {{ secret.crm }}", lambda _: None)
    assert missing.value.name == "crm"
