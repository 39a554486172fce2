"""One person: how to reach them, where they belong, what they let colleagues know."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from foundation.audiences.policies import ask
from foundation.content.kinds import cards_of
from foundation.content.models import Content
from foundation.spaces.models import Space

from ..models import Person, Unit
from ..photos import NotAPicture, jpeg_of
from ..privacy import EVERYONE, LEVELS, level_of, policy, shown_to
from ..querysets import folded
from ..spoken import days_in_words, language_name
from ..vcards import vcard_of
from .elected import mandate_of

REPORTS = 12
COMMUNITIES = 12
CONTRIBUTIONS = 5
# The pixels of the picture in an address book.
CARD_PHOTO = 192


@require_safe
def person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The page of a person, each detail for those the person shows it to."""
    reader: Any = request.user
    shown = get_object_or_404(Person.objects.visible_to(reader).with_unit(), uuid=uuid)
    # SECURITY: asked once, for everything on the page.
    fields = shown_to(reader, shown)
    absences = _absences(shown) if "absences" in fields else []
    absence = absences[0] if absences and absences[0].starts <= timezone.localdate() else None
    colleagues = _colleagues(reader, shown, absences)
    for one in absences:
        one.stand_in = colleagues.get(one.replacement_id)
    context = {
        "person": shown,
        "fields": fields,
        "is_me": shown.pk == reader.pk,
        "absence": absence,
        "coming_absences": [one for one in absences if one is not absence],
        "manager": colleagues.get(shown.manager_id),
        "units": _units(reader, shown),
        "positions": _positions(reader, shown),
        "mandate": mandate_of(reader, shown) if shown.is_elected else None,
        "can_change_absences": ask(reader, "directory.change_absences", shown),
        "can_take_down_photo": reader.is_staff and shown.pk != reader.pk and shown.own_photo_id,
        **_team(reader, shown),
        **_profile(shown, fields),
        **(_contributions(reader, shown) if "communities" in fields else {}),
        **_of_oneself(reader, shown),
    }
    return render(request, "directory/person.html", context)


def _absences(person: Person) -> list[Any]:
    """Of today and to come."""
    return list(person.absences.not_over()[:3])


def _colleagues(reader: Any, person: Person, absences: list[Any]) -> dict[int | None, Person]:
    """Those the page names besides the team, by id, in one query: the manager and who stands in.

    SECURITY: an external sees nobody else, not even above themselves; and nobody sees those who left.
    """
    wanted = {person.manager_id, *(one.replacement_id for one in absences)} - {None}
    if not wanted:
        return {}
    found = Person.objects.visible_to(reader).with_unit().filter(pk__in=wanted)
    return {one.pk: one for one in found}


def _units(reader: Any, person: Person) -> list[Unit]:
    """From the city down to the person's unit."""
    return list(Unit.objects.visible_to(reader).leading_to(person.unit)) if person.unit else []


def _positions(reader: Any, person: Person) -> list[Any]:
    """What they are besides, or when it says more than the title under the name: acting, head, with dates."""
    found = list(person.positions.visible_to(reader).current().select_related("unit").order_by("-source", "starts"))
    plain = [one for one in found if one.kind == "member" and one.unit_id == person.unit_id and one.ends is None]
    return [] if len(found) == len(plain) == 1 else found


def _team(reader: Any, person: Person) -> dict[str, Any]:
    reports = Person.objects.visible_to(reader).reporting_to(person).with_unit().in_name_order()[: REPORTS + 1]
    return {"reports": list(reports)[:REPORTS], "has_more_reports": len(reports) > REPORTS}


def _profile(person: Person, fields: frozenset[str]) -> dict[str, Any]:
    """What the person says of themselves."""
    languages, skills = [], []
    if "languages" in fields:
        spoken = person.languages.order_by("-level", "pk")
        languages = [(language_name(one.language), one.get_level_display()) for one in spoken]
    if "skills" in fields:
        skills = sorted((one.skill for one in person.skills.select_related("skill")), key=lambda one: folded(one.name))
    days = days_in_words(person.working_days) if "working_days" in fields else ""
    return {"languages": languages, "skills": skills, "working_days": days}


def _contributions(reader: Any, person: Person) -> dict[str, Any]:
    """Where they take part and what they wrote last, as far as the reader may read it."""
    communities = Space.objects.readable_by(reader).communities().filter(memberships__person=person)
    written = Content.objects.filter(author_id=person.pk).visible_to(reader).current().with_card().newest_first()
    return {
        "communities": sorted(communities[:COMMUNITIES], key=lambda one: folded(one.name)),
        "contributions": cards_of(written[:CONTRIBUTIONS]),
    }


def _of_oneself(reader: Any, person: Person) -> dict[str, Any]:
    """On one's own page: whom to ask about what LDAP says, and who reads what is not for everyone."""
    if person.pk != reader.pk:
        return {}
    levels = {name: level_of(person, name) for name in policy()}
    return {
        "contact": settings.DIRECTORY_CONTACT,
        "readers": {name: LEVELS[level] for name, level in levels.items() if level != EVERYONE},
    }


@require_safe
def vcard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same, for an address book: only what the reader may read."""
    shown = get_object_or_404(Person.objects.visible_to(request.user).with_unit(), uuid=uuid)
    fields = shown_to(request.user, shown)
    picture = None
    if shown.photo_id and "photo" in fields:
        try:
            picture = jpeg_of(shown.photo_id, CARD_PHOTO)
        except NotAPicture:
            picture = None
    name = slugify(shown.name) or "contact"
    headers = {"Content-Disposition": f'attachment; filename="{name}.vcf"'}
    return HttpResponse(vcard_of(shown, fields, picture), content_type="text/vcard; charset=utf-8", headers=headers)
