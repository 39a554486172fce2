"""Feeds and calendars of notices, and the secret addresses under which programs read them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.spaces.models import Space

from .. import feeds as shapes
from ..actions import feed_keys
from ..models import FeedKey, Genre, Notice

TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}
LANGUAGES = ("fr", "en")
# Named on the page as examples.
SITES = 30


def _reader(request: HttpRequest) -> Any:
    """Who reads: the holder of the key, or whoever is signed in; None for nobody. An unknown key: 404.

    SECURITY: a key that was given decides, whoever else is signed in in this browser.
    """
    if "key" in request.GET:
        person = feed_keys.holder_of(request.GET["key"])
        if person is None:
            raise Http404
        return person
    return request.user if request.user.is_authenticated else None


def _answer(request: HttpRequest, person: Any, etag: str, notices: list[Notice], form: str, make: Any) -> HttpResponse:
    """The document, or that it is as it was."""
    changed = shapes.last_change(notices)
    stamp = int(changed.timestamp()) if changed else None
    found = get_conditional_response(request, etag=etag, last_modified=stamp)
    response = found or HttpResponse(make(), content_type=TYPES[form])
    # SECURITY: what one person may read is kept by no shared cache.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = etag
    if changed:
        response.headers["Last-Modified"] = changed.strftime("%a, %d %b %Y %H:%M:%S GMT")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _found(request: HttpRequest, person: Any) -> tuple[Any, str]:
    """What the person may see, in the site that was asked for; and how the stream is called."""
    found, title = Notice.objects.visible_to(person), _("Notices and news")
    slug = request.GET.get("site", "")
    if slug:
        space = get_object_or_404(Space.objects.visible_to(person), slug=slug, kind=Space.Kind.SITE)
        # In this order the rule is asked inside the one space, which is cheaper.
        found, title = Notice.objects.in_space(space).visible_to(person), f"{title} · {space.name}"
    return found, title


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "").replace("\0", "")[:60] for name in ("genre", "subject", "language")}
    known_genre = not asked["genre"] or asked["genre"] in Genre.values
    if not known_genre or (asked["language"] and asked["language"] not in LANGUAGES):
        raise Http404
    return asked


@login_not_required
@require_safe
def feed(request: HttpRequest, form: str) -> HttpResponse:
    """The newest notices one may read, as Atom or RSS."""
    person = _reader(request)
    if person is None:
        return redirect_to_login(request.get_full_path())
    asked = _asked(request)
    with translation.override(asked["language"] or person.language):
        found, title = _found(request, person)
        notices = shapes.stream(found, **asked)
        language = translation.get_language() or "fr"
        address = shapes.absolute(request.path + _without_key(request))
        etag = shapes.etag_of(person, notices, form, language, title)

        def document() -> str:
            return shapes.feed_of(notices, form, title=title, address=address, language=language)

        return _answer(request, person, etag, notices, form, document)


@login_not_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """What takes place, for a calendar program."""
    person = _reader(request)
    if person is None:
        return redirect_to_login(request.get_full_path())
    with translation.override(person.language):
        found, title = _found(request, person)
        notices = shapes.dated(found)
        etag = shapes.etag_of(person, notices, "ics", person.language, title)
        return _answer(request, person, etag, notices, "ics", lambda: shapes.calendar_of(notices, title=title))


def _without_key(request: HttpRequest) -> str:
    """The question of the address. SECURITY: a document that is passed on does not give the key away."""
    kept = request.GET.copy()
    kept.pop("key", None)
    return f"?{kept.urlencode()}" if kept else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest) -> HttpResponse:
    """One's secret addresses: made, shown once, renewed. Signed-in browsers open the same without a key."""
    secret = feed_keys.make_feed_key(actor=request.user) if request.method == "POST" else ""
    context = {
        "key": FeedKey.objects.visible_to(request.user).first(),
        "addresses": _addresses(secret) if secret else [],
        "sites": _sites(request)[:SITES],
        "genres": Genre.choices,
    }
    return render(request, "publications/subscriptions/subscriptions.html", context)


def _sites(request: HttpRequest) -> Any:
    return Space.objects.visible_to(request.user).filter(kind=Space.Kind.SITE).in_name_order(request.user.language)


def _addresses(secret: str) -> list[dict[str, Any]]:
    """What to copy: label, what it is for, address."""
    rows = [
        ("atom", _("Notices and news (Atom)"), reverse("publications:feed", args=["atom"])),
        ("rss", _("Notices and news (RSS, for older programs)"), reverse("publications:feed", args=["rss"])),
        ("ics", _("Dated notices, for a calendar (iCalendar)"), reverse("publications:calendar")),
    ]
    question = urlencode({"key": secret})
    return [{"form": form, "label": label, "url": shapes.absolute(f"{path}?{question}")} for form, label, path in rows]


@require_POST
def withdraw_key(request: HttpRequest) -> HttpResponse:
    """Close one's secret addresses."""
    feed_keys.withdraw_feed_key(actor=request.user)
    messages.success(request, _("Your secret addresses no longer work."))
    return redirect("publications:subscriptions")
