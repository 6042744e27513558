"""What a service says when it does not do as asked. Doors turn `code` into a status and show `message`."""

from typing import Any, ClassVar


class ApplicationError(Exception):
    """A refusal with a stable `code`, a `message` for people, and `extra` facts for programs."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra


class InvalidValueError(ApplicationError):
    """A value that does not have the required form. `extra["field"]` names it."""

    code = "invalid_value"


class NotFoundError(ApplicationError):
    """There is no such thing in this tenant. Says the same of what another tenant has."""

    code = "not_found"


class NameTakenError(ApplicationError):
    """Another thing of the same kind has this name already."""

    code = "name_taken"


class InUseError(ApplicationError):
    """Something else needs it. `extra["used_by"]` lists what, each with `kind`, `id` and `name`."""

    code = "in_use"


class LimitReachedError(ApplicationError):
    """The plan allows no more. `extra` has `limit` (its name) and `maximum`."""

    code = "limit_reached"


class AbilityMissingError(ApplicationError):
    """The role of the person, or the scopes of their key, do not allow this. `extra["ability"]` names what lacks."""

    code = "ability_missing"


class EmailNotVerifiedError(ApplicationError):
    """The person has not confirmed their e-mail address yet."""

    code = "email_not_verified"


class LastOwnerError(ApplicationError):
    """A tenant keeps at least one owner."""

    code = "last_owner"


class AlreadyEndedError(ApplicationError):
    """The key was revoked, has expired, or was rotated before."""

    code = "already_ended"


class UnavailableError(ApplicationError):
    """What it needs can't be reached just now."""

    code = "unavailable"


class UpstreamSignInError(ApplicationError):
    """An upstream, or its authorization server, can't be signed in to. `extra["reason"]` says why."""

    code = "upstream_sign_in_failed"


class NotRepeatableError(ApplicationError):
    """The job has not ended yet, or its arguments can't be read any more."""

    code = "not_repeatable"


class ChangedMeanwhileError(ApplicationError):
    """What the person decided about is not what they saw: it has changed since."""

    code = "changed_meanwhile"
