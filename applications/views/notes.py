"""Links to Notes: opening them, saying where what they led to is now, reading one that somebody has."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import ask, require
from foundation.content.models import Content
from foundation.ui.notes_links import NotesLink, NotesLinkError, parse_link

from .. import actions
from ..forms.notes import LinkForm, PlaceForm, SheetForm
from ..models import Application, NotesPlace
from ..notes_sheets import sheet_of
from ..notes_ways import (
    CLIENT,
    FILE,
    KINDS,
    chosen,
    facts_of,
    file_of,
    is_known,
    name_of,
    remember,
    remembered_way,
    ways_of,
)

PAGE, PROBLEMS = 100, 200
EXAMPLE = "C1256C1E:006B1EB2;29DCC0C174F9C52FC1256C1F00831A06;/communities/…"
FILE_TYPE = "application/vnd.lotus-notes"
BOTH = require_http_methods(["GET", "HEAD", "POST"])


class NotesRedirect(HttpResponse):
    """To an address that begins with notes://. SECURITY: written from the parts of a link, ASCII without line ends."""

    status_code = 302

    def __init__(self, link: NotesLink) -> None:
        super().__init__(headers={"Location": link.to_url()})


@never_cache
@require_safe
def resolve(request: HttpRequest, replica: str = "", unid: str = "") -> HttpResponse:
    """`/notes/<replica>/<unid>/`: to where it is now, once it has moved; else to Notes."""
    if not replica and "path" not in request.GET:
        return redirect("applications:notes_link")
    try:
        link = parse_link(request.get_full_path())
    except NotesLinkError as error:
        return render(request, "applications/notes/wrong.html", {"reason": error}, status=404)
    if request.path != link.to_portal().partition("?")[0]:
        return redirect(link.to_portal())
    return open_link(request, link)


@never_cache
def open_application_in_notes(request: HttpRequest, application: Application) -> HttpResponse:
    """The door of an application that opens in Notes, which one may open: the caller asked."""
    try:
        link = parse_link(application.notes_link)
    except NotesLinkError as error:
        context = {"reason": error, "application": application}
        return render(request, "applications/notes/wrong.html", context, status=404)
    return open_link(request, link, application)


def open_link(request: HttpRequest, link: NotesLink, application: Application | None = None) -> HttpResponse:
    """To the new place of what has moved; else in the way this device remembers, or the way asked for; else the page
    that offers them all."""
    moved = NotesPlace.objects.visible_to(request.user).for_link(link).with_target().first() if link.replica else None
    # An application that took the place of its own database still opens.
    if moved is not None and (application is None or moved.content_id != application.pk):
        return redirect(moved.target.get_absolute_url())
    ways = ways_of(link, request)
    asked = request.GET.get("with", "")
    title = application.display_title if application else str(name_of(link))
    is_trusted = application is not None or is_known(link)
    # SECURITY: a link that somebody else made starts nothing by itself when it names a server of elsewhere.
    way = chosen(ways, asked) if is_trusted or asked == FILE else None
    if way is None and is_trusted and "choose" not in request.GET:
        way = chosen(ways, remembered_way(request))
    if way is not None and way.key == FILE:
        return _file(link, title)
    if way is not None and way.key == CLIENT and asked:
        return NotesRedirect(link)
    if way is not None and way.key != CLIENT:
        return HttpResponse(status=302, headers={"Location": way.url})
    context = {
        "application": application,
        "link": link,
        "facts": facts_of(link),
        "title": title,
        "ways": ways,
        "is_trusted": is_trusted,
        "is_opening": way is not None,
        "remembered": remembered_way(request),
        "here": request.path if application else link.to_portal(),
    }
    response = render(request, "applications/notes/open.html", context)
    if way is not None:
        # The page stays, with the other ways: nothing says whether a program opened. SECURITY: as in NotesRedirect.
        response["Refresh"] = f"0; url={way.url}"
    return response


def _file(link: NotesLink, title: str) -> HttpResponse:
    """The `.ndl` file, to be kept or opened, never shown."""
    data = file_of(link, title)
    assert data is not None
    name = re.sub(r"[^\w ,()-]+", " ", title).strip() or "notes"
    response = HttpResponse(data, content_type=FILE_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.ndl") or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


@BOTH
@never_cache
def device(request: HttpRequest) -> HttpResponse:
    """How this device opens links to Notes: shown; remembered, or forgotten, by POST (`way`, empty to be asked)."""
    if request.method != "POST":
        context = {"remembered": KINDS.get(remembered_way(request)), "kinds": KINDS.values()}
        return render(request, "applications/notes/device.html", context)
    way = request.POST.get("way", "")
    if way and way not in KINDS:
        return HttpResponseBadRequest()
    wanted = request.POST.get("next", "")
    # SECURITY: only to the portal.
    is_safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    response = redirect(wanted if is_safe else "applications:notes_device")
    remember(response, way)
    if not way:
        messages.success(request, _("Links to Notes will ask how to open, on this device."))
    return response


@BOTH
@never_cache
def link(request: HttpRequest) -> HttpResponse:
    """What a link to Notes is, and the addresses it can have. Nothing is kept."""
    form = LinkForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "can_keep": ask(request.user, "applications.keep_notes_places", None)}
    if request.method == "POST" and form.is_valid():
        ways = ways_of(form.link, request)
        context |= {
            "link": form.link,
            "name": name_of(form.link),
            "facts": facts_of(form.link),
            "portal": request.build_absolute_uri(form.link.to_portal()),
            "path": form.link.to_portal(),
            "ways": ways,
            "is_trusted": is_known(form.link),
        }
    return render(request, "applications/notes/link.html", context, status=422 if form.errors else 200)


def _rows(request: HttpRequest, places: list[NotesPlace]) -> list[dict[str, Any]]:
    """Each with its title, if its reader may see it."""
    visible = _visible(request, places)
    return [{"place": one, "is_shown": one.content_id is None or one.content_id in visible} for one in places]


def _visible(request: HttpRequest, places: list[NotesPlace]) -> set[int]:
    keys = [one.content_id for one in places if one.content_id]
    return set(Content.objects.visible_to(request.user).filter(pk__in=keys).values_list("pk", flat=True))


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The new places, for those who keep them."""
    require(request.user, "applications.keep_notes_places", None)
    found = NotesPlace.objects.editable_by(request.user).with_target().in_order()
    after = request.GET.get("after", "")
    rows = list(found.after(after)[: PAGE + 1])
    context = {
        "rows": _rows(request, rows[:PAGE]),
        "more": str(rows[PAGE - 1]) if len(rows) > PAGE else "",
        "total": found.count(),
        "is_first": not after,
    }
    return render(request, "applications/notes/places.html", context)


@require_safe
def places_sheet(request: HttpRequest) -> StreamingHttpResponse:
    """All of them as a sheet, which can be imported again."""
    require(request.user, "applications.keep_notes_places", None)
    found = NotesPlace.objects.editable_by(request.user).with_target().in_order()
    language = request.user.language

    def lines() -> Iterator[str]:
        rows = list(found)
        yield from sheet_of(rows, visible=_visible(request, rows), language=language)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="notes.csv"'
    return response


@BOTH
@never_cache
def add_place(request: HttpRequest) -> HttpResponse:
    """Say where one thing is now."""
    require(request.user, "applications.keep_notes_places", None)
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found: NotesLink = form.cleaned_data["link"]
        try:
            place = actions.move_place(found.replica, found.document, form.cleaned_data["address"], actor=request.user)
        except ValidationError as error:
            for name, told in error.message_dict.items():
                form.add_error(name if name in form.fields else "link", told)
        else:
            messages.success(request, _("Links to it now lead to “%(title)s”.") % {"title": _title(place)})
            return redirect("applications:notes_places")
    return render(request, "applications/notes/place_form.html", {"form": form}, status=422 if form.errors else 200)


def _title(place: NotesPlace) -> str:
    return place.content.display_title if place.content else str(place.target)


@BOTH
@never_cache
def import_places(request: HttpRequest) -> HttpResponse:
    """A sheet of new places: checked first, then imported."""
    require(request.user, "applications.keep_notes_places", None)
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "example": EXAMPLE}
    if request.method == "POST" and form.is_valid():
        is_check = "import" not in request.POST
        report = actions.move_many(form.lines, actor=request.user, only_check=is_check)
        if not is_check:
            said = ngettext("%(count)d new place was imported.", "%(count)d new places were imported.", report.moved)
            messages.success(request, said % {"count": report.moved})
            if not report.problems:
                return redirect("applications:notes_places")
        # The lines come back in the form, so that a file need not be chosen again.
        kept = SheetForm(initial={"text": form.cleaned_data["text"]})
        context |= {
            "form": kept,
            "report": report,
            "problems": report.problems[:PROBLEMS],
            "left_out": max(len(report.problems) - PROBLEMS, 0),
            "is_check": is_check,
        }
    return render(request, "applications/notes/import.html", context, status=422 if form.errors else 200)


@require_POST
def remove_place(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Links lead to Notes again."""
    require(request.user, "applications.keep_notes_places", None)
    place = get_object_or_404(NotesPlace.objects.editable_by(request.user), uuid=uuid)
    actions.remove_place(place, actor=request.user)
    messages.success(request, _("Links to it lead to Notes again."))
    return redirect("applications:notes_places")
