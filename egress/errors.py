"""Why nothing was fetched, as a reason that stays the same and says nothing about the inside of this network."""

from typing import Final

REFUSED: Final = {
    "url_malformed": "This is not an absolute URL in its plain ASCII form.",
    "url_too_long": "A URL may have 2,048 characters at most.",
    "scheme_not_allowed": "The URL must begin with https://.",
    "credentials_in_url": "A URL may not carry a user name or password.",
    "fragment_in_url": "A URL that is fetched has no fragment: leave out # and what follows.",
    "port_not_allowed": "This port is not allowed.",
    "host_is_address": "The URL must name its host, not give an address.",
    "host_not_a_name": "The host is not a full DNS name in its ASCII form (letters, digits, hyphens, xn--).",
    "host_not_public": "The host is of a domain that is never public.",
    "host_is_ours": "The URL leads back to this installation.",
    "path_not_plain": "The path may have no dot segments, backslashes or control characters, encoded or not.",
    "method_not_allowed": "This method may not be used here.",
    "host_not_allowed": "The host is not one of those that this tenant allows.",
    "header_not_allowed": "A header of the request is malformed, or is not the caller's to set.",
    "request_too_large": "The request is larger than it may be.",
    "address_not_public": "The host does not lead to public addresses only.",
    "too_many_addresses": "The host has too many addresses.",
    "redirected": "The answer is a redirect, and redirects are not followed.",
    "too_many_redirects": "The answer is one redirect after another.",
    "compressed": "The answer is compressed, although it was asked for as it is.",
    "inflated_too_large": "The answer is larger than it may be once it is unpacked.",
    "headers_too_large": "The answer's headers are too many or too large.",
    "body_too_large": "The answer is larger than it may be.",
}
FAILED: Final = {
    "name_not_found": "The host's name has no address.",
    "resolver_busy": "Too many names are being looked up.",
    "own_addresses_unknown": "Whether the host is one of this installation's own could not be told.",
    "too_many_connections": "Too many connections are open already.",
    "no_connection": "The host could not be reached.",
    "certificate_not_trusted": "The host's certificate is not trusted, has expired or is for another name.",
    "tls_failed": "No TLS connection could be made.",
    "cut_short": "The connection ended before the answer did.",
    "bad_response": "The answer is not well-formed HTTP/1.1.",
    "went_silent": "The host sent nothing, or took nothing, for too long.",
    "deadline_passed": "There was no complete answer in time.",
}


class EgressError(Exception):
    """Nothing was fetched. `reason` is a key of REFUSED or FAILED; the text is for who owns the URL.

    Before people who are not signed in, say one and the same for every reason: the difference between a name that is
    unknown and one that leads inside would tell them which names this network knows.
    """

    def __init__(self, reason: str) -> None:
        super().__init__({**REFUSED, **FAILED}[reason])
        self.reason = reason


class EgressRefused(EgressError):  # noqa: N818 - reads as what happened
    """The guard says no, to the request or to the answer: trying again changes nothing."""


class EgressFailed(EgressError):  # noqa: N818 - reads as what happened
    """The other side or the network did not do its part: another time it may."""
