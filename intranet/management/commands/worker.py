"""`manage.py worker`: the background worker in its own process (production, or with REDIS_URL)."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from intranet.worker import work


class Command(BaseCommand):
    help = "Run background tasks until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("Worker started.")
        work(stop)
