"""A server process with the tests' kind of room, as `serve` runs it: `python -m tests.realtime.rooms.served <port>
[<seconds until a sign of life>]`.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings")
django.setup()

from intranet.management.commands.serve import run_server  # noqa: E402  (needs the apps loaded)
from tests.realtime.rooms import notes  # noqa: E402, F401  (registers the kind)

if __name__ == "__main__":
    run_server("127.0.0.1", int(sys.argv[1]), *map(float, sys.argv[2:]))
