"""Django's settings, all from the environment. `.env.example` documents every one of them."""

import os
from urllib.parse import urlsplit

import dj_email_url

from control_plane import content_security_policy, database_settings, egress_settings, environment
from control_plane.accounts import policy as accounts_policy
from control_plane.oauth import protocol_settings
from mcp_runtime.contract.job_running import LONGEST_JOB_SECONDS, LONGEST_WAIT_SECONDS

BASE_DIR = environment.ROOT
DATA_DIR = environment.data_dir()
PROCESS = environment.choice("ATRIUM_PROCESS", "command", ("command", "web", "runtime", "worker", "tools", "beat"))

PUBLIC_URL = environment.public_url()
EMBEDDED = environment.is_loopback(PUBLIC_URL)
_https = PUBLIC_URL.startswith("https://")

SECRET_KEY = environment.text(
    "SECRET_KEY",
    str(environment.secrets_document().get("secret_key") or ("embedded-not-yet-started" if EMBEDDED else "")),
)
if not SECRET_KEY:
    raise environment.ConfigurationError("SECRET_KEY is not set. Write 50 random characters, or SECRET_KEY_FILE.")
# The first key seals what is kept unreadable (tenants.sealing); all of them open it, and so does SECRET_KEY.
ENCRYPTION_KEYS = environment.keys("ENCRYPTION_KEYS")
DEBUG = False

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
EXTRA_HOSTS = environment.items("ALLOWED_HOSTS")
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "", *EXTRA_HOSTS, *(LOOPBACK_HOSTS if EMBEDDED else [])]
ALLOWED_ORIGINS = environment.items("ALLOWED_ORIGINS")
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
METRICS_TOKEN = environment.text("METRICS_TOKEN", "")
SIGNUP = environment.choice("SIGNUP", "open" if EMBEDDED else "invite", ("open", "invite", "domains"))
CLIENT_REGISTRATION = environment.choice("CLIENT_REGISTRATION", "open" if EMBEDDED else "closed", ("open", "closed"))
SIGNUP_DOMAINS = [domain.lower() for domain in environment.items("SIGNUP_DOMAINS")]

_web_apps = [
    "django.contrib.admin",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "oauth2_provider",
    "tenants",
    "control_plane",
    *([] if PROCESS == "runtime" else _web_apps),
]
MIDDLEWARE = [
    "control_plane.request_id.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "control_plane.content_security_policy.PermissionsPolicy",
    "control_plane.static_files.StaticFiles",
    "control_plane.base_url.OneBaseUrl",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "control_plane.accounts.sliding_sessions.SlidingSessions",
]
ROOT_URLCONF = "control_plane.urls"
ASGI_APPLICATION = "control_plane.asgi.application"
CONTENT_SECURITY_POLICY = content_security_policy.POLICY
# Components (templates/components) see what they are given and nothing of the page around them.
COTTON_DIR, COTTON_BASE_DIR, COTTON_ISOLATE_BY_DEFAULT = "components", BASE_DIR, True
_template_sources = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", _template_sources)],
            "builtins": [
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "control_plane.templatetags.components",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASE_URL = environment.text(
    "DATABASE_URL",
    str(environment.runtime_document().get("database_url") or f"sqlite:///{DATA_DIR / 'atrium.sqlite3'}"),
)
MIGRATION_DATABASE_URL = environment.text("MIGRATION_DATABASE_URL", DATABASE_URL)
DATABASES = {"default": database_settings.described(DATABASE_URL, PROCESS)}
if MIGRATION_DATABASE_URL != DATABASE_URL:
    DATABASES["owner"] = database_settings.described(MIGRATION_DATABASE_URL, PROCESS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environment.text(
    "REDIS_URL", str(environment.runtime_document().get("redis_url") or "redis://127.0.0.1:6379/0")
)
# Web processes count sign-ins and requests together; whatever else runs counts nothing that others should know of.
_cache = {"BACKEND": "control_plane.shared_cache.SharedCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "atrium:cache"}
CACHES = {"default": _cache if PROCESS == "web" else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = environment.text("CELERY_BROKER_URL", REDIS_URL.replace("unix://", "redis+socket://", 1))
EGRESS = egress_settings.described(
    [urlsplit(PUBLIC_URL).hostname or "", *EXTRA_HOSTS],
    [DATABASE_URL, MIGRATION_DATABASE_URL, REDIS_URL, CELERY_BROKER_URL],
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than any task may take, in all three places: the shortest of them counts.
CELERY_VISIBILITY_TIMEOUT = 10_800
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
}
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Jobs end by their own limits, which leave the worker alive; Celery's come after the last of those.
CELERY_TASK_SOFT_TIME_LIMIT = LONGEST_JOB_SECONDS + LONGEST_WAIT_SECONDS + 600
CELERY_TASK_TIME_LIMIT = CELERY_TASK_SOFT_TIME_LIMIT + 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# The message is a bell: whoever works goes on when the broker is lost, and hearing it twice does no harm. A worker that
# came back must not take fewer messages than before.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_ENABLE_PREFETCH_COUNT_REDUCTION = False
# Celery would close the connection to the database after every task; see database_settings.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_IMPORTS = ["control_plane.worker"]
CELERY_BEAT_SCHEDULER = "control_plane.celery:ObservedScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5

AUTH_USER_MODEL = "tenants.User"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/app/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["control_plane.accounts.sign_in.PasswordSignIn"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "tenants.client_secret_hasher.RandomSecretHasher",  # clients' secrets only
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
vars().update(accounts_policy.SETTINGS)

OAUTH2_PROVIDER_APPLICATION_MODEL = "tenants.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "tenants.AuthorizationCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "tenants.AccessToken"  # noqa: S105 - names a model
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "tenants.RefreshToken"  # noqa: S105 - names a model
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "tenants.IDToken"  # noqa: S105 - names a model
OAUTH2_PROVIDER = protocol_settings.provider(PUBLIC_URL)

# A view that does not say who may use it serves nobody (control_plane.api.declared).
REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["control_plane.api.declared.Declared"],
    "DEFAULT_PARSER_CLASSES": ["control_plane.api.json_body.JsonBody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "control_plane.api.errors.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Atrium management API",
    "DESCRIPTION": "Tenants, members, servers, tools, grants, API keys and calls.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVERS": [{"url": PUBLIC_URL}],
    "SCHEMA_PATH_PREFIX": r"/api/v1(/tenants/{tenant}(?=/))?",
    "PATH_CONVERTER_OVERRIDES": {"label": str, "tool": str},
    "POSTPROCESSING_HOOKS": ["control_plane.api.schema.refusals_documented"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-atrium-session" if _https else "atrium-session"
CSRF_COOKIE_NAME = "__Host-atrium-csrf" if _https else "atrium-csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "control_plane.error_pages.csrf_failed"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Sub-domains and the preload list are not ours to decide; the edge redirects to https (deploy/nginx). An address is
# unique among those that are confirmed, and signing in knows what to do with claims. Redirect URIs are http on loopback
# alone (tenants.redirect_uris).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021", "auth.W004", "oauth2_provider.W008"]

STATIC_URL = "/static/"
# An embedded installation serves them from where they are; a production image collects, hashes and compresses them.
STATIC_ROOT = None if EMBEDDED else DATA_DIR / "static"
WHITENOISE_USE_FINDERS = EMBEDDED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "control_plane.static_files.HashedFiles"
    },
}
DEFAULT_FROM_EMAIL = f"Atrium <atrium@{urlsplit(PUBLIC_URL).hostname}>"
EMAIL_TIMEOUT = 10
EMAIL_URL = environment.text("EMAIL_URL", "")
vars().update({k: v for k, v in dj_email_url.parse(EMAIL_URL or "console:").items() if k.isupper() and v is not None})
# Where nobody said how mail leaves the machine, it stays on a page of it (/outbox/).
OUTBOX = EMBEDDED and not EMAIL_URL
if OUTBOX:
    EMAIL_BACKEND = "control_plane.accounts.outbox.OutboxBackend"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["control_plane.formats"]

# Where the composition root keeps the toolkits of this installation (see tenants.catalogue).
TOOL_CATALOGUE = "control_plane.composition.tool_catalogue"
# And what reads upstream MCP servers, and knows the accounts there (see tenants.upstream_reader).
UPSTREAM_READER = "control_plane.composition.upstream_reader"
UPSTREAM_ACCOUNTS = "control_plane.upstream_doors.accounts_for_reading"
# And what runs the tools of jobs in a worker (see tenants.jobs.runner), with so much memory for each.
JOB_RUNNER = "control_plane.composition.job_runner"
JOB_DEAF_SECONDS = environment.number("JOB_DEAF_SECONDS", 30, minimum=1)
JOB_MEMORY_MB = environment.number("JOB_MEMORY_MB", 2048, minimum=128, maximum=1024 * 1024)
# How long a call waits for its job where its client does not ask for progress.
JOB_PATIENCE_SECONDS = environment.number("JOB_PATIENCE_SECONDS", 50, minimum=1, maximum=3600)
# How long a call in a session waits for each answer of its client, and the tool of a job.
INPUT_SECONDS = environment.number("INPUT_SECONDS", 600, minimum=1, maximum=3600)
JOB_ANSWER_SECONDS = environment.number("JOB_ANSWER_SECONDS", 600, minimum=1, maximum=3600)
LOG_LEVEL = environment.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "control_plane.logs.JsonLines"}},
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stream"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # A refused request is no incident, and requests are not logged one by one.
        "django.request": {"level": "ERROR"},
        "uvicorn.access": {"level": "CRITICAL"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
