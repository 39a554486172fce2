"""The REST API under /api/v1/: each app's router, one way to sign in, one shape of errors."""

from typing import Any

from csp.decorators import csp_update
from django.core.exceptions import BadRequest, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError
from ninja.errors import ValidationError as SchemaError
from ninja.parser import Parser
from ninja.security import APIKeyCookie
from psycopg_pool import PoolTimeout

from applications.api import router as applications
from communities.api import router as communities
from directory.api import router as directory
from directory.tokens import TokenAuth
from foundation.acknowledgements.api import router as acknowledgements
from foundation.activity.api import router as activity
from foundation.audiences.policies import Refused
from foundation.content.api import router as content
from foundation.discussion.api import router as discussion
from foundation.search.api import router as search
from publications.api import router as publications
from whiteboards.api import router as whiteboards

from .errors import problem


class SessionAuth(APIKeyCookie):
    """The signed-in browser. SECURITY: its changes need the CSRF token, as in any form."""

    param_name = "parvis_session"

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user if request.user.is_authenticated and request.user.is_active else None


class TextParser(Parser):
    """Reads JSON. SECURITY: refuses texts that no database takes, a NUL or half a character, wherever they stand."""

    def parse_body(self, request: HttpRequest) -> Any:
        data = super().parse_body(request)
        _check_texts(data)
        return data


def _check_texts(data: Any) -> None:
    """ValueError for such a text; as deep as JSON may be."""
    if isinstance(data, str):
        if "\0" in data:
            raise ValueError("NUL in a text")
        data.encode()
    elif isinstance(data, dict | list):
        for one in data:
            _check_texts(one)
        for one in data.values() if isinstance(data, dict) else ():
            _check_texts(one)


api = NinjaAPI(
    title="Parvis",
    version="1",
    description="What the portal shows, for programs. Same rules, same refusals.",
    parser=TextParser(),
    # A token first: a request that has one is not asked for a CSRF token.
    auth=[TokenAuth(), SessionAuth()],
    # SECURITY: the documentation page styles itself inline; nowhere else may.
    docs_decorator=csp_update({"style-src": ["'unsafe-inline'"], "img-src": ["data:"]}),
    urls_namespace="api",
)
for _router in (
    directory,
    publications,
    communities,
    whiteboards,
    applications,
    activity,
    content,
    discussion,
    acknowledgements,
    search,
):
    api.add_router("", _router)


@api.exception_handler(SchemaError)
def bad_schema(request: HttpRequest, error: SchemaError) -> HttpResponse:
    # A location is ("body", "data", "title") or ("query", "paging", "limit"): a program knows the field.
    errors = [
        {"field": ".".join(str(one) for one in each["loc"][2:] or each["loc"][1:]), "message": each["msg"]}
        for each in error.errors
    ]
    return problem(422, detail=_("Some fields are missing or not as expected."), errors=errors)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    errors = [{"field": field, "message": text} for field, texts in by_field.items() for text in texts]
    return problem(422, detail=_("Some fields are missing or not as expected."), errors=errors)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(403, detail=str(error.reason))


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(401, detail=_("Sign in, or send a valid personal token."))
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(AuthorizationError)
def not_allowed(request: HttpRequest, error: AuthorizationError) -> HttpResponse:
    return problem(403, detail=_("This token may only read."))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, detail=_("There is nothing here for you."))


@api.exception_handler(BadRequest)
def bad_request(request: HttpRequest, error: BadRequest) -> HttpResponse:
    return problem(400, detail=_("This cursor is not one of ours."))


@api.exception_handler(HttpError)
def other(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, detail=str(error))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
@api.exception_handler(PoolTimeout)
def database_down(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(503, detail=_("One of the portal's parts does not answer for the moment."))


def _decides_itself(patterns: list[Any]) -> None:
    """The API answers 401 itself, with tokens in mind; LoginRequiredMiddleware would redirect to a page."""
    for pattern in patterns:
        pattern.callback.login_required = False


# Worked out once: ninja makes new views at each reading of `urls`.
urls = api.urls
_decides_itself(urls[0])
