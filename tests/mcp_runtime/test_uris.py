"""URI templates match what their own expansion makes, and nothing that leads elsewhere."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.protocol.uris import LENGTH, UriTemplate, UriTemplateError, is_uri


def plain_text(text: str) -> bool:
    return text not in (".", "..") and text.isprintable() and not {"/", "\\"} & set(text)


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(plain_text)


@given(TEXTS, TEXTS)
def test_what_was_expanded_is_found_again(country: str, city: str) -> None:
    template = UriTemplate("city://map/{country}/{city}.json")
    uri = f"city://map/{quote(country, safe='')}/{quote(city, safe='')}.json"
    assert template.match(uri) == {"country": country, "city": city}


@pytest.mark.must("MUST-23.6")
@given(st.text(max_size=60))
def test_no_value_holds_a_slash_whatever_is_asked(text: str) -> None:
    found = UriTemplate("file://docs/{name}").match("file://docs/" + text)
    assert found is None or not {"/", "\\", "\x00"} & set(found["name"])


@pytest.mark.must("MUST-23.6")
@pytest.mark.parametrize(
    "uri",
    [
        "file://docs/",
        "file://docs/a/b",
        "file://docs/a%2Fb",
        "file://docs/a%2fb",
        "file://docs/a%5Cb",
        "file://docs/..",
        "file://docs/%2E%2E",
        "file://docs/.",
        "file://docs/a%00b",
        "file://docs/a%0Ab",
        "file://docs/%FF",
        "file://docs/%2",
        "file://docs/%zz",
        "file://docs/a b",
        "file://docs/ä",
        "file://docs/a?b",
        "file://docs/a#b",
        "file://docs/a\n",
        "FILE://docs/a",
        "file://DOCS/a",
        " file://docs/a",
        "file://docs/" + "a" * LENGTH,
    ],
)
def test_what_is_no_address_of_the_template_is_not_matched(uri: str) -> None:
    assert UriTemplate("file://docs/{name}").match(uri) is None


def test_values_are_decoded_once() -> None:
    assert UriTemplate("x://{a}").match("x://%2561") == {"a": "%61"}


@pytest.mark.parametrize(
    "text", ["", "plain", "a:", "x://a b", "x://ä", "1x://a", "x://{a}", "x://%zz", "x:" + "a" * LENGTH]
)
def test_what_is_no_uri(text: str) -> None:
    assert not is_uri(text)


@pytest.mark.parametrize("text", ["mailto:a@b.example", "file:///a/b.md", "x://a?b=c#d", "urn:isbn:0", "x://[::1]/a"])
def test_what_is_a_uri(text: str) -> None:
    assert is_uri(text)


def test_a_template_that_would_be_a_guess_is_none() -> None:
    with pytest.raises(UriTemplateError, match="between two variables"):
        UriTemplate("x://{a}.{b}")
