"""The browser of a person who connects a client: it follows links, reads forms, and sends them as they are on the page.

No scripts, as none are needed. What it does with a consent is up to whoever holds it.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

MOST_REDIRECTS: Final = 10
_addresses: Final = itertools.count()


@dataclass
class Form:
    """A form of a page: where it goes, and what it sends unless the person chooses otherwise."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.heading = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = tag
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "input" and self.forms and given.get("name"):
            is_chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if is_chosen:
                self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._inside == "h1" and not self.heading:
            self.heading = " ".join(data.split())
        if self._inside not in ("script", "style"):
            self.texts.append(data)


@dataclass(frozen=True, slots=True)
class Page:
    """Where the browser has come to, and what it shows."""

    url: str
    status: int
    policy: str
    heading: str
    text: str
    forms: list[Form]
    links: list[str]

    @property
    def form(self) -> Form:
        """The one that the page is about."""
        assert self.forms, f"no form on {self.url} ({self.status}): {self.text}"
        return self.forms[0]


class Browser:
    """Somebody's, who may be signed in; at an address of its own, where proxies are believed.

    `pages` are those where it arrived.
    """

    def __init__(self, base_url: str, cookies: Mapping[str, str] | None = None) -> None:
        self._base_url = base_url
        self._http = httpx.Client(timeout=20, headers={"X-Forwarded-For": f"198.51.100.{next(_addresses) % 250 + 1}"})
        for name, value in (cookies or {}).items():
            self._http.cookies.set(name, value, domain=urlsplit(base_url).hostname or "")
        self.pages: list[Page] = []

    @property
    def seen(self) -> list[str]:
        """The headings of all pages, in order."""
        return [page.heading for page in self.pages]

    def open(self, url: str) -> Page:
        """Follow a link to where it leads in the end."""
        return self._arrive(self._http.get(url))

    def submit(self, page: Page, **choices: str) -> Page:
        """Send the page's form with these choices."""
        action = urljoin(page.url, page.form.action)
        headers = {"Origin": self._base_url, "Referer": page.url}
        return self._arrive(self._http.post(action, data={**page.form.fields, **choices}, headers=headers), page.policy)

    def _arrive(self, response: httpx.Response, policy: str = "") -> Page:
        for _ in range(MOST_REDIRECTS):
            if not response.is_redirect:
                break
            location = urljoin(str(response.url), response.headers["location"])
            _check_form_action(policy, location, self._base_url)
            response = self._http.get(location)
        read = _Reader()
        read.feed(response.text)
        text = " ".join(" ".join(read.texts).split())
        shown = response.headers.get("content-security-policy", "")
        page = Page(str(response.url), response.status_code, shown, read.heading, text, read.forms, read.links)
        self.pages.append(page)
        return page

    # What a person does when a client opens their browser.

    def allows(self, url: str, **choices: str) -> Page:
        """Let the client in, with whatever is chosen on the page."""
        return self.submit(self.open(url), decision="allow", **choices)

    def allows_reading(self, url: str) -> Page:
        """Let the client in for reading alone."""
        return self.allows(url, access="read")

    def refuses(self, url: str) -> Page:
        """Do not let the client in."""
        return self.submit(self.open(url), decision="deny")

    def turns_back(self, url: str) -> Page:
        """Come to a page that leads nowhere but back to the client, and go there."""
        page = self.open(url)
        (back,) = [link for link in page.links if "error=" in link]
        return self.open(back)


def _check_form_action(policy: str, location: str, base_url: str) -> None:
    """Browsers hold the redirect after a form to the page's `form-action`."""
    parts = urlsplit(location)
    if policy and parts.netloc != urlsplit(base_url).netloc:
        directives = dict(directive.strip().partition(" ")[::2] for directive in policy.split(";"))
        assert f"{parts.scheme}://{parts.netloc}" in directives["form-action"].split(), directives["form-action"]
