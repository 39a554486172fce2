"""Boards, their drawings and their earlier states. What is on a board is a shared document of the floor."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content

from .querysets import BoardDrawingQuerySet, BoardQuerySet, BoardVersionQuerySet

NAME_MAX = 120


class Board(Content):
    """A whiteboard. Its elements are in the shared document of the same kind and uuid; here stands what lists and the
    search need of it, worked out when drawing settles."""

    KIND = "board"

    # Only those who may change the board draw on it.
    view_only = models.BooleanField(_("View only"), default=False)
    # All that is written on it, in reading order.
    text = models.TextField(blank=True, editable=False)
    element_count = models.PositiveIntegerField(default=0, editable=False)
    # Of the state that text, number and drawing are of; empty before anything was ever drawn.
    state_digest = models.CharField(max_length=32, blank=True, editable=False)
    # The key the browser gave the making, so that a resent form makes nothing twice.
    sending_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("whiteboard")
        verbose_name_plural = _("whiteboards")


class BoardDrawing(models.Model):
    """The small picture of a board, drawn by the server. Apart, so that no list loads it."""

    board = models.OneToOneField(Board, models.CASCADE, primary_key=True, related_name="drawing")
    svg = models.TextField()

    objects = BoardDrawingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"drawing of {self.board_id}"


class BoardVersion(models.Model):
    """An earlier state of a board: one that somebody named, or one kept by itself while people draw.

    Those without a name are written over for an hour, so that each holds the state in which an hour of drawing ended;
    they are thinned as they grow old.
    """

    class Cause(models.TextChoices):
        DRAWING = "drawing", _("While drawing")
        RESTORING = "restoring", _("Before going back")
        NAMED = "named", _("Named")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    board = models.ForeignKey(Board, models.CASCADE, related_name="versions")
    cause = models.CharField(max_length=10, choices=Cause)
    name = models.CharField(_("Name"), max_length=NAME_MAX, blank=True)
    # Who named it, or went back; nobody while drawing.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Who drew since the state before.
    drawn_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    # The moment of the state it holds.
    ended = models.DateTimeField(default=timezone.now)
    # The whole document as one update, compressed.
    snapshot = models.BinaryField()
    element_count = models.PositiveIntegerField()
    state_digest = models.CharField(max_length=32)
    drawing = models.TextField()

    objects = BoardVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a whiteboard")
        verbose_name_plural = _("versions of whiteboards")
        indexes = [models.Index(fields=["board", "-ended", "-id"], name="board_versions_newest")]

    def __str__(self) -> str:
        return self.name or f"{self.ended:%Y-%m-%d %H:%M}"

    @property
    def is_named(self) -> bool:
        """Named ones stay for ever."""
        return self.cause == self.Cause.NAMED
