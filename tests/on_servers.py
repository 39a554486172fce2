"""The tests again, on what production uses: `python -m tests.on_servers [pytest arguments]`.

Starts a private PostgreSQL and a private Redis, and runs pytest with their addresses: the database of every test is
PostgreSQL, its cache and socket layer are Redis.
"""

import os
import subprocess
import sys
import tempfile

from tests.parts import PrivatePostgres, PrivateRedis


def main(arguments: list[str]) -> int:
    """The exit status of pytest, or 1 under CI when a server is missing (0 with a line elsewhere)."""
    missing = [part.package for part in (PrivatePostgres, PrivateRedis) if not part.is_installed()]
    if missing:
        print(f"Not run on servers: install Debian's packages {' '.join(missing)}")
        return 1 if os.environ.get("CI") == "true" else 0
    folder = tempfile.mkdtemp(prefix="parvis-servers-")
    os.chmod(folder, 0o755)  # noqa: PTH101  (the servers may run as another user)
    with PrivatePostgres(f"{folder}/postgres") as postgres, PrivateRedis(f"{folder}/redis") as redis:
        env = {**os.environ, "TEST_DATABASE_URL": postgres.url, "TEST_REDIS_URL": redis.url}
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
