"""Where a benchmark runs: its folder, its private database server, and Django set up on one of its databases."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import django
from django.core.management import call_command

from tests.parts import PrivatePostgres

ROOT = Path(__file__).resolve().parent.parent
_folder = ROOT / "var" / "bench"

# Those of the measurements the forms and indexes were chosen by (documentation/decisions/0003-visibility.md).
SERVER = {"work_mem": "16MB", "maintenance_work_mem": "256MB", "max_wal_size": "4GB", "max_connections": "40"}


def folder() -> Path:
    """Where data and reports are kept."""
    _folder.mkdir(parents=True, exist_ok=True)
    return _folder


def work_in(place: Path) -> None:
    """Keep data and reports in `place`."""
    global _folder  # noqa: PLW0603 (one per process, chosen on the command line)
    _folder = place.absolute()


def server() -> PrivatePostgres:
    """The benchmarks' PostgreSQL, not started yet. Its data stay from one run to the next."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    buffers = "1GB" if memory >= 4 * 1024**3 else "256MB"
    return PrivatePostgres(folder() / "postgres", SERVER | {"shared_buffers": buffers}, keep=True)


def set_up(url: str, **environment: str) -> None:
    """Django on the database at `url`, with settings of its own that no `.env` changes. Once per process."""
    for name in ("LDAP_URI", "REDIS_URL", "DEBUG", "PARVIS_ENVIRONMENT"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "intranet.settings",
        "PARVIS_IGNORE_ENV_FILE": "1",
        "DATA_DIR": str(folder() / "data"),
        "DATABASE_URL": url,
        **environment,
    }
    django.setup()


def fingerprint(sources: Iterable[Path]) -> str:
    """Of the schema (every migration) and of what generates the data: when it changes, the data are made again."""
    migrations = [one for one in ROOT.glob("**/migrations/*.py") if ".venv" not in one.parts]
    total = hashlib.sha256()
    for path in sorted([*migrations, *sources]):
        # The first line of a generated migration is the date it was written on.
        lines = path.read_bytes().splitlines()
        total.update(str(path.relative_to(ROOT)).encode() + b"\n".join(one for one in lines if one[:1] != b"#"))
    return total.hexdigest()


def migrate() -> None:
    """Django's own migrations."""
    call_command("migrate", verbosity=0, interactive=False)


def forget_all() -> None:
    """Everything kept from earlier runs."""
    server().erase()
    shutil.rmtree(folder(), ignore_errors=True)
