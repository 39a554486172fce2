"""How absences, skills and words are read."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

# Sorts after every letter, in byte order and in the order of any language alike; « { », which follows « z », does not.
AFTER_ALL = "\uffff"


class AbsenceQuerySet(models.QuerySet):
    """Absences. Who may read them is the person's own choice: see `privacy`."""

    def current(self, on: date | None = None) -> Self:
        """Those of a day, today unless said."""
        day = on or timezone.localdate()
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day)

    def not_over(self, on: date | None = None) -> Self:
        """Current and to come, the nearest first."""
        day = on or timezone.localdate()
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=day)).order_by("starts", "pk")

    def overlapping(self, starts: date, ends: date | None) -> Self:
        """Those that share a day with `starts` to `ends`, both included; no end is for ever."""
        found = self.filter(Q(ends__isnull=True) | Q(ends__gte=starts))
        return found.filter(starts__lte=ends) if ends else found


class SkillQuerySet(models.QuerySet):
    """Skills. Their names are public; who has them is each person's choice."""

    def visible_to(self, person: Any) -> Self:
        """All of them, for an active person who is not external."""
        if not person.is_authenticated or not person.is_active or person.kind == "external":
            return self.none()
        return self.all()

    def most_common(self) -> Self:
        """Those of most people first."""
        return self.annotate(holders=Count("people")).order_by("-holders", "pk")


class WordQuerySet(models.QuerySet):
    """The words by which people are found. They say nothing of who may see the people: `Person.objects.visible_to`."""

    def starting(self, word: str) -> Self:
        """Words that begin with `word` (folded, not empty), by a range that every index serves."""
        return self.filter(word__gte=word, word__lte=f"{word}{AFTER_ALL}")
