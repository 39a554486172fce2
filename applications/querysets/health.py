"""How checks, outages and the history of applications' status are read."""

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from foundation.spaces.querysets import edited_space_ids

# At once on a page; the status page has them all.
BANNERS = 3


def kept_q(person: Any, prefix: str = "") -> Q:
    """The condition on applications (through `prefix`) that `person` keeps them: the same as `applications.keep`."""
    return Q(**{f"{prefix}owner_id": person.pk}) | Q(**{f"{prefix}space_id__in": edited_space_ids(person)})


def asked_q() -> Q:
    """The condition that a machine may be asked at all: its name is no example, which belongs to nobody (RFC 2606)."""
    return ~(Q(host__endswith=".example") | Q(host__endswith=".test") | Q(host__endswith=".invalid"))


def in_service_q() -> Q:
    """The condition that its application is in the register and has not been retired."""
    return Q(application__state="published") & ~Q(application__stage="retired")


def free_q(now: datetime) -> Q:
    """The condition that no worker holds it, or only one that was silent for too long."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now)


def _applications() -> Any:
    return apps.get_model("applications", "Application")._default_manager


class CheckQuerySet(models.QuerySet):
    """Checks."""

    def visible_to(self, person: Any) -> Self:
        """Those of the applications `person` keeps. SECURITY: nobody else learns what is checked and how it answers."""
        kept = _applications().visible_to(person).filter(kept_q(person)).order_by()
        return self.filter(application__in=kept.values("pk"))

    def in_order(self) -> Self:
        return self.order_by("created", "pk")

    def at_work(self) -> Self:
        """Those that are looked at: active, of an application that is in the register and has not been retired."""
        return self.filter(in_service_q(), asked_q(), is_active=True)

    def due(self) -> Self:
        """Those whose moment has come and that nobody looks at now, the longest waiting first."""
        now = timezone.now()
        return self.at_work().filter(free_q(now), next_at__lte=now).order_by("next_at", "pk")


class StatusPeriodQuerySet(models.QuerySet):
    """Periods of status."""

    def since(self, moment: datetime) -> Self:
        """Those that last, or ended after `moment`, the oldest first."""
        return self.filter(Q(ended=None) | Q(ended__gt=moment)).order_by("application_id", "began", "pk")


class OutageQuerySet(models.QuerySet):
    """Outages."""

    def visible_to(self, person: Any) -> Self:
        """Those of the applications `person` sees. SECURITY: the name of an application alone may be telling."""
        seen = _applications().visible_to(person).published().exclude(stage="retired").order_by()
        return self.filter(application__in=seen.values("pk"))

    def current(self) -> Self:
        """Those that last."""
        return self.filter(ended=None)

    def newest_first(self) -> Self:
        return self.order_by("-began", "-pk")

    def with_application(self) -> Self:
        """Loads what a banner shows."""
        return self.select_related("application")


def count_by_status() -> dict[str, int]:
    """How many applications of the register there are by status, for what watches the portal: figures without names."""
    rows = _applications().published().exclude(stage="retired").order_by().values_list("status")
    found = dict(rows.annotate(count=Count("pk")))
    statuses = apps.get_model("applications", "Application")._meta.get_field("status").choices
    return {name: found.get(name, 0) for name, _label in statuses or ()}


def outages_for(person: Any, application: Any = None) -> list[Any]:
    """The outages that last now, of what `person` sees, the newest first: for `applications/health/_banner.html`.
    `application`: of this one alone.

    One query; it costs next to nothing while nothing is out of order, as the open ones have an index of their own.
    """
    rows = apps.get_model("applications", "Outage")._default_manager.current().visible_to(person)
    if application is not None:
        rows = rows.filter(application=application.pk)
    return list(rows.with_application().newest_first())


def with_last_look(rows: Any) -> Any:
    """Adds to applications `last_look`, when one of their checks was last heard of, and `looked_every`, how often it
    should be (minutes). Null where nothing is checked."""
    checks = apps.get_model("applications", "Check")._default_manager
    newest = checks.filter(asked_q(), application=OuterRef("pk"), is_active=True).order_by("-last_at")
    newest = newest.filter(last_at__isnull=False)
    return rows.annotate(
        last_look=Subquery(newest.values("last_at")[:1]), looked_every=Subquery(newest.values("every")[:1])
    )
