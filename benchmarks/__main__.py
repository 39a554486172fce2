"""`python -m benchmarks [PART] [--small]`, PART one of `PARTS`; exits with 1 when a target is missed."""

import argparse
import subprocess
import sys
from pathlib import Path

from . import surroundings

PARTS = (
    *("visibility", "pages", "directory", "search", "acknowledgements", "push", "publications"),
    *("applications", "sign_in", "rooms"),
)


def main() -> int:
    """Read the command line and run the parts asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=[*PARTS, "all"], default="all")
    parser.add_argument("--small", action="store_true", help="little data: proves the benchmark, measures nothing")
    parser.add_argument(
        "--million", action="store_true", help="the search at a million things too (an hour the first time)"
    )
    parser.add_argument(
        "--database",
        choices=["sqlite", "postgresql"],
        help="of the directory, the acknowledgements and the rooms; else both",
    )
    parser.add_argument("--layer", choices=["memory", "redis"], help="of the measures of push; else both")
    parser.add_argument("--requests", type=int, default=0, help="requests per page")
    parser.add_argument(
        "--profile", metavar="PAGE", help="where the time of one page goes, e.g. home; of the rooms: joins, A or B"
    )
    parser.add_argument("--fresh", action="store_true", help="forget the data of earlier runs first")
    parser.add_argument("--folder", type=Path, default=surroundings.folder(), help="where data and reports are kept")
    options = parser.parse_args()
    surroundings.work_in(options.folder)
    if options.fresh:
        surroundings.forget_all()
    if options.profile and options.part == "rooms":
        from .rooms.run import profile as profile_rooms

        return profile_rooms(options.database or "sqlite", options.profile, small=options.small)
    if options.profile:
        from .profile import profile

        return profile(options.profile, small=options.small)
    # A process each: Django is set up once per process, on one database.
    extra = ["--folder", str(options.folder), *(["--small"] if options.small else [])]
    if options.part == "all":
        return max(_part(one, *extra) for one in PARTS)
    if options.part == "visibility":
        from .visibility import run

        return int(bool(run(small=options.small)))
    if options.part == "search":
        from .search import run as run_search

        return int(bool(run_search(small=options.small, million=options.million)))
    if options.part == "acknowledgements":
        from .acknowledgements import DATABASES as BOTH
        from .acknowledgements import run as run_acknowledgements

        if options.database:
            return int(bool(run_acknowledgements(options.database, small=options.small)))
        return max(_part("acknowledgements", *extra, "--database", one) for one in BOTH)
    if options.part == "directory":
        from .directory import DATABASES
        from .directory import run as run_directory

        if options.database:
            return int(bool(run_directory(options.database, small=options.small)))
        return max(_part("directory", *extra, "--database", one) for one in DATABASES)
    if options.part == "publications":
        from .publications import run as run_publications

        return int(bool(run_publications(small=options.small, requests=options.requests)))
    if options.part == "sign_in":
        from .sign_in import run as run_sign_in

        return int(bool(run_sign_in(small=options.small, requests=options.requests)))
    if options.part == "applications":
        from .applications import run as run_applications

        return int(bool(run_applications(small=options.small, requests=options.requests)))
    if options.part == "push":
        from .push import LAYERS
        from .push import run as run_push

        if options.layer:
            return int(bool(run_push(options.layer, small=options.small)))
        return max(_part("push", *extra, "--layer", one) for one in LAYERS)
    if options.part == "rooms":
        from .rooms.run import DATABASES as EITHER
        from .rooms.run import run as run_rooms

        if options.database:
            return int(bool(run_rooms(options.database, small=options.small)))
        return max(_part("rooms", *extra, "--database", one) for one in EITHER)
    from .pages import run as run_pages

    return int(bool(run_pages(small=options.small, requests=options.requests)))


def _part(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "benchmarks", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
