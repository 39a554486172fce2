"""What surrounds each request on the directory's behalf: its session and its language."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, over our own engine; named here so that settings speak of one place."""


class LanguageMiddleware(MiddlewareMixin):
    """The person's language; for who is not signed in, the cookie's, then the browser's, then French.

    No query of its own: `request.user` is read anyway.
    """

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(language_of(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.user.is_authenticated:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def language_of(request: HttpRequest) -> str:
    """`fr` or `en`."""
    if request.user.is_authenticated:
        return request.user.language
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if cookie in dict(settings.LANGUAGES):
        return cookie
    return _accepted(request.headers.get("Accept-Language", ""))


def _accepted(header: str) -> str:
    """The first of our languages the browser wants: `fr-CA` is `fr`; a browser that wants neither gets French."""
    known = dict(settings.LANGUAGES)
    best, best_quality = settings.LANGUAGE_CODE, 0.0
    for part in header[:200].split(","):
        name, _sep, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        language = name.strip()[:2].lower()
        if language in known and quality > best_quality:
            best, best_quality = language, quality
    return best
