"""How long it takes from saving something to finding it, with the worker in a process of its own."""

import os
import statistics
import subprocess
import sys
import time

from . import surroundings

TARGET, TRIES = 2.0, 5


def seconds_to_find() -> float:
    """The median of some tries, in seconds of the clock. Django is set up, the demo city there and indexed."""
    from communities.actions import start_topic
    from directory.models import Person
    from foundation.search.search import search
    from foundation.spaces.models import Space
    from foundation.spaces.querysets import my_spaces
    from intranet.demo.people import BY_ROLE

    person = Person.objects.with_unit().get(username=BY_ROLE["community_host"].username)
    space = next(one for one in Space.objects.communities() if one.pk in {mine.pk for mine in my_spaces(person)})
    found: list[float] = []
    command = [sys.executable, str(surroundings.ROOT / "manage.py"), "worker"]
    with subprocess.Popen(command, env={**os.environ, "LOG_LEVEL": "WARNING"}) as worker:
        try:
            # The first is found when the worker has started, and is not counted.
            for number in range(TRIES + 1):
                word = f"fraicheur{time.time_ns()}"
                start_topic(space, word, word, actor=person)
                begun = time.monotonic()
                while not search(person, word, limit=1).hits:
                    if time.monotonic() - begun > 60:
                        raise RuntimeError("what was saved is not found")
                    time.sleep(0.02)
                found += [time.monotonic() - begun] if number else []
        finally:
            worker.terminate()
    return statistics.median(found)
