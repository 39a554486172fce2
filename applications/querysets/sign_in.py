"""How single sign-on is read: clients, what people are connected to, sign-ins under way, keys."""

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q


class SignInClientQuerySet(models.QuerySet):
    """Clients: systems that people may sign in to by the portal."""

    def enabled(self) -> Self:
        """Those that are switched on."""
        return self.filter(is_enabled=True)

    def visible_to(self, person: Any) -> Self:
        """Those that are switched on, of applications that `person` sees."""
        applications = apps.get_model("applications", "Application")._default_manager.visible_to(person)
        return self.enabled().filter(entitlement__in=applications.values("pk"))

    def of(self, application: Any) -> Self:
        """Those of one application, oldest first. SECURITY: for who keeps them (`applications.keep_sign_in`)."""
        return self.filter(entitlement_id=application.pk).select_related("entitlement__space").order_by("created", "pk")


class ConnectionQuerySet(models.QuerySet):
    """What people are connected to. A connection is seen by its person alone."""

    def visible_to(self, person: Any) -> Self:
        """Those of `person` that were not revoked."""
        return self.filter(person_id=person.pk, revoked=None)

    def with_client(self) -> Self:
        """Loads the client and its application."""
        return self.select_related("client__entitlement")

    def last_used_first(self) -> Self:
        return self.order_by("-last_used", "-pk")


class SignInQuerySet(models.QuerySet):
    """Sign-ins to applications, from the code to the end of the last token."""

    def live(self, moment: datetime) -> Self:
        """Those whose tokens, or whose code, may still serve."""
        return self.filter(ended=None, expires__gt=moment)

    def over(self, moment: datetime, unused_before: datetime) -> Self:
        """Those of which nothing is left to guard: past their end, or whose code was never used.

        SECURITY: one that was ended early stays until its end all the same: by it a code or a token that comes back is
        known.
        """
        return self.filter(Q(expires__lte=moment) | Q(used=None, created__lte=unused_before))


class SigningKeyQuerySet(models.QuerySet):
    """The keys that ID tokens are signed with."""

    def in_order(self) -> Self:
        """The oldest first."""
        return self.order_by("published", "pk")
