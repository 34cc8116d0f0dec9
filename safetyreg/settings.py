"""Every setting, read from the environment with a default fit for trying the register out."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from redis.backoff import NoBackoff
from redis.retry import Retry

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SAFETYREG_DEMO = env.bool("SAFETYREG_DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="not-secret-debug-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY in the environment. The file .env.example says how to make one.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "overview",
    "escalations",
    "risks",
    "deadlines",
    "notifications",
    "accounts",
    "safetyreg.audit",
    "safetyreg.idempotency",
    "safetyreg.nhsuk",
    "demo",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "pgtrigger",
    "csp",
    "django.contrib.postgres",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "safetyreg.request_id.RequestIdMiddleware",
    "safetyreg.api.compression.CompressMiddleware",
    "accounts.middleware.ClientMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "safetyreg.error_pages.RefusalMiddleware",
]

# Pages of other origins may call the API only where an operator says so; otherwise no answer mentions it. Never with
# the session: a browser elsewhere sends a token of its own.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "X-Request-ID", "Retry-After", "Deprecation", "Sunset", "Link"]
if CORS_ALLOWED_ORIGINS:
    INSTALLED_APPS.append("corsheaders")
    MIDDLEWARE.insert(1, "corsheaders.middleware.CorsMiddleware")

ROOT_URLCONF = "safetyreg.urls"
WSGI_APPLICATION = "safetyreg.wsgi.application"

CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "safetyreg.nhsuk.environment.environment",
            "context_processors": [
                *CONTEXT_PROCESSORS,
                "safetyreg.nhsuk.context.page",
                "notifications.context.unread",
                "overview.saved_views.context.saved_views",
                "demo.context.sign_ins",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    },
]
FORM_RENDERER = "safetyreg.nhsuk.forms.Renderer"

DATABASES = {"default": env.db("DATABASE_URL", default="postgresql://localhost/safetyreg")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # What waits in the cache is never worth a reader's waiting: a Redis that does not answer is done without.
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)},
    }
}

# Tasks carry no state: each one is a sweep over rows, so a lost or doubled task does no harm (docs/adr).
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-deadlines": {"task": "deadlines.tasks.sweep", "schedule": 15.0, "options": {"expires": 60}},
    "send-notifications": {"task": "notifications.tasks.send", "schedule": 15.0, "options": {"expires": 60}},
    "send-webhooks": {"task": "notifications.tasks.send_webhooks", "schedule": 15.0, "options": {"expires": 60}},
    "forget-webhooks": {"task": "notifications.tasks.forget_webhooks", "schedule": crontab(hour=4, minute=20)},
    "index-risks": {"task": "risks.tasks.index", "schedule": 15.0, "options": {"expires": 60}},
    "forget-answers": {"task": "safetyreg.idempotency.tasks.forget_stale", "schedule": crontab(minute=25)},
    "work-on-imports": {"task": "risks.tasks.work_on_imports", "schedule": 5.0, "options": {"expires": 60}},
    "make-packages": {"task": "overview.tasks.make_packages", "schedule": 5.0, "options": {"expires": 60}},
    "make-figures": {"task": "overview.tasks.make_figures", "schedule": 30.0, "options": {"expires": 30}},
    "make-reports": {"task": "overview.tasks.make_reports", "schedule": 5.0, "options": {"expires": 60}},
    "clear-sessions": {"task": "accounts.tasks.clear_sessions", "schedule": crontab(hour=4, minute=10)},
    "clear-client-requests": {"task": "accounts.tasks.clear_client_requests", "schedule": crontab(hour=4, minute=20)},
}

FILE_UPLOAD_HANDLERS = [
    "safetyreg.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.People"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("sign-in")
LOGIN_REDIRECT_URL = reverse_lazy("home")
LOGOUT_REDIRECT_URL = reverse_lazy("sign-in")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "safetyreg.nhsuk.finders.NhsukFinder",
]
NHSUK_FRONTEND = BASE_DIR / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The compiled NHS.UK stylesheet asks for /assets/... at the root of the site.
WHITENOISE_ROOT = STATIC_ROOT / "nhsuk"

MAIL_DIR = VAR_DIR / "mail"
EMAIL = env.email("EMAIL_URL", default="filemail:///")
if EMAIL["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend":
    EMAIL["EMAIL_FILE_PATH"] = str(MAIL_DIR)
vars().update(EMAIL)
EMAIL_TIMEOUT = 10  # seconds: a mail server that hangs must not hold up the rest of the outbox
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Patient Safety Risk Register <no-reply@localhost>")

# Where messages to the systems of organisations may go. Private addresses and plain HTTP are for tests and development.
WEBHOOK_ALLOW_PRIVATE = env.bool("WEBHOOK_ALLOW_PRIVATE", default=False)
WEBHOOK_ALLOW_HTTP = env.bool("WEBHOOK_ALLOW_HTTP", default=False)
WEBHOOK_PORTS = env.list("WEBHOOK_PORTS", cast=int, default=[443])
# What seals the secrets that sign them: the first seals, each opens. Without any, SECRET_KEY does.
WEBHOOK_SECRET_KEYS = env.list("WEBHOOK_SECRET_KEYS", default=[])

# Frutiger is licensed to NHS sites and served by one host; without it the pages use Arial.
NHS_FONT_HOST = ["https://assets.nhs.uk"] if env.bool("NHS_FONTS", default=False) else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF, *NHS_FONT_HOST],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "safetyreg.error_pages.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "safetyreg.request_id.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} [{request_id}] {name}: {message}", "style": "{"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}

SESSION_COOKIE_AGE = 60 * 60 * 12  # since the last request, give or take accounts.middleware.RENEW_AFTER
PASSWORD_RESET_TIMEOUT = 60 * 60 * 4
SESSION_COOKIE_HTTPONLY = True
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=not SAFETYREG_DEMO and not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=SECURE_COOKIES)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000 if SECURE_COOKIES else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = bool(SECURE_HSTS_SECONDS)
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.Bearer",
        "safetyreg.api.authentication.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["safetyreg.api.permissions.Deny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["safetyreg.api.parsers.Json"],
    "UNICODE_JSON": False,  # what a caller sent may be quoted back, and not every string has a UTF-8 form
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "safetyreg.api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "safetyreg.api.schema.Schema",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` names the kind of file that an export is
    "EXCEPTION_HANDLER": "safetyreg.api.problems.problem",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Other systems get an access token with their id and secret: the only grant there is. Of a token only its SHA-256 is
# kept, and of a secret too (docs/adr/0018).
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.Client"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "accounts.oauth.Validator",
    "SCOPES_BACKEND_CLASS": "accounts.oauth.ScopesOfClients",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 15 * 60,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],  # nobody is sent anywhere
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
}
API_RATE_LIMIT = env.int("API_RATE_LIMIT", default=600)  # requests a minute of one client, unless it has its own limit
API_LOG_DAYS = env.int("API_LOG_DAYS", default=365)  # how long what clients asked for is kept; 30 at least

SPECTACULAR_SETTINGS = {
    "TITLE": "Patient Safety Risk Register",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "safetyreg.api.describing.complete",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["safetyreg.api.permissions.SignedIn"],
    "SWAGGER_UI_DIST": "SIDECAR",
    # Groups are opened one by one: drawn all at once, so many operations and shapes would keep a browser busy for long.
    "SWAGGER_UI_SETTINGS": {"docExpansion": "none", "defaultModelsExpandDepth": -1, "deepLinking": True},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "Band": "risks.scoring.Band",
        "CallerKind": "accounts.api.serializers.KINDS",
        "ClockState": "deadlines.api.STATES",
        "ImportOutcome": "risks.models.RowOutcome",
        "ImportStatus": "risks.models.BatchStatus",
        "ClosureReason": "risks.models.ClosureReason",
        "DeadlineKind": "deadlines.models.Kind",
        "EscalationStatus": "escalations.models.Status",
        "EscalationVerb": "escalations.models.Verb",
        "FeedbackKind": "escalations.models.FeedbackKind",
        "FigureHolds": "overview.api_dashboard.HOLDS",
        "IntroductionStatus": "risks.models.IntroductionStatus",
        "Level": "accounts.models.Level",
        "LinkKind": "risks.models.LinkKind",
        "LinkStatus": "risks.models.LinkStatus",
        "NotificationKind": "notifications.models.Kind",
        "Outcome": "escalations.models.Outcome",
        "Position": "risks.models.Position",
        "Process": "risks.lfpse.PROCESSES",
        "Reach": "risks.lfpse.REACH",
        "ReportStatus": "overview.making.MadeStatus",
        "RiskStatus": "risks.models.Status",
        "Role": "accounts.models.Role",
        "Scope": "safetyreg.api.scopes.Scope",
        "ScoreKind": "risks.models.ScoreKind",
        "ServiceType": "risks.lfpse.SERVICES",
        "ShareBasis": "risks.models.Basis",
        "Theme": "risks.lfpse.THEMES",
        "TransferStatus": "risks.models.TransferStatus",
        "Treatment": "risks.models.Treatment",
        "TriageKind": "overview.triage.sources.Kind",
        "Urgency": "deadlines.models.Urgency",
        "Unit": "deadlines.models.UnitChoices",
        "WebhookDeliveryState": "notifications.webhooks.models.DeliveryState",
        "WebhookEventType": "notifications.webhooks.types.EventType",
        "WebhookState": "notifications.webhooks.models.State",
        "Verdict": "escalations.models.Verdict",
    },
}
