"""Settings of the tests: the product's own, on throw-away data, with cheap password hashes."""

import os
import tempfile
from pathlib import Path

os.environ["PARVIS_IGNORE_ENV_FILE"] = "1"
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="parvis-tests-"))
for _name in ("LDAP_URI", "REDIS_URL", "PARVIS_ENVIRONMENT", "DEBUG"):
    os.environ.pop(_name, None)
if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
else:
    os.environ.pop("DATABASE_URL", None)
if "TEST_REDIS_URL" in os.environ:
    # Each process of the tests has a Redis database of its own: one clears its cache while the other counts on it.
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"].rsplit("/", 1)[0] + f"/{int(_worker[2:]) + 1}"

from intranet.settings import *  # noqa: E402, F403
from intranet.settings import CHANNEL_LAYERS, DATA_DIR, DATABASES, HAYSTACK_CONNECTIONS, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
# Names without hashes: the tests build nothing and collect nothing.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if "TEST_REDIS_URL" in os.environ:
    # Channels of Redis are common to its databases.
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
Path(DATA_DIR, "static").mkdir(exist_ok=True)
# Each process of the tests has an index of its own, as it has a database.
HAYSTACK_CONNECTIONS["default"]["PATH"] += f"-{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
# A file, not memory: the server of the browser tests reads it from its own threads.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}
