"""What happens around every request: its id, its encoding, its measure, and how long its answer may be kept."""

import codecs
import re
import time
import uuid
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from .logs import request_id
from .metrics import DURATION, REQUESTS

Answer = Callable[[HttpRequest], HttpResponse]
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class RequestIdMiddleware:
    """Gives each request an id, taken from the proxy when it looks like one, and repeats it in the answer.

    Outermost, so that whatever goes wrong further in can be quoted by its id.
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


class Utf8Middleware:
    """Refuses requests that say they are written in anything but UTF-8, as no browser of ours does.

    SECURITY: Python knows "encodings" that are none (rot13, unicode_escape): they make texts that no database takes.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding and codecs.lookup(request.encoding).name not in ("utf-8", "ascii"):
            raise BadRequest("not UTF-8")
        return self.get_response(request)


class MetricsMiddleware:
    """Counts and times requests by view, never by address: addresses would name people and grow without end."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match and match.view_name else "none"
        # SECURITY: anybody may invent methods; each would be a series kept for ever.
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(method, view, response.status_code).inc()
        DURATION.labels(view).observe(time.perf_counter() - start)
        return response


class PrivateAnswersMiddleware:
    """SECURITY: what is shown to a signed-in person is kept by no shared cache, and asked for again before it is shown.

    Not `no-store`: browsers would then forget the text of a form that one goes back to. Signing out empties the
    browser's cache instead (see `directory.views.sign_in`).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        person = getattr(request, "user", None)
        if person is not None and person.is_authenticated and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-cache"
        return response
