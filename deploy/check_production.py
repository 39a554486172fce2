#!/usr/bin/env python3
"""Whether the settings hold in production: `manage.py check --deploy` under a complete, invented environment.

Called by `make lint`. Connects to nothing: the check reads settings, models and addresses only. Ends with the status of
the check, which any warning makes other than zero.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Of the machine's own environment, what Python needs to start; nothing of a developer's `.env` or shell.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


def production_environment(data_dir: str | Path) -> dict[str, str]:
    """A complete production environment for a subprocess, its secrets made on the spot."""
    return {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        "PARVIS_ENVIRONMENT": "production",
        "PARVIS_IGNORE_ENV_FILE": "1",
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SITE_URL": "https://parvis.ville.example",
        "ALLOWED_HOSTS": "parvis.ville.example",
        "TRUSTED_PROXIES": "1",
        "DATABASE_URL": f"postgres://parvis:{secrets.token_urlsafe(16)}@127.0.0.1:5432/parvis",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "FILES_ACCEL_LOCATION": "/internal/files/",
        "METRICS_TOKEN": secrets.token_urlsafe(32),
        "LDAP_URI": "ldaps://annuaire.ville.example",
        "LDAP_BIND_DN": "cn=parvis,ou=services,dc=ville,dc=example",
        "LDAP_BIND_PASSWORD": secrets.token_urlsafe(16),
        "LDAP_BASE_DN": "dc=ville,dc=example",
    }


def check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the check under `environment`; standard error holds what it has to say."""
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def main() -> int:
    """Check, and show what was said when something is wrong."""
    with tempfile.TemporaryDirectory(prefix="parvis-check-") as folder:
        done = check(production_environment(folder))
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        print("The settings do not hold in production.", file=sys.stderr)
        return 1
    print("Production settings: no issues.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
