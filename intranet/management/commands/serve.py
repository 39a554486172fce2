"""`manage.py serve`: pages and sockets in one uvicorn process; with worker and sync where sockets live there."""

from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from directory.sync.watch import SyncThread
from intranet.worker import WorkerThread


class Command(BaseCommand):
    help = "Serve the portal from one process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        beside: list[WorkerThread | SyncThread] = []
        if settings.WORKER_IN_SERVER:
            beside.append(WorkerThread())
            if settings.AUTH_LDAP_SERVER_URI:
                beside.append(SyncThread())
        for one in beside:
            one.start()
        try:
            uvicorn.run(
                "intranet.asgi:application",
                host=options["host"],
                port=options["port"],
                loop="uvloop",
                http="httptools",
                ws="websockets-sansio",
                # A frame larger than this is no message of ours; rooms set their own limit.
                ws_max_size=1024 * 1024,
                proxy_headers=False,
                log_level="warning",
                timeout_graceful_shutdown=5,
            )
        finally:
            for one in beside:
                one.stop()
