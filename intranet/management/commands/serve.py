"""`manage.py serve`: pages and sockets in one uvicorn process; with worker and sync where sockets live there."""

from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from directory.sync.watch import SyncThread
from foundation.realtime.rooms.kinds import MAX_FRAME
from foundation.realtime.rooms.line import Line
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
            run_server(options["host"], options["port"])
        finally:
            for one in beside:
                one.stop()


def run_server(host: str, port: int, alive: float = 20.0) -> None:
    """Pages and sockets, until it is asked to end. alive: seconds after which a quiet socket is asked for a sign of
    life, and that it has to answer.
    """
    uvicorn.run(
        "intranet.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws=Line,
        ws_max_size=MAX_FRAME,
        ws_ping_interval=alive,
        ws_ping_timeout=alive,
        # Compressing for each socket anew costs more than all else a room does, and memory for each socket.
        ws_per_message_deflate=False,
        proxy_headers=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
