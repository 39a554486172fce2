"""Finding people: the list, its filters, and the list as a file."""

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from foundation.audiences.policies import ask
from foundation.ui import dates
from foundation.ui.pairs import reading_language

from ..actions import export_people
from ..filters import ROLES, Filters
from ..finding import Found, absences_today, find
from ..models import Unit
from ..querysets import folded
from ..spoken import language_name, languages_by_name

PAGE = 30
LONGEST = 200


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody in name order, or those found, thirty at a time. While one types, htmx gets the list alone."""
    q = request.GET.get("q", "").strip()[:LONGEST]
    filters = Filters.read(request.GET, request.user)
    try:
        found = find(request.user, q, filters, limit=PAGE, cursor=request.GET.get("after"), counted=True)
    except ValueError:
        # A damaged link starts over.
        return redirect("directory:people")
    context = {"q": q, "filters": filters, **_results(request, q, filters, found)}
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "directory/_people_results.html", context)
        if "after" not in request.GET:
            # The address of what is shown, without the filters that are empty.
            response.headers["HX-Push-Url"] = context["address"]
    else:
        response = render(request, "directory/people.html", {**context, **_choices(request)})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The people of a list as a file of separated values; 403 with the reason for those who may not."""
    q = request.GET.get("q", "").strip()[:LONGEST]
    lines = export_people(q, Filters.read(request.GET, request.user), actor=request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    # Translators: the name of a file, in plain letters.
    response.headers["Content-Disposition"] = f'attachment; filename="{_("people")}.csv"'
    return response


def _results(request: HttpRequest, q: str, filters: Filters, found: Found) -> dict[str, Any]:
    """What the list shows: people, how many, their absences, what was corrected, and how to undo a filter."""
    address, given = reverse("directory:people"), {**({"q": q} if q else {}), **filters.values()}
    total = found.total or 0
    absences = absences_today(found.people, request.user)
    for person in found.people:
        person.absence = _in_words(absences.get(person.pk))  # type: ignore[attr-defined]
    return {
        "people": found.people,
        "total": total if found.is_exact else total - total % 1000 or total,
        "is_exact": found.is_exact,
        "corrected": [_as_typed(q, typed, to) for typed, to in found.corrected.items()],
        "chips": [
            {"label": label, "url": f"{address}?{urlencode(_without(given, names))}"}
            for label, names in _chips(filters)
        ],
        "given": given,
        "more": f"{address}?{urlencode({**given, 'after': found.next})}" if found.next else "",
        "address": f"{address}?{urlencode(given)}" if given else address,
        "export": f"{reverse('directory:export_people')}?{urlencode(given)}",
        "can_export": bool(ask(request.user, "directory.export_people", None)),
    }


def _in_words(absence: Any) -> str:
    if absence is None:
        return ""
    if absence.ends is None:
        return _("Away until further notice")
    return _("Away until %(day)s") % {"day": dates.day(absence.ends)}


def _without(given: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name not in names}


def _as_typed(q: str, typed: str, to: str) -> tuple[str, str]:
    """A folded word and its correction, with capitals where it was typed with one."""
    if any(word[:1].isupper() and folded(word).startswith(typed) for word in re.findall(r"\w+", q)):
        return typed.capitalize(), ", ".join(one.capitalize() for one in to.split(", "))
    return typed, to


def _chips(filters: Filters) -> list[tuple[str, tuple[str, ...]]]:
    """Each filter in words, and the names it has in an address."""
    chips: list[tuple[str, tuple[str, ...]]] = [
        (unit.name, (name,)) for name in ("borough", "service") if (unit := getattr(filters, name))
    ]
    if filters.unit:
        chips.append((filters.unit.name, ("unit", "direct")))
    if filters.role:
        chips.append((str(ROLES[filters.role]), ("role",)))
    if filters.language:
        chips.append((language_name(filters.language), ("language",)))
    if filters.skill:
        chips.append((filters.skill, ("skill",)))
    if filters.present:
        chips.append((_("Present today"), ("present",)))
    return chips


def _choices(request: HttpRequest) -> dict[str, Any]:
    """What the filters offer, as pairs of what is sent and what is shown."""
    kinds = (Unit.Kind.BOROUGH, Unit.Kind.SERVICE)
    units = Unit.objects.visible_to(request.user).active().filter(kind__in=kinds)
    ours, other = ("name_fr", "name_en") if reading_language() == "fr" else ("name_en", "name_fr")
    named: dict[str, list[tuple[str, str]]] = {kind: [] for kind in kinds}
    for uuid, kind, name, instead in units.order_by().values_list("uuid", "kind", ours, other):
        named[kind].append((str(uuid), name or instead))
    boroughs, services = (tuple(sorted(named[kind], key=lambda one: folded(one[1]))) for kind in kinds)
    return {
        "boroughs": boroughs,
        "services": services,
        "roles": tuple((key, str(name)) for key, name in ROLES.items()),
        "languages": tuple(languages_by_name()),
    }
