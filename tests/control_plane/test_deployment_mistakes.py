"""Each deployment mistake has a system check with an id, and a sound installation none of them."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.core.checks import run_checks

from control_plane import checks

OWNER: Final = "postgres://owner:secret@database.example/atrium"
APPLICATION: Final = "postgres://app:secret@database.example/atrium"


@pytest.fixture
def sound(settings: Any) -> Any:
    """The settings of a public installation without a mistake."""
    settings.PUBLIC_URL, settings.EMBEDDED = "https://atrium.example", False
    settings.SECRET_KEY = "".join(chr(ord("!") + index) for index in range(60))
    settings.DATABASE_URL, settings.MIGRATION_DATABASE_URL = APPLICATION, OWNER
    settings.REDIS_URL = "rediss://:secret@store.example:6380/0"
    settings.METRICS_TOKEN = "t" * 24
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return settings


def ids_found() -> set[str]:
    ours = (
        checks.public_url_is_https,
        checks.secret_key_is_strong,
        checks.database_keeps_tenants_apart,
        checks.migrations_have_their_own_role,
        checks.metrics_have_a_token,
        checks.store_has_a_password,
        checks.mail_leaves_the_machine,
    )
    return {str(message.id) for check in ours for message in check()}


@pytest.mark.usefixtures("sound")
def test_a_sound_installation_has_none() -> None:
    assert ids_found() == set()


@pytest.mark.parametrize(
    ("setting", "value", "id_"),
    [
        ("PUBLIC_URL", "http://atrium.example", "atrium.E001"),
        ("SECRET_KEY", "short", "atrium.E002"),
        ("SECRET_KEY", "ab" * 40, "atrium.E002"),
        ("DATABASE_URL", "sqlite:///atrium.sqlite3", "atrium.E003"),
        ("MIGRATION_DATABASE_URL", APPLICATION, "atrium.E004"),
        ("METRICS_TOKEN", "", "atrium.E007"),
        ("METRICS_TOKEN", "short", "atrium.E007"),
        ("REDIS_URL", "redis://store.example:6379/0", "atrium.E008"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "atrium.E009"),
    ],
)
def test_a_mistake_is_found(sound: Any, setting: str, value: str, id_: str) -> None:
    setattr(sound, setting, value)
    assert ids_found() == {id_}


def test_an_embedded_installation_may_do_all_that(sound: Any) -> None:
    sound.EMBEDDED, sound.PUBLIC_URL, sound.METRICS_TOKEN = True, "http://127.0.0.1:8000", ""
    sound.REDIS_URL, sound.DATABASE_URL = "redis://127.0.0.1:6379/0", "sqlite:///atrium.sqlite3"
    assert ids_found() == set()


def test_they_run_with_deploy_only(settings: Any) -> None:
    settings.SECRET_KEY = "short"
    found: Callable[[bool], set[str]] = lambda deploy: {  # noqa: E731 - used twice, here
        str(message.id) for message in run_checks(include_deployment_checks=deploy)
    }
    assert "atrium.E002" in found(True)
    assert "atrium.E002" not in found(False)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_application_role_owns_nothing_and_passes_by_nothing(settings: Any) -> None:
    settings.EMBEDDED = False
    assert checks.application_role_is_powerless(databases=["default"]) == []


@pytest.mark.postgresql
@pytest.mark.django_db(databases=["default", "owner"])
def test_an_owner_as_the_application_is_found() -> None:
    assert [message.id for message in checks.role_mistakes("owner")] == ["atrium.E006"]
