"""Gus of globex, who tries every address that somebody of another company has been at."""

import re
from typing import Final

from playwright.sync_api import Page

from tests.browser.story.visitor import Visitor

NOBODYS: Final = "no-such-company"
REQUEST_ID: Final = re.compile(r"Request <code>[^<]*</code>|name=\"csrf-token\" content=\"[^\"]*\"")


class Outsider:
    """Signed in, at the same installation, with a tenant of their own."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._tried: set[str] = set()

    def finds_nothing_of(self, visitor: Visitor, tenant: str) -> None:
        """At each new address of the tenant's that the visitor came by: the same as of a tenant that nobody has."""
        for path in visitor.visited:
            if path.startswith(f"/app/{tenant}/") and path not in self._tried:
                self._tried.add(path)
                status, found = self._asked(path)
                assert (status, found) == (404, self._asked(path.replace(tenant, NOBODYS))[1]), path
                assert tenant not in found
        assert self._tried

    def is_not_let_in(self, authorization_url: str) -> None:
        """Where a client of somebody else's sends them: told that they are no member, and nothing else."""
        status, found = self._asked(authorization_url)
        assert (status, "You are not a member of" in found) == (403, True)

    def _asked(self, path: str) -> tuple[int, str]:
        answer = self.page.context.request.get(path, max_redirects=0)
        return answer.status, REQUEST_ID.sub("", answer.text())
