"""What is wrong with a page is found, in the look in which it is wrong."""

import pytest

from tests.browser.examination import CheckPage, PageAt

SPOILED = """() => {
  const added = (tag, text, look) => {
    const element = document.querySelector("main").appendChild(document.createElement(tag));
    element.textContent = text;
    Object.assign(element.style, look);
  };
  added("p", "bright", { color: "#aaa" });
  added("p", "dim", { color: "#444" });
  added("div", "wide", { width: "600px" });
  added("button", "", {});
}"""


def test_what_is_wrong_with_a_page_is_found(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at("/")
    page.evaluate(SPOILED)
    with pytest.raises(AssertionError) as raised:
        check_page(page, "spoiled")
    found = str(raised.value).splitlines()[1:]
    begins = {line.split("<")[0] for line in found if line.startswith(("light: ", "dark: ", "phone: "))}
    assert begins == {
        "light: serious color-contrast: ",
        "light: critical button-name: ",
        "dark: serious color-contrast: ",
        "phone: critical button-name: ",
        "phone: div. is beyond the edge",
    }
    assert [">bright<" in line for line in found if line.startswith("light: serious color-contrast")] == [True]
    assert [">dim<" in line for line in found if line.startswith("dark: serious color-contrast")] == [True]


def test_what_the_browser_complains_of_is_found(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at("/")
    page.evaluate("setTimeout(() => { throw new Error('unforeseen'); })")
    page.evaluate("document.head.append(Object.assign(document.createElement('style'), { textContent: 'p {}' }))")
    with pytest.raises(AssertionError, match="style-src-elem forbids inline") as raised:
        check_page(page, "spoiled")
    assert "uncaught: unforeseen" in str(raised.value)
