"""Where what was in Notes databases is now."""

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content
from foundation.spaces.models import Space

from ..querysets.notes import NotesPlaceQuerySet


class NotesPlace(models.Model):
    """One document of a Notes database, or a whole database, and what of the portal took its place."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # 16 and 32 hexadecimal digits, capitals (`foundation.ui.notes_links`).
    replica = models.CharField(_("Replica ID"), max_length=16, validators=[RegexValidator(r"\A[0-9A-F]{16}\Z")])
    # Empty: the whole database, for each of its documents that has no place of its own.
    unid = models.CharField(
        _("Document"), max_length=32, blank=True, validators=[RegexValidator(r"\A(?:[0-9A-F]{32})?\Z")]
    )
    # One of the two.
    content = models.ForeignKey(Content, models.CASCADE, null=True, blank=True, related_name="notes_places")
    space = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="notes_places")
    moved = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = NotesPlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["replica", "unid"], name="notes_place_unique"),
            models.CheckConstraint(
                condition=models.Q(content__isnull=True, space__isnull=False)
                | models.Q(content__isnull=False, space__isnull=True),
                name="notes_place_one_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.replica}/{self.unid}" if self.unid else self.replica

    @property
    def target(self) -> Content | Space:
        """What took its place."""
        found = self.content or self.space
        assert found is not None
        return found
