"""Components escape what they are given, and see nothing of the page around them."""

import pytest

from tests.control_plane.rendering import rendered

HOSTILE = '"><script>alert(1)</script>'


@pytest.mark.parametrize(
    "source",
    [
        '<c-button href="{{ hostile }}" title="{{ hostile }}">{{ hostile }}</c-button>',
        '<c-button :href="hostile" :title="hostile" :data-any="hostile">x</c-button>',
        '<c-copy :value="hostile" /><c-url :value="hostile" />',
        '<c-empty :title="hostile" :text="hostile" :code="hostile" />',
        '<c-notice :title="hostile">{{ hostile }}</c-notice><c-card :title="hostile" :lead="hostile">x</c-card>',
        '<c-confirm :id="hostile" :title="hostile" :action="hostile" :submit="hostile">x</c-confirm>',
        '<c-choice :name="hostile" :value="hostile" :title="hostile" /><c-avatar :name="hostile" />',
        '<c-stat :label="hostile" :value="hostile" /><c-step :title="hostile" :text="hostile" />',
        '<c-error :title="hostile" :request_id="hostile" /><c-time value="" :none="hostile" />',
    ],
)
def test_what_it_is_given_stays_text(source: str) -> None:
    shown = rendered(source, hostile=HOSTILE)
    assert "<script>" not in shown
    assert "&quot;&gt;&lt;script&gt;" in shown


def test_a_quoted_value_can_not_bring_an_attribute_of_its_own() -> None:
    shown = rendered('<c-button :data-name="hostile">x</c-button>', hostile='"x" onclick="alert(1)"')
    assert 'data-name="&quot;x&quot; onclick=&quot;alert(1)&quot;"' in shown


def test_it_does_not_see_the_page_around_it() -> None:
    shown = rendered("<c-card>body</c-card>", title="The page's", actions="The page's", slot="The page's")
    assert "The page" not in shown
    assert "body" in shown


def test_what_it_does_not_know_goes_to_its_root() -> None:
    shown = rendered('<c-button hx-post="/x" hx-vals=\'{"a": 1}\' disabled aria-label="Go" class="mt-4" />')
    assert shown.strip() == (
        '<button type="submit" class="btn mt-4" hx-post="/x" hx-vals="{&quot;a&quot;: 1}" disabled aria-label="Go">'
        "</button>"
    )


def test_a_form_brings_its_token_and_a_search_does_not() -> None:
    assert rendered('<c-form submit="Save">x</c-form>').count("csrfmiddlewaretoken") == 1
    assert "csrfmiddlewaretoken" not in rendered('<c-form method="get">x</c-form>')
    assert "csrfmiddlewaretoken" in rendered('<c-confirm id="a" title="b" action="/c">x</c-confirm>')
