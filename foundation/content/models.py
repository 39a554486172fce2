"""Content: the one table of everything that has an author, a space and a reader. And shares, which widen it."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.audiences.models import Audience
from foundation.spaces.models import Role, Space

from .kinds import kind_of
from .querysets import ContentQuerySet, ShareQuerySet

NOTE_MOST = 300


class State(models.TextChoices):
    """Drafts are for their author and editors; trash is seen only in the trash."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")
    TRASHED = "trashed", _("In the trash")


class Content(models.Model):
    """What all content has. Our own kinds inherit from it; comments, files, shares and notifications hang on it."""

    # The key of the kind, set by each subclass (see `kinds.ContentKind`).
    KIND: ClassVar[str] = ""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=24, editable=False)
    # No index of its own: (space, updated, id) below serves it too.
    space = models.ForeignKey(Space, models.PROTECT, related_name="content", db_index=False)
    # Null: the space's. An audience only narrows.
    audience = models.ForeignKey(
        Audience, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Audience")
    )
    title = models.CharField(_("Title"), max_length=250)
    language = models.CharField(_("Language"), max_length=2, choices=[("fr", "Français"), ("en", "English")])
    # The title in the other language, for official things, which are pairs; empty for what people write freely.
    title_translated = models.CharField(max_length=250, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="written_content")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_content")
    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED)
    # What it was before the trash, so that restoring gives it back as it was.
    state_before_trash = models.CharField(max_length=10, choices=State, blank=True, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    # Last change or sign of life (a reply); the order of every list of new things.
    updated = models.DateTimeField(default=timezone.now)
    published = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    review_due = models.DateField(null=True, blank=True)

    objects = ContentQuerySet.as_manager()

    class Meta:
        # Measured at a million rows (documentation/decisions/0003-visibility.md).
        indexes = [
            models.Index(F("updated").desc(), F("id").desc(), name="content_newest"),
            models.Index(F("kind"), F("updated").desc(), F("id").desc(), name="content_newest_of_kind"),
            models.Index(F("space"), F("updated").desc(), F("id").desc(), name="content_newest_in_space"),
            models.Index(
                F("space"), F("kind"), F("updated").desc(), F("id").desc(), name="content_newest_kind_in_space"
            ),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.kind:
            self.kind = self.KIND

    def __str__(self) -> str:
        return self.display_title

    def get_absolute_url(self) -> str:
        """Where it is read. Needs the base row and its space only, whatever the kind."""
        return kind_of(self).url(self)

    @property
    def discussion_url(self) -> str:
        """Where what is said about it is read: at its address, unless its kind says otherwise."""
        kind = kind_of(self)
        return (kind.discussion or kind.url)(self)

    @property
    def display_title(self) -> str:
        """The title in the reader's language where there is one."""
        language = get_language() or self.language
        return self.title if not self.title_translated or language == self.language else self.title_translated


class Share(models.Model):
    """Shows one thing to one more principal. Explicit, dated, withdrawn rather than deleted."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.ForeignKey(Content, models.CASCADE, related_name="shares")
    principal = models.CharField(max_length=64)
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.READER)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    # Who took it back; null where it ended at its date, or was made anew after it.
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # When those it is made to were told; null while what is shared is a draft, which they do not see.
    told = models.DateTimeField(null=True, blank=True, editable=False)
    # A word to those it is shared with.
    note = models.CharField(max_length=NOTE_MOST, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "content"],
                condition=models.Q(withdrawn__isnull=True),
                name="share_unique_while_active",
            )
        ]

    def __str__(self) -> str:
        return f"{self.content_id} to {self.principal}"

    @property
    def ended(self) -> datetime | None:
        """When it ended, withdrawn or at its date; None while it holds."""
        if self.withdrawn:
            return self.withdrawn
        return self.expires if self.expires and self.expires <= timezone.now() else None

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None without end."""
        return timezone.localdate(self.expires - timedelta(microseconds=1)) if self.expires else None
