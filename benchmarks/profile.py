"""Where the time of one page goes: cProfile around warm requests of the test client, on PostgreSQL."""

import cProfile
import pstats

from .pages import browser, portal

REQUESTS = 40
LINES = 40


def profile(name: str, *, small: bool) -> int:
    """Print the functions that cost most, by their own time and with what they call. 2 for a page nobody knows."""
    with portal(small=small) as (_watched, places):
        known = {one.name: one for one in places}
        if name not in known:
            print(f"No such page: {name}. There are: {', '.join(known)}")
            return 2
        place = known[name]
        client = browser(place)
        for _warm in range(5):
            client.get(place.path)
        found = cProfile.Profile()
        found.enable()
        for _one in range(REQUESTS):
            client.get(place.path)
        found.disable()
        print(f"{name}: {place.path}, {REQUESTS} requests")
        statistics = pstats.Stats(found)
        for order in ("cumulative", "tottime"):
            statistics.sort_stats(order).print_stats(LINES)
    return 0
