"""What the public conformance suite expects of the resources and prompts it asks for."""

import msgspec
import pytest

from mcp_runtime.toolkits.conformance import toolkit
from mcp_runtime.toolkits.testing import complete, get_prompt, read, text_of


@pytest.mark.parametrize(
    ("uri", "mime_type", "key"),
    [
        ("test://static-text", "text/plain", "text"),
        ("test://static-binary", "image/png", "blob"),
        ("test://template/123/data", "application/json", "text"),
        ("test://watched-resource", "text/plain", "text"),
    ],
)
def test_each_resource_is_there(uri: str, mime_type: str, key: str) -> None:
    (contents,) = msgspec.to_builtins(read(toolkit, uri))
    assert (contents["uri"], contents["mimeType"], bool(contents[key])) == (uri, mime_type, True)


def test_the_template_says_which_one_it_read() -> None:
    data = msgspec.json.decode(text_of(read(toolkit, "test://template/123/data")))
    assert data == {"id": "123", "templateTest": True, "data": "Data for ID: 123"}


@pytest.mark.parametrize(
    ("prompt", "arguments", "types"),
    [
        ("test_simple_prompt", {}, ["text"]),
        ("test_prompt_with_arguments", {"arg1": "a", "arg2": "b"}, ["text"]),
        ("test_prompt_with_embedded_resource", {"resourceUri": "test://example-resource"}, ["resource", "text"]),
        ("test_prompt_with_image", {}, ["image", "text"]),
    ],
)
def test_each_prompt_is_there(prompt: str, arguments: dict[str, str], types: list[str]) -> None:
    messages = msgspec.to_builtins(get_prompt(toolkit, prompt, arguments))
    assert [message["content"]["type"] for message in messages] == types


def test_an_argument_is_completed() -> None:
    assert complete(toolkit, "test_prompt_with_arguments", "arg1", "par").values == ["paris", "park", "party"]
