"""Django settings of the small Open edX. The variables are set by serve.py.

Only what `lti_consumer` needs is installed; nothing here changes what it does.
"""

import os

ROOT = os.environ["LMS_ROOT"]
FOLDER = os.environ["LMS_FOLDER"]

DEBUG = False
SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "pages"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PLATFORM_NAME = "Small Open edX"
LMS_ROOT_URL = LTI_BASE = LTI_API_BASE = ROOT
FEATURES = {}
LTI_CUSTOM_PARAM_TEMPLATES = {}
# The pattern by which edx-platform recognises a usage key in an address.
USAGE_ID_PATTERN = r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "config_models",
    "rest_framework",
    "django_filters",
    "lti_consumer",
    "lms_records",
]
MIDDLEWARE = [
    "edx_django_utils.cache.middleware.RequestCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(FOLDER, "lms.sqlite3")}
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MIGRATION_MODULES = {"lms_records": None}
SESSION_COOKIE_NAME = "open_edx_session"
LOGGING = {
    "version": 1,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
