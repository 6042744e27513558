"""What is good passes: over TLS, to the host that the URL names, with the path and query that it has."""

import pytest

from egress.purposes import RULES, Purpose
from egress.urls import check_url
from tests.egress.certificates import serving
from tests.egress.conftest import Listen
from tests.egress.hostile_corpus import corpus
from tests.egress.outside import INSTALLATION, Visit, answer, caller

pytestmark = pytest.mark.anyio


async def test_every_good_url_is_fetched_from_its_own_host(listen: Listen) -> None:
    async def respond(visit: Visit) -> None:
        await visit.say(answer(visit.request))
        await visit.until_gone()

    policy = INSTALLATION.policy(RULES[Purpose.HTTP_TOOL])
    targets = {url: check_url(url, policy) for url in corpus("public_urls")}
    outside = await listen(respond, tls=serving(*sorted({target.host for target in targets.values()})))
    for url, target in targets.items():
        fetched = await outside.fetch(url, caller())
        request, host, *_ = fetched.body.decode("ascii").split("\r\n")
        assert request == f"GET {target.request_target} HTTP/1.1"
        assert host == f"Host: {target.authority}"
    assert len(outside.recorder.connects) == len(targets) >= 100
    assert outside.denials == []
