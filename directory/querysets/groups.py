"""How groups are read."""

from typing import Any, Self

from django.db import models
from django.db.models import Count, Q

from .names import folded


class GroupQuerySet(models.QuerySet):
    """Groups."""

    def from_ldap(self) -> Self:
        return self.filter(ldap_name__isnull=False)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def by_rule(self) -> Self:
        """Saved audiences: those whose members a rule says."""
        return self.filter(source="rule", rule__isnull=False)

    def visible_to(self, person: Any) -> Self:
        """The public ones, one's own, those one keeps; all of them for administrators. Withdrawn ones are seen by who
        keeps them. Who belongs is another question: `policies.can_see_group_members`."""
        if not person.is_authenticated or not person.is_active or person.kind == "external":
            return self.none()
        if person.is_staff:
            return self.all()
        return self.filter(
            Q(is_active=True, is_public=True)
            | Q(is_active=True, pk__in=self._ids_of("members", person))
            | Q(pk__in=self._ids_of("owners", person))
        )

    def kept_by(self, person: Any) -> Self:
        """Those `person` owns."""
        return self.filter(pk__in=self._ids_of("owners", person))

    def with_member(self, person: Any) -> Self:
        """Those `person` belongs to."""
        return self.filter(pk__in=self._ids_of("members", person))

    def _ids_of(self, relation: str, person: Any) -> Any:
        through = getattr(self.model, relation).through
        return through.objects.filter(person_id=person.pk).values("group_id")

    def matching(self, words: str) -> list[Any]:
        """Those whose name in either language contains every word, accents and case aside, in name order.

        A list: databases do not fold names alike, and groups are counted in hundreds.
        """
        wanted = folded(words.replace("\0", " ")).split()
        groups: list[Any] = list(self)
        named = ((folded(f"{one.name_fr} {one.name_en}"), one) for one in groups)
        found = [one for name, one in named if all(word in name for word in wanted)]
        return sorted(found, key=lambda one: (folded(one.name), one.pk))

    def member_counts(self) -> dict[int, int]:
        """How many active people belong to each of these groups, by id; one query. Groups with nobody are left out."""
        through = self.model.members.through  # type: ignore[attr-defined]
        held = through.objects.filter(group_id__in=self.values("pk"), person__is_active=True)
        return dict(held.values_list("group_id").annotate(people=Count("pk")))

    def for_rows(self) -> Self:
        """Loads only what a row of groups shows."""
        names = ("name_fr", "name_en", "purpose_fr", "purpose_en")
        return self.only("uuid", "source", "is_public", "is_active", "evaluated", *names)
