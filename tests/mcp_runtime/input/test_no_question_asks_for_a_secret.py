"""What passes through clients is never a secret: no form asks for one, and no page's URL lets in whoever holds it."""

from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from mcp_runtime.toolkits import Ask, Toolkit, ToolkitMistake
from mcp_runtime.toolkits.question_rules import check_form, check_page
from mcp_runtime.toolkits.requested_schema import requested_schema


@dataclass
class SignIn:
    """What must not be asked for so."""

    user: str
    password: str


def form(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


SECRETS: tuple[dict[str, Any], ...] = (
    form(password={"type": "string"}),
    form(apiKey={"type": "string", "minLength": 20}),
    form(access_token={"type": "string"}),
    form(card_number={"type": "string"}),
    form(cvv={"type": "string"}),
    form(note={"type": "string", "format": "password"}),
    form(name={"type": "string"}, hidden={"type": "string", "writeOnly": True}),
)


@pytest.mark.must("MUST-29.1")
@pytest.mark.parametrize("schema", SECRETS, ids=lambda schema: next(iter(schema["properties"])))
def test_a_form_does_not(schema: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="looks like a secret"):
        check_form(schema)


@pytest.mark.must("MUST-29.1")
def test_a_form_that_is_a_type_does_not_either_and_its_author_is_told_at_once() -> None:
    with pytest.raises(TypeError, match="'password' looks like a secret"):
        requested_schema(SignIn)

    def tool(who: Annotated[SignIn, Ask("Who are you?")]) -> str:
        """Do."""

    with pytest.raises(ToolkitMistake, match="'password' looks like a secret"):
        Toolkit("sample").tool()(tool)


@pytest.mark.must("MUST-29.2")
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"type": "string"},
        {"type": "object", "properties": {"a": {"$ref": "https://evil.example/schema"}}},
        form(a={"type": "string", "$ref": "#/x"}),
        form(a={"type": "object", "properties": {}}),
        form(a={"type": "array", "items": {"type": "string"}}),
        form(a=True),
    ],
)
def test_what_is_no_form_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        check_form(schema)


@pytest.mark.must("MUST-29.2")
def test_what_every_client_can_show_is_a_form() -> None:
    choices = [{"const": "s", "title": "Secret"}]
    check_form(
        form(
            name={"type": "string", "format": "email"},
            tokens={"type": "integer"},
            token={"type": "string", "enum": ["ring", "coin"]},
            secret={"type": "string", "oneOf": choices},
            sure={"type": "boolean"},
            some={"type": "array", "items": {"type": "string", "enum": ["a"]}},
            titled={"type": "array", "items": {"anyOf": choices}},
        )
    )


@pytest.mark.must("MUST-29.3")
@pytest.mark.parametrize(
    "url",
    [
        "http://pay.example/1",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "pay.example/1",
        "https:///1",
        "https://pay.example/a b",
        "https://pay.example/\n",
        "https://ada:canary@pay.example/1",
        "https://ada@pay.example/1",
        "https://pay.example/1?access_token=x",
        "https://pay.example/1#session_id=x",
        "https://pay.example/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl",
    ],
)
def test_a_page_is_opened_safely_and_by_nobody_in_anothers_name(url: str) -> None:
    with pytest.raises(ValueError, match=r"https|credential|password"):
        check_page(url)


@pytest.mark.must("MUST-29.3")
@pytest.mark.parametrize("url", ["https://pay.example/1?order=7&state=x#form", "http://localhost:8000/connect/7"])
def test_other_pages_are_opened(url: str) -> None:
    check_page(url)
