"""How access to applications is read: who was let in, who asked, and who has to answer."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from foundation.audiences.relations import delegates_of, reports_of
from foundation.content.models import State
from foundation.content.querysets import Cursor, visible_q
from foundation.spaces.querysets import edited_space_ids

# The states of a request that somebody has still to answer.
WAITING = ("manager", "approver")
# How long before its end whoever has access is told, and may ask for more.
ENDS_SOON = timedelta(days=14)


class AccessGrantQuerySet(models.QuerySet):
    """Who was given access to what."""

    def active(self) -> Self:
        """Neither withdrawn nor expired."""
        return self.filter(Q(expires=None) | Q(expires__gt=timezone.now()), withdrawn=None)

    def ending_soon(self) -> Self:
        """Those that hold and soon do not any more."""
        return self.active().filter(expires__lte=timezone.now() + ENDS_SOON)

    def to_announce(self) -> Self:
        """Those whose holder is to be told that they end: not of those that were given for as short a time."""
        return self.ending_soon().filter(end_told=None, granted__lt=F("expires") - 2 * ENDS_SOON)

    def visible_to(self, person: Any) -> Self:
        """Those of `person`, and those of the applications `person` keeps or approves for."""
        return self.filter(Q(person=person.pk) | managed_q(person))

    def of(self, person: Any) -> Self:
        """What `person` was given."""
        return self.filter(person=person.pk)

    def with_row(self) -> Self:
        """Loads what a row of grants shows."""
        return self.select_related("person__unit", "by", "application__space")

    def newest_first(self) -> Self:
        return self.order_by("-granted", "-pk")

    def before(self, cursor: Cursor | None) -> Self:
        """What comes after `cursor` (granted, id) in `newest_first`."""
        if cursor is None:
            return self
        moment, pk = cursor
        return self.filter(Q(granted__lt=moment) | Q(granted=moment, pk__lt=pk))


class AccessRequestQuerySet(models.QuerySet):
    """Who asked for access to what."""

    def waiting(self) -> Self:
        """Those somebody has still to answer."""
        return self.filter(state__in=WAITING)

    def waiting_for(self, person: Any) -> Self:
        """Those that `person` has to answer today: as the manager of whoever asks, as approver, as owner, or standing
        in for one of these; of applications they see.

        SECURITY: the rules that answer ask this very condition (`policies.access`).
        """
        represented = [one for one, other in delegates_of(timezone.localdate()).items() if other == person.pk]
        people = [person.pk, *represented]
        mine = _as_manager(person, people) | _as_approver(person, people)
        seen = visible_q(person, prefix="application__") & ~Q(application__state=State.TRASHED)
        return self.filter(mine, seen, person__is_active=True)

    def visible_to(self, person: Any) -> Self:
        """Those of `person`, those they have to answer or answered, and those of the applications they keep; of
        applications they see."""
        mine = Q(person=person.pk) | Q(agreed_by=person.pk) | Q(answered_by=person.pk)
        waiting = Q(pk__in=type(self)(self.model).waiting_for(person).values("pk"))
        seen = visible_q(person, prefix="application__")
        return self.filter(mine | managed_q(person) | waiting).filter(seen)

    def of(self, person: Any) -> Self:
        """Those `person` made, of applications they see."""
        return self.filter(visible_q(person, prefix="application__"), person=person.pk)

    def answered_by(self, person: Any) -> Self:
        """Those `person` agreed with or answered, but for their own."""
        return self.filter(Q(agreed_by=person.pk) | Q(answered_by=person.pk)).exclude(person=person.pk)

    def with_row(self) -> Self:
        """Loads what a row and a page show."""
        return self.select_related(
            *("person__unit", "application__space", "application__owner", "application__approver"),
            *("agreed_by", "answered_by"),
        )

    def newest_first(self) -> Self:
        return self.order_by("-created", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("created", "pk")

    def before(self, cursor: Cursor | None) -> Self:
        """What comes after `cursor` (created, id) in `newest_first`."""
        if cursor is None:
            return self
        moment, pk = cursor
        return self.filter(Q(created__lt=moment) | Q(created=moment, pk__lt=pk))

    def older_than(self, moment: datetime) -> Self:
        return self.filter(created__lt=moment)


def kept_q(person: Any, prefix: str = "") -> Q:
    """The condition on applications (through `prefix`) of being kept by `person`: seen, and owned or in a register they
    edit. What is in the trash is kept by nobody."""
    mine = Q(**{f"{prefix}owner": person.pk}) | Q(**{f"{prefix}space__in": edited_space_ids(person)})
    return mine & visible_q(person, prefix=prefix) & ~Q(**{f"{prefix}state": State.TRASHED})


def managed_q(person: Any) -> Q:
    """The condition on grants and requests of `person` managing the access to their application."""
    approves = Q(application__approver=person.pk) & visible_q(person, prefix="application__")
    return kept_q(person, "application__") | (approves & ~Q(application__state=State.TRASHED))


def _as_manager(person: Any, people: list[int]) -> Q:
    """Waiting for the manager, who is one of `people`; never one's own."""
    managers = get_user_model()._default_manager.filter(pk__in=people)
    reports = Q(pk__in=[])
    for one in managers:
        reports |= reports_of(one)
    asking = get_user_model()._default_manager.filter(reports, is_active=True).exclude(pk=person.pk)
    return Q(state="manager", person__in=asking.values("pk"))


def _as_approver(person: Any, people: list[int]) -> Q:
    """Waiting for the application, which one of `people` answers for.

    The approver answers, if there is one at work and it is not whoever asks; otherwise the owner; where the owner has
    left too, the editors of its register. Nobody answers their own request but the owner, above whom nobody is.
    """
    # Written without a "not" around what may be null.
    no_approver = Q(application__approver=None) | Q(application__approver__is_active=False)
    no_approver |= Q(application__approver=F("person"))
    others = ~Q(person=person.pk)
    as_approver = Q(application__approver__in=people, application__approver__is_active=True)
    as_approver &= ~Q(application__approver=F("person")) & others
    owned = no_approver & Q(application__owner__in=people, application__owner__is_active=True)
    as_owner = owned & (others | Q(application__owner=person.pk))
    left = Q(application__owner__is_active=False, application__space__in=edited_space_ids(person))
    return Q(state="approver") & (as_approver | as_owner | (no_approver & left & others))
