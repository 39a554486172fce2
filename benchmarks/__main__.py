"""`python -m benchmarks [visibility|pages|all] [--small]`; exits with 1 when a target is missed."""

import argparse
import subprocess
import sys
from pathlib import Path

from . import surroundings

PARTS = ("visibility", "pages")


def main() -> int:
    """Read the command line and run the parts asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=[*PARTS, "all"], default="all")
    parser.add_argument("--small", action="store_true", help="little data: proves the benchmark, measures nothing")
    parser.add_argument("--requests", type=int, default=0, help="requests per page")
    parser.add_argument("--profile", metavar="PAGE", help="where the time of one page goes, e.g. home")
    parser.add_argument("--fresh", action="store_true", help="forget the data of earlier runs first")
    parser.add_argument("--folder", type=Path, default=surroundings.folder(), help="where data and reports are kept")
    options = parser.parse_args()
    surroundings.work_in(options.folder)
    if options.fresh:
        surroundings.forget_all()
    if options.profile:
        from .profile import profile

        return profile(options.profile, small=options.small)
    if options.part == "all":
        # A process each: Django is set up once per process, on one database.
        extra = ["--folder", str(options.folder), *(["--small"] if options.small else [])]
        ends = [subprocess.run([sys.executable, "-m", "benchmarks", one, *extra], check=False) for one in PARTS]
        return max(one.returncode for one in ends)
    if options.part == "visibility":
        from .visibility import run

        return int(bool(run(small=options.small)))
    from .pages import run as run_pages

    return int(bool(run_pages(small=options.small, requests=options.requests)))


if __name__ == "__main__":
    sys.exit(main())
