"""How groups are read."""

from typing import Any, Self

from django.db import models
from django.db.models import Q


class GroupQuerySet(models.QuerySet):
    """Groups."""

    def from_ldap(self) -> Self:
        return self.filter(ldap_name__isnull=False)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, person: Any) -> Self:
        """The public ones, one's own, those one keeps; all of them for administrators. Who belongs is another question:
        `policies.can_see_members`."""
        if not person.is_authenticated or not person.is_active or person.kind == "external":
            return self.none()
        if person.is_staff:
            return self.all()
        model: Any = self.model
        through, owners = model.members.through, model.owners.through
        return self.filter(
            Q(is_public=True)
            | Q(pk__in=through.objects.filter(person_id=person.pk).values("group_id"))
            | Q(pk__in=owners.objects.filter(person_id=person.pk).values("group_id"))
        )

    def kept_by(self, person: Any) -> Self:
        """Those `person` owns."""
        model: Any = self.model
        return self.filter(pk__in=model.owners.through.objects.filter(person_id=person.pk).values("group_id"))
