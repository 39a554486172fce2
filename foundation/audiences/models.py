"""Audiences: interned, immutable any-of sets of principals. The same set is always the same row."""

from django.db import models

from .querysets import AudienceQuerySet


class Audience(models.Model):
    """Who may see something. Never changed once made: another set is another row (see `actions.audience_of`)."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)

    objects = AudienceQuerySet.as_manager()

    def __str__(self) -> str:
        return ", ".join(sorted(row.principal for row in self.rows.all()))

    @property
    def principals(self) -> frozenset[str]:
        """The set itself; one query unless `rows` was prefetched."""
        return frozenset(row.principal for row in self.rows.all())


class AudiencePrincipal(models.Model):
    """One principal of one audience; the table that every visibility query reads."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="rows")
    principal = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # In this order it is also the index of the visibility query: my principals -> audiences.
            models.UniqueConstraint(fields=["principal", "audience"], name="audience_principal_unique"),
        ]

    def __str__(self) -> str:
        return self.principal
