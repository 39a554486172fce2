"""How requests, the people asked and the proofs are read: through the visibility of their content."""

from typing import Any, Self

from django.db import models
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.utils import timezone

from foundation.audiences.principals import principals_of
from foundation.content.querysets import PERSON_FIELDS, SHOWN, SPACE_FIELDS, TITLE_FIELDS, Cursor, visible_q

_CONTENT = "request__content__"


class RequestQuerySet(models.QuerySet):
    """Requests for acknowledgement."""

    def visible_to(self, person: Any) -> Self:
        """Those on content that `person` may see."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix="content__"))

    def on(self, content: Any) -> Self:
        return self.filter(content_id=content.pk)

    def open(self) -> Self:
        return self.filter(closed__isnull=True)

    def latest_first(self) -> Self:
        """The open one before the closed, the newest before the old."""
        return self.order_by(F("closed").desc(nulls_first=True), "-pk")

    def unsettled(self) -> Self:
        """Those whose targets do not agree with them yet."""
        return self.filter(settled__isnull=True)

    def with_shown_content(self) -> Self:
        """Those whose content is shown to readers: a thing in the trash concerns nobody for the time being."""
        return self.filter(content__state__in=SHOWN)


class TargetQuerySet(models.QuerySet):
    """The people asked."""

    def of(self, person: Any) -> Self:
        """What `person` is or was asked, of what they may see. SECURITY: a title one may no longer see is not shown."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix=_CONTENT), person_id=person.pk)

    def visible_to(self, person: Any) -> Self:
        """Those asked about content that `person` may see; which of them they may read is a matter of rules."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix=_CONTENT))

    def on(self, request: Any) -> Self:
        return self.filter(request_id=request.pk)

    def pending(self) -> Self:
        """Still asked, still concerned, not done."""
        return self.filter(is_pending=True)

    def open_only(self) -> Self:
        """Of requests still open: those of one just closed are emptied by a task, a moment later."""
        return self.filter(request__closed__isnull=True)

    def waited_for(self) -> Self:
        """Concerned and not done, in the register of an open or a closed request."""
        return self.filter(left__isnull=True, done__lt=F("required"))

    def overdue(self) -> Self:
        return self.waited_for().filter(due__lt=timezone.now())

    def acknowledged(self) -> Self:
        """Those who acknowledged what is required of them."""
        return self.filter(done__gte=F("required"))

    def no_longer_concerned(self) -> Self:
        """Those who left the city or lost sight of it before acknowledging."""
        return self.filter(left__isnull=False, done__lt=F("required"))

    def in_state(self, state: str) -> Self:
        """One of the register's filters; everyone for any other word."""
        filters = {
            "done": self.acknowledged,
            "pending": self.waited_for,
            "overdue": self.overdue,
            "left": self.no_longer_concerned,
        }
        return filters[state]() if state in filters else self

    def most_urgent_first(self) -> Self:
        return self.order_by(F("due").asc(nulls_last=True), "pk")

    def newest_first(self) -> Self:
        return self.order_by("-since", "-pk")

    def before(self, cursor: Cursor | None) -> Self:
        """What comes after `cursor` (since, id) in `newest_first`."""
        return self.filter(TupleLessThan(Tuple(F("since"), F("id")), cursor)) if cursor else self

    def with_content(self) -> Self:
        """Loads what a row that names the content shows."""
        content = (*TITLE_FIELDS, *(f"space__{name}" for name in SPACE_FIELDS))
        own = ("since", "due", "required", "done", "is_pending", "left", "last__at", "last__language", "person_id")
        request = ("uuid", "mode", "closed", "required", "current__number", "current__hashes", "current__at")
        return self.select_related("request__content__space", "request__current", "last").only(
            *own, *(f"request__{name}" for name in request), *(f"{_CONTENT}{name}" for name in content)
        )

    def with_person(self) -> Self:
        """Loads what a row that names the person shows."""
        own = ("since", "due", "required", "done", "is_pending", "left", "reminded", "escalated", "request_id")
        proof = ("at", "language", "content_hash", "mode", "version__number", "version__at")
        return self.select_related("person", "last__version").only(
            *own, *(f"person__{name}" for name in PERSON_FIELDS), *(f"last__{name}" for name in proof)
        )


class AcknowledgementQuerySet(models.QuerySet):
    """Proofs. SECURITY: append-only."""

    def of(self, person: Any) -> Self:
        return self.filter(person_id=person.pk)

    def update(self, **kwargs: Any) -> int:
        raise TypeError("a proof is never changed")

    def delete(self) -> Any:
        raise TypeError("a proof is never deleted")
