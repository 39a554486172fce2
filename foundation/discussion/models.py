"""Comments, mentions and reactions: what people add to any content."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content

from .querysets import CommentQuerySet, ReactionQuerySet

COMMENT_MAX = 20_000


class Comment(models.Model):
    """A comment on a content, or a reply to a comment (one level: a reply to a reply joins its parent's replies)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.ForeignKey(Content, models.CASCADE, related_name="comments", db_index=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    body = models.TextField(_("Your reply"), max_length=COMMENT_MAX)
    # Rendered when written, so that a page of twenty costs no Markdown.
    body_html = models.TextField(editable=False)
    created = models.DateTimeField(default=timezone.now)
    edited = models.DateTimeField(null=True, blank=True)
    removed = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    mentioned = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    # The key the browser gave the writing, so that a resent form adds nothing twice.
    sending_key = models.CharField(max_length=64, null=True, blank=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "sending_key"], name="comment_sent_once")]
        indexes = [models.Index(fields=["content", "created", "id"], name="comment_of_content")]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.content_id}"

    def get_absolute_url(self) -> str:
        return f"{self.content.discussion_url}#comment-{self.uuid}"


class Reaction(models.Model):
    """One person's sign on a content or on one of its comments."""

    class Sign(models.TextChoices):
        LIKE = "like", _("Useful")
        THANKS = "thanks", _("Thank you")
        IDEA = "idea", _("Good idea")

    content = models.ForeignKey(Content, models.CASCADE, related_name="reactions")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, blank=True, related_name="reactions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sign = models.CharField(max_length=8, choices=Sign)
    at = models.DateTimeField(default=timezone.now)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content", "person", "sign"],
                condition=models.Q(comment__isnull=True),
                name="reaction_to_content_once",
            ),
            models.UniqueConstraint(
                fields=["comment", "person", "sign"],
                condition=models.Q(comment__isnull=False),
                name="reaction_to_comment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.sign}"
