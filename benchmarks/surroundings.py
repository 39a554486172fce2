"""Where a benchmark runs: its folder, its private database server, and Django set up on one of its databases."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


# The settings of production, for a portal on loopback where nobody signs in: sessions are made by the benchmark.
PRODUCTION = {
    "PARVIS_ENVIRONMENT": "production",
    "SECRET_KEY": "of the benchmark, which serves invented people on loopback",
    "SITE_URL": "http://127.0.0.1",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SECURE_SSL_REDIRECT": "0",
    "LDAP_URI": "ldaps://127.0.0.1:1",
    "LDAP_BIND_PASSWORD": "unused",
    "DATABASE_POOL": "2",
}


@contextmanager
def production(server: PrivatePostgres, name: str, sources: Iterable[Path], **environment: str) -> Iterator[bool]:
    """Django in production's shape on the database `name`; answers whether its data are there already.

    They are made anew when `sources`, which generate them, or the schema changed; a failure leaves them unmade.
    """
    stamp, wanted = server.folder / f"{name}.stamp", fingerprint(sources)
    is_fresh = stamp.exists() and stamp.read_text() == wanted
    if not is_fresh:
        stamp.unlink(missing_ok=True)
    set_up(server.url_of(name) if is_fresh else server.create_database(name), **PRODUCTION, **environment)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not is_fresh:
        migrate()
    yield is_fresh
    stamp.write_text(wanted)


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
