"""The outbox: what has changed since the index last saw it, written in the transaction of the change. And the words
that mean the same."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content
from foundation.spaces.models import Space

from .querysets import OutboxQuerySet, SynonymQuerySet


class Outbox(models.Model):
    """One row per content waiting to be indexed again. The indexer deletes exactly the rows it has read."""

    # No constraint: what was purged must still be taken out of the index.
    content = models.OneToOneField(Content, models.DO_NOTHING, db_constraint=False, related_name="+")
    # Changes once more while the indexer reads: then it stays for the next round.
    queued = models.DateTimeField(default=timezone.now)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox"

    def __str__(self) -> str:
        return str(self.content_id)


class SpaceOutbox(models.Model):
    """A space whose readers have changed: all its content is indexed again, in batches. One row, however much it is."""

    space = models.OneToOneField(Space, models.DO_NOTHING, db_constraint=False, related_name="+")
    queued = models.DateTimeField(default=timezone.now)
    # The last content of it that is done.
    done_to = models.BigIntegerField(default=0)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox of spaces"

    def __str__(self) -> str:
        return str(self.space_id)


class ObjectOutbox(models.Model):
    """What is found and is no content (a person, a unit, a community), waiting to be indexed again."""

    label = models.CharField(max_length=80)
    key = models.BigIntegerField()
    queued = models.DateTimeField(default=timezone.now)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox of other objects"
        constraints = [models.UniqueConstraint(fields=["label", "key"], name="object_outbox_unique")]

    def __str__(self) -> str:
        return f"{self.label}.{self.key}"


class Synonym(models.Model):
    """Words that mean the same to who searches: « GED », « gestion documentaire »."""

    ways = models.TextField(_("Ways to say it"), help_text=_("One on each line, in either language."))
    language = models.CharField(
        _("Language"),
        max_length=2,
        blank=True,
        choices=[("fr", "Français"), ("en", "English")],
        help_text=_("Empty: both."),
    )
    changed = models.DateTimeField(auto_now=True)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return ", ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """Each way to say it."""
        return [line.strip() for line in self.ways.splitlines() if line.strip()]
