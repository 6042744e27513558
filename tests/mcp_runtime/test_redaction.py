"""What is kept of arguments: bounded, and without what looks or is named like a secret."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.redaction import DOCUMENT_LENGTH, REDACTED, redact, redact_text, redacted_json

CANARY = "c4n4ryc4n4ryc4n4ry99"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=50),
    lambda children: st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=10), children, max_size=5),
    max_leaves=30,
)


@pytest.mark.parametrize(
    "name",
    ["password", "PASSWORD", "user_passwd", "clientSecret", "access_token", "apiKey", "api-key", "Authorization",
     "cookie", "private_key", "sessionId", "pin", "cvv"],
)  # fmt: skip
def test_a_sensitive_name_hides_its_value_at_any_depth(name: str) -> None:
    kept = redact({"outer": [{name: {"inner": CANARY}}]})
    assert kept == {"outer": [{name: REDACTED}]}


@pytest.mark.parametrize("name", ["spinning", "author", "pinned", "text", "secretary_general"[10:]])
def test_a_harmless_name_hides_nothing(name: str) -> None:
    assert redact({name: "value"}) == {name: "value"}


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {CANARY}",
        f"key atk_{CANARY}{CANARY}",
        f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.{CANARY}",
        f"sk-{CANARY}",
        f"ghp_{CANARY}",
        f"https://user:{CANARY}@host.example/path",
        f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_what_looks_like_a_credential_is_cut_out_of_any_text(text: str) -> None:
    assert CANARY not in redact_text(f"before {text} after")
    assert REDACTED in redact_text(text)


def test_a_property_the_schema_marks_is_cut() -> None:
    assert redact({"answer": CANARY, "other": 1}, frozenset({"answer"})) == {"answer": REDACTED, "other": 1}


@given(json_values)
def test_what_is_kept_is_json_and_bounded(value: object) -> None:
    text = redacted_json(value)
    assert len(text) <= DOCUMENT_LENGTH * 2
    msgspec.json.decode(text)


def test_long_documents_say_that_they_were_cut() -> None:
    kept = msgspec.json.decode(redacted_json({f"n{number}": "x" * 900 for number in range(40)}))
    assert kept["truncated"] is True
    assert len(redact_text("x" * 5_000)) < 1_100
