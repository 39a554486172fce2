"""The home page: what I must see before what is new."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.cards import home_cards
from applications.launching import SmallLauncher
from applications.models import AccessRequest
from directory.models import Person
from foundation.acknowledgements.bars import pending_for
from foundation.activity.models import Notification
from foundation.content.cursors import decode, page_of
from foundation.content.kinds import cards_of
from foundation.content.models import Content
from foundation.spaces.models import Space
from foundation.spaces.querysets import news_space_ids

NEW = 10
NEW_ELECTED = 5
TOLD = 5
# The council's files come first on the page of elected officials.
TOLD_ELECTED = 3
FILES = 5
TEAM = 5
PENDING = 5
ASKED = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The portal. Elected officials start from the council's files, employees from what they were told."""
    person = request.user
    cursor = decode(request.GET.get("before"))
    council = _council(person)
    # What the council's card shows is not shown again below it.
    spaces = [pk for pk in news_space_ids(person) if council is None or pk != council.pk]
    size = NEW_ELECTED if person.is_elected else NEW
    newest = Content.objects.newest_for(person, size + 1, spaces=spaces, before=cursor)
    feed = page_of(list(newest.with_card()), size)
    if cursor and request.htmx:
        return render(request, "portal/_feed.html", {"feed": cards_of(feed.items), "next": feed.next})
    files = list(Content.objects.newest_for(person, FILES, spaces=[council.pk]).with_card()) if council else []
    cards = cards_of([*files, *feed.items])
    asked = list(AccessRequest.objects.waiting_for(person).with_row().oldest_first()[: ASKED + 1])
    context = {
        "today": timezone.localdate(),
        "pending": pending_for(person, PENDING),
        "asked": asked[:ASKED],
        "asked_more": len(asked) > ASKED,
        "council": council,
        "files": cards[: len(files)],
        "feed": cards[len(files) :],
        "next": feed.next,
        "told": Notification.objects.unread_for(person, TOLD_ELECTED if person.is_elected else TOLD),
        "launcher": SmallLauncher(person),
        "team": _team(person),
        "cards": home_cards(person),
    }
    return render(request, "portal/home.html", context)


def _council(person: Person) -> Space | None:
    """The council's space, for its members."""
    if not person.is_elected:
        return None
    return Space.objects.readable_by(person).filter(kind=Space.Kind.COUNCIL).order_by("pk").first()


def _team(person: Person) -> Any:
    """The people of my unit; for elected officials, those of their cabinet."""
    if not person.unit_id:
        return []
    found = Person.objects.visible_to(person).filter(unit_id=person.unit_id).exclude(pk=person.pk)
    return found.for_rows().in_name_order()[:TEAM]
