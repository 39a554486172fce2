"""Every setting of the portal, read from the environment (see `.env.example`, which a test keeps complete).

Without any variable the portal runs embedded, for a newcomer or a demonstration: SQLite, in-memory layer, local files.
With `PARVIS_ENVIRONMENT=production` what protects people becomes compulsory, and a missing secret stops the start.
"""

import contextlib
import secrets
import socket
import tempfile
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from applications import oidc_settings
from applications.oidc_settings import *  # noqa: F403  (the provider's own page of settings)
from publications.desk.settings import *  # noqa: F403  (the editors' desk: what Wagtail is told)

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.escape_proxy = True
if not env.bool("PARVIS_IGNORE_ENV_FILE", default=False):
    environ.Env.read_env(BASE_DIR / ".env")

PRODUCTION = env.str("PARVIS_ENVIRONMENT", default="development") == "production"
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
# Where everything that is not code is kept: database, files, demo directory.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))


def required_in_production(name: str) -> str:
    """The variable, which production cannot do without; elsewhere empty when unset."""
    value = env.str(name, default="")
    if PRODUCTION and not value:
        raise ImproperlyConfigured(f"{name} must be set when PARVIS_ENVIRONMENT is production (see .env.example).")
    return value


def local_secret(name: str) -> str:
    """A secret made once and kept beside the data, so that development sessions survive a restart."""
    path = DATA_DIR / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # SECURITY: readable by its owner alone from the first byte on (so are temporary files), and whole or not there:
        # of two processes that start at once, both use the one secret that was first.
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file, contextlib.suppress(FileExistsError):
            file.write(secrets.token_urlsafe(48))
            file.flush()
            path.hardlink_to(file.name)
    return path.read_text()


SECRET_KEY = required_in_production("SECRET_KEY") or local_secret("secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# -- Addresses -------------------------------------------------------------------------------------------------------
SITE_URL = (required_in_production("SITE_URL") or "http://127.0.0.1:8000").rstrip("/")
# SECURITY: requests for any other host are refused.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []
# The number of proxies in front that add to X-Forwarded-For; 0 takes the address of the connection.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ROOT_URLCONF = "intranet.urls"
WSGI_APPLICATION = "intranet.wsgi.application"
ASGI_APPLICATION = "intranet.asgi.application"
APPEND_SLASH = True

# -- Parts -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # ours, from the roof down
    "intranet",
    "intranet.portal",
    "publications",
    "communities",
    "whiteboards",
    "applications",
    "directory",
    "foundation.search",
    "foundation.realtime",
    "foundation.discussion",
    "foundation.files",
    "foundation.acknowledgements",
    "foundation.activity",
    "foundation.content",
    "foundation.spaces",
    "foundation.audiences",
    "foundation.ui",
    "foundation.outgoing",
    # others'
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "channels",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "haystack",
    "ninja",
    "oauth2_provider",
    # the editors' desk (`publications` alone speaks to it)
    "wagtail.users",
    "wagtail.snippets",
    "publications.desk.apps.ImagesConfig",  # wagtail.images, with our rights
    "wagtail.search",
    "publications.desk.apps.DeskConfig",  # wagtail.admin, without its letters
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
]

MIDDLEWARE = [
    "intranet.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "intranet.middleware.MetricsMiddleware",
    "intranet.middleware.Utf8Middleware",
    "intranet.middleware.PrivateAnswersMiddleware",
    "csp.middleware.CSPMiddleware",
    "directory.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "directory.middleware.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "intranet" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "intranet.context_processors.frame",
            ],
            "builtins": ["foundation.ui.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "foundation.ui.forms.FormRenderer"

# -- Data ------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'parvis.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        # Takes the write lock at the start of a transaction: no "database is locked" halfway through.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # A pool, never CONN_MAX_AGE: under ASGI that leaves a connection per thread behind (decision 19).
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 5},
        "connect_timeout": 4,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        alias: {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        for alias in ("default", "mailboxes")
    }
    CHANNEL_LAYERS = {
        "default": {
            # The pub-sub layer heals after a Redis restart; the core layer never does (decision 6).
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # Without `socket_timeout: None` idle sockets die after five seconds.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # SECURITY: the counters of failed sign-ins live here; they must not be pushed out by many addresses.
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        },
        # What was last seen of people's mail and agenda (`applications/looking`), apart for the same reason.
        "mailboxes": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "mailboxes",
            "OPTIONS": {"MAX_ENTRIES": 120_000},
        },
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "foundation.realtime.layers.EmbeddedChannelLayer"}}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.str("FILES_DIR", default=str(DATA_DIR / "files"))},
    },
    # Compressing takes minutes of CPU: it is worth them where thousands of people ask, not for a newcomer who waits.
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
# Where nginx finds the same files (an `internal` location); empty: Django serves them itself.
FILES_ACCEL_LOCATION = env.str("FILES_ACCEL_LOCATION", default="")
FILES_MAX_MB = env.int("FILES_MAX_MB", default=200)
# SECURITY: anything larger is streamed to a temporary file, so that an upload costs constant memory.
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "intranet" / "static"]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
# Seconds between two looks of an idle worker at its queue.
WORKER_INTERVAL = env.float("WORKER_INTERVAL", default=0.3)
# The worker runs in a thread of the server when sockets live in its memory, in its own process otherwise.
WORKER_IN_SERVER = not REDIS_URL

# -- Search ----------------------------------------------------------------------------------------------------------
# tantivy by default; Whoosh for a small place without wheels (decision 31). Another engine is another line here.
SEARCH_ENGINES = {
    "tantivy": "foundation.search.backends.tantivy.TantivyEngine",
    "whoosh": "foundation.search.backends.whoosh.WhooshEngine",
}
SEARCH_ENGINE = env.str("SEARCH_ENGINE", default="tantivy")
if SEARCH_ENGINE not in SEARCH_ENGINES:
    raise ImproperlyConfigured(f"SEARCH_ENGINE must be one of {', '.join(SEARCH_ENGINES)}, not {SEARCH_ENGINE!r}.")
HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": SEARCH_ENGINES[SEARCH_ENGINE],
        # On a disk of the machine itself, shared by its processes. It can be thrown away: it is built again.
        "PATH": env.str("SEARCH_DIR", default=str(DATA_DIR / "search" / SEARCH_ENGINE)),
    }
}

# -- Publications ----------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = env.str("BRAND_NAME", default="Parvis")
WAGTAILADMIN_BASE_URL = SITE_URL
# SECURITY: machines inside that feeds may be read from and webhooks sent to: names, addresses, networks. Of others the
# portal asks only addresses of the Internet (`foundation/outgoing`).
FEED_SOURCES_ALLOW = env.list("FEED_SOURCES_ALLOW", default=[])
# SECURITY: the same for what applications name: manifests that are read, addresses whose health is checked.
APPLICATION_NETWORKS = env.list("APPLICATION_NETWORKS", default=[])
# The Domino web server of each Notes server, by the pattern of its name, the first that fits: "*/Ville=https://domino…".
# `*` is for links that name no server, or one that is not listed.
DOMINO_WEB_HOSTS = env.dict("DOMINO_WEB_HOSTS", default={})
# Where everyone's own mail and the like are read on the web: mail (iNotes), verse, contacts, subscriptions, bookmarks.
NOTES_WEB_ADDRESSES = env.dict("NOTES_WEB_ADDRESSES", default={})

# -- People ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "directory.Person"
AUTHENTICATION_BACKENDS = [
    "directory.backends.DirectoryBackend",
    "directory.backends.LocalBackend",
    "foundation.audiences.backends.RuleBackend",
    "publications.desk.permissions.DeskBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Who reads which detail of people, where the city wants it otherwise: "mobile=team,absences=everyone!" (a fixed one).
PROFILE_PRIVACY = env.dict("PROFILE_PRIVACY", default={})
# Whether people who have the same discussion open are shown to each other (decision 47).
PAGE_PRESENCE = env.bool("PAGE_PRESENCE", default=True)
# LDAP groups whose members may make groups and saved audiences; managers and administrators always may.
GROUP_KEEPERS = env.list("GROUP_KEEPERS", default=["communications", "hotes-communautes"])
# Whom to write to about a mistake in what LDAP says of people; empty: the text names human resources.
DIRECTORY_CONTACT = env.str("DIRECTORY_CONTACT", default="")
LOGIN_URL = "directory:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "directory:sign_in"
SESSION_ENGINE = "directory.sessions"
SESSION_COOKIE_NAME = "parvis_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# The number of failed sign-ins an account, or an address, may make in `SIGN_IN_WINDOW` seconds.
SIGN_IN_FAILURES_PER_ACCOUNT = env.int("SIGN_IN_FAILURES_PER_ACCOUNT", default=5)
SIGN_IN_FAILURES_PER_ADDRESS = env.int("SIGN_IN_FAILURES_PER_ADDRESS", default=50)
SIGN_IN_WINDOW = env.int("SIGN_IN_WINDOW", default=300)

# -- Single sign-on --------------------------------------------------------------------------------------------------
# Days that a key signs before the next one takes over.
SIGNING_KEY_DAYS = env.int("SIGNING_KEY_DAYS", default=90)
# SECURITY: the issuer is fixed; never made from what a request says of its host.
OAUTH2_PROVIDER = {**oidc_settings.OAUTH2_PROVIDER, "OIDC_ISS_ENDPOINT": f"{SITE_URL}/o"}

# -- Words -----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "parvis_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "America/Toronto"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["foundation.ui.formats"]
BRAND_NAME = env.str("BRAND_NAME", default="Parvis")
CITY_NAME = env.str("CITY_NAME", default="Ville de Montréal")

# -- Protection ------------------------------------------------------------------------------------------------------
SECURE_COOKIES = SITE_URL.startswith("https://") or PRODUCTION
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "intranet.errors.csrf_failure"
# SECURITY: nothing inline, nothing from elsewhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

# SECURITY: who may read /metrics besides the machine itself: a bearer token; empty means loopback only.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# -- Logs ------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "intranet.logs.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
            "static_fields": {"host": socket.gethostname()},
        },
        "plain": {"format": "%(levelname)s %(name)s [%(request_id)s] %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": env.str("LOG_FORMAT", default="json" if PRODUCTION else "plain"),
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django_auth_ldap": {"level": "ERROR"},
        # They tell every step of drawing a PDF.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        # The worker looks at its queue three times a second, and would say so each time.
        "django_tasks_db": {"level": "WARNING"},
    },
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"

from applications.mailbox_settings import *  # noqa: E402, F403  (mail and agenda: a page of settings of their own)
from directory.ldap_settings import *  # noqa: E402, F403  (AUTH_LDAP_*: the directory's own page of settings)
