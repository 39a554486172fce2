"""Real processes on the test's own database and index: the worker with its indexer, and web servers."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

MANAGE = str(settings.BASE_DIR / "manage.py")


def environment() -> dict[str, str]:
    """What makes another process work on what this test works on."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PARVIS_IGNORE_ENV_FILE": "1",
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": _database_url(),
        "SEARCH_DIR": settings.HAYSTACK_CONNECTIONS["default"]["PATH"],
        "ALLOWED_HOSTS": "127.0.0.1",
        "WORKER_INTERVAL": "0.1",
    }


def worker() -> "subprocess.Popen[bytes]":
    """The worker, indexer included. Whoever starts it ends it."""
    with Path(settings.DATA_DIR, "worker.log").open("ab") as log:
        return subprocess.Popen([sys.executable, MANAGE, "worker"], env=environment(), stdout=log, stderr=log)


def _database_url() -> str:
    made = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{made['NAME']}"
    login = f"{quote(made['USER'])}:{quote(made['PASSWORD'] or '')}"
    return f"postgres://{login}@{made['HOST']}:{made['PORT']}/{made['NAME']}"
