"""Why an upstream could not be signed in to."""


class SignInFailed(Exception):  # noqa: N818 - reads as the state it reports
    """`reason` stays the same: refused_by_egress, unreachable, no_metadata, bad_metadata, resource_mismatch,
    issuer_mismatch, no_pkce, registration_refused, needs_client, denied, invalid_grant, client_refused or bad_answer.
    The text may be shown to people of the tenant, and holds no secret."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
