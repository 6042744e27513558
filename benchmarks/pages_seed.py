"""`python -m benchmarks.pages_seed`: a fresh database with the busy company; prints what its owner's browser needs."""

import json

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django's models must be set up before
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.busy_company import BUSY, company_found, company_grow  # noqa: E402
from benchmarks.dashboard_pages import page_routes, path_of  # noqa: E402


def main() -> None:
    """One JSON object: `cookie`, and `pages` by the name that the table gives them."""
    call_command("migrate", verbosity=0)
    company = company_found()
    company_grow(company, BUSY)
    browser = Client()
    browser.force_login(company.owner)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    names = company.names()
    pages = {route.partition(">")[2]: path_of(route, names) for route in page_routes()}
    print(json.dumps({"cookie": f"{settings.SESSION_COOKIE_NAME}={session}", "pages": pages}))


if __name__ == "__main__":
    main()
