"""The launchers of the demo city: what everyone finds there, and the favourites, recents and counts of its sign-ins."""

from datetime import timedelta

from django.utils import timezone

from applications.actions import keep_favourite, place_default
from applications.models import Application, Badge, Opening
from applications.models.launcher import badge_expires
from directory.models import Person
from foundation.audiences.principals import ELECTED, EVERYONE, forget

from .people import SIGN_INS

# French names, as in texts/applications.toml.
FOR_EVERYONE = (("Paie et temps", True), ("GDT – Billets informatiques", False))
FOR_ELECTED = ("Assemblées et dossiers du conseil",)
CHOSEN = ("Réservation de salles", "Formation", "Demandes de congé")
COUNTS = {"Paie et temps": 1, "GDT – Billets informatiques": 3, "Demandes de congé": 12}


def load_launchers() -> str:
    """Answers what was made, in words."""
    known = {one.title: one for one in Application.objects.select_related("space")}
    keeper = next(iter(known.values())).author if known else None
    placed = 0
    for principal, names in ((EVERYONE, FOR_EVERYONE), (ELECTED, [(one, False) for one in FOR_ELECTED])):
        for name, is_forced in names:
            if name in known:
                place_default(known[name], principal, actor=keeper, is_forced=is_forced)
                placed += 1
    now = timezone.now()
    for person in Person.objects.with_unit().filter(username__in=[one.username for one in SIGN_INS]):
        seen = {one.title: one for one in Application.objects.visible_to(person)}
        forget(person)
        for name in CHOSEN:
            if name in seen:
                keep_favourite(seen[name], actor=person)
        Opening.objects.bulk_create(
            Opening(person=person, application=seen[name], last=now - timedelta(hours=5 * number))
            for number, name in enumerate(CHOSEN)
            if name in seen
        )
        Badge.objects.bulk_create(
            Badge(person=person, application=seen[name], count=count, updated=now, expires=badge_expires(now))
            for name, count in COUNTS.items()
            if name in seen
        )
    return f"{placed} applications in the launchers of others"
