"""The pages for what goes wrong: what happened, what was kept, what to do, and a reference to quote.

They query nothing and need no signed-in frame, so that they show whatever is broken. The API gets the same as
problem+json.
"""

import sys
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from .logs import request_id


def _words(code: int) -> tuple[str, str, str]:
    """Title, message and advice for a status, in the active language."""
    words = {
        400: (
            _("This request cannot be read"),
            _("Something in the address or the form is not as expected. Nothing was changed."),
            _("Go back, reload the page and try again."),
        ),
        403: (
            _("You may not do this"),
            _("You are signed in, but this action is not open to you. Nothing was changed."),
            _("If you think it should be, ask a host of the space or your manager."),
        ),
        404: (
            _("There is nothing here for you"),
            _("The page does not exist, was moved, or is not addressed to you."),
            _("Check the address, or start again from the home page."),
        ),
        500: (
            _("Something broke on our side"),
            _("The error was recorded. What you sent may not have been saved."),
            _("Go back: what you typed is usually still there. If it happens again, quote the reference below."),
        ),
        503: (
            _("The portal is catching its breath"),
            _("One of its parts does not answer for the moment. Nothing was changed."),
            _("Wait a minute, then reload the page."),
        ),
    }
    return words[code]


def _reference() -> str:
    return request_id.get()


def problem(status: int, *, detail: str = "", errors: Any = None) -> JsonResponse:
    """An API error as problem+json (RFC 9457)."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{_reference()}",
    }
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type="application/problem+json")


def error_page(request: HttpRequest, code: int, *, message: str = "") -> HttpResponse:
    """The page of a status; `message` replaces the general one when there is a reason for people."""
    title, general, advice = _words(code)
    if request.path.startswith("/api/"):
        return problem(code, detail=message or general)
    context = {
        "code": code,
        "title": title,
        "message": message or general,
        "advice": advice,
        "reference": _reference(),
        "home": "/",
    }
    return HttpResponse(render_to_string("ui/error/error.html", context), status=code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the rule's own reason."""
    return error_page(request, 403, message=str(getattr(exception, "reason", "")))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when what broke is the database not answering, whichever layer met it."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return unavailable(request)
    return error_page(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = error_page(request, 503)
    response.headers["Retry-After"] = "30"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from elsewhere."""
    return error_page(
        request,
        403,
        message=_(
            "The form had expired, or did not come from this portal. Go back, reload the page and send it again."
        ),
    )
