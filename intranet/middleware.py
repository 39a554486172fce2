"""What happens around every request: its id, its measure, and a plain page when a part is down."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from psycopg_pool import PoolTimeout

from .errors import unavailable
from .logs import request_id
from .metrics import DURATION, REQUESTS

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Gives each request an id, taken from the proxy when it looks like one, and repeats it in the answer.

    Outermost, so that a lost database is answered plainly whichever layer met it first.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        current = given if _ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(current)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers["X-Request-ID"] = current
        return response


class FaultMiddleware:
    """A database that does not answer gives a plain page and a 503, not a trace."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError | PoolTimeout):
            logger.error("database unavailable: %s", exception)
            return unavailable(request)
        return None


class MetricsMiddleware:
    """Counts and times requests by view, never by address: addresses would name people and grow without end."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match and match.view_name else "none"
        REQUESTS.labels(request.method, view, response.status_code).inc()
        DURATION.labels(view).observe(time.perf_counter() - start)
        return response
