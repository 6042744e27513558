"""How many ways of doing it wrong there are tests for."""

from collections import Counter
from typing import Final

from tests.control_plane.oauth import (
    test_consent,
    test_negatives_audience,
    test_negatives_clients,
    test_negatives_code,
    test_negatives_documents,
    test_negatives_pkce,
    test_negatives_redirect,
    test_negatives_refresh,
    test_negatives_registered_redirects,
    test_negatives_registration,
    test_negatives_requests,
)
from tests.control_plane.oauth.negatives import Negative
from tests.mcp_runtime import test_access_tokens

LEAST: Final = 450


def every_line() -> list[Negative]:
    audience = test_negatives_audience
    return [
        *test_negatives_redirect.TABLE,
        *test_negatives_redirect.AT_TOKEN,
        *test_negatives_pkce.TABLE,
        *test_negatives_pkce.AT_TOKEN,
        *audience.TABLE,
        *audience.AT_TOKEN,
        *audience.AT_REFRESH,
        *(audience.AUDITOR, audience.OUTSIDER, audience.OWN_CLIENT),
        *test_negatives_code.TABLE,
        *test_negatives_refresh.TABLE,
        *test_negatives_clients.TABLE,
        *test_negatives_registered_redirects.TABLE,
        *test_negatives_registration.TABLE,
        *test_negatives_documents.TABLE,
        *test_negatives_requests.TABLE,
        *test_negatives_requests.AT_AUTHORIZE,
        *test_negatives_requests.AT_TOKEN,
        *test_negatives_requests.AT_REVOKE,
        *test_negatives_requests.ELSEWHERE,
        *test_consent.TABLE,
        *(Negative("audience: to the letter", "runtime", what, "401") for what in test_access_tokens.NEAR),
    ]


def test_each_line_is_there_once_and_there_are_many() -> None:
    lines = every_line()
    assert [name for name, times in Counter(line.name for line in lines).items() if times > 1] == []
    assert len(lines) >= LEAST
    rules = Counter(line.rule.partition(":")[0] for line in lines)
    print(f"{len(lines)} OAuth negatives:", ", ".join(f"{rule} {count}" for rule, count in rules.most_common()))
