"""The home page: what I must see before what is new."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.models import Application
from directory.models import Person
from foundation.activity.models import Notification
from foundation.content.cursors import decode, page_of
from foundation.content.kinds import kind_of, resolve
from foundation.content.models import Content
from foundation.spaces.models import Space

NEW = 12
TOLD = 5
# The council's files come first on the page of elected officials.
TOLD_ELECTED = 3
APPLICATIONS = 8


def _cards(contents: Any) -> list[dict[str, Any]]:
    """Contents of any kind with the template that shows each: one query per kind."""
    return [{"content": one, "template": kind_of(one).card} for one in resolve(contents)]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The portal. Elected officials start from the council's files, employees from their communities' news."""
    person = request.user
    cursor = decode(request.GET.get("before"))
    feed = page_of(list(Content.objects.feed_of(person, NEW + 1, before=cursor)), NEW)
    context: dict[str, Any] = {"feed": _cards(feed.items), "next": feed.next}
    if cursor and request.htmx:
        return render(request, "portal/_feed.html", context)
    told = Notification.objects.visible_to(person).unread_by(person).with_subject().newest_first()
    context |= {
        "today": timezone.localdate(),
        "told": told[: TOLD_ELECTED if person.is_elected else TOLD],
        "applications": Application.objects.visible_to(person).published().in_launcher_order()[:APPLICATIONS],
    }
    return render(request, "portal/home.html", context | _arrangement(person))


def _arrangement(person: Person) -> dict[str, Any]:
    """What differs for elected officials: the council's latest files, and the people of their cabinet."""
    if not person.is_elected:
        return {"team": _team(person)}
    council = list(Space.objects.readable_by(person).filter(kind=Space.Kind.COUNCIL))
    spaces = [one.pk for one in council]
    return {
        "council": council[0] if council else None,
        "files": _cards(Content.objects.newest_for(person, 6, spaces=spaces)) if spaces else [],
        "cabinet": _team(person),
    }


def _team(person: Person) -> Any:
    """The people of my unit, my manager first."""
    if not person.unit_id:
        return []
    found = Person.objects.visible_to(person).filter(unit_id=person.unit_id).exclude(pk=person.pk).with_unit()
    return found.in_name_order()[:5]
