"""An author tries resources, prompts and completions in one line, without a network."""

import pytest

from mcp_runtime.toolkits import ResourceNotFound, ToolError
from mcp_runtime.toolkits.errors import UnknownPrompt
from mcp_runtime.toolkits.testing import complete, get_prompt, read, text_of
from tests.mcp_runtime.library_toolkit import toolkit


def test_resources_are_read_by_uri_and_by_template() -> None:
    assert text_of(read(toolkit, "shelf://motto")) == "read more"
    assert text_of(read(toolkit, "shelf://books/the%20sea")) == "the sea of acme"
    assert text_of(read(toolkit, "shelf://pair")) == "one\ntwo"
    for absent in ("shelf://books/lost", "shelf://absent", "shelf://books/a/b"):
        with pytest.raises(ResourceNotFound):
            read(toolkit, absent)


def test_prompts_take_strings_that_fit() -> None:
    assert text_of(get_prompt(toolkit, "guide", {"country": "de", "town": "bonn"})).startswith("To bonn (de)")
    with pytest.raises(ToolError, match="country"):
        get_prompt(toolkit, "guide", {"country": "Germany", "town": "bonn"})
    with pytest.raises(ToolError, match="town"):
        get_prompt(toolkit, "guide", {"country": "de"})
    with pytest.raises(UnknownPrompt):
        get_prompt(toolkit, "absent")


def test_completions_are_those_of_a_client() -> None:
    assert complete(toolkit, "guide", "town", "b", {"country": "fr"}).values == ["bordeaux", "brest"]
    found = complete(toolkit, "shelf://books/{title}", "title")
    assert (len(found.values), found.total, found.has_more) == (100, 250, True)


def test_what_the_author_raises_comes_out_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="password"):
        read(toolkit, "shelf://broken")
