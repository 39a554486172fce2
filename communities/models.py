"""Topics: the discussions of a community. A community itself is a Space; replies are comments of the floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content

from .querysets import TopicQuerySet

BODY_MAX = 50_000


class Topic(Content):
    """A question or a subject, answered by the members of its community."""

    KIND = "topic"

    body = models.TextField(_("Text"), max_length=BODY_MAX)
    # Rendered when written, like comments.
    body_html = models.TextField(editable=False)
    # The key the browser gave the writing, so that a resent form starts nothing twice.
    sending_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
