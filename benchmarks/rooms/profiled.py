"""`python -m benchmarks.rooms.profiled FILE …`: uvicorn with these options, each of its threads under cProfile.

At its end FILE gets, after what it holds, where the time went, thread by thread. Profiling slows Python down: its
shares are right, its times are not.
"""

import cProfile
import io
import pstats
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path

import uvicorn

LINES = 60


def main(target: Path) -> None:
    """Serve until told to stop, then write."""
    import_module(sys.argv[2].partition(":")[0])
    profiles: dict[str, cProfile.Profile] = {}
    run_thread = threading.Thread.run

    def run(self: threading.Thread) -> None:
        profile = profiles[self.name] = cProfile.Profile()
        profile.runcall(run_thread, self)

    threading.Thread.run = run  # type: ignore[method-assign]
    # uvicorn ends as it was told to, and tells the process again.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit())
    profile = profiles["main"] = cProfile.Profile()
    try:
        profile.runcall(uvicorn.main.main, sys.argv[2:], standalone_mode=False)
    finally:
        with target.open("a") as file:
            file.writelines(_told(name, one) for name, one in profiles.items())


def _told(name: str, profile: cProfile.Profile) -> str:
    out = io.StringIO()
    stats = pstats.Stats(profile, stream=out)
    stats.sort_stats("tottime").print_stats(LINES)
    stats.sort_stats("cumulative").print_stats(LINES)
    return f"==== thread {name}\n{out.getvalue()}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
